/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the rules' verdicts to one decision a feature. The last verdict on a
 * feature stands and overrides those before it; no verdict is off. Then needs
 * and conflicts are honoured, and what is not built is off whatever a rule says.
 */
#ifndef CANDOR_POLICY_DECIDE_H
#define CANDOR_POLICY_DECIDE_H

#include "engine/host.h"

enum decision_cause {
	CAUSE_VERDICT,	 /* a rule's last word */
	CAUSE_NONE,	 /* no rule spoke */
	CAUSE_NOT_BUILT, /* a rule allows what has no code */
	CAUSE_NEED,	 /* something it needs is off */
	CAUSE_CONFLICT,	 /* something it conflicts with is required */
};

#define DECISION_REASON_MAX 400

struct decision {
	bool on;
	enum decision_cause cause;
	struct place by;   /* the deciding rule; borrowed from the input */
	const char *rule;  /* its name, "" for the profile itself; borrowed */
	const char *other; /* id of the need or conflict; NULL */
	size_t first, nr;  /* this feature's verdicts in the answers */
	char reason[DECISION_REASON_MAX];
};

/**
 * Decide every feature of @in->facts by @answers. Returns 0 with *@ret_list, an
 * array parallel to the features (caller frees; borrows from both arguments),
 * -EINVAL with complaints added to @err, or -ENOMEM.
 */
int decide(const struct host_input *in, const struct answers *answers, struct decision **ret_list,
	   struct strbuf *err);

#endif
