/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Lua state, its limits and the order of work. The only lua_pcall of the
 * tree is in guarded(). Chunks are named "#N", their index, because Lua cuts
 * longer names in its messages; places get their path here.
 */
#include "engine/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/host-private.h"

#define HOOK_PERIOD 256

struct host_limits host_limits_for(size_t nr_features)
{
	size_t verdicts = 65536 + nr_features * 512;

	return (struct host_limits){
		.instructions = 5000000 + (uint64_t)nr_features * 2000,
		.memory = (8u << 20) + nr_features * 128,
		.churn = (256u << 20) + (uint64_t)nr_features * 4096,
		.verdicts = verdicts < 4u << 20 ? verdicts : 4u << 20,
	};
}

struct host *host_of(lua_State *L)
{
	void *h;

	lua_getallocf(L, &h);
	return h;
}

void host_where(lua_State *L, int level, long *ret_source, unsigned int *ret_line)
{
	lua_Debug ar;

	*ret_source = HOST_AT_NOTHING;
	*ret_line = 0;
	/* Lua's own limit on nested calls bounds this walk. */
	for (; lua_getstack(L, level, &ar); level++) {
		if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0 || ar.source[0] != '=')
			continue;
		*ret_source = strtol(ar.source + 2, NULL, 10);
		*ret_line = (unsigned int)ar.currentline;
		return;
	}
}

/* Remember the first limit that was hit, and where. */
static void latch(struct host *h, enum host_latch why)
{
	if (h->latch)
		return;
	h->latch = why;
	h->latched.source = h->source;
	h->latched.line = 0;
	if (h->L) {
		long source;
		unsigned int line;

		host_where(h->L, 0, &source, &line);
		if (line) {
			h->latched.source = source;
			h->latched.line = line;
		}
	}
}

/* Where @ptr is NULL, @osize is the kind of the object, not a size. */
static void *allocate(void *ud, void *ptr, size_t osize, size_t nsize)
{
	struct host *h = ud;
	size_t old = ptr ? osize : 0;
	void *block;

	if (!nsize) {
		free(ptr);
		h->memory -= old;
		return NULL;
	}
	if (nsize > old) {
		if (h->starving)
			return NULL;
		if (nsize - old > h->limits.memory - h->memory) {
			latch(h, LATCH_MEMORY);
			return NULL;
		}
		if (nsize > h->limits.churn - h->churn) {
			latch(h, LATCH_CHURN);
			return NULL;
		}
		h->churn += nsize;
	}
	block = realloc(ptr, nsize);
	if (!block) /* Lua counts on shrinking to succeed */
		return nsize <= old ? ptr : NULL;
	h->memory = h->memory - old + nsize;
	return block;
}

static void out_of_instructions(lua_State *L);

static void count_hook(lua_State *L, lua_Debug *ar)
{
	struct host *h = host_of(L);

	if (!h->latch && h->instructions_left >= HOOK_PERIOD) {
		h->instructions_left -= HOOK_PERIOD;
		return;
	}
	out_of_instructions(L);
}

/*
 * From here on every instruction trips, so no loop round a pcall() swallows it.
 * It trips as a failed allocation, because Lua runs no message handler for one:
 * a handler would run with hooks off, and could loop.
 */
static void out_of_instructions(lua_State *L)
{
	struct host *h = host_of(L);

	latch(h, LATCH_INSTRUCTIONS);
	lua_sethook(L, count_hook, LUA_MASKCOUNT, 1);
	h->starving = true;
	lua_newuserdatauv(L, 1, 0);
}

void host_charge(lua_State *L, uint64_t n)
{
	struct host *h = host_of(L);

	if (n <= h->instructions_left) {
		h->instructions_left -= n;
		return;
	}
	h->instructions_left = 0;
	out_of_instructions(L);
}

void host_say(lua_State *L, const struct sentence *s)
{
	struct host *h = host_of(L);

	host_charge(L, 16);
	if (h->answers->nr_sentences >= 65536 + 4 * h->in->facts->nr_features)
		words_fail(L, "say it of a set of features: features { ... }",
			   "the policy says more than %zu sentences", h->answers->nr_sentences);
	if (answers_add_sentence(h->answers, s))
		words_fail(L, "free memory on this machine", "out of memory");
}

