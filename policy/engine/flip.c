/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search for the smallest change: candidates of every kind, each resolved
 * like a real policy, so that what is printed has been seen to work. Where a
 * need is off too, the set of features to say it of is found first as all that
 * is missing along the needs, and then made smaller as long as it still flips.
 */
#include "engine/flip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/supposition.h"

/* Tried in this order: the first that flips is the one people mean. */
static const char *const levels_tried[] = { "Supported", "Tech Preview", "Experimental" };

#define NR_LEVELS_TRIED (sizeof(levels_tried) / sizeof(levels_tried[0]))
#define ADDED_PATH "the added sentence"

struct search {
	const struct resolution *r;
	size_t feature;
	struct flips *flips;
};

const char *flip_kind_name(enum flip_kind kind)
{
	static const char *const names[NR_FLIP_KINDS] = {
		[FLIP_ADD] = "add",	    [FLIP_DROP] = "drop",	[FLIP_LEVEL] = "level",
		[FLIP_PROFILE] = "profile", [FLIP_STATE] = "implement",
	};

	return names[kind];
}

static bool is_named(const struct flip *flip, size_t feature)
{
	for (size_t i = 0; i < flip->nr_features; i++) {
		if (flip->features[i] == feature)
			return true;
	}
	return false;
}

static size_t count_others(const struct search *s, const struct flip *flip,
			   const struct decision *then)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->r->in.facts->nr_features; i++)
		nr += i != s->feature && !is_named(flip, i) && s->r->list[i].on != then[i].on;
	return nr;
}

/* Borrowed from the policy; a place in what this dry run gives up is left out. */
static struct place place_then(const struct search *s, const struct resolution *then)
{
	struct place at = decision_place(&then->ruling, then->list[s->feature].by);

	if (at.file == then->path || !strcmp(at.file, ADDED_PATH))
		at = (struct place){ NULL, 0 };
	return at;
}

/* Resolve with a variation; *@ret_flips: does it flip, and then what of @flip is known. */
static int dry_run(const struct search *s, const char *profile, const struct variation *v,
		   struct flip *flip, bool *ret_flips)
{
	struct strbuf ignored = STRBUF_INIT;
	struct resolution *then;
	int rc = policy_resolve(s->r->policy, profile, v, &then, &ignored);

	strbuf_reset(&ignored);
	*ret_flips = false;
	if (rc)
		return rc == -EINVAL ? 0 : rc;
	if (then->list[s->feature].on != s->r->list[s->feature].on) {
		*ret_flips = true;
		flip->by = place_then(s, then);
		flip->nr_others = count_others(s, flip, then->list);
	}
	resolution_free(then);
	return 0;
}

static int try_change(struct search *s, const char *profile, const struct variation *v,
		      struct flip flip)
{
	bool flips;
	int rc = dry_run(s, profile, v, &flip, &flips);

	if (!rc && flips && s->flips->nr < FLIPS_MAX)
		s->flips->list[s->flips->nr++] = flip;
	return rc;
}

/* ---- one sentence more ---- */

static void add_sentence(const struct resolution *r, const struct flip *flip, struct strbuf *out)
{
	strbuf_printf(out, "%s { feature %s", flip->value, flip->nr_features > 1 ? "{ " : "");
	for (size_t i = 0; i < flip->nr_features; i++)
		strbuf_printf(out, "%s\"%s\"", i ? ", " : "",
			      r->in.facts->features[flip->features[i]].id);
	strbuf_printf(out, "%s, override = true, because = \"...\" }",
		      flip->nr_features > 1 ? " }" : "");
}

static int try_sentence(struct search *s, struct flip *flip, bool *ret_flips)
{
	struct strbuf text = STRBUF_INIT;
	struct host_source extra = { "added", ADDED_PATH, NULL, 0, true, LAYER_HOST };
	struct variation v = { .extra = &extra, .nr_extra = 1 };
	int rc = -ENOMEM;

	add_sentence(s->r, flip, &text);
	if (strbuf_str(&text)) {
		extra.text = text.data;
		extra.size = text.size;
		rc = dry_run(s, s->r->profile, &v, flip, ret_flips);
	}
	strbuf_reset(&text);
	return rc;
}

/* Leave features out of the set as long as it still flips. */
static int shrink(struct search *s, struct flip *flip)
{
	for (size_t i = flip->nr_features; i-- > 0;) {
		struct flip less = *flip;
		bool flips;
		int rc;

		if (flip->nr_features == 1)
			return 0;
		memmove(&less.features[i], &less.features[i + 1],
			(less.nr_features - i - 1) * sizeof(less.features[0]));
		less.nr_features--;
		rc = try_sentence(s, &less, &flips);
		if (rc)
			return rc;
		if (flips)
			*flip = less;
	}
	return 0;
}

/* All that is off and has code along the needs of the features in the set. */
static int add_missing_needs(const struct search *s, struct flip *flip)
{
	const struct facts *facts = s->r->in.facts;

	for (size_t n = 0; n < flip->nr_features; n++) {
		const struct fact_feature *f = &facts->features[flip->features[n]];

		for (size_t k = 0; k < f->nr_needs; k++) {
			long need = facts_find(facts, f->needs[k].id);

			if (need < 0 || s->r->list[need].on || is_named(flip, (size_t)need))
				continue;
			if (flip->nr_features == FLIP_FEATURES_MAX)
				return -E2BIG;
			flip->features[flip->nr_features++] = (size_t)need;
		}
	}
	return 0;
}

