/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edges between features as arrays, and the search for circles in them. */
#include "engine/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"

#define COMPLAINTS_MAX 20u
#define CIRCLE_SHOWN 8u /* features of a circle that are named */

struct relation {
	const struct fact_ref *refs;
	size_t nr;
};

typedef struct relation (*relation_fn)(const struct fact_feature *f);

static struct relation relation_needs(const struct fact_feature *f)
{
	return (struct relation){ f->needs, f->nr_needs };
}

static struct relation relation_conflicts(const struct fact_feature *f)
{
	return (struct relation){ f->conflicts, f->nr_conflicts };
}

static struct relation relation_implies(const struct fact_feature *f)
{
	return (struct relation){ f->implies, f->nr_implies };
}

static void free_edges(struct edges *e)
{
	free(e->first);
	free(e->to);
	free(e->ref);
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	free_edges(&g->needs);
	free_edges(&g->needed_by);
	free_edges(&g->conflicts);
	free_edges(&g->implies);
	free_edges(&g->implied_by);
	free(g);
}

static int build_edges(const struct facts *facts, relation_fn of, struct edges *e)
{
	size_t nr = 0;

	for (size_t i = 0; i < facts->nr_features; i++)
		nr += of(&facts->features[i]).nr;
	e->first = calloc(facts->nr_features + 1, sizeof(*e->first));
	e->to = calloc(nr + 1, sizeof(*e->to));
	e->ref = calloc(nr + 1, sizeof(*e->ref));
	if (!e->first || !e->to || !e->ref)
		return -ENOMEM;
	nr = 0;
	for (size_t i = 0; i < facts->nr_features; i++) {
		struct relation r = of(&facts->features[i]);

		e->first[i] = nr;
		for (size_t k = 0; k < r.nr; k++) {
			long other = facts_find(facts, r.refs[k].id);

			if (other < 0)
				continue;
			e->to[nr] = (uint32_t)other;
			e->ref[nr++] = &r.refs[k];
		}
	}
	e->first[facts->nr_features] = nr;
	return 0;
}

static int reverse_edges(size_t nr_features, const struct edges *from, struct edges *e)
{
	size_t nr = from->first[nr_features], sum = 0;

	e->first = calloc(nr_features + 2, sizeof(*e->first));
	e->to = calloc(nr + 1, sizeof(*e->to));
	if (!e->first || !e->to)
		return -ENOMEM;
	for (size_t k = 0; k < nr; k++)
		e->first[from->to[k] + 2]++;
	for (size_t i = 0; i <= nr_features; i++) {
		sum += e->first[i + 1];
		e->first[i + 1] = sum;
	}
	/* first[i + 1] is where the next edge of i goes; in the end, where i ends. */
	for (size_t i = 0; i < nr_features; i++) {
		for (size_t k = from->first[i]; k < from->first[i + 1]; k++)
			e->to[e->first[from->to[k] + 1]++] = (uint32_t)i;
	}
	return 0;
}

int graph_build(const struct facts *facts, struct graph **ret_graph)
{
	struct graph *g = calloc(1, sizeof(*g));
	int rc;

	if (!g)
		return -ENOMEM;
	g->facts = facts;
	rc = build_edges(facts, relation_needs, &g->needs);
	if (!rc)
		rc = build_edges(facts, relation_conflicts, &g->conflicts);
	if (!rc)
		rc = build_edges(facts, relation_implies, &g->implies);
	if (!rc)
		rc = reverse_edges(facts->nr_features, &g->needs, &g->needed_by);
	if (!rc)
		rc = reverse_edges(facts->nr_features, &g->implies, &g->implied_by);
	if (rc) {
		graph_free(g);
		return rc;
	}
	*ret_graph = g;
	return 0;
}

/* ---- circles ---- */

enum colour { WHITE, GREY, BLACK };

/* A walk in depth without recursion: the path, and on each step the next edge to try. */
struct walk {
	const struct graph *g;
	const struct edges *edges;
	const char *verb;
	unsigned char *colour;
	uint32_t *path;
	size_t *next;
	size_t depth;
	struct strbuf *err;
	size_t nr_complaints;
};

