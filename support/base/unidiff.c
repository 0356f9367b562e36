/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changed between two texts. The shortest script of edits comes from the
 * greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm" (1986).
 */
#include "base/unidiff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT 3
#define EDITS_MAX 512

struct line {
	const char *text;
	size_t size; /* with the newline, if it has one */
};

struct lines {
	struct line *all;
	size_t nr;
};

/* One side of a difference: its lines, and which of them the other has not. */
struct side {
	struct lines lines;
	bool *is_changed;
};

static bool split(struct lines *l, const char *text, size_t size)
{
	const char *end = text + size;
	size_t nr = 1;

	for (const char *p = text; p < end; p++)
		nr += *p == '\n';
	l->all = calloc(nr, sizeof(*l->all));
	l->nr = 0;
	while (l->all && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline + 1 : end) - text);

		l->all[l->nr++] = (struct line){ text, n };
		text += n;
	}
	return l->all;
}

static bool is_same(const struct line *a, const struct line *b)
{
	return a->size == b->size && !memcmp(a->text, b->text, a->size);
}

/* The part of both sides that is left when equal heads and tails are gone. */
struct middle {
	size_t start, before_end, after_end;
};

static struct middle find_middle(const struct lines *a, const struct lines *b)
{
	struct middle m = { 0, a->nr, b->nr };

	while (m.start < a->nr && m.start < b->nr && is_same(&a->all[m.start], &b->all[m.start]))
		m.start++;
	while (m.before_end > m.start && m.after_end > m.start &&
	       is_same(&a->all[m.before_end - 1], &b->all[m.after_end - 1])) {
		m.before_end--;
		m.after_end--;
	}
	return m;
}

/* How far each diagonal was reached with d edits, for every d: row d has 2d+1. */
struct search {
	const struct line *a, *b;
	long nr_a, nr_b;
	long *reach; /* (EDITS_MAX + 1) squared */
	long nr_edits;
};

static long *row(const struct search *s, long d)
{
	return s->reach + d * d + d; /* [k] for k = -d..d */
}

static long follow(const struct search *s, long x, long k)
{
	while (x < s->nr_a && x - k < s->nr_b && is_same(&s->a[x], &s->b[x - k]))
		x++;
	return x;
}

/* Was the edit that led to (d, k) an insertion? */
static bool is_insertion(const struct search *s, long d, long k)
{
	const long *last = row(s, d - 1);

	return k == -d || (k != d && last[k - 1] < last[k + 1]);
}

static bool run_search(struct search *s)
{
	for (long d = 0; d <= EDITS_MAX; d++) {
		for (long k = -d; k <= d; k += 2) {
			long x = 0;

			if (d)
				x = is_insertion(s, d, k) ? row(s, d - 1)[k + 1]
							  : row(s, d - 1)[k - 1] + 1;
			x = follow(s, x, k);
			row(s, d)[k] = x;
			if (x >= s->nr_a && x - k >= s->nr_b) {
				s->nr_edits = d;
				return true;
			}
		}
	}
	return false;
}

/* Mark what the edits that were found delete and insert. */
static void trace(const struct search *s, bool *deleted, bool *inserted)
{
	long k = s->nr_a - s->nr_b;

	for (long d = s->nr_edits; d > 0; d--) {
		bool insertion = is_insertion(s, d, k);
		long last = insertion ? k + 1 : k - 1;
		long x = row(s, d - 1)[last];

		if (insertion)
			inserted[x - last] = true;
		else
			deleted[x] = true;
		k = last;
	}
}

static bool compare(struct side *before, struct side *after)
{
	struct middle m = find_middle(&before->lines, &after->lines);
	struct search s = {
		.a = before->lines.all + m.start,
		.b = after->lines.all + m.start,
		.nr_a = (long)(m.before_end - m.start),
		.nr_b = (long)(m.after_end - m.start),
	};
	bool found;

	s.reach = calloc((size_t)(EDITS_MAX + 1) * (EDITS_MAX + 1), sizeof(*s.reach));
	if (!s.reach)
		return false;
	found = run_search(&s);
	if (found)
		trace(&s, before->is_changed + m.start, after->is_changed + m.start);
	free(s.reach);
	for (size_t i = m.start; i < m.before_end && !found; i++)
		before->is_changed[i] = true;
	for (size_t i = m.start; i < m.after_end && !found; i++)
		after->is_changed[i] = true;
	return true;
}

