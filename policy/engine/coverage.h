/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sentences of a tree's rules decide something, over several resolutions. */
#ifndef CANDOR_POLICY_COVERAGE_H
#define CANDOR_POLICY_COVERAGE_H

#include "engine/policy.h"

/** A place where rules speak. */
struct covered {
	size_t source; /* index in the policy's rules */
	unsigned int line;
	enum sentence_kind kind;
	enum layer layer;
	char name[HOST_NAME_MAX + 1]; /* of its rule; "" */
	size_t nr_said;		      /* features it was said about */
	size_t nr_decided;	      /* features it decides: verdict, limit, waiver */
	size_t nr_needed;	      /* features for which "override = true" was needed */
	bool overrides;		      /* it says so */
	struct place overridden;      /* where it was last overridden; file NULL: nowhere */
};

struct coverage {
	struct covered *list; /* by source and line */
	size_t nr, capacity;
};

/**
 * Add what is said and decided in a resolution. Sentences of rule files beyond
 * the policy's own (of a variation) are left out. 0 or -ENOMEM.
 */
int coverage_add(struct coverage *c, const struct resolution *r);

/** Bring the list in order: by file and line. */
void coverage_sort(struct coverage *c);

/** A rule() that said nothing at all; other kinds: it decides nothing. */
bool coverage_is_idle(const struct coverage *c, const struct covered *place);

void coverage_reset(struct coverage *c);

#endif
