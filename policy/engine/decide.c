/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions out of verdicts. Everything goes in the order of ids and only ever
 * turns features off, so the outcome does not depend on the registry's order
 * and the loops end.
 */
#include "engine/decide.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/complain.h"

struct context {
	const struct host_input *in;
	const struct facts *facts;
	const struct answers *answers;
	struct decision *list;
	struct strbuf *err;
	size_t nr_errors;
};

static struct place verdict_place(const struct context *c, const struct verdict *v)
{
	return (struct place){ c->in->rules[v->source].path, v->line };
}

/* The verdict that stands for a feature, or NULL. */
static const struct verdict *standing(const struct context *c, size_t feature)
{
	const struct decision *d = &c->list[feature];

	return d->nr ? &c->answers->verdicts[d->first + d->nr - 1] : NULL;
}

static bool is_required(const struct context *c, size_t feature)
{
	const struct verdict *v = standing(c, feature);

	return v && v->kind == VERDICT_REQUIRE;
}

static const struct verdict *find_requirement(const struct context *c, size_t feature)
{
	const struct decision *d = &c->list[feature];

	for (size_t i = d->nr; i-- > 0;) {
		if (c->answers->verdicts[d->first + i].kind == VERDICT_REQUIRE)
			return &c->answers->verdicts[d->first + i];
	}
	return NULL;
}

/* Verdicts come grouped by feature, in the order of features. */
static void assign_verdicts(struct context *c)
{
	for (size_t i = 0; i < c->answers->nr_verdicts; i++) {
		struct decision *d = &c->list[c->answers->verdicts[i].feature];

		if (!d->nr)
			d->first = i;
		d->nr++;
	}
}

static void check_requirement(struct context *c, size_t feature)
{
	const struct fact_feature *f = &c->facts->features[feature];
	const struct verdict *required = find_requirement(c, feature);
	const struct verdict *last = standing(c, feature);

	if (!required)
		return;
	if (!f->built) {
		complain(c->err, verdict_place(c, required),
			 "require only what has code, or implement it and set its state to built",
			 "%s is required, but it is %s (%s:%u)", f->id, f->state, f->at.file,
			 f->at.line);
		c->nr_errors++;
	} else if (last->kind == VERDICT_DENY) {
		struct place at = verdict_place(c, last);

		complain(c->err, verdict_place(c, required), "drop one of the two",
			 "%s is required here and denied at %s:%u", f->id, at.file, at.line);
		c->nr_errors++;
	}
}

static void first_decision(struct context *c, size_t feature)
{
	const struct fact_feature *f = &c->facts->features[feature];
	const struct verdict *v = standing(c, feature);
	struct decision *d = &c->list[feature];

	d->rule = "";
	if (!v) {
		d->cause = CAUSE_NONE;
		d->by = (struct place){ c->in->profile.path, c->answers->line };
		snprintf(d->reason, sizeof(d->reason), "no rule allows it");
		return;
	}
	d->by = verdict_place(c, v);
	d->rule = v->rule;
	d->on = v->kind != VERDICT_DENY;
	snprintf(d->reason, sizeof(d->reason), "%s", v->reason);
	if (d->on && !f->built) {
		d->on = false;
		d->cause = CAUSE_NOT_BUILT;
		snprintf(d->reason, sizeof(d->reason), "not built");
	}
}

static void turn_off(struct context *c, size_t feature, size_t other, enum decision_cause cause)
{
	struct decision *d = &c->list[feature];

	d->on = false;
	d->cause = cause;
	d->other = c->facts->features[other].id;
	d->by = c->list[other].by;
	d->rule = c->list[other].rule;
	snprintf(d->reason, sizeof(d->reason),
		 cause == CAUSE_NEED ? "needs %s, which is off"
				     : "conflicts with %s, which is required",
		 d->other);
}

/* The need of @feature that is off, or -1. */
static long missing_need(const struct context *c, size_t feature)
{
	const struct fact_feature *f = &c->facts->features[feature];

	for (size_t i = 0; i < f->nr_needs; i++) {
		long need = facts_find(c->facts, f->needs[i].id);

		if (need >= 0 && !c->list[need].on)
			return need;
	}
	return -1;
}

/* Turn off what misses a need, until nothing changes: at most one round a feature. */
static void settle_needs(struct context *c)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < c->facts->nr_features; i++) {
			long need = c->list[i].on ? missing_need(c, i) : -1;

			if (need < 0)
				continue;
			turn_off(c, i, (size_t)need, CAUSE_NEED);
			changed = true;
		}
	}
}

/* Call @visit for each conflict between two features that are on; stop when it says so. */
static bool each_conflict(struct context *c,
			  bool (*visit)(struct context *, size_t, size_t, const struct fact_ref *))
{
	for (size_t i = 0; i < c->facts->nr_features; i++) {
		const struct fact_feature *f = &c->facts->features[i];

		for (size_t k = 0; k < f->nr_conflicts; k++) {
			long other = facts_find(c->facts, f->conflicts[k].id);

			if (!c->list[i].on || other < 0 || !c->list[other].on || (size_t)other == i)
				continue;
			if (visit(c, i, (size_t)other, &f->conflicts[k]))
				return true;
		}
	}
	return false;
}

/* A required feature pushes the other one out. */
static bool yield_to_required(struct context *c, size_t a, size_t b, const struct fact_ref *ref)
{
	if (is_required(c, a) == is_required(c, b))
		return false;
	if (is_required(c, a))
		turn_off(c, b, a, CAUSE_CONFLICT);
	else
		turn_off(c, a, b, CAUSE_CONFLICT);
	return true;
}

static bool report_conflict(struct context *c, size_t a, size_t b, const struct fact_ref *ref)
{
	const struct decision *da = &c->list[a], *db = &c->list[b];

	complain(c->err, da->by, "deny one of them, or require one alone",
		 "%s conflicts with %s, which %s:%u turns on (conflict stated at %s:%u)",
		 c->facts->features[a].id, c->facts->features[b].id, db->by.file, db->by.line,
		 ref->at.file, ref->at.line);
	c->nr_errors++;
	return false;
}

/* A required feature must be on in the end. */
static void check_kept(struct context *c, size_t feature)
{
	const struct decision *d = &c->list[feature];

	if (!is_required(c, feature) || d->on || d->cause != CAUSE_NEED)
		return;
	complain(c->err, verdict_place(c, standing(c, feature)),
		 "allow what it needs, or do not require it", "%s is required, but %s (%s:%u)",
		 c->facts->features[feature].id, d->reason, d->by.file, d->by.line);
	c->nr_errors++;
}

static int settle(struct context *c)
{
	size_t nr = c->facts->nr_features;

	assign_verdicts(c);
	for (size_t i = 0; i < nr; i++) {
		check_requirement(c, i);
		first_decision(c, i);
	}
	if (c->nr_errors)
		return -EINVAL;
	do
		settle_needs(c);
	while (each_conflict(c, yield_to_required));
	each_conflict(c, report_conflict);
	for (size_t i = 0; i < nr; i++)
		check_kept(c, i);
	return c->nr_errors ? -EINVAL : 0;
}

int decide(const struct host_input *in, const struct answers *answers, struct decision **ret_list,
	   struct strbuf *err)
{
	struct context c = { .in = in, .facts = in->facts, .answers = answers, .err = err };
	int rc;

	c.list = calloc(in->facts->nr_features ? in->facts->nr_features : 1, sizeof(*c.list));
	if (!c.list)
		return -ENOMEM;
	rc = settle(&c);
	if (rc) {
		free(c.list);
		return rc;
	}
	*ret_list = c.list;
	return 0;
}
