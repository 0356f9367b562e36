/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What features have to do with one another, from the registry: who needs,
 * conflicts with and implies whom, by index and in both directions, so that a
 * decision follows an edge instead of looking an id up.
 */
#ifndef CANDOR_POLICY_GRAPH_H
#define CANDOR_POLICY_GRAPH_H

#include <stdint.h>

#include "engine/facts.h"

/** Edges of one kind. Those of feature i are first[i] to first[i + 1]. */
struct edges {
	size_t *first;
	uint32_t *to;		     /* index of the other feature */
	const struct fact_ref **ref; /* where it is stated; NULL in a reverse direction */
};

struct graph {
	const struct facts *facts;
	struct edges needs, needed_by, conflicts, implies, implied_by;
};

/** Build, leaving out what names no feature. 0 with *@ret_graph (graph_free()), or -ENOMEM. */
int graph_build(const struct facts *facts, struct graph **ret_graph);

/** NULL is accepted. */
void graph_free(struct graph *g);

/**
 * Complain about what no policy could honour: circles of needs or of
 * implications, and features that need or imply what they conflict with. Both
 * places are shown. 0, -EINVAL, or -ENOMEM.
 */
int graph_check(const struct graph *g, struct strbuf *err);

#endif