static int try_add(struct search *s)
{
	bool on = s->r->list[s->feature].on, flips;
	struct flip flip = { .kind = FLIP_ADD,
			     .value = on ? "deny" : "allow",
			     .features = { s->feature },
			     .nr_features = 1 };
	int rc;

	if (!on && add_missing_needs(s, &flip))
		return 0;
	rc = try_sentence(s, &flip, &flips);
	if (!rc && flips)
		rc = shrink(s, &flip);
	if (!rc && flips)
		s->flips->list[s->flips->nr++] = flip;
	return rc;
}

/* ---- one sentence less ---- */

static int try_drop(struct search *s)
{
	const struct decision *d = &s->r->list[s->feature];
	struct flip flip = { .kind = FLIP_DROP, .value = "", .nr_features = 0 };
	struct variation v = { .drop = &flip.at };

	if (d->by == DECISION_NONE)
		return 0;
	flip.at = decision_place(&s->r->ruling, d->by);
	return try_change(s, s->r->profile, &v, flip);
}

/* ---- another status ---- */

static int try_level(struct search *s, size_t feature, const char *level)
{
	bool built = s->r->in.facts->features[feature].built;
	struct supposition then;
	struct variation v = { .facts = &then.facts };
	int rc = supposition_init(&then, s->r->in.facts);

	if (rc)
		return rc;
	supposition_level(&then, feature, level, NULL);
	supposition_built(&then, feature, true);
	rc = try_change(s, s->r->profile, &v,
			(struct flip){ .kind = built ? FLIP_LEVEL : FLIP_STATE,
				       .value = level,
				       .features = { feature },
				       .nr_features = 1 });
	supposition_reset(&then);
	return rc;
}

static int try_levels(struct search *s, size_t feature)
{
	const struct fact_feature *f = &s->r->in.facts->features[feature];
	size_t before = s->flips->nr;
	int rc = 0;

	for (size_t i = 0; !rc && s->flips->nr == before && i < NR_LEVELS_TRIED; i++) {
		if (!f->built || strcmp(f->level, levels_tried[i]) != 0)
			rc = try_level(s, feature, levels_tried[i]);
	}
	return rc;
}

/* ---- another profile ---- */

static int try_profiles(struct search *s)
{
	const struct policy *p = s->r->policy;
	int rc = 0;

	for (size_t i = 0; !rc && i < p->nr_profiles; i++) {
		if (strcmp(p->profiles[i], s->r->profile) != 0)
			rc = try_change(
				s, p->profiles[i], NULL,
				(struct flip){ .kind = FLIP_PROFILE, .value = p->profiles[i] });
	}
	return rc;
}

/* ---- the search ---- */

/* How many features it speaks of or moves. */
static size_t size_of(const struct flip *flip)
{
	return (flip->nr_features ? flip->nr_features : 1) + flip->nr_others;
}

static int compare_flips(const void *a, const void *b)
{
	const struct flip *x = a, *y = b;
	size_t size_x = size_of(x), size_y = size_of(y);

	if (size_x != size_y)
		return size_x < size_y ? -1 : 1;
	if (x->nr_others != y->nr_others)
		return x->nr_others < y->nr_others ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return strcmp(x->value, y->value);
}

int flip_search(const struct resolution *r, size_t feature, struct flips *ret_flips)
{
	struct search s = { .r = r, .feature = feature, .flips = ret_flips };
	const struct decision *d = &r->list[feature];
	int rc;

	ret_flips->nr = 0;
	rc = try_add(&s);
	if (!rc)
		rc = try_drop(&s);
	if (!rc)
		rc = try_levels(&s, feature);
	if (!rc && d->cause == CAUSE_NEED)
		rc = try_levels(&s, d->other);
	if (!rc)
		rc = try_profiles(&s);
	if (!rc && ret_flips->nr)
		qsort(ret_flips->list, ret_flips->nr, sizeof(ret_flips->list[0]), compare_flips);
	return rc;
}

void flip_describe(const struct resolution *r, const struct flip *flip, struct strbuf *out)
{
	const struct fact_feature *f = r->in.facts->features;

	if (flip->nr_features)
		f += flip->features[0];
	else if (flip->kind == FLIP_LEVEL || flip->kind == FLIP_STATE)
		return; /* a level and a state are always some feature's */
	switch (flip->kind) {
	case FLIP_ADD:
		strbuf_puts(out, "add ");
		add_sentence(r, flip, out);
		return;
	case FLIP_DROP:
		strbuf_printf(out, "drop %s:%u", flip->at.file, flip->at.line);
		return;
	case FLIP_LEVEL:
		strbuf_printf(out, "state %s as \"%s\"", f->id, flip->value);
		if (f->stated.file)
			strbuf_printf(out, " at %s:%u", f->stated.file, f->stated.line);
		return;
	case FLIP_PROFILE:
		strbuf_printf(out, "build under profile %s", flip->value);
		return;
	case FLIP_STATE:
		strbuf_printf(out, "implement %s and state it as \"%s\"", f->id, flip->value);
		return;
	case NR_FLIP_KINDS:
		return;
	}
}
