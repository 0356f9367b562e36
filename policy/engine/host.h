/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Lua 5.4 host: runs a profile and its rules over facts and collects what
 * they say. Text chunks only; the words a policy may use are those of the words
 * tables and nothing of Lua's library; memory and instructions are counted, and
 * a limit once hit stays hit whatever the program does afterwards. The same
 * input gives the same answers on any machine: nothing here shows an address, a
 * hash order, the time or the locale.
 *
 * C functions of Lua cannot be interrupted, so untrusted policies go through
 * child_run() (child.h), which puts this host into a process of its own.
 *
 * The model: a policy is a list of sentences. A sentence is one call of allow,
 * deny, require, limit or waive in a rule file; it has a place, a reason and the
 * layer of its file. Said about a feature it is a verdict. Which verdict counts
 * is decide.h's business; here they are only collected, in the order of layers
 * and, within a layer, of files and lines.
 */
#ifndef CANDOR_POLICY_HOST_H
#define CANDOR_POLICY_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "engine/facts.h"

#define HOST_REASON_MAX 200  /* bytes of a reason, before its {fields} are filled in */
#define HOST_NAME_MAX 64     /* bytes of a rule's name */
#define HOST_SOURCE_MAX 256u /* rule files a profile can choose from */

/** Who speaks: a later layer may override an earlier one, and must say that it does. */
enum layer { LAYER_VENDOR, LAYER_DISTRIBUTION, LAYER_SITE, LAYER_HOST, NR_LAYERS };

/** "vendor", "distribution", "site", "host". */
const char *host_layer_name(enum layer layer);

/** A file of Lua text, read beforehand. */
struct host_source {
	const char *name; /* what a profile calls it: "built" */
	const char *path; /* "policy/rules/built.lua" */
	const char *text;
	size_t size;
	bool joins;	  /* it takes part without being listed in the profile, ... */
	enum layer layer; /* ... behind the listed ones, in this layer */
};

/** What the text of host_input.profile is. */
enum host_mode {
	HOST_POLICY, /* a profile: the rules it lists are run */
	HOST_TEST,   /* a file of expectations: nothing else is run */
};

/** What an evaluation is given. */
struct host_input {
	enum host_mode mode;
	bool lenient; /* unknown ids are collected (answers.unknown) instead of failing */
	struct host_source profile;
	const struct host_source *rules; /* those the profile may list */
	size_t nr_rules;
	const struct facts *facts;
};

struct host_limits {
	uint64_t instructions; /* virtual machine instructions in all */
	size_t memory;	       /* bytes at one time */
	uint64_t churn;	       /* bytes allocated in all */
	size_t verdicts;       /* in all */
};

/** Little enough to end within a second, and to grow with the features only. */
struct host_limits host_limits_for(size_t nr_features);

enum sentence_kind {
	SENTENCE_ALLOW,	  /* on (or opt-in), if what it needs is on */
	SENTENCE_DENY,	  /* off */
	SENTENCE_REQUIRE, /* on, or the policy is wrong */
	SENTENCE_LIMIT,	  /* its number is at most @value */
	SENTENCE_WAIVE,	  /* a need or conflict of it (@other) is not insisted on */
	SENTENCE_RULE,	  /* a rule() of this name was asked; about no feature */
	SENTENCE_SUPPOSE, /* test files: let the facts be otherwise from here on */
	SENTENCE_EXPECT,  /* test files: the decision must be so */
	NR_SENTENCE_KINDS
};

/** "allow", "deny", "require", ... */
const char *host_sentence_name(enum sentence_kind kind);

/** What a sentence waives. */
enum waived {
	WAIVED_NEED,
	WAIVED_CONFLICT,
};

/** What a policy makes of a feature. */
enum decided {
	DECIDED_OFF,	/* left out of the build */
	DECIDED_ON,	/* in the build, and in use */
	DECIDED_OPT_IN, /* in the build, and off until the host is booted with opt-in=ID */
	NR_DECIDED
};

/** "off", "on", "opt-in": what a lock says. */
const char *host_decided_name(enum decided decided);

/** The one of that name; NR_DECIDED when there is none. */
enum decided host_decided_find(const char *name);

/** One thing a policy says. Texts are owned by the answers. */
struct sentence {
	enum sentence_kind kind;
	enum layer layer;
	size_t source;	   /* index in host_input.rules; HOST_TEST: 0 */
	unsigned int line; /* of the call */
	bool overrides;	   /* it says "override = true" */
	bool opt_in;	   /* allow, require: "opt_in = true" */
	char *rule;	   /* name of the rule() it was said in, or its own; "" */
	char *reason;	   /* with {fields} */
	/* limit: the greatest number; waive: enum waived; expect: enum decided. */
	uint64_t value;
	char *other; /* waive: id; suppose: level; expect: what the deciding place ends in; "" */
	char *extra; /* waive: date; suppose: security; expect: profile; "" */
};

/** A sentence said about a feature. */
struct verdict {
	uint32_t feature;  /* index in the facts */
	uint32_t sentence; /* index in the answers */
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

/** An id no feature has, met by a lenient evaluation. */
struct unknown_id {
	size_t source;
	unsigned int line;
	char *id;
};

#define HOST_UNKNOWN_MAX 64

/** What an evaluation gives. */
struct answers {
	unsigned int line; /* of the profile's definition */
	char *title;
	char *purpose; /* "" when the profile gives none */
	struct {
		size_t source; /* index in host_input.rules */
		enum layer layer;
	} used[HOST_SOURCE_MAX]; /* in the order they speak */
	size_t nr_used;
	struct sentence *sentences; /* in the order they were said */
	size_t nr_sentences, sentences_capacity;
	struct verdict *verdicts; /* by feature, for each in the order they were said */
	size_t nr_verdicts, verdicts_capacity;
	struct unknown_id unknown[HOST_UNKNOWN_MAX];
	size_t nr_unknown;
};

/** Free what @a holds; it is empty afterwards. */
void answers_reset(struct answers *a);

/** Append a copy of @s, texts included (NULL counts as ""). 0 or -ENOMEM. */
int answers_add_sentence(struct answers *a, const struct sentence *s);

/** Append a verdict. 0 or -ENOMEM. */
int answers_add_verdict(struct answers *a, size_t feature, size_t sentence);

/** Bring the verdicts into the order of features. 0 or -ENOMEM. */
int answers_sort(struct answers *a, size_t nr_features);

/**
 * Evaluate in this process. Returns 0 with @ret_answers filled (reset it after
 * use) or -EINVAL with @ret_failure filled, or -ENOMEM.
 */
int host_run(const struct host_input *in, const struct host_limits *limits,
	     struct answers *ret_answers, struct host_failure *ret_failure);

#endif
