/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about the registry, and what names its ids and titles. */
#include "private.h"

#include <string.h>

#include "base/text.h"

/* The registered title nearest to a heading's, or NULL. */
static const struct feature *suggest_title(const struct model *m, const char *title)
{
	const struct feature *found = NULL;
	unsigned int best = text_tolerance(strlen(title)) + 1;

	for (size_t i = 0; i < m->nr_features; i++) {
		unsigned int d = text_distance(title, m->features[i]->title, best - 1);

		if (d < best) {
			best = d;
			found = m->features[i];
		}
	}
	return found;
}

static void report_heading(struct model *m, const struct rule *rule, const struct heading *h,
			   struct strmap *taken)
{
	const struct feature *f = suggest_title(m, h->title);

	if (f && !strcmp(f->title, h->title)) {
		model_report(m, rule->severity, rule->id, h->at, "move it, or correct the registry",
			     "feature '%s' stands under '%s', not under '%s'", f->id, f->section,
			     h->parent ? h->parent->title : h->title);
	} else if (f) {
		model_report(m, rule->severity, rule->id, h->at, NULL,
			     "no feature is titled '%s'; did you mean '%s'?", h->title, f->title);
	} else {
		model_report(m, rule->severity, rule->id, h->at,
			     "add it to support/features.yaml, or remove its statement",
			     "no feature is titled '%s'", h->title);
		edit_register(m, h, taken);
	}
}

void rule_unregistered_heading(struct model *m, const struct rule *rule)
{
	struct strmap taken = { 0 };

	for (size_t i = 0; i < m->nr_statements && m->has_whole_registry; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_headings; j++) {
			if (!s->headings[j]->feature && s->headings[j]->nr_claims)
				report_heading(m, rule, s->headings[j], &taken);
		}
	}
	strmap_reset(&taken);
}

static void report_id(struct model *m, const struct rule *rule, const char *what, const char *id,
		      struct pos at)
{
	const char *near = model_suggest_id(m, id);

	if (!near) {
		model_report(m, rule->severity, rule->id, at,
			     "add it to support/features.yaml, or correct the id",
			     "%s names the unknown feature '%s'", what, id);
		return;
	}
	model_report(m, rule->severity, rule->id, at, NULL,
		     "%s names the unknown feature '%s'; did you mean '%s'?", what, id, near);
	/* A lock is written anew, not mended. */
	if (strcmp(what, "the lock"))
		edit_word(m, &at, id, near);
}

static void check_refs(struct model *m, const struct rule *rule, const char *what,
		       const struct feature_ref *refs, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!refs[i].feature)
			report_id(m, rule, what, refs[i].id, refs[i].at);
	}
}

void rule_unknown_id(struct model *m, const struct rule *rule)
{
	if (!m->has_whole_registry)
		return;
	for (size_t i = 0; i < m->nr_features; i++) {
		const struct feature *f = m->features[i];

		check_refs(m, rule, "'needs'", f->needs, f->nr_needs);
		check_refs(m, rule, "'conflicts'", f->conflicts, f->nr_conflicts);
		check_refs(m, rule, "'implies'", f->implies, f->nr_implies);
		if (f->replaced_by && !model_feature(m, f->replaced_by))
			report_id(m, rule, "'replaced_by'", f->replaced_by, f->at);
	}
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];

		if (!a->feature && annotation_counts(m, a))
			report_id(m, rule,
				  a->object ? model_printf(m, "a record of %s", a->object)
					    : "this annotation",
				  a->id, a->at);
	}
	for (size_t i = 0; i < m->nr_locks; i++) {
		const struct lock *l = m->locks[i];

		for (size_t j = 0; j < l->nr_gates; j++) {
			if (!l->gates[j].feature)
				report_id(m, rule, "the lock", l->gates[j].id, l->gates[j].at);
		}
	}
}

void rule_needs_unbuilt(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		const struct feature *f = m->features[i];

		for (size_t j = 0; j < f->nr_needs && f->state == FEATURE_BUILT; j++) {
			const struct feature *need = f->needs[j].feature;

			if (need && need->state != FEATURE_BUILT)
				model_report(m, rule->severity, rule->id, f->needs[j].at,
					     "build it, or drop the need",
					     "built feature '%s' needs '%s', which is %s", f->id,
					     need->id, model_state_name(need->state));
		}
	}
}

static bool is_empty(const struct model *m, const struct feature *f)
{
	return f->state == FEATURE_BUILT && !f->claims && !f->annotations && m->has_tree &&
	       m->nr_statements;
}

void rule_empty_entry(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		const struct feature *f = m->features[i];

		if (is_empty(m, f))
			model_report(m, rule->severity, rule->id, f->at,
				     "set 'state: planned', or write the code and the statement",
				     "feature '%s' is built, but has neither code nor statement",
				     f->id);
	}
}

void rule_built_not_stated(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features && m->nr_statements; i++) {
		const struct feature *f = m->features[i];

		if (f->state == FEATURE_BUILT && !f->claims && !is_empty(m, f))
			model_report(m, rule->severity, rule->id, f->at,
				     "state it in SUPPORT.md, or correct its state",
				     "feature '%s' is built, but '%s' has no status", f->id,
				     f->title);
	}
}

void rule_stated_not_built(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		const struct feature *f = m->features[i];

		for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
			if (f->state != FEATURE_BUILT && claim_is_positive(c))
				model_report(m, rule->severity, rule->id, c->at,
					     "remove the status, or set 'state: built'",
					     "feature '%s' is stated, but %s", f->id,
					     model_state_name(f->state));
		}
	}
}

void rule_planned_has_code(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		const struct feature *f = m->features[i];
		const struct annotation *a = annotation_first(m, f, ANNOTATION_PROVIDES);

		if (!a)
			a = annotation_first(m, f, ANNOTATION_LIMIT);
		if (a && f->state != FEATURE_BUILT)
			model_report(m, rule->severity, rule->id, a->at,
				     "set 'state: built' and state it, or remove the code",
				     "feature '%s' is %s, but has code", f->id,
				     model_state_name(f->state));
	}
}