static void add_line(struct strbuf *sb, char mark, const struct line *l)
{
	strbuf_add(sb, &mark, 1);
	strbuf_add(sb, l->text, l->size);
	if (l->text[l->size - 1] != '\n')
		strbuf_puts(sb, "\n\\ No newline at end of file\n");
}

/* Lines [i, i_end) before and [j, j_end) after, which start and end alike. */
struct hunk {
	size_t i, i_end, j, j_end;
};

static void add_hunk(struct strbuf *sb, const struct side *before, const struct side *after,
		     const struct hunk *h)
{
	size_t nr_before = h->i_end - h->i, nr_after = h->j_end - h->j;
	size_t i = h->i, j = h->j;

	strbuf_printf(sb, "@@ -%zu,%zu +%zu,%zu @@\n", h->i + (nr_before != 0), nr_before,
		      h->j + (nr_after != 0), nr_after);
	while (i < h->i_end || j < h->j_end) {
		if (i < h->i_end && before->is_changed[i])
			add_line(sb, '-', &before->lines.all[i++]);
		else if (j < h->j_end && after->is_changed[j])
			add_line(sb, '+', &after->lines.all[j++]);
		else {
			add_line(sb, ' ', &before->lines.all[i++]);
			j++;
		}
	}
}

/* Lines that both have from here on; 0 at a change. */
static size_t count_same(const struct side *before, const struct side *after, size_t i, size_t j)
{
	size_t n = 0;

	while (i + n < before->lines.nr && !before->is_changed[i + n] && !after->is_changed[j + n])
		n++;
	return n;
}

static void skip_change(const struct side *before, const struct side *after, size_t *i, size_t *j)
{
	while (*i < before->lines.nr && before->is_changed[*i])
		(*i)++;
	while (*j < after->lines.nr && after->is_changed[*j])
		(*j)++;
}

static void add_hunks(struct strbuf *sb, const struct side *before, const struct side *after)
{
	size_t i = 0, j = 0;

	for (;;) {
		size_t same = count_same(before, after, i, j);
		struct hunk h;

		i += same;
		j += same;
		if (i == before->lines.nr && j == after->lines.nr)
			return;
		h.i = i - (same < CONTEXT ? same : CONTEXT);
		h.j = j - (same < CONTEXT ? same : CONTEXT);
		for (;;) {
			skip_change(before, after, &i, &j);
			same = count_same(before, after, i, j);
			if (i + same == before->lines.nr && j + same == after->lines.nr)
				break;
			if (same > (size_t)2 * CONTEXT)
				break;
			i += same;
			j += same;
		}
		h.i_end = i + (same < CONTEXT ? same : CONTEXT);
		h.j_end = j + (same < CONTEXT ? same : CONTEXT);
		add_hunk(sb, before, after, &h);
		i = h.i_end;
		j = h.j_end;
	}
}

void unidiff_add(struct strbuf *sb, const char *path, const char *before, size_t before_size,
		 const char *after, size_t after_size)
{
	struct side a = { 0 }, b = { 0 };
	bool ok = split(&a.lines, before, before_size) && split(&b.lines, after, after_size);

	if (ok) {
		a.is_changed = calloc(a.lines.nr + 1, sizeof(bool));
		b.is_changed = calloc(b.lines.nr + 1, sizeof(bool));
		ok = a.is_changed && b.is_changed && compare(&a, &b);
	}
	if (ok && (before_size != after_size || memcmp(before, after, before_size))) {
		strbuf_printf(sb, "--- a/%s\n+++ b/%s\n", path, path);
		add_hunks(sb, &a, &b);
	}
	sb->failed = sb->failed || !ok;
	free(a.lines.all);
	free(b.lines.all);
	free(a.is_changed);
	free(b.is_changed);
}
