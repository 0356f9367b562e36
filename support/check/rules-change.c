/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules about what has changed since a previous state: a user who relied on it must
 * find out, and find out why.
 */
#include "private.h"

#include <string.h>

/* How far a level is in a feature's life; a step is one. */
static int rank_of(enum level level)
{
	switch (level) {
	case LEVEL_NOT_SUPPORTED:
		return 0;
	case LEVEL_EXPERIMENTAL:
		return 1;
	case LEVEL_TECH_PREVIEW:
		return 2;
	case LEVEL_SUPPORTED:
		return 3;
	case LEVEL_DEPRECATED:
		return 4;
	case LEVEL_UNKNOWN:
	case LEVEL_LIST:
	case NR_LEVELS:
		break;
	}
	return -1;
}

static const char *section_of(const struct heading *h)
{
	return h->parent ? h->parent->title : h->title;
}

static const char *claim_key(struct model *m, const char *section, const char *title,
			     const struct claim *c)
{
	/* The qualifier as the slug spells it, so that case and blanks are no change. */
	size_t size = strlen(c->heading->slug);
	const char *qualifier = strlen(c->slug) > size ? c->slug + size : "";

	return model_printf(m, "%s\n%s\n%s", section, title, qualifier);
}

/* The claims of another state, by section, title and qualifier. */
static void map_claims(struct model *m, const struct model *other, struct strmap *map)
{
	for (size_t i = 0; i < other->nr_statements; i++) {
		const struct statement *s = other->statements[i];

		for (size_t j = 0; j < s->nr_claims; j++) {
			struct claim *c = s->claims[j];
			const char *key =
				claim_key(m, section_of(c->heading), c->heading->title, c);

			if (!key || !strmap_put(map, key, c))
				m->out_of_memory = true;
		}
	}
}

/* What was stated of a claim's case before, under its title or a former one; or NULL. */
static const struct claim *find_before(struct model *m, const struct strmap *map,
				       const struct claim *c)
{
	const char *section = section_of(c->heading);
	const char *key = claim_key(m, section, c->heading->title, c);
	const struct claim *before = key ? strmap_get(map, key) : NULL;

	for (size_t i = 0; !before && c->feature && i < c->feature->nr_aliases; i++) {
		key = claim_key(m, section, c->feature->aliases[i], c);
		before = key ? strmap_get(map, key) : NULL;
	}
	return before;
}

typedef void change_fn(struct model *m, const struct rule *rule, const struct claim *c,
		       const struct claim *before);

/* Call @fn for each case that was stated before, too. */
static void each_change(struct model *m, const struct rule *rule, change_fn *fn)
{
	struct strmap map = { 0 };

	if (!m->previous)
		return;
	map_claims(m, m->previous, &map);
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_claims; j++) {
			const struct claim *before = find_before(m, &map, s->claims[j]);

			if (before)
				fn(m, rule, s->claims[j], before);
		}
	}
	strmap_reset(&map);
}

static void check_step(struct model *m, const struct rule *rule, const struct claim *c,
		       const struct claim *before)
{
	int now = rank_of(c->level), then = rank_of(before->level);
	int steps = now - then;

	/* What was deprecated may go at once. */
	if (now < 0 || then < 0 || (before->level == LEVEL_DEPRECATED && now == 0))
		return;
	if (steps > 1 || steps < -1)
		model_report(m, rule->severity, rule->id, c->at, "go by way of the level between",
			     "from '%s' to '%s' is more than one step",
			     model_level_name(before->level), model_level_name(c->level));
}

void rule_level_jump(struct model *m, const struct rule *rule)
{
	each_change(m, rule, check_step);
}

/* Has a claim less worth? Deprecation keeps the promise. */
static bool is_lower(const struct claim *c, const struct claim *before)
{
	int now = rank_of(c->level), then = rank_of(before->level);

	if (now < 0 || then < 0)
		return false;
	if (c->level == LEVEL_DEPRECATED || before->level == LEVEL_DEPRECATED)
		return now == 0 || c->security < before->security;
	return now < then || (now == then && c->security < before->security);
}

/* Does the section say anything that it did not say before? */
static bool is_explained(const struct claim *c, const struct claim *before)
{
	const struct heading *h = c->heading, *old = before->heading;

	return (*h->caveats && strcmp(h->caveats, old->caveats)) ||
	       (*h->description && strcmp(h->description, old->description));
}