void host_say_of(lua_State *L, size_t feature, size_t sentence)
{
	struct host *h = host_of(L);

	if (h->answers->nr_verdicts == h->limits.verdicts)
		words_fail(L, "let fewer rules speak about the same features",
			   "the rules give more than %zu verdicts", h->limits.verdicts);
	if (answers_add_verdict(h->answers, feature, sentence))
		words_fail(L, "free memory on this machine", "out of memory");
}

/* One line of printable ASCII or UTF-8's upper bytes: messages may quote a policy's text. */
static void copy_clean(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; *from && n + 1 < size; from++)
		to[n++] = (unsigned char)*from < 0x20 || *from == 0x7f ? '?' : *from;
	to[n] = '\0';
}

/* Strip "#N:LINE: " from a message of Lua's and learn the place from it. */
static const char *strip_place(const char *message, struct host_failure *f)
{
	long source;
	unsigned int line;
	int used = 0;

	if (sscanf(message, "#%ld:%u: %n", &source, &line, &used) == 2 && used > 0) {
		f->source = source;
		f->line = line;
		return message + used;
	}
	return message;
}

static void fill_latched(const struct host *h, struct host_failure *f)
{
	*f = h->latched;
	switch (h->latch) {
	case LATCH_NONE:
		return;
	case LATCH_INSTRUCTIONS:
		snprintf(f->message, sizeof(f->message),
			 "ran for more than %llu instructions and was stopped",
			 (unsigned long long)h->limits.instructions);
		snprintf(f->remedy, sizeof(f->remedy), "look for a loop that does not end");
		return;
	case LATCH_MEMORY:
		snprintf(f->message, sizeof(f->message),
			 "asked for more than %zu KiB of memory and was stopped",
			 h->limits.memory >> 10);
		snprintf(f->remedy, sizeof(f->remedy),
			 "look for a string or table that keeps growing");
		return;
	case LATCH_CHURN:
		snprintf(f->message, sizeof(f->message),
			 "used up %llu MiB of memory in turns and was stopped",
			 (unsigned long long)h->limits.churn >> 20);
		snprintf(f->remedy, sizeof(f->remedy), "look for a loop that builds long strings");
		return;
	}
}

/* Fill @f from the status of a load or call and the error value on the stack. */
static int fill_failure(struct host *h, int status, struct host_failure *f)
{
	const char *message = lua_type(h->L, -1) == LUA_TSTRING ? lua_tostring(h->L, -1) : NULL;

	memset(f, 0, sizeof(*f));
	f->source = h->source;
	if (h->latch) {
		fill_latched(h, f);
	} else if (status == LUA_ERRMEM) {
		snprintf(f->message, sizeof(f->message), "out of memory");
		snprintf(f->remedy, sizeof(f->remedy), "free memory on this machine");
	} else {
		message = message ? strip_place(message, f) : "error without a message";
		copy_clean(f->message, sizeof(f->message), message);
		if (!h->remedy[0])
			snprintf(h->remedy, sizeof(h->remedy), "%s",
				 "correct the rule; " WORDS_HELP);
		copy_clean(f->remedy, sizeof(f->remedy), h->remedy);
	}
	/* The text may have named any source; only known ones are reported. */
	if (f->source != HOST_AT_PROFILE && (f->source < 0 || (size_t)f->source >= h->in->nr_rules))
		f->source = HOST_AT_NOTHING;
	lua_settop(h->L, 0);
	return -EINVAL;
}

/* Run @body protected; every entry into Lua goes through here. */
static int guarded(struct host *h, lua_CFunction body, struct host_failure *ret_failure)
{
	int status;

	h->remedy[0] = '\0';
	lua_settop(h->L, 0);
	lua_pushcfunction(h->L, body);
	status = lua_pcall(h->L, 0, 0, 0);
	/* A latched limit counts even if the program got over it. */
	if (status == LUA_OK && h->latch) {
		lua_pushnil(h->L);
		status = LUA_ERRRUN;
	}
	if (status != LUA_OK)
		return fill_failure(h, status, ret_failure);
	return 0;
}

static int body_open(lua_State *L)
{
	words_push(host_of(L));
	lua_setfield(L, LUA_REGISTRYINDEX, "candor.words");
	return 0;
}

