/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a feature is on or off, what would change that, and what it would cost. */
#ifndef CANDOR_POLICY_EXPLAIN_H
#define CANDOR_POLICY_EXPLAIN_H

#include <jansson.h>

#include "engine/advisory.h"
#include "engine/flip.h"

/** Everything there is to say of one feature under one profile. */
struct explanation {
	const struct resolution *r;
	size_t feature;
	const struct fact_feature *f;
	const struct decision *d;
	struct flips flips;
	struct advisories advisories;
	char id[LOCK_HASH_SIZE]; /* of the decision */
	char *since; /* "0.1.0, 2026-03-01": since when it is stated so; NULL: unknown */
};

/**
 * Find out. Returns 0 with *@ret_explanation (explanation_reset() before the
 * resolution goes), -EINVAL with complaints in @err, or -errno.
 */
int explain(const struct resolution *r, size_t feature, struct explanation *ret_explanation,
	    struct strbuf *err);

void explanation_reset(struct explanation *e);

/** Add it to @out, as one screen or as JSON. */
void explain_text(const struct explanation *e, struct strbuf *out);
void explain_json(const struct explanation *e, struct strbuf *out);

/** All profiles and what each has on, side by side; @list is parallel to p->profiles. */
void list_text(const struct policy *p, struct resolution *const *list, struct strbuf *out);
void list_json(const struct policy *p, struct resolution *const *list, struct strbuf *out);

#endif