static void check_lower(struct model *m, const struct rule *rule, const struct claim *c,
			const struct claim *before)
{
	if (is_lower(c, before) && !is_explained(c, before))
		model_report(m, rule->severity, rule->id, c->at,
			     "say below the status why, and what to do instead",
			     "'%s' was '%s' before, and nothing says why", c->value, before->value);
}

void rule_silent_demotion(struct model *m, const struct rule *rule)
{
	each_change(m, rule, check_lower);
}

static void check_late(struct model *m, const struct rule *rule, const struct claim *c,
		       const struct claim *before)
{
	int now = rank_of(c->level), then = rank_of(before->level);

	if (then >= 0 && now > then && c->level != LEVEL_DEPRECATED)
		model_report(
			m, rule->severity, rule->id, c->at, "raise it in the next release instead",
			"'%s' was '%s' when this branch was released", c->value, before->value);
}

void rule_late_promotion(struct model *m, const struct rule *rule)
{
	const struct statement *now = m->nr_statements ? m->statements[0] : NULL;
	const struct model *p = m->previous;

	if (now && p && p->nr_statements && channel_of(m, now) != CHANNEL_UNSTABLE &&
	    channel_of(p, p->statements[0]) != CHANNEL_UNSTABLE &&
	    same_series(now, p->statements[0]))
		each_change(m, rule, check_late);
}

/* What has gone */

static bool has_title(const struct model *m, const struct heading *old)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_headings; j++) {
			const struct heading *h = s->headings[j];

			if (h->nr_claims && !strcmp(h->title, old->title) &&
			    !strcmp(section_of(h), section_of(old)))
				return true;
		}
	}
	return false;
}

/* A registry entry that has, or had, this title. */
static const struct feature *find_titled(const struct model *m, const char *title)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		const struct feature *f = m->features[i];

		if (!strcmp(f->title, title))
			return f;
		for (size_t j = 0; j < f->nr_aliases; j++) {
			if (!strcmp(f->aliases[j], title))
				return f;
		}
	}
	return NULL;
}

/* Had the heading any claim that users may rely on until it is deprecated? */
static bool was_promised(const struct model *p, const struct heading *h)
{
	for (size_t i = 0; i < p->nr_statements; i++) {
		const struct statement *s = p->statements[i];

		for (size_t j = 0; j < s->nr_claims; j++) {
			const struct claim *c = s->claims[j];

			if (c->heading == h && claim_is_positive(c) && c->level != LEVEL_DEPRECATED)
				return true;
		}
	}
	return false;
}

static void check_heading(struct model *m, const struct rule *rule, const struct heading *old)
{
	const struct feature *f = find_titled(m, old->title);

	if (!old->nr_claims || has_title(m, old) || !was_promised(m->previous, old) ||
	    (f && (f->state == FEATURE_REMOVED || f->claims)))
		return;
	model_report(m, rule->severity, rule->id, (struct pos){ m->statements[0]->path, 0, 0 },
		     m->has_registry
			     ? "leave a tombstone in the registry (state: removed), or name "
			       "the new title's alias"
			     : "deprecate it for a release, then remove it",
		     "'%s' was stated before, and is gone", old->title);
	if (f)
		model_about(m, f->id);
}

void rule_vanished_feature(struct model *m, const struct rule *rule)
{
	const struct model *p = m->previous;

	for (size_t i = 0; p && m->nr_statements && i < p->nr_statements; i++) {
		for (size_t j = 0; j < p->statements[i]->nr_headings; j++)
			check_heading(m, rule, p->statements[i]->headings[j]);
	}
}

void rule_dropped_id(struct model *m, const struct rule *rule)
{
	const struct model *p = m->previous;
	struct pos at = { m->nr_features ? m->features[0]->at.file : NULL, 0, 0 };

	for (size_t i = 0; p && m->has_whole_registry && i < p->nr_features; i++) {
		const struct feature *f = p->features[i];

		if (model_feature(m, f->id) || model_feature_by_alias(m, f->id))
			continue;
		model_report(m, rule->severity, rule->id, at,
			     "keep the entry, with 'state: removed', 'removed_in' and "
			     "'removed_reason'",
			     "the id '%s' was in the registry before, and is gone", f->id);
	}
}