static int body_load(lua_State *L)
{
	struct host *h = host_of(L);
	const struct host_source *s =
		h->source == HOST_AT_PROFILE ? &h->in->profile : &h->in->rules[h->source];
	char name[32];

	if (s->size && s->text[0] == LUA_SIGNATURE[0])
		words_fail(L, "policies are text: give the .lua source",
			   "is precompiled Lua, which is not accepted");
	if (memchr(s->text, '\0', s->size))
		words_fail(L, "policies are text: remove the NUL byte", "holds a NUL byte");
	snprintf(name, sizeof(name), "=#%ld", h->source);
	if (luaL_loadbufferx(L, s->text, s->size, name, "t") != LUA_OK) {
		snprintf(h->remedy, sizeof(h->remedy), "correct the text; it is Lua 5.4");
		return lua_error(L);
	}
	lua_getfield(L, LUA_REGISTRYINDEX, "candor.words");
	lua_setupvalue(L, -2, 1); /* _ENV */
	lua_call(L, 0, 0);
	return 0;
}

int host_load(struct host *h, long source, struct host_failure *ret_failure)
{
	h->source = source;
	if (source != HOST_AT_PROFILE)
		h->phase = PHASE_RULES;
	else
		h->phase = h->in->mode == HOST_TEST ? PHASE_TEST : PHASE_PROFILE;
	return guarded(h, body_load, ret_failure);
}

int host_open(struct host *h, const struct host_input *in, const struct host_limits *limits,
	      struct answers *answers)
{
	struct host_failure failure;

	memset(h, 0, sizeof(*h));
	h->in = in;
	h->limits = *limits;
	h->instructions_left = limits->instructions;
	h->answers = answers;
	h->serial = 1;
	h->source = HOST_AT_PROFILE;
	h->rules = calloc(HOST_RULES_MAX, sizeof(*h->rules));
	h->L = h->rules ? lua_newstate(allocate, h) : NULL;
	if (!h->L) {
		host_close(h);
		return -ENOMEM;
	}
	if (guarded(h, body_open, &failure)) {
		host_close(h);
		return -ENOMEM;
	}
	lua_sethook(h->L, count_hook, LUA_MASKCOUNT, HOOK_PERIOD);
	return 0;
}

void host_close(struct host *h)
{
	lua_State *L = h->L;

	h->L = NULL; /* no places are looked up while it goes */
	if (L)
		lua_close(L);
	select_words_close(h);
	free(h->rules);
	h->rules = NULL;
}

/* The rule files that speak without being listed, behind those of their layer. */
static void join_sources(struct host *h)
{
	struct answers *a = h->answers;

	for (size_t i = 0; i < h->in->nr_rules; i++) {
		size_t at = a->nr_used;

		if (!h->in->rules[i].joins || at == HOST_SOURCE_MAX)
			continue;
		while (at && a->used[at - 1].layer > h->in->rules[i].layer) {
			a->used[at] = a->used[at - 1];
			at--;
		}
		a->used[at].source = i;
		a->used[at].layer = h->in->rules[i].layer;
		a->nr_used++;
	}
}

static int run_rules(struct host *h, struct host_failure *ret_failure)
{
	int rc = 0;

	join_sources(h);
	for (size_t i = 0; !rc && i < h->answers->nr_used; i++) {
		h->layer = h->answers->used[i].layer;
		rc = host_load(h, (long)h->answers->used[i].source, ret_failure);
	}
	return rc;
}

static int run(struct host *h, struct host_failure *ret_failure)
{
	int rc = host_load(h, HOST_AT_PROFILE, ret_failure);

	if (!rc && h->in->mode == HOST_POLICY && !h->has_profile) {
		memset(ret_failure, 0, sizeof(*ret_failure));
		ret_failure->source = HOST_AT_PROFILE;
		snprintf(ret_failure->message, sizeof(ret_failure->message), "defines no profile");
		snprintf(ret_failure->remedy, sizeof(ret_failure->remedy),
			 "write profile { title = \"...\", vendor = { ... } }");
		rc = -EINVAL;
	}
	if (!rc && h->in->mode == HOST_POLICY)
		rc = run_rules(h, ret_failure);
	if (!rc && answers_sort(h->answers, h->in->facts->nr_features))
		rc = -ENOMEM;
	return rc;
}

int host_run(const struct host_input *in, const struct host_limits *limits,
	     struct answers *ret_answers, struct host_failure *ret_failure)
{
	struct host *h = malloc(sizeof(*h));
	int rc;

	memset(ret_answers, 0, sizeof(*ret_answers));
	if (!h)
		return -ENOMEM;
	rc = host_open(h, in, limits, ret_answers);
	if (!rc) {
		rc = run(h, ret_failure);
		host_close(h);
	}
	if (rc)
		answers_reset(ret_answers);
	free(h);
	return rc;
}
