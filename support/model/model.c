/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The support model's container: memory, sources, look-up by id, diagnostics. */
#include "model/model.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

struct model *model_create(void)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->arena = arena_create();
	if (!m->arena) {
		free(m);
		return NULL;
	}
	return m;
}

struct model_end {
	void (*run)(void *context);
	void *context;
	struct model_end *next;
};

int model_on_destroy(struct model *m, void (*run)(void *context), void *context)
{
	struct model_end *end = model_alloc(m, sizeof(*end));

	if (!end)
		return -ENOMEM;
	*end = (struct model_end){ run, context, m->ends };
	m->ends = end;
	return 0;
}

void model_destroy(struct model *m)
{
	if (!m)
		return;
	for (const struct model_end *end = m->ends; end; end = end->next)
		end->run(end->context);
	strmap_reset(&m->source_by_path);
	strmap_reset(&m->overlay);
	strmap_reset(&m->feature_by_id);
	strmap_reset(&m->feature_by_alias);
	model_destroy(m->previous);
	for (size_t i = 0; i < m->nr_branches; i++)
		model_destroy(m->branches[i]);
	arena_destroy(m->arena);
	free(m);
}

void *model_alloc(struct model *m, size_t size)
{
	void *data = arena_alloc(m->arena, size);

	if (!data)
		m->out_of_memory = true;
	return data;
}

char *model_copy(struct model *m, const char *data, size_t size)
{
	char *copy = arena_bytes(m->arena, size + 1);

	if (!copy)
		m->out_of_memory = true;
	if (copy && size)
		memcpy(copy, data, size);
	return copy;
}

