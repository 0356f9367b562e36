/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Lua 5.4 host: runs a profile and its rules over facts and collects their
 * verdicts. Text chunks only; the words a policy may use are those of words.c
 * and nothing of Lua's library; memory and instructions are counted, and a
 * limit once hit stays hit whatever the program does afterwards. The same input
 * gives the same verdicts on any machine: nothing here shows an address, a hash
 * order, the time or the locale.
 *
 * C functions of Lua cannot be interrupted, so untrusted policies go through
 * child_run() (child.h), which puts this host into a process of its own.
 */
#ifndef CANDOR_POLICY_HOST_H
#define CANDOR_POLICY_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "engine/facts.h"

#define HOST_REASON_MAX 200  /* bytes of a reason */
#define HOST_NAME_MAX 64     /* bytes of a rule's name */
#define HOST_SOURCE_MAX 256u /* rule files a profile can choose from */

/** A file of Lua text, read beforehand. */
struct host_source {
	const char *name; /* what a profile calls it: "built" */
	const char *path; /* "policy/rules/built.lua" */
	const char *text;
	size_t size;
};

/** What an evaluation is given. */
struct host_input {
	struct host_source profile;
	const struct host_source *rules; /* those the profile may list */
	size_t nr_rules;
	const struct facts *facts;
};

struct host_limits {
	uint64_t instructions; /* virtual machine instructions in all */
	size_t memory;	       /* bytes at one time */
	uint64_t churn;	       /* bytes allocated in all */
};

/** Enough for thousands of features, little enough to end within a second. */
extern const struct host_limits host_default_limits;

enum verdict_kind {
	VERDICT_ALLOW,	 /* on, if what it needs is on */
	VERDICT_DENY,	 /* off */
	VERDICT_REQUIRE, /* on, or the policy is wrong */
	NR_VERDICT_KINDS
};

/** "allow", "deny", "require". */
const char *host_verdict_name(enum verdict_kind kind);

/** One rule's answer for one feature. */
struct verdict {
	size_t feature; /* index in the facts */
	enum verdict_kind kind;
	size_t source;	   /* index in host_input.rules */
	unsigned int line; /* of the call of allow, deny or require */
	char rule[HOST_NAME_MAX + 1];
	char reason[HOST_REASON_MAX + 1];
};

/** Where a failure lies: a source's index, or one of these. */
#define HOST_AT_PROFILE (-1L)
#define HOST_AT_NOTHING (-2L)

#define HOST_MESSAGE_MAX 511

/** Why an evaluation failed. */
struct host_failure {
	long source;	   /* index in host_input.rules, or HOST_AT_ */
	unsigned int line; /* 0: unknown */
	char message[HOST_MESSAGE_MAX + 1];
	char remedy[HOST_MESSAGE_MAX + 1];
};

/** What an evaluation gives: for each feature in order, its rules' verdicts in order. */
struct answers {
	unsigned int line; /* of the profile's definition */
	char title[HOST_REASON_MAX + 1];
	size_t used[HOST_SOURCE_MAX]; /* rule files listed, in the profile's order */
	size_t nr_used;
	struct verdict *verdicts;
	size_t nr_verdicts;
	size_t capacity;
};

/** Free what @a holds; it is empty afterwards. */
void answers_reset(struct answers *a);

/** Append a copy of @v. 0 or -ENOMEM. */
int answers_add(struct answers *a, const struct verdict *v);

/**
 * Evaluate in this process. Returns 0 with @ret_answers filled (reset it after
 * use) or -EINVAL with @ret_failure filled, or -ENOMEM.
 */
int host_run(const struct host_input *in, const struct host_limits *limits,
	     struct answers *ret_answers, struct host_failure *ret_failure);

#endif
