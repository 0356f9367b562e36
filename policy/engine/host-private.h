/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by host.c (state, limits, order of work), words.c (the vocabulary) and their tests. */
#ifndef CANDOR_POLICY_HOST_PRIVATE_H
#define CANDOR_POLICY_HOST_PRIVATE_H

#include <lua.h>

#include "engine/host.h"

enum host_phase {
	PHASE_PROFILE, /* running the profile's file */
	PHASE_LOAD,    /* running a rule file: rule() is allowed */
	PHASE_RULE,    /* running a rule: allow(), deny(), require() are allowed */
};

/** Why the evaluation must end; the first cause stays. */
enum host_latch {
	LATCH_NONE,
	LATCH_INSTRUCTIONS,
	LATCH_MEMORY,
	LATCH_CHURN,
};

#define HOST_PENDING_MAX 64 /* verdicts one rule may make for one feature */
#define HOST_RULES_MAX 1024 /* rules of one profile */

/** A rule as rule() registered it. */
struct host_rule {
	char name[HOST_NAME_MAX + 1];
	size_t source;
	unsigned int line;
	int function; /* reference in Lua's registry */
};

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
	long source;	/* index being run, or HOST_AT_PROFILE */
	size_t feature; /* of PHASE_RULE */
	bool has_profile;
	struct answers *answers;
	struct host_rule rules[HOST_RULES_MAX];
	size_t nr_rules;
	struct verdict pending[HOST_PENDING_MAX];
	size_t nr_pending;
	uintptr_t serial; /* of pending[0]: a verdict is used in its own call only */
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

/** Put the table of words, read-only, on the stack: a chunk's _ENV. */
void words_push(struct host *h);

/** Put the facts of feature @index on the stack, a fresh table. */
void words_push_feature(lua_State *L, const struct facts *f, size_t index);

/** The pending verdict the value at @index stands for, or NULL. */
const struct verdict *words_verdict(struct host *h, int index);

/** Raise a Lua error with the calling line, @remedy kept beside it. */
int words_fail(lua_State *L, const char *remedy, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

#endif
