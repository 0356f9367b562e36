/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions out of verdicts. After the implications, which come first,
 * everything goes in the order of ids and only ever turns features off, so the
 * outcome does not depend on the registry's order and the work ends.
 */
#include "engine/decide.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "engine/contradict.h"
#include "engine/graph.h"
#include "engine/sentence.h"

struct context {
	struct ruling ruling;
	const struct facts *facts;
	const struct answers *answers;
	struct graph *graph;
	struct decision *list;
	uint32_t *queue; /* features turned off whose dependents are not looked at yet */
	size_t nr_queue;
	bool *placed; /* the deciding sentence is found */
	struct strbuf *err;
	size_t nr_errors;
};

const char *decision_cause_name(enum decision_cause cause)
{
	static const char *const names[NR_DECISION_CAUSES] = {
		[CAUSE_VERDICT] = "verdict",	 [CAUSE_NONE] = "no rule",
		[CAUSE_NOT_BUILT] = "not built", [CAUSE_NEED] = "need",
		[CAUSE_CONFLICT] = "conflict",	 [CAUSE_IMPLIED] = "implied",
	};

	return names[cause];
}

struct place decision_place(const struct ruling *r, uint32_t sentence)
{
	const struct sentence *s;

	if (sentence == DECISION_NONE)
		return (struct place){ r->in->profile.path, r->answers->line };
	s = &r->answers->sentences[sentence];
	return (struct place){ r->in->rules[s->source].path, s->line };
}

void decision_reason(const struct ruling *r, size_t feature, struct strbuf *out)
{
	const struct decision *d = &r->list[feature];
	const char *other = d->other == DECISION_NONE ? "" : r->in->facts->features[d->other].id;
	const char *state, *is = "is off";

	if (d->other != DECISION_NONE)
		is = r->list[d->other].opt_in ? "waits for an opt-in"
		     : r->list[d->other].on   ? "is on"
					      : is;
	switch (d->cause) {
	case CAUSE_VERDICT:
		sentence_fill(r->answers->sentences[d->by].reason, &r->in->facts->features[feature],
			      out);
		return;
	case CAUSE_NONE:
		strbuf_puts(out, "no rule allows it");
		return;
	case CAUSE_NOT_BUILT:
		state = r->in->facts->features[feature].state;
		strbuf_puts(out, strcmp(state, "planned") ? state : "not built");
		return;
	case CAUSE_NEED:
		strbuf_printf(out, "needs %s, which %s", other, is);
		return;
	case CAUSE_CONFLICT:
		strbuf_printf(out, "conflicts with %s, which is required", other);
		return;
	case CAUSE_IMPLIED:
		strbuf_printf(out, "implied by %s, which %s", other, is);
		return;
	case NR_DECISION_CAUSES:
		return;
	}
}

uint32_t decision_waiver(const struct ruling *r, size_t feature, enum waived what,
			 const char *other)
{
	const struct decision *d = &r->list[feature];

	for (uint32_t i = d->nr; i-- > 0;) {
		uint32_t index = r->answers->verdicts[d->first + i].sentence;
		const struct sentence *s = &r->answers->sentences[index];

		if (s->kind == SENTENCE_WAIVE && s->value == what && !strcmp(s->other, other))
			return index;
	}
	return DECISION_NONE;
}

size_t decision_opt_in_needs(const struct ruling *r, size_t feature, size_t *ret_list, size_t max)
{
	size_t nr = 0;

	ret_list[nr++] = feature;
	for (size_t n = 0; n < nr; n++) {
		const struct fact_feature *f = &r->in->facts->features[ret_list[n]];

		for (size_t i = 0; i < f->nr_needs && nr < max; i++) {
			long need = facts_find(r->in->facts, f->needs[i].id);
			size_t k = 0;

			if (need < 0 || !r->list[need].opt_in ||
			    decision_waiver(r, ret_list[n], WAIVED_NEED, f->needs[i].id) !=
				    DECISION_NONE)
				continue;
			while (k < nr && ret_list[k] != (size_t)need)
				k++;
			if (k == nr)
				ret_list[nr++] = (size_t)need;
		}
	}
	return nr;
}

static struct place place_of(const struct context *c, uint32_t sentence)
{
	return decision_place(&c->ruling, sentence);
}

/* Verdicts come grouped by feature, in the order of features. */
static void assign_verdicts(struct context *c)
{
	for (size_t i = 0; i < c->facts->nr_features; i++) {
		c->list[i].by = DECISION_NONE;
		c->list[i].other = DECISION_NONE;
		c->list[i].limit = DECISION_NONE;
	}
	for (size_t i = 0; i < c->answers->nr_verdicts; i++) {
		struct decision *d = &c->list[c->answers->verdicts[i].feature];

		if (!d->nr)
			d->first = (uint32_t)i;
		d->nr++;
	}
}

