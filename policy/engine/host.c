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

const struct host_limits host_default_limits = {
	.instructions = 5000000,
	.memory = 8u << 20,
	.churn = 256u << 20,
};

const char *host_verdict_name(enum verdict_kind kind)
{
	static const char *const names[NR_VERDICT_KINDS] = {
		[VERDICT_ALLOW] = "allow",
		[VERDICT_DENY] = "deny",
		[VERDICT_REQUIRE] = "require",
	};

	return names[kind];
}

void answers_reset(struct answers *a)
{
	free(a->verdicts);
	memset(a, 0, sizeof(*a));
}

int answers_add(struct answers *a, const struct verdict *v)
{
	if (a->nr_verdicts == a->capacity) {
		size_t want = a->capacity ? a->capacity * 2 : 64;
		struct verdict *grown = reallocarray(a->verdicts, want, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		a->verdicts = grown;
		a->capacity = want;
	}
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): lua_error() does not return */
	a->verdicts[a->nr_verdicts++] = *v;
	return 0;
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
			snprintf(h->remedy, sizeof(h->remedy),
				 "correct the rule; `candor policy --help` lists the words of a "
				 "policy");
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
	h->phase = source == HOST_AT_PROFILE ? PHASE_PROFILE : PHASE_LOAD;
	return guarded(h, body_load, ret_failure);
}

/* Ask one rule about one feature: nil, or a verdict made in this very call. */
static void ask(lua_State *L, struct host *h, const struct host_rule *rule)
{
	const struct verdict *v;

	h->serial += h->nr_pending;
	h->nr_pending = 0;
	h->source = (long)rule->source;
	lua_rawgeti(L, LUA_REGISTRYINDEX, rule->function);
	words_push_feature(L, h->in->facts, h->feature);
	lua_call(L, 1, 1);
	if (!lua_isnil(L, -1)) {
		v = words_verdict(h, -1);
		if (!v) {
			lua_pushfstring(L, "#%d:%d: rule \"%s\" returned a %s for feature %s",
					(int)rule->source, (int)rule->line, rule->name,
					luaL_typename(L, -1),
					h->in->facts->features[h->feature].id);
			snprintf(h->remedy, sizeof(h->remedy),
				 "return allow(...), deny(...), require(...) or nothing");
			lua_error(L);
		}
		if (answers_add(h->answers, v))
			luaL_error(L, "out of memory");
		snprintf(h->answers->verdicts[h->answers->nr_verdicts - 1].rule, sizeof(v->rule),
			 "%s", rule->name);
	}
	lua_pop(L, 1);
}

static int body_ask(lua_State *L)
{
	struct host *h = host_of(L);

	h->phase = PHASE_RULE;
	for (h->feature = 0; h->feature < h->in->facts->nr_features; h->feature++) {
		for (size_t r = 0; r < h->nr_rules; r++)
			ask(L, h, &h->rules[r]);
	}
	return 0;
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
	h->L = lua_newstate(allocate, h);
	if (!h->L)
		return -ENOMEM;
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
}

static int run(struct host *h, struct host_failure *ret_failure)
{
	int rc = host_load(h, HOST_AT_PROFILE, ret_failure);

	if (!rc && !h->has_profile) {
		memset(ret_failure, 0, sizeof(*ret_failure));
		ret_failure->source = HOST_AT_PROFILE;
		snprintf(ret_failure->message, sizeof(ret_failure->message), "defines no profile");
		snprintf(ret_failure->remedy, sizeof(ret_failure->remedy),
			 "write profile { title = \"...\", rules = { ... } }");
		rc = -EINVAL;
	}
	for (size_t i = 0; !rc && i < h->answers->nr_used; i++)
		rc = host_load(h, (long)h->answers->used[i], ret_failure);
	if (!rc)
		rc = guarded(h, body_ask, ret_failure);
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
