/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the edits of findings into new texts of files. */
#include "check/fix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An edit as bytes of its source. */
struct change {
	const struct source *source;
	size_t start, end;
	const char *text;
};

struct changes {
	struct change *all;
	size_t nr;
};

static size_t offset_of(const struct source *s, const struct pos *at)
{
	size_t offset = at->line && at->line <= s->nr_lines ? s->lines[at->line - 1] : s->size;

	offset += at->column ? at->column - 1 : 0;
	return offset < s->size ? offset : s->size;
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int order = strcmp(x->source->path, y->source->path);

	if (order)
		return order;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return strcmp(x->text, y->text);
}

static bool counts(const struct diagnostic *d)
{
	return d->nr_edits && !d->waiver && !d->is_old;
}

static bool take_change(const struct model *m, const struct edit *e, struct change *ret_change)
{
	const struct source *s = e->at.file ? strmap_get(&m->source_by_path, e->at.file) : NULL;

	if (!s)
		return false;
	*ret_change = (struct change){ s, offset_of(s, &e->at), offset_of(s, &e->end), e->text };
	return ret_change->start <= ret_change->end;
}

/* Sort, and drop what overlaps an earlier change or says the same. */
static void settle(struct changes *c)
{
	size_t nr = 0;

	if (c->nr)
		qsort(c->all, c->nr, sizeof(*c->all), compare_changes);
	for (size_t i = 0; i < c->nr; i++) {
		const struct change *last = nr ? &c->all[nr - 1] : NULL;

		if (last && last->source == c->all[i].source &&
		    (c->all[i].start < last->end || !compare_changes(last, &c->all[i])))
			continue;
		c->all[nr++] = c->all[i];
	}
	c->nr = nr;
}

/* All edits of a finding, or, where one cannot be placed, none. */
static void collect(const struct model *m, const struct diagnostic *d, struct changes *c)
{
	size_t nr = c->nr;

	for (size_t i = 0; i < d->nr_edits; i++) {
		if (!take_change(m, &d->edits[i], &c->all[c->nr])) {
			c->nr = nr;
			return;
		}
		c->nr++;
	}
}

static void apply(struct strbuf *sb, const struct change *all, size_t nr)
{
	const struct source *s = all->source;
	size_t at = 0;

	for (size_t i = 0; i < nr; i++) {
		strbuf_add(sb, s->text + at, all[i].start - at);
		strbuf_puts(sb, all[i].text);
		at = all[i].end;
	}
	strbuf_add(sb, s->text + at, s->size - at);
}

static int make_file(struct fixes *fixes, const struct change *all, size_t nr)
{
	struct fix *larger = realloc(fixes->files, (fixes->nr + 1) * sizeof(*larger));
	struct fix f = { .path = all->source->path, .nr_edits = nr };

	if (!larger)
		return -ENOMEM;
	fixes->files = larger;
	apply(&f.text, all, nr);
	fixes->files[fixes->nr++] = f;
	return strbuf_str(&f.text) ? 0 : -ENOMEM;
}

int fixes_make(const struct model *m, struct fixes *ret_fixes)
{
	struct changes c = { 0 };
	size_t nr = 0;
	int rc = 0;

	memset(ret_fixes, 0, sizeof(*ret_fixes));
	for (size_t i = 0; i < m->nr_diagnostics; i++)
		nr += m->diagnostics[i].nr_edits;
	c.all = calloc(nr ? nr : 1, sizeof(*c.all));
	if (!c.all)
		return -ENOMEM;
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		if (counts(&m->diagnostics[i]))
			collect(m, &m->diagnostics[i], &c);
	}
	settle(&c);
	for (size_t i = 0; i < c.nr && !rc; i += nr) {
		for (nr = 1; i + nr < c.nr && c.all[i + nr].source == c.all[i].source;)
			nr++;
		rc = make_file(ret_fixes, &c.all[i], nr);
	}
	free(c.all);
	return rc;
}

void fixes_reset(struct fixes *fixes)
{
	for (size_t i = 0; i < fixes->nr; i++) {
		strbuf_reset(&fixes->files[i].text);
	}
	free(fixes->files);
	memset(fixes, 0, sizeof(*fixes));
}
