/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One feature on one screen. */
#include "engine/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "engine/cost.h"
#include "engine/screen.h"
#include "engine/sentence.h"
#include "engine/since.h"

static int read_decision_id(struct explanation *e)
{
	struct lockfile *lock;
	int rc = resolution_lock(e->r, &lock);

	if (rc)
		return rc;
	snprintf(e->id, sizeof(e->id), "%s", lock->decision);
	lockfile_destroy(lock);
	return 0;
}

int explain(const struct resolution *r, size_t feature, struct explanation *ret_explanation,
	    struct strbuf *err)
{
	struct explanation e = {
		.r = r,
		.feature = feature,
		.f = &r->in.facts->features[feature],
		.d = &r->list[feature],
	};
	int rc = flip_search(r, feature, &e.flips);

	if (!rc)
		rc = read_decision_id(&e);
	if (!rc)
		rc = advisories_read(r->policy->tree, &e.advisories, err);
	if (rc) {
		explanation_reset(&e);
	} else {
		e.since = since_find(r->policy->tree, r->in.facts, e.f);
		*ret_explanation = e;
	}
	return rc;
}

void explanation_reset(struct explanation *e)
{
	advisories_reset(&e->advisories);
	free(e->since);
	e->since = NULL;
}

/* ---- one screen ---- */

static const char *decided(const struct decision *d)
{
	return host_decided_name(decision_of(d));
}

static void add_place(struct strbuf *out, const struct place *at)
{
	strbuf_puts(out, at->file ? at->file : "?");
	if (at->line)
		strbuf_printf(out, ":%u", at->line);
}

static const struct sentence *sentence_of(const struct explanation *e, uint32_t index)
{
	return &e->r->answers.sentences[index];
}

/* "policy/rules/x.lua:9 (site, rule y)" */
static void add_speaker(const struct explanation *e, uint32_t index, struct strbuf *out)
{
	struct place at = decision_place(&e->r->ruling, index);
	const struct sentence *s;

	add_place(out, &at);
	if (index == DECISION_NONE)
		return;
	s = sentence_of(e, index);
	strbuf_printf(out, " (%s%s%s)", host_layer_name(s->layer), *s->rule ? ", rule " : "",
		      s->rule);
}

static void screen_feature(const struct explanation *e, struct screen *screen)
{
	struct strbuf *out = screen_row(screen, "feature", 0);

	strbuf_printf(out, "%s, %s, owner %s (", e->f->title, e->f->state, e->f->owner);
	add_place(out, &e->f->at);
	strbuf_puts(out, ")");
}

static void screen_decision(const struct explanation *e, struct screen *screen)
{
	struct strbuf *out = screen_row(screen, "decided by", 0);

	add_speaker(e, e->d->by, out);
	strbuf_puts(out, ": ");
	decision_reason(&e->r->ruling, e->feature, out);
}

static bool is_verdict(enum sentence_kind kind)
{
	return kind == SENTENCE_ALLOW || kind == SENTENCE_DENY || kind == SENTENCE_REQUIRE;
}

/* Verdicts that did not have the last word: the latest first. */
static void screen_overridden(const struct explanation *e, struct screen *screen)
{
	for (uint32_t i = e->d->nr; i-- > 0;) {
		uint32_t index = e->r->answers.verdicts[e->d->first + i].sentence;
		const struct sentence *s = sentence_of(e, index);
		struct strbuf *out;

		if (index == e->d->by || !is_verdict(s->kind))
			continue;
		out = screen_row(screen, "overridden", 3);
		add_speaker(e, index, out);
		strbuf_printf(out, ": %s%s, ", host_sentence_name(s->kind),
			      s->opt_in ? " as opt-in" : "");
		sentence_fill(s->reason, e->f, out);
	}
}

static void screen_claims(const struct explanation *e, struct screen *screen)
{
	if (!e->f->nr_claims)
		strbuf_printf(screen_row(screen, "stated", 0), "not at all for %s", FACTS_TARGET);
	for (size_t i = 0; i < e->f->nr_claims; i++) {
		const struct fact_claim *c = &e->f->claims[i];
		struct strbuf *out = screen_row(screen, "stated", i ? 4 : 0);

		add_place(out, &c->at);
		strbuf_printf(out, " %s%s%s, security support: %s", c->level,
			      *c->scope ? " for " : "", c->scope, c->security);
	}
	if (e->since)
		strbuf_puts(screen_row(screen, "since", 1), e->since);
}

static void screen_gate(const struct explanation *e, struct screen *screen)
{
	struct strbuf *out = screen_row(screen, "build symbol", 1);

	strbuf_printf(out, "SUPPORT_ENABLED(%s) is %d", e->f->gate, e->d->on);
	if (e->d->opt_in)
		strbuf_printf(out, ", SUPPORT_ACTIVE(%s) 1 on hosts that opted in", e->f->gate);
	for (size_t i = 0; i < e->f->nr_gates && i < 2; i++) {
		strbuf_puts(out, i ? ", " : ", asked at ");
		add_place(out, &e->f->gates[i]);
	}
	if (e->f->nr_gates > 2)
		strbuf_printf(out, " and %zu more places", e->f->nr_gates - 2);
}