/* The standing verdict, and whether it is required. */
static void first_decision(struct context *c, size_t feature)
{
	struct decision *d = &c->list[feature];

	d->cause = CAUSE_NONE;
	for (uint32_t i = 0; i < d->nr; i++) {
		uint32_t index = c->answers->verdicts[d->first + i].sentence;
		const struct sentence *s = &c->answers->sentences[index];
		enum sentence_kind kind = s->kind;

		if (kind == SENTENCE_LIMIT)
			d->limit = index;
		if (kind != SENTENCE_ALLOW && kind != SENTENCE_DENY && kind != SENTENCE_REQUIRE)
			continue;
		/* A requirement keeps the place where it was made. */
		if (!(d->required && kind == SENTENCE_ALLOW && s->opt_in == d->opt_in))
			d->by = index;
		d->opt_in = s->opt_in;
		d->cause = CAUSE_VERDICT;
		d->on = kind != SENTENCE_DENY;
		d->required = kind == SENTENCE_REQUIRE || (d->required && d->on);
	}
	if (!c->facts->features[feature].built) {
		d->on = d->opt_in = false;
		d->cause = CAUSE_NOT_BUILT;
	}
}

static void check_required_built(struct context *c, size_t feature)
{
	const struct fact_feature *f = &c->facts->features[feature];
	const struct decision *d = &c->list[feature];

	if (!d->required || f->built)
		return;
	complain(c->err, place_of(c, d->by),
		 "require only what has code, or implement it and set its state to built",
		 "%s is required, but it is %s (%s:%u)", f->id, f->state, f->at.file, f->at.line);
	c->nr_errors++;
}

static void check_limit(struct context *c, size_t feature)
{
	const struct fact_feature *f = &c->facts->features[feature];
	const struct decision *d = &c->list[feature];
	const struct sentence *s;

	if (d->limit == DECISION_NONE)
		return;
	s = &c->answers->sentences[d->limit];
	if (f->has_bound && s->value <= f->bound)
		return;
	if (f->has_bound)
		complain(c->err, place_of(c, d->limit), "limit it to what is promised, or less",
			 "%s is limited to %" PRIu64 ", but %s:%u promises no more than %" PRIu64,
			 f->id, s->value, f->bounded.file, f->bounded.line, f->bound);
	else
		complain(c->err, place_of(c, d->limit),
			 "limit only what has a number: \"Supported up to 8\"",
			 "%s is limited, but SUPPORT.md states no number of it (registry: %s:%u)",
			 f->id, f->at.file, f->at.line);
	c->nr_errors++;
}

/* ---- implications ---- */

/* Turn on what those that are on imply, as long as nobody has said a word on it. */
static void follow_implications(struct context *c)
{
	const struct edges *e = &c->graph->implies;

	for (size_t i = 0; i < c->facts->nr_features; i++) {
		if (c->list[i].on)
			c->queue[c->nr_queue++] = (uint32_t)i;
	}
	/* Each feature enters the queue once: when it is turned on. */
	for (size_t n = 0; n < c->nr_queue; n++) {
		uint32_t by = c->queue[n];

		for (size_t k = e->first[by]; k < e->first[by + 1]; k++) {
			struct decision *d = &c->list[e->to[k]];

			if (d->on || d->cause != CAUSE_NONE || !c->facts->features[e->to[k]].built)
				continue;
			d->on = true;
			d->cause = CAUSE_IMPLIED;
			d->other = by;
			c->queue[c->nr_queue++] = e->to[k];
		}
	}
	c->nr_queue = 0;
}

/* The first feature that is on, @plainly or as an opt-in too, and implies this one. */
static uint32_t implying(const struct context *c, size_t feature, bool plainly)
{
	const struct edges *e = &c->graph->implied_by;

	for (size_t k = e->first[feature]; k < e->first[feature + 1]; k++) {
		const struct decision *d = &c->list[e->to[k]];

		if (d->on && !(plainly && d->opt_in))
			return e->to[k];
	}
	return DECISION_NONE;
}

/* ---- needs ---- */

static void turn_off(struct context *c, size_t feature, enum decision_cause cause, uint32_t other)
{
	struct decision *d = &c->list[feature];

	d->on = d->opt_in = false;
	d->cause = cause;
	d->other = other;
	c->queue[c->nr_queue++] = (uint32_t)feature;
}