static char *format(struct model *m, const char *fmt, va_list ap)
{
	/* Most is short, and formatted once. */
	char brief[160];
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(brief, sizeof(brief), fmt, again);
	va_end(again);
	if (n < 0) {
		m->out_of_memory = true;
		return NULL;
	}
	if ((size_t)n < sizeof(brief))
		return model_copy(m, brief, (size_t)n);
	text = model_alloc(m, (size_t)n + 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

char *model_printf(struct model *m, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format(m, fmt, ap);
	va_end(ap);
	return text;
}

void *model_grow(struct model *m, void *array, size_t nr, size_t size)
{
	size_t room = nr ? nr * 2 : 4;
	void *larger;

	/* Room is doubled at each power of two from 4 on. */
	if (nr && (nr < 4 || (nr & (nr - 1))))
		return array;
	larger = model_alloc(m, room * size);
	if (larger && nr)
		memcpy(larger, array, nr * size);
	return larger;
}

static int index_lines(struct model *m, struct source *s)
{
	const char *end = s->text + s->size;
	size_t nr = 1;

	for (const char *p = s->text; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		nr++;
	s->lines = model_alloc(m, nr * sizeof(*s->lines));
	if (!s->lines)
		return -ENOMEM;
	for (const char *p = s->text; p; p = p ? p + 1 : NULL) {
		s->lines[s->nr_lines++] = (uint32_t)(p - s->text);
		p = memchr(p, '\n', (size_t)(end - p));
	}
	return 0;
}

int model_add_source(struct model *m, const char *path, const char *text, size_t size)
{
	/* Offsets of lines have 32 bits; no reader takes a file of so many. */
	struct source *s = size < UINT32_MAX ? model_alloc(m, sizeof(*s)) : NULL;

	if (!s)
		return -ENOMEM;
	s->path = model_copy(m, path, strlen(path));
	s->text = model_copy(m, text, size);
	s->size = size;
	if (!s->path || !s->text || index_lines(m, s))
		return -ENOMEM;
	if (!strmap_put(&m->source_by_path, s->path, s)) {
		m->out_of_memory = true;
		return -ENOMEM;
	}
	return 0;
}

/* @text without any "ROOT/" in it; itself where there is none. */
static const char *hide_root(struct model *m, const char *root, const char *text)
{
	const char *found = text ? strstr(text, root) : NULL;
	size_t size = strlen(root);
	char *copy, *to;

	if (!found)
		return text;
	copy = to = model_copy(m, text, strlen(text));
	for (; copy && *text; *to++ = *text++) {
		while (!strncmp(text, root, size))
			text += size;
		if (!*text)
			break;
	}
	if (copy)
		*to = '\0';
	return copy;
}

static int hide_source(struct model *m, const char *root, const char *path)
{
	struct source *s = path ? strmap_get(&m->source_by_path, path) : NULL;
	const char *shown = s ? hide_root(m, root, path) : NULL;

	if (!s || shown == path)
		return 0;
	return shown && strmap_put(&m->source_by_path, shown, s) ? 0 : -ENOMEM;
}

static int hide_place(struct model *m, const char *root, struct pos *at)
{
	int rc = hide_source(m, root, at->file);

	at->file = hide_root(m, root, at->file);
	return rc;
}

int model_hide_root(struct model *m)
{
	const char *root = m->root ? model_printf(m, "%s/", m->root) : NULL;
	int rc = 0;

	for (size_t i = 0; root && i < m->nr_diagnostics && !rc; i++) {
		struct diagnostic *d = &m->diagnostics[i];

		rc = hide_place(m, root, &d->at);
		d->message = hide_root(m, root, d->message);
		d->remedy = hide_root(m, root, d->remedy);
		for (size_t k = 0; k < d->nr_relations && !rc; k++) {
			rc = hide_place(m, root, &d->relations[k].at);
			d->relations[k].note = hide_root(m, root, d->relations[k].note);
		}
	}
	return rc || m->out_of_memory ? -ENOMEM : 0;
}

const char *model_source_line(const struct model *m, const char *path, unsigned int line,
			      size_t *ret_size)
{
	const struct source *s = strmap_get(&m->source_by_path, path);
	size_t start, end;

	if (!s || !line || line > s->nr_lines)
		return NULL;
	start = s->lines[line - 1];
	end = line < s->nr_lines ? s->lines[line] - 1 : s->size;
	if (end > start && s->text[end - 1] == '\r')
		end--;
	*ret_size = end - start;
	return s->text + start;
}

const struct evidence *model_evidence(const struct model *m, const char *name)
{
	size_t low = 0, high = m->nr_evidence;

	/* The first of equal names. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(m->evidence[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->nr_evidence && !strcmp(m->evidence[low].name, name) ? &m->evidence[low]
									    : NULL;
}

struct feature *model_feature(const struct model *m, const char *id)
{
	return strmap_get(&m->feature_by_id, id);
}

struct feature *model_feature_by_alias(const struct model *m, const char *alias)
{
	return strmap_get(&m->feature_by_alias, alias);
}

const char *model_suggest_id(const struct model *m, const char *id)
{
	unsigned int best = text_tolerance(strlen(id)) + 1;
	const struct feature *f = model_feature_by_alias(m, id);
	const char *found = f ? f->id : NULL;

	for (size_t i = 0; i < m->nr_features && !f; i++) {
		unsigned int d = text_distance(id, m->features[i]->id, best - 1);

		if (d < best) {
			best = d;
			found = m->features[i]->id;
		}
	}
	return found;
}

int model_add_feature(struct model *m, struct feature *f)
{
	struct feature **features = model_grow(m, m->features, m->nr_features, sizeof(*features));
	struct feature *first;

	if (!features)
		return -ENOMEM;
	m->features = features;
	first = strmap_put(&m->feature_by_id, f->id, f);
	if (!first) {
		m->out_of_memory = true;
		return -ENOMEM;
	}
	if (first != f)
		f->twin = first;
	m->features[m->nr_features++] = f;
	for (size_t i = 0; i < f->nr_aliases; i++) {
		if (!strmap_put(&m->feature_by_alias, f->aliases[i], f)) {
			m->out_of_memory = true;
			return -ENOMEM;
		}
	}
	return 0;
}

int model_add_annotation(struct model *m, struct annotation *a)
{
	struct annotation **annotations =
		model_grow(m, m->annotations, m->nr_annotations, sizeof(*annotations));

	if (!annotations)
		return -ENOMEM;
	m->annotations = annotations;
	m->annotations[m->nr_annotations++] = a;
	return 0;
}

int model_add_statement(struct model *m, struct statement *s)
{
	struct statement **statements =
		model_grow(m, m->statements, m->nr_statements, sizeof(*statements));

	if (!statements)
		return -ENOMEM;
	m->statements = statements;
	m->statements[m->nr_statements++] = s;
	return 0;
}

int model_add_lock(struct model *m, struct lock *l)
{
	struct lock **locks = model_grow(m, m->locks, m->nr_locks, sizeof(*locks));

	if (!locks)
		return -ENOMEM;
	m->locks = locks;
	m->locks[m->nr_locks++] = l;
	return 0;
}

void model_report(struct model *m, enum severity severity, const char *rule, struct pos at,
		  const char *remedy, const char *fmt, ...)
{
	struct diagnostic *diagnostics =
		model_grow(m, m->diagnostics, m->nr_diagnostics, sizeof(*diagnostics));
	struct diagnostic d = { .severity = severity, .at = at, .order = m->nr_diagnostics };
	va_list ap;

	if (!diagnostics)
		return;
	m->diagnostics = diagnostics;
	va_start(ap, fmt);
	d.message = format(m, fmt, ap);
	va_end(ap);
	d.rule = model_copy(m, rule, strlen(rule));
	if (remedy)
		d.remedy = model_copy(m, remedy, strlen(remedy));
	if (!d.message || !d.rule || (remedy && !d.remedy))
		return;
	m->diagnostics[m->nr_diagnostics++] = d;
	if (severity == SEVERITY_ERROR)
		m->nr_errors++;
}

void model_about(struct model *m, const char *id)
{
	if (m->nr_diagnostics)
		m->diagnostics[m->nr_diagnostics - 1].feature = id;
}

void model_relate(struct model *m, struct pos at, const char *note)
{
	struct diagnostic *d = m->nr_diagnostics ? &m->diagnostics[m->nr_diagnostics - 1] : NULL;
	struct relation *relations =
		d ? model_grow(m, d->relations, d->nr_relations, sizeof(*relations)) : NULL;
	struct relation r = { at, model_copy(m, note, strlen(note)) };

	if (!relations || !r.note)
		return;
	d->relations = relations;
	d->relations[d->nr_relations++] = r;
}

void model_fix_lines(struct model *m, struct pos at, struct pos end, const char *text)
{
	struct diagnostic *d = m->nr_diagnostics ? &m->diagnostics[m->nr_diagnostics - 1] : NULL;
	struct edit *edits = d ? model_grow(m, d->edits, d->nr_edits, sizeof(*edits)) : NULL;
	struct edit e = { .at = at, .end = end, .text = model_copy(m, text, strlen(text)) };

	if (!edits || !e.text)
		return;
	d->edits = edits;
	d->edits[d->nr_edits++] = e;
}

void model_fix(struct model *m, struct pos at, size_t size, const char *text)
{
	struct pos end = at;

	end.column += (unsigned int)size;
	model_fix_lines(m, at, end, text);
}

int model_compare_places(const struct pos *x, const struct pos *y)
{
	int order = strcmp(x->file ? x->file : "", y->file ? y->file : "");

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

void model_retract(struct model *m, size_t nr_diagnostics)
{
	while (m->nr_diagnostics > nr_diagnostics) {
		m->nr_diagnostics--;
		m->nr_errors -= m->diagnostics[m->nr_diagnostics].severity == SEVERITY_ERROR;
	}
}
