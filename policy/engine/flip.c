/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search for the smallest change is a short list of candidates, each of
 * them resolved like a real policy: what is printed has been seen to work.
 */
#include "engine/flip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct level {
	const char *level, *security;
};

static const struct level levels[] = {
	{ "Supported", "yes" },
	{ "Tech Preview", "no" },
	{ "Experimental", "no" },
};

#define NR_LEVELS_TRIED (sizeof(levels) / sizeof(levels[0]))

struct search {
	const struct resolution *r;
	size_t feature;
	struct flip *list;
	size_t nr;
};

static size_t count_others(const struct search *s, const struct decision *then)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->r->in.facts->nr_features; i++) {
		if (i != s->feature && s->r->list[i].on != then[i].on)
			nr++;
	}
	return nr;
}

/* Resolve with other facts or under another profile; keep the change if it flips. */
static int try_change(struct search *s, const char *profile, const struct facts *facts,
		      struct flip flip)
{
	struct strbuf ignored = STRBUF_INIT;
	struct resolution *then;
	const struct variation variation = { .facts = facts };
	int rc = policy_resolve(s->r->policy, profile, &variation, &then, &ignored);

	strbuf_reset(&ignored);
	if (rc)
		return rc == -EINVAL ? 0 : rc;
	if (then->list[s->feature].on != s->r->list[s->feature].on && s->nr < FLIPS_MAX) {
		/* Borrowed from the policy's rules, or from the profile this gives up. */
		flip.by = decision_place(&then->ruling, then->list[s->feature].by);
		if (flip.by.file == then->path)
			flip.by = (struct place){ "the profile itself", 0 };
		flip.nr_others = count_others(s, then->list);
		s->list[s->nr++] = flip;
	}
	resolution_free(then);
	return 0;
}

/* The facts with @feature built and stated at one level without exceptions. */
static int try_level(struct search *s, size_t feature, const struct level *level,
		     enum flip_kind kind)
{
	const struct facts *now = s->r->in.facts;
	struct facts then = *now;
	struct fact_claim claim = { "", level->level, level->security, { NULL, 0 } };
	struct fact_feature *f;
	int rc;

	then.features = malloc(now->nr_features * sizeof(*then.features));
	if (!then.features)
		return -ENOMEM;
	memcpy(then.features, now->features, now->nr_features * sizeof(*then.features));
	f = &then.features[feature];
	f->level = level->level;
	f->security = level->security;
	f->claims = &claim;
	f->nr_claims = 1;
	f->built = true;
	f->state = "built";
	rc = try_change(s, s->r->profile, &then,
			(struct flip){ .kind = kind, .value = level->level, .feature = feature });
	free(then.features);
	return rc;
}

/* The first level that flips is enough: the list is in order of likelihood. */
static int try_levels(struct search *s, size_t feature)
{
	const struct fact_feature *f = &s->r->in.facts->features[feature];
	size_t before = s->nr;
	int rc = 0;

	for (size_t i = 0; !rc && s->nr == before && i < NR_LEVELS_TRIED; i++) {
		if (f->built && !strcmp(f->level, levels[i].level))
			continue;
		rc = try_level(s, feature, &levels[i], f->built ? FLIP_LEVEL : FLIP_STATE);
	}
	return rc;
}

static int compare_flips(const void *a, const void *b)
{
	const struct flip *x = a, *y = b;

	if (x->nr_others != y->nr_others)
		return x->nr_others < y->nr_others ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return strcmp(x->value, y->value);
}

int flip_search(const struct resolution *r, size_t feature, struct flip ret_list[FLIPS_MAX],
		size_t *ret_nr)
{
	struct search s = { .r = r, .feature = feature, .list = ret_list };
	const struct decision *d = &r->list[feature];
	int rc = try_levels(&s, feature);

	if (!rc && d->cause == CAUSE_NEED)
		rc = try_levels(&s, (size_t)d->other);
	for (size_t i = 0; !rc && i < r->policy->nr_profiles; i++) {
		if (strcmp(r->policy->profiles[i], r->profile))
			rc = try_change(&s, r->policy->profiles[i], NULL,
					(struct flip){ .kind = FLIP_PROFILE,
						       .value = r->policy->profiles[i],
						       .feature = feature });
	}
	if (rc)
		return rc;
	if (s.nr)
		qsort(ret_list, s.nr, sizeof(*ret_list), compare_flips);
	*ret_nr = s.nr;
	return 0;
}