/* The first need of @feature that is off (or, for @waiting, opt-in) and not waived. */
static uint32_t find_need(const struct context *c, size_t feature, bool waiting)
{
	const struct edges *e = &c->graph->needs;

	for (size_t k = e->first[feature]; k < e->first[feature + 1]; k++) {
		const struct decision *d = &c->list[e->to[k]];

		if ((waiting ? d->opt_in : !d->on) &&
		    decision_waiver(&c->ruling, feature, WAIVED_NEED, e->ref[k]->id) ==
			    DECISION_NONE)
			return e->to[k];
	}
	return DECISION_NONE;
}

static uint32_t missing_need(const struct context *c, size_t feature)
{
	return find_need(c, feature, false);
}

/* Those that need what went off, and what was on only because it implied them. */
static void look_at_dependents(struct context *c, uint32_t feature)
{
	const struct edges *needed = &c->graph->needed_by, *implies = &c->graph->implies;

	for (size_t k = needed->first[feature]; k < needed->first[feature + 1]; k++) {
		uint32_t i = needed->to[k];

		if (c->list[i].on && missing_need(c, i) != DECISION_NONE)
			turn_off(c, i, CAUSE_NEED, feature);
	}
	for (size_t k = implies->first[feature]; k < implies->first[feature + 1]; k++) {
		uint32_t i = implies->to[k];

		if (c->list[i].on && c->list[i].cause == CAUSE_IMPLIED &&
		    implying(c, i, false) == DECISION_NONE)
			turn_off(c, i, CAUSE_NONE, DECISION_NONE);
	}
}

/* Every feature goes off once, and its edges are looked at once for each of them. */
static void settle(struct context *c)
{
	for (size_t i = 0; i < c->facts->nr_features; i++) {
		uint32_t need = c->list[i].on ? missing_need(c, i) : DECISION_NONE;

		if (need != DECISION_NONE)
			turn_off(c, i, CAUSE_NEED, need);
	}
	for (size_t n = 0; n < c->nr_queue; n++)
		look_at_dependents(c, c->queue[n]);
	c->nr_queue = 0;
}

/* ---- conflicts ---- */

/* Call @visit for each conflict between two features that are on. */
static void each_conflict(struct context *c,
			  void (*visit)(struct context *, size_t, size_t, const struct fact_ref *))
{
	const struct edges *e = &c->graph->conflicts;

	for (size_t i = 0; i < c->facts->nr_features; i++) {
		for (size_t k = e->first[i]; k < e->first[i + 1]; k++) {
			const char *id = e->ref[k]->id, *own = c->facts->features[i].id;

			if (!c->list[i].on || !c->list[e->to[k]].on || e->to[k] == i)
				continue;
			if (decision_waiver(&c->ruling, i, WAIVED_CONFLICT, id) != DECISION_NONE ||
			    decision_waiver(&c->ruling, e->to[k], WAIVED_CONFLICT, own) !=
				    DECISION_NONE)
				continue;
			visit(c, i, e->to[k], e->ref[k]);
		}
	}
}

/* A required feature pushes the other one out. */
static void yield_to_required(struct context *c, size_t a, size_t b, const struct fact_ref *ref)
{
	if (c->list[a].required == c->list[b].required)
		return;
	if (c->list[a].required)
		turn_off(c, b, CAUSE_CONFLICT, (uint32_t)a);
	else
		turn_off(c, a, CAUSE_CONFLICT, (uint32_t)b);
}

/* The place that turned a feature on: its own verdict, or that of what implies it. */
static struct place place_on(const struct context *c, size_t feature)
{
	size_t steps = c->facts->nr_features;

	while (c->list[feature].cause == CAUSE_IMPLIED && steps--)
		feature = c->list[feature].other;
	return place_of(c, c->list[feature].by);
}

static void report_conflict(struct context *c, size_t a, size_t b, const struct fact_ref *ref)
{
	struct place pa = place_on(c, a), pb = place_on(c, b);

	complain(c->err, pa, "deny one of them, or require one alone",
		 "%s conflicts with %s, which %s:%u turns on (conflict stated at %s:%u)",
		 c->facts->features[a].id, c->facts->features[b].id, pb.file, pb.line, ref->at.file,
		 ref->at.line);
	c->nr_errors++;
}

/* ---- opt-ins ---- */

static void make_opt_in(struct context *c, size_t feature)
{
	c->list[feature].opt_in = true;
	c->queue[c->nr_queue++] = (uint32_t)feature;
}