/* The edge last taken closes a circle that begins where @feature stands on the path. */
static void complain_circle(struct walk *w, uint32_t feature)
{
	const struct fact_feature *list = w->g->facts->features;
	struct strbuf text = STRBUF_INIT;
	size_t start = w->depth;
	struct place at = { "support/features.yaml", 0 };

	if (++w->nr_complaints > COMPLAINTS_MAX)
		return;
	while (start && w->path[start - 1] != feature)
		start--;
	for (size_t i = start ? start - 1 : 0, shown = 0; i < w->depth; i++, shown++) {
		const struct fact_ref *ref = w->edges->ref[w->next[i] - 1];

		if (!shown)
			at = ref->at;
		if (shown == CIRCLE_SHOWN)
			strbuf_puts(&text, ", ...");
		if (shown < CIRCLE_SHOWN)
			strbuf_printf(&text, "%s%s %s %s (%s:%u)", shown ? ", " : "",
				      list[w->path[i]].id, w->verb, ref->id, ref->at.file,
				      ref->at.line);
	}
	complain(w->err, at, "take one of these edges out of the registry", "a circle: %s",
		 strbuf_str(&text) ? strbuf_str(&text) : "");
	strbuf_reset(&text);
}

static void enter(struct walk *w, uint32_t feature)
{
	w->colour[feature] = GREY;
	w->path[w->depth] = feature;
	w->next[w->depth++] = w->edges->first[feature];
}

static void walk_from(struct walk *w, uint32_t feature)
{
	enter(w, feature);
	while (w->depth) {
		uint32_t here = w->path[w->depth - 1];
		size_t edge = w->next[w->depth - 1];

		if (edge == w->edges->first[here + 1]) {
			w->colour[here] = BLACK;
			w->depth--;
			continue;
		}
		w->next[w->depth - 1]++;
		if (w->colour[w->edges->to[edge]] == WHITE)
			enter(w, w->edges->to[edge]);
		else if (w->colour[w->edges->to[edge]] == GREY)
			complain_circle(w, w->edges->to[edge]);
	}
}

static int find_circles(const struct graph *g, const struct edges *edges, const char *verb,
			struct strbuf *err)
{
	size_t nr = g->facts->nr_features;
	struct walk w = { .g = g, .edges = edges, .verb = verb, .err = err };
	int rc = 0;

	w.colour = calloc(nr + 1, 1);
	w.path = calloc(nr + 1, sizeof(*w.path));
	w.next = calloc(nr + 1, sizeof(*w.next));
	for (size_t i = 0; w.colour && w.path && w.next && i < nr; i++) {
		if (w.colour[i] == WHITE)
			walk_from(&w, (uint32_t)i);
	}
	if (!w.colour || !w.path || !w.next)
		rc = -ENOMEM;
	else if (w.nr_complaints)
		rc = -EINVAL;
	free(w.next);
	free(w.path);
	free(w.colour);
	return rc;
}

/* ---- what cannot be together and must ---- */

static const struct fact_ref *find_conflict(const struct graph *g, size_t a, size_t b)
{
	for (size_t k = g->conflicts.first[a]; k < g->conflicts.first[a + 1]; k++) {
		if (g->conflicts.to[k] == b)
			return g->conflicts.ref[k];
	}
	return NULL;
}

static int find_impossible(const struct graph *g, const struct edges *edges, const char *verb,
			   struct strbuf *err)
{
	size_t nr_complaints = 0;

	for (size_t i = 0; i < g->facts->nr_features; i++) {
		for (size_t k = edges->first[i]; k < edges->first[i + 1]; k++) {
			const struct fact_ref *c = find_conflict(g, i, edges->to[k]);

			if (!c)
				c = find_conflict(g, edges->to[k], i);
			if (!c || ++nr_complaints > COMPLAINTS_MAX)
				continue;
			complain(err, edges->ref[k]->at, "take one of the two out of the registry",
				 "%s %s %s and conflicts with it (%s:%u)", g->facts->features[i].id,
				 verb, edges->ref[k]->id, c->at.file, c->at.line);
		}
	}
	return nr_complaints ? -EINVAL : 0;
}

int graph_check(const struct graph *g, struct strbuf *err)
{
	int rc = find_circles(g, &g->needs, "needs", err), r;

	r = find_circles(g, &g->implies, "implies", err);
	rc = rc ? rc : r;
	r = find_impossible(g, &g->needs, "needs", err);
	rc = rc ? rc : r;
	r = find_impossible(g, &g->implies, "implies", err);
	return rc ? rc : r;
}
