/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins what the readers brought: everything that names a feature finds it. */
#include "model/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_features(const void *a, const void *b)
{
	const struct feature *x = *(struct feature *const *)a, *y = *(struct feature *const *)b;
	int order = strcmp(x->id, y->id);

	if (order)
		return order;
	return x->at.line < y->at.line ? -1 : x->at.line > y->at.line;
}

static int compare_annotations(const void *a, const void *b)
{
	const struct annotation *x = *(struct annotation *const *)a;
	const struct annotation *y = *(struct annotation *const *)b;
	int order = model_compare_places(&x->at, &y->at);

	if (order)
		return order;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strcmp(x->id, y->id);
	if (!order)
		order = strcmp(x->detail, y->detail);
	if (!order)
		order = strcmp(x->object ? x->object : "", y->object ? y->object : "");
	return order;
}

static int compare_gates(const void *a, const void *b)
{
	const struct gate *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order ? order : x->at.line < y->at.line ? -1 : x->at.line > y->at.line;
}

static void link_refs(struct model *m, struct feature_ref *refs, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		refs[i].feature = model_feature(m, refs[i].id);
}

static void link_annotations(struct model *m)
{
	for (size_t i = 0; i < m->nr_annotations; i++) {
		struct annotation *a = m->annotations[i];
		struct feature *f = model_feature(m, a->id);

		a->feature = f;
		if (!f)
			continue;
		if (f->last_annotation)
			f->last_annotation->next_of_feature = a;
		else
			f->annotations = a;
		f->last_annotation = a;
	}
}

/* Titles are looked up by "SECTION\nTITLE", since sections share titles. */
static const char *title_key(struct model *m, const char *section, const char *title)
{
	return model_printf(m, "%s\n%s", section, title);
}

static int map_titles(struct model *m, struct strmap *titles)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		struct feature *f = m->features[i];
		const char *key = title_key(m, f->section, f->title);

		if (!key || !strmap_put(titles, key, f))
			return -ENOMEM;
		for (size_t j = 0; j < f->nr_aliases; j++) {
			key = title_key(m, f->section, f->aliases[j]);
			if (!key || !strmap_put(titles, key, f))
				return -ENOMEM;
		}
	}
	return 0;
}

static int link_statement(struct model *m, const struct strmap *titles, struct statement *s)
{
	for (size_t i = 0; i < s->nr_headings; i++) {
		struct heading *h = s->headings[i];
		const char *key = title_key(m, h->parent ? h->parent->title : h->title, h->title);

		if (!key)
			return -ENOMEM;
		h->feature = strmap_get(titles, key);
		if (h->feature && !h->feature->heading)
			h->feature->heading = h;
	}
	for (size_t i = 0; i < s->nr_claims; i++) {
		struct claim *c = s->claims[i];
		struct feature *f = c->heading ? c->heading->feature : NULL;

		c->feature = f;
		if (!f)
			continue;
		if (f->last_claim)
			f->last_claim->next_of_feature = c;
		else
			f->claims = c;
		f->last_claim = c;
	}
	return 0;
}

static int link_statements(struct model *m)
{
	struct strmap titles = { 0 };
	int rc = map_titles(m, &titles);

	for (size_t i = 0; i < m->nr_statements && !rc; i++)
		rc = link_statement(m, &titles, m->statements[i]);
	strmap_reset(&titles);
	if (rc)
		m->out_of_memory = true;
	return rc;
}

int model_link(struct model *m)
{
	if (m->nr_features)
		qsort(m->features, m->nr_features, sizeof(struct feature *), compare_features);
	if (m->nr_annotations)
		qsort(m->annotations, m->nr_annotations, sizeof(struct annotation *),
		      compare_annotations);
	for (size_t i = 0; i < m->nr_features; i++) {
		link_refs(m, m->features[i]->needs, m->features[i]->nr_needs);
		link_refs(m, m->features[i]->conflicts, m->features[i]->nr_conflicts);
		link_refs(m, m->features[i]->implies, m->features[i]->nr_implies);
	}
	for (size_t i = 0; i < m->nr_locks; i++) {
		struct lock *l = m->locks[i];

		if (l->nr_gates)
			qsort(l->gates, l->nr_gates, sizeof(*l->gates), compare_gates);
		for (size_t j = 0; j < l->nr_gates; j++)
			l->gates[j].feature = model_feature(m, l->gates[j].id);
	}
	link_annotations(m);
	return link_statements(m);
}

bool model_weakest_claim(const struct feature *f, unsigned int archs, unsigned int guests,
			 unsigned int roles, enum level *ret_level, enum security *ret_security,
			 const struct claim **ret_claim)
{
	const struct claim *weakest = NULL;

	archs = archs ? archs : ARCH_ALL;
	guests = guests ? guests : GUEST_ALL;
	roles = roles ? roles : ROLE_ALL;
	for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
		if (c->level == LEVEL_LIST || !(c->archs & archs) || !(c->guests & guests) ||
		    !(c->roles & roles))
			continue;
		if (!weakest || c->level < weakest->level ||
		    (c->level == weakest->level && c->security < weakest->security))
			weakest = c;
	}
	if (!weakest)
		return false;
	*ret_level = weakest->level;
	*ret_security = weakest->security;
	if (ret_claim)
		*ret_claim = weakest;
	return true;
}