/* What needs an opt-in feature is one, and what only such imply. */
static void spread_opt_in(struct context *c, uint32_t feature)
{
	const struct edges *needed = &c->graph->needed_by, *implies = &c->graph->implies;

	for (size_t k = needed->first[feature]; k < needed->first[feature + 1]; k++) {
		uint32_t i = needed->to[k];
		struct decision *d = &c->list[i];

		if (!d->on || d->opt_in || find_need(c, i, true) == DECISION_NONE)
			continue;
		d->cause = CAUSE_NEED;
		d->other = feature;
		make_opt_in(c, i);
	}
	for (size_t k = implies->first[feature]; k < implies->first[feature + 1]; k++) {
		uint32_t i = implies->to[k];
		const struct decision *d = &c->list[i];

		if (d->on && !d->opt_in && d->cause == CAUSE_IMPLIED &&
		    implying(c, i, true) == DECISION_NONE)
			make_opt_in(c, i);
	}
}

/* Every feature becomes one once, when all that will be off is off. */
static void settle_opt_ins(struct context *c)
{
	for (size_t i = 0; i < c->facts->nr_features; i++) {
		if (c->list[i].opt_in)
			c->queue[c->nr_queue++] = (uint32_t)i;
	}
	for (size_t n = 0; n < c->nr_queue; n++)
		spread_opt_in(c, c->queue[n]);
	c->nr_queue = 0;
}

/* ---- the end ---- */

/* Is the feature decided by another one? */
static bool is_led(const struct decision *d)
{
	return d->other != DECISION_NONE && !d->required;
}

/* What another feature decides is by that one's sentence; every chain is followed once. */
static void find_deciding(struct context *c)
{
	for (size_t i = 0; i < c->facts->nr_features; i++) {
		struct decision *d = &c->list[i];

		if (d->cause == CAUSE_NEED)
			d->other = find_need(c, i, d->on);
		else if (d->cause == CAUSE_IMPLIED)
			d->other = implying(c, i, !d->opt_in);
	}
	for (size_t i = 0; i < c->facts->nr_features; i++) {
		uint32_t at = (uint32_t)i, by;

		while (!c->placed[at] && is_led(&c->list[at])) {
			c->placed[at] = true;
			c->queue[c->nr_queue++] = at;
			at = c->list[at].other;
		}
		by = c->list[at].by;
		while (c->nr_queue)
			c->list[c->queue[--c->nr_queue]].by = by;
	}
}

/* A required feature must be on in the end, and plainly on if that was required. */
static void check_kept(struct context *c, size_t feature)
{
	const struct decision *d = &c->list[feature];
	struct strbuf reason = STRBUF_INIT;
	uint32_t other;

	if (!d->required || d->cause != CAUSE_NEED)
		return;
	other = find_need(c, feature, d->on);
	strbuf_printf(&reason, "needs %s, which %s", c->facts->features[other].id,
		      d->on ? "waits for an opt-in" : "is off");
	complain(c->err, place_of(c, d->by),
		 d->on ? "require it with opt_in = true, or allow what it needs plainly"
		       : "allow what it needs, or do not require it",
		 "%s is required, but %s (%s:%u)", c->facts->features[feature].id,
		 strbuf_str(&reason) ? strbuf_str(&reason) : "",
		 place_of(c, c->list[other].by).file, place_of(c, c->list[other].by).line);
	strbuf_reset(&reason);
	c->nr_errors++;
}

static int settle_all(struct context *c)
{
	size_t nr = c->facts->nr_features;

	for (size_t i = 0; i < nr; i++) {
		first_decision(c, i);
		check_required_built(c, i);
		check_limit(c, i);
	}
	if (c->nr_errors)
		return -EINVAL;
	follow_implications(c);
	settle(c);
	each_conflict(c, yield_to_required);
	settle(c);
	each_conflict(c, report_conflict);
	settle_opt_ins(c);
	find_deciding(c);
	for (size_t i = 0; i < nr; i++)
		check_kept(c, i);
	return c->nr_errors ? -EINVAL : 0;
}

int decide(const struct host_input *in, const struct answers *answers, struct decision **ret_list,
	   struct strbuf *err)
{
	struct context c = { .facts = in->facts, .answers = answers, .err = err };
	size_t nr = in->facts->nr_features + 1;
	int rc = -ENOMEM;

	c.list = calloc(nr, sizeof(*c.list));
	c.queue = calloc(nr, sizeof(*c.queue));
	c.ruling = (struct ruling){ in, answers, c.list };
	c.placed = calloc(nr, sizeof(*c.placed));
	if (c.list && c.queue && c.placed)
		rc = graph_build(in->facts, &c.graph);
	if (!rc)
		rc = graph_check(c.graph, err);
	if (!rc) {
		assign_verdicts(&c);
		rc = contradict_check(&c.ruling, err);
	}
	if (!rc)
		rc = settle_all(&c);
	graph_free(c.graph);
	free(c.placed);
	free(c.queue);
	if (rc) {
		free(c.list);
		return rc;
	}
	*ret_list = c.list;
	return 0;
}
