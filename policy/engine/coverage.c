/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting of what sentences do, by their place. */
#include "engine/coverage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The entry of a place and kind, a new one if need be; NULL when out of memory. */
static struct covered *entry_of(struct coverage *c, const struct sentence *s)
{
	for (size_t i = c->nr; i-- > 0;) {
		struct covered *e = &c->list[i];

		if (e->source == s->source && e->line == s->line && e->kind == s->kind)
			return e;
	}
	if (c->nr == c->capacity) {
		size_t want = c->capacity ? c->capacity * 2 : 64;
		struct covered *grown = reallocarray(c->list, want, sizeof(*grown));

		if (!grown)
			return NULL;
		c->list = grown;
		c->capacity = want;
	}
	c->list[c->nr] = (struct covered){ .source = s->source,
					   .line = s->line,
					   .kind = s->kind,
					   .layer = s->layer,
					   .overrides = s->overrides };
	snprintf(c->list[c->nr].name, sizeof(c->list[0].name), "%s", s->rule);
	return &c->list[c->nr++];
}

/* For each sentence of the answers its entry's index, SIZE_MAX for one that is left out. */
static int map_sentences(struct coverage *c, const struct resolution *r, size_t *map)
{
	for (size_t i = 0; i < r->answers.nr_sentences; i++) {
		const struct sentence *s = &r->answers.sentences[i];
		struct covered *e = NULL;

		map[i] = SIZE_MAX;
		if (s->source >= r->policy->nr_rules)
			continue;
		e = entry_of(c, s);
		if (!e)
			return -ENOMEM;
		map[i] = (size_t)(e - c->list);
		e->overrides |= s->overrides;
	}
	return 0;
}

static bool is_verdict(enum sentence_kind kind)
{
	return kind == SENTENCE_ALLOW || kind == SENTENCE_DENY || kind == SENTENCE_REQUIRE;
}

/* A later verdict of the other kind takes the word from an earlier one. */
static void count_feature(struct coverage *c, const struct resolution *r, const size_t *map,
			  const struct decision *d)
{
	const struct sentence *list = r->answers.sentences;
	uint32_t standing = DECISION_NONE;

	for (uint32_t i = 0; i < d->nr; i++) {
		uint32_t index = r->answers.verdicts[d->first + i].sentence;
		bool known = map[index] != SIZE_MAX;

		if (known)
			c->list[map[index]].nr_said++;
		if (!is_verdict(list[index].kind)) {
			if (known && (list[index].kind != SENTENCE_LIMIT || d->limit == index))
				c->list[map[index]].nr_decided++;
			continue;
		}
		if (standing != DECISION_NONE && map[standing] != SIZE_MAX)
			c->list[map[standing]].overridden = decision_place(&r->ruling, index);
		if (known && standing != DECISION_NONE &&
		    (list[standing].kind == SENTENCE_DENY) != (list[index].kind == SENTENCE_DENY))
			c->list[map[index]].nr_needed++;
		standing = index;
	}
	if (standing != DECISION_NONE && map[standing] != SIZE_MAX)
		c->list[map[standing]].nr_decided++;
}

int coverage_add(struct coverage *c, const struct resolution *r)
{
	size_t *map = calloc(r->answers.nr_sentences + 1, sizeof(*map));
	int rc = map ? map_sentences(c, r, map) : -ENOMEM;

	for (size_t i = 0; !rc && i < r->in.facts->nr_features; i++)
		count_feature(c, r, map, &r->list[i]);
	free(map);
	return rc;
}

static int compare_entries(const void *a, const void *b)
{
	const struct covered *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

/* The policy's rules are in the order of their names. */
void coverage_sort(struct coverage *c)
{
	if (c->nr)
		qsort(c->list, c->nr, sizeof(*c->list), compare_entries);
}

bool coverage_is_idle(const struct coverage *c, const struct covered *place)
{
	if (place->kind != SENTENCE_RULE)
		return !place->nr_decided;
	for (size_t i = 0; i < c->nr; i++) {
		if (c->list[i].kind != SENTENCE_RULE && !strcmp(c->list[i].name, place->name))
			return false;
	}
	return true;
}

void coverage_reset(struct coverage *c)
{
	free(c->list);
	memset(c, 0, sizeof(*c));
}