static void screen_refs(const struct explanation *e, struct screen *screen, const char *label,
			const struct fact_ref *refs, size_t nr, bool wanted)
{
	for (size_t i = 0; i < nr; i++) {
		long other = facts_find(e->r->in.facts, refs[i].id);
		bool on = other >= 0 && e->r->list[other].on;
		struct strbuf *out = screen_row(screen, label, on == wanted ? 5 : 1);

		strbuf_printf(out, "%s, which is %s: %s (", refs[i].id,
			      other >= 0 ? decided(&e->r->list[other]) : "off",
			      on == wanted ? "satisfied" : "not satisfied");
		add_place(out, &refs[i].at);
		strbuf_puts(out, ")");
	}
}

static void screen_limit(const struct explanation *e, struct screen *screen)
{
	if (e->d->limit != DECISION_NONE) {
		const struct sentence *s = sentence_of(e, e->d->limit);
		struct strbuf *out = screen_row(screen, "limited to", 1);

		strbuf_printf(out, "%" PRIu64 " by ", s->value);
		add_speaker(e, e->d->limit, out);
		strbuf_puts(out, ": ");
		sentence_fill(s->reason, e->f, out);
	}
	for (uint32_t i = 0; i < e->d->nr; i++) {
		uint32_t index = e->r->answers.verdicts[e->d->first + i].sentence;
		const struct sentence *s = sentence_of(e, index);
		struct strbuf *out;

		if (s->kind != SENTENCE_WAIVE)
			continue;
		out = screen_row(screen, "waived", 1);
		strbuf_printf(out, "%s %s until %s by ",
			      s->value == WAIVED_NEED ? "need of" : "conflict with", s->other,
			      s->extra);
		add_speaker(e, index, out);
	}
}

static void screen_flip(const struct explanation *e, const struct flip *flip, struct strbuf *out)
{
	flip_describe(e->r, flip, out);
	strbuf_puts(out, " (tried");
	if (flip->by.file) {
		strbuf_puts(out, ": then by ");
		add_place(out, &flip->by);
	}
	if (flip->nr_others)
		strbuf_printf(out, "%s %zu other%s", flip->by.file ? "; changes" : ": changes",
			      flip->nr_others, flip->nr_others == 1 ? "" : "s");
	strbuf_puts(out, ")");
}

static void screen_flips(const struct explanation *e, struct screen *screen)
{
	const char *label = e->d->on ? "to turn off" : "to turn on";
	struct cost cost;

	if (!e->flips.nr)
		strbuf_puts(screen_row(screen, label, 0), "no small change does it");
	for (size_t i = 0; i < e->flips.nr; i++) {
		screen_flip(e, &e->flips.list[i],
			    screen_row(screen, i ? "  or" : label, i ? 6 + (unsigned int)i : 0));
		if (i)
			continue;
		cost_of_flip(e->r, e->feature, &e->flips.list[0], &e->advisories, &cost);
		if (!e->d->on)
			cost_describe(&cost, screen_row(screen, "which costs", 0));
	}
}

/* What an administrator does about it, and what that costs. */
static void screen_opt_in(const struct explanation *e, struct screen *screen)
{
	struct cost cost = { 0 };
	size_t list[OPT_IN_NEEDS_MAX], nr;
	struct strbuf *out;

	if (!e->d->opt_in)
		return;
	nr = decision_opt_in_needs(&e->r->ruling, e->feature, list, OPT_IN_NEEDS_MAX);
	out = screen_row(screen, "to opt in", 0);
	strbuf_puts(out, "boot the hypervisor with opt-in=");
	for (size_t i = 0; i < nr; i++) {
		const struct fact_feature *f = &e->r->in.facts->features[list[i]];

		strbuf_printf(out, "%s%s", i ? "," : "", f->id);
		cost_add(&cost, f, &e->advisories);
	}
	strbuf_puts(out, "; add @YYYY-MM-DD to an id for its last day");
	cost_describe(&cost, screen_row(screen, "which costs", 0));
}

void explain_text(const struct explanation *e, struct strbuf *out)
{
	struct screen screen = { 0 };
	char title[256];

	snprintf(title, sizeof(title), "%s: %s under profile %s", e->f->id, decided(e->d),
		 e->r->profile);
	screen_feature(e, &screen);
	screen_decision(e, &screen);
	screen_overridden(e, &screen);
	screen_claims(e, &screen);
	screen_gate(e, &screen);
	screen_refs(e, &screen, "needs", e->f->needs, e->f->nr_needs, true);
	screen_refs(e, &screen, "conflicts", e->f->conflicts, e->f->nr_conflicts, false);
	screen_refs(e, &screen, "implies", e->f->implies, e->f->nr_implies, true);
	screen_limit(e, &screen);
	screen_opt_in(e, &screen);
	screen_flips(e, &screen);
	strbuf_printf(screen_row(&screen, "decision", 0),
		      "%.19s; again: candor policy replay %.12s", e->id, e->id + 7);
	screen_print(&screen, title, "--json has all", out);
	screen_reset(&screen);
}
