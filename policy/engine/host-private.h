/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by host.c (state, limits, order of work), words.c (how words are found
 * and fail), words-*.c (the words) and their tests.
 */
#ifndef CANDOR_POLICY_HOST_PRIVATE_H
#define CANDOR_POLICY_HOST_PRIVATE_H

#include <lua.h>

#include "engine/host.h"
#include "engine/words.h"

/** What is being run; a word says in which it may be used. */
enum host_phase {
	PHASE_PROFILE = 1 << 0, /* a profile's file */
	PHASE_RULES = 1 << 1,	/* a rule file */
	PHASE_RULE = 1 << 2,	/* the function of a rule(), for one feature */
	PHASE_TEST = 1 << 3,	/* a file of expectations */
};

/** Why the evaluation must end; the first cause stays. */
enum host_latch {
	LATCH_NONE,
	LATCH_INSTRUCTIONS,
	LATCH_MEMORY,
	LATCH_CHURN,
};

#define HOST_PENDING_MAX 64 /* verdicts one rule may make for one feature */
#define HOST_RULES_MAX 8192 /* named rules of one profile */

/** A rule as rule() registered it. */
struct host_rule {
	char name[HOST_NAME_MAX + 1];
	size_t source;
	unsigned int line;
};

/** A verdict that a rule's function has made and may return. */
struct pending {
	enum sentence_kind kind;
	unsigned int line;
	size_t source;
	bool overrides;
	bool opt_in;
	char reason[HOST_REASON_MAX + 1];
};

/** A word's property of every feature, as small numbers: see words-select.c. */
struct column {
	const char **values; /* by number */
	uint32_t nr_values;
	uint32_t *codes; /* by feature; NULL until first used */
};

#define HOST_COLUMNS 5

struct host {
	lua_State *L;
	const struct host_input *in;
	struct host_limits limits;
	uint64_t instructions_left;
	size_t memory;
	uint64_t churn;
	enum host_latch latch;
	bool starving;		     /* every further allocation fails */
	struct host_failure latched; /* place of the latch */

	enum host_phase phase;
	long source; /* index being run, or HOST_AT_PROFILE */
	enum layer layer;
	size_t feature; /* of PHASE_RULE */
	bool has_profile;
	struct answers *answers;
	struct host_rule *rules;
	size_t nr_rules;
	struct pending pending[HOST_PENDING_MAX];
	size_t nr_pending;
	uintptr_t serial; /* of pending[0]: a verdict is used in its own call only */
	struct column columns[HOST_COLUMNS];
	char under[HOST_NAME_MAX + 1]; /* PHASE_TEST: the profile expected of */
	/* What a failing word puts beside its message. */
	char remedy[HOST_MESSAGE_MAX + 1];
};

/** A state with the words and limits in place, nothing loaded. 0 or -ENOMEM. */
int host_open(struct host *h, const struct host_input *in, const struct host_limits *limits,
	      struct answers *answers);

/** Close the state. */
void host_close(struct host *h);

/**
 * Load the source at index @source (or HOST_AT_PROFILE) and run it under the
 * limits. 0, or -EINVAL with @ret_failure filled.
 */
int host_load(struct host *h, long source, struct host_failure *ret_failure);

/** The host a state belongs to. */
struct host *host_of(lua_State *L);

/** Innermost running Lua line: source index and line, or HOST_AT_NOTHING and 0. */
void host_where(lua_State *L, int level, long *ret_source, unsigned int *ret_line);

/** Count @n more instructions for work done in C; raises when they run out. */
void host_charge(lua_State *L, uint64_t n);

/** Add to the answers; raises when a limit or memory is used up. */
void host_say(lua_State *L, const struct sentence *s);
void host_say_of(lua_State *L, size_t feature, size_t sentence);

/* ---- words.c: what all words use ---- */

#define WORDS_HELP "the words of a policy are in policy-reference.md, or `candor policy words`"

/** Put the table of words, read-only, on the stack: a chunk's _ENV. */
void words_push(struct host *h);

/** Raise a Lua error with the calling line, @remedy kept beside it. */
int words_fail(lua_State *L, const char *remedy, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

/** The text argument @index, or an error that names @word. */
const char *words_text(lua_State *L, int index, const char *word, size_t *ret_size);

/** The same, of 1 to HOST_REASON_MAX bytes without control characters. */
const char *words_line(lua_State *L, int index, const char *word);

void words_want_table(lua_State *L, int index, const char *word);

/** Is it a name of a-z, 0-9 and _ (and @more)? */
bool words_name_valid(const char *name, size_t size, const char *more);

/** Make missing fields of @what an error: the metatable kept as @key, or its use. */
void words_make_strict(lua_State *L, const char *key, const char *what);
void words_set_strict(lua_State *L, const char *key);

/** Put @value into field @field of the table on top of the stack. */
void words_set_text(lua_State *L, const char *field, const char *value);

/* ---- words-facts.c: features as a rule sees them ---- */

void facts_words_open(lua_State *L);

/** Put feature @index on the stack: what a rule's function is given. */
void facts_words_push(lua_State *L, size_t index);

/* ---- words-select.c: sets of features ---- */

void select_words_open(lua_State *L);
void select_words_close(struct host *h);

/** A set of features: one bit each. */
struct selection {
	size_t nr_words;
	uint64_t words[];
};

/** The selection at @index of the stack, or NULL. */
struct selection *select_words_get(lua_State *L, int index);

/** A new, empty selection on top of the stack. */
struct selection *select_words_new(lua_State *L);

static inline bool selection_has(const struct selection *s, size_t feature)
{
	return s->words[feature / 64] >> (feature % 64) & 1;
}

static inline void selection_add(struct selection *s, size_t feature)
{
	s->words[feature / 64] |= UINT64_C(1) << (feature % 64);
}

#endif
