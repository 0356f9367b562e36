/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what the layers say to one decision a feature.
 *
 * 1. Verdicts of allow, deny and require come in the order vendor, distribution,
 *    site, host; within a layer in the order of files and lines. The last one on
 *    a feature stands. One that contradicts the standing one must say
 *    "override = true"; otherwise both places are shown and nothing is decided.
 *    A requirement holds until a later deny overrides it.
 *    An allow or require may say "opt_in = true": the feature is in the build, but
 *    off on every host that is not booted with opt-in=ID. That contradicts plain on
 *    as it does off.
 * 2. No verdict is off. What has no code is off whatever is said, and an error if
 *    required.
 * 3. A feature that is on brings what it implies, unless a verdict denies that.
 *    What only opt-in features imply is opt-in, and so is what needs one of them;
 *    if that is required to be on, it is an error.
 * 4. A feature whose need is off is off, and so on along the needs; what only a
 *    feature that is now off implied goes off with it.
 * 5. Of two that conflict and are on, the one not required goes off; if both or
 *    neither are required, both places are shown and nothing is decided.
 * 6. A need or conflict that is waived is left out of 4 and 5.
 * 7. A limit is the last one said; raising an earlier one needs "override =
 *    true", and none may be above what SUPPORT.md promises.
 */
#ifndef CANDOR_POLICY_DECIDE_H
#define CANDOR_POLICY_DECIDE_H

#include "engine/host.h"

enum decision_cause {
	CAUSE_VERDICT,	 /* the standing verdict */
	CAUSE_NONE,	 /* no rule spoke */
	CAUSE_NOT_BUILT, /* it has no code */
	CAUSE_NEED,	 /* something it needs is off */
	CAUSE_CONFLICT,	 /* something it conflicts with is required */
	CAUSE_IMPLIED,	 /* something that is on implies it */
	NR_DECISION_CAUSES
};

/** "verdict", "no rule", "not built", "need", "conflict", "implied". */
const char *decision_cause_name(enum decision_cause cause);

/** Sentences are indices in the answers; these mean none. */
#define DECISION_NONE UINT32_MAX

struct decision {
	bool on;     /* in the build */
	bool opt_in; /* on, but only for hosts that ask for it */
	bool required;
	enum decision_cause cause;
	uint32_t by;	    /* the deciding sentence, of this feature or of the other one */
	uint32_t other;	    /* index of the need, conflict or implying feature */
	uint32_t limit;	    /* the sentence that limits it */
	uint32_t first, nr; /* this feature's verdicts in the answers */
};

/** What a lock says of it. */
static inline enum decided decision_of(const struct decision *d)
{
	return !d->on ? DECIDED_OFF : d->opt_in ? DECIDED_OPT_IN : DECIDED_ON;
}

/**
 * Decide every feature of @in->facts by @answers. Returns 0 with *@ret_list, an
 * array parallel to the features (caller frees), -EINVAL with complaints added
 * to @err, or -ENOMEM.
 */
int decide(const struct host_input *in, const struct answers *answers, struct decision **ret_list,
	   struct strbuf *err);

/** What was decided, for those who show it. */
struct ruling {
	const struct host_input *in;
	const struct answers *answers;
	const struct decision *list;
};

/** The place of a sentence; that of the profile for DECISION_NONE. */
struct place decision_place(const struct ruling *r, uint32_t sentence);

/** Add why a feature is decided so, in a few words. */
void decision_reason(const struct ruling *r, size_t feature, struct strbuf *out);

#define OPT_IN_NEEDS_MAX 64u

/**
 * What a host must opt into to have an opt-in feature: itself first, then what it needs,
 * directly or not, that is opt-in too. Returns how many are in @ret_list, at most @max.
 */
size_t decision_opt_in_needs(const struct ruling *r, size_t feature, size_t *ret_list, size_t max);

/** The sentence that waives this need or conflict of a feature, or DECISION_NONE. */
uint32_t decision_waiver(const struct ruling *r, size_t feature, enum waived what,
			 const char *other);

#endif
