/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change of a verdict costs: taint, security support, advisories that begin to apply. */
#ifndef CANDOR_POLICY_COST_H
#define CANDOR_POLICY_COST_H

#include <jansson.h>

#include "engine/advisory.h"
#include "engine/flip.h"
#include "engine/taint.h"

#define COST_TAINTS_MAX 8
#define COST_NAMED_MAX 16

struct cost {
	const struct taint *taints[COST_TAINTS_MAX]; /* each kind once, in the order of letters */
	size_t nr_taints;
	const char *insecure[COST_NAMED_MAX]; /* features on without security support */
	size_t nr_insecure;		      /* of all, named or not */
	const char *advisories[COST_NAMED_MAX];
	size_t nr_advisories;
};

/** Add what it costs to have the feature on. */
void cost_add(struct cost *c, const struct fact_feature *f, const struct advisories *advisories);

/** What the flip of @feature costs: nothing if it turns it off. */
void cost_of_flip(const struct resolution *r, size_t feature, const struct flip *flip,
		  const struct advisories *advisories, struct cost *ret_cost);

/** Add it in words: "taint P (...), security support of x lost, XSA-1 begins to apply". */
void cost_describe(const struct cost *c, struct strbuf *out);

/** The same as JSON: taint letters, features without security support, advisories. */
json_t *cost_json(const struct cost *cost);

#endif
