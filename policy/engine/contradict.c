/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One sentence may contradict another about a thousand features: pairs are
 * collected first, each with the features named in the order of ids.
 */
#include "engine/contradict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"

#define PAIRS_MAX 20u /* shown; a policy this wrong is read again anyway */
#define NAMED_MAX 3u

struct pair {
	uint32_t earlier, later;
	size_t named[NAMED_MAX];
	size_t nr; /* features */
};

struct search {
	const struct ruling *r;
	struct pair pairs[PAIRS_MAX];
	size_t nr_pairs;
};

static void add(struct search *s, uint32_t earlier, uint32_t later, size_t feature)
{
	struct pair *p = s->pairs;

	while (p < s->pairs + s->nr_pairs && (p->earlier != earlier || p->later != later))
		p++;
	if (p == s->pairs + PAIRS_MAX)
		return;
	if (p == s->pairs + s->nr_pairs) {
		s->nr_pairs++;
		*p = (struct pair){ .earlier = earlier, .later = later };
	}
	if (p->nr < NAMED_MAX)
		p->named[p->nr] = feature;
	p->nr++;
}

static bool is_verdict(enum sentence_kind kind)
{
	return kind == SENTENCE_ALLOW || kind == SENTENCE_DENY || kind == SENTENCE_REQUIRE;
}

static bool contradicts(const struct sentence *earlier, const struct sentence *later)
{
	if (later->kind == SENTENCE_LIMIT)
		return later->value > earlier->value;
	return earlier->opt_in != later->opt_in ||
	       (earlier->kind == SENTENCE_DENY) != (later->kind == SENTENCE_DENY);
}

static void search_feature(struct search *s, size_t feature)
{
	const struct answers *a = s->r->answers;
	const struct decision *d = &s->r->list[feature];
	uint32_t verdict = DECISION_NONE, limit = DECISION_NONE;

	for (uint32_t i = 0; i < d->nr; i++) {
		uint32_t later = a->verdicts[d->first + i].sentence;
		const struct sentence *l = &a->sentences[later];
		uint32_t *standing = l->kind == SENTENCE_LIMIT ? &limit : &verdict;

		if (l->kind != SENTENCE_LIMIT && !is_verdict(l->kind))
			continue;
		if (*standing != DECISION_NONE && !l->overrides &&
		    contradicts(&a->sentences[*standing], l))
			add(s, *standing, later, feature);
		*standing = later;
	}
}

static void name_features(const struct search *s, const struct pair *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->nr && i < NAMED_MAX; i++)
		strbuf_printf(out, "%s%s", i ? ", " : "",
			      s->r->in->facts->features[p->named[i]].id);
	if (p->nr > NAMED_MAX)
		strbuf_printf(out, " and %zu more", p->nr - NAMED_MAX);
}

static void report(const struct search *s, const struct pair *p, struct strbuf *err)
{
	const struct sentence *e = &s->r->answers->sentences[p->earlier];
	const struct sentence *l = &s->r->answers->sentences[p->later];
	struct place at = decision_place(s->r, p->later), before = decision_place(s->r, p->earlier);
	struct strbuf features = STRBUF_INIT;

	name_features(s, p, &features);
	complain(err, at,
		 "add override = true if that is meant, or leave these features to the other one",
		 "%s (%s) %s %s (%s) at %s:%u, about %s", host_sentence_name(l->kind),
		 host_layer_name(l->layer), l->kind == SENTENCE_LIMIT ? "raises" : "contradicts",
		 host_sentence_name(e->kind), host_layer_name(e->layer), before.file, before.line,
		 strbuf_str(&features) ? strbuf_str(&features) : "");
	strbuf_reset(&features);
}

int contradict_check(const struct ruling *r, struct strbuf *err)
{
	struct search s = { .r = r };

	for (size_t i = 0; i < r->in->facts->nr_features; i++)
		search_feature(&s, i);
	for (size_t i = 0; i < s.nr_pairs; i++)
		report(&s, &s.pairs[i], err);
	return s.nr_pairs ? -EINVAL : 0;
}
