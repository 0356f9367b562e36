/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The matrix in the layout that the Xen Project publishes: one table, headings in
 * four columns on the left (part, section, feature, case), two for each statement,
 * the second of which holds a link to the conditions or is spanned by the first.
 * All text of statements is escaped.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "emit/emit.h"
#include "emit/matrix.h"

#define NR_HEADS 4

/* The conditions of a feature in one column, beside the rows they are about. */
struct conditions {
	const struct matrix_node *first; /* NULL: none */
	size_t nr_rows;
	size_t nr_left; /* rows still to write beside it */
};

struct writer {
	const struct matrix *matrix;
	struct conditions *conditions; /* of the current feature, one a column */
	const char *link;
	struct strbuf *sb;
};

static void add(struct strbuf *sb, const char *text)
{
	text_add_html(sb, text, strlen(text));
}

/* `<a href="…">`, to a heading (slug) or, without one, to the column's page. */
static void open_link(const struct writer *w, size_t column, const char *slug)
{
	strbuf_puts(w->sb, "<a href=\"");
	matrix_add_link(w->sb, w->matrix, column, w->link);
	if (slug) {
		strbuf_puts(w->sb, "#");
		add(w->sb, slug);
	}
	strbuf_puts(w->sb, "\">");
}

static void open_head(struct strbuf *sb, const char *id, size_t nr_rows, unsigned int nr_columns)
{
	strbuf_puts(sb, "<th valign=\"top\" id=\"");
	add(sb, id);
	strbuf_puts(sb, "\"");
	if (nr_rows > 1)
		strbuf_printf(sb, " rowspan=\"%zu\"", nr_rows);
	if (nr_columns > 1)
		strbuf_printf(sb, " colspan=\"%u\"", nr_columns);
	strbuf_puts(sb, " align=\"left\">");
}

/* A heading's title as a typesetter of Markdown shows it. */
static const char *find_title(const struct writer *w, const struct matrix_node *node)
{
	for (size_t i = 0; i < w->matrix->nr_columns; i++) {
		if (node->headings[i])
			return node->headings[i]->typeset;
	}
	return node->title;
}

/* A head's text; it leads to its description in the first statement that has one. */
static void close_head(const struct writer *w, const struct matrix_node *described,
		       const struct matrix_node *row, const char *title)
{
	size_t i = 0;

	while (i < w->matrix->nr_columns &&
	       (!described->headings[i] || !*described->headings[i]->description ||
		(row && !row->cells[i])))
		i++;
	if (i < w->matrix->nr_columns)
		open_link(w, i, described->slug);
	add(w->sb, title);
	strbuf_puts(w->sb, i < w->matrix->nr_columns ? "</a></th>" : "</th>");
}

/* Release part */

static const struct release_key *find_key(const struct statement *s, const char *key)
{
	for (size_t i = 0; i < s->nr_keys; i++) {
		if (!strcmp(s->keys[i].key, key))
			return &s->keys[i];
	}
	return NULL;
}

static void add_key_id(struct strbuf *sb, const char *key)
{
	for (; *key; key++) {
		char c = *key == ' ' ? '-' : (char)tolower((unsigned char)*key);

		if (isalnum((unsigned char)c) || c == '-')
			strbuf_add(sb, &c, 1);
	}
}

static bool is_version(const char *key)
{
	size_t n = strlen(key);

	return n > 8 && !strcmp(key + n - 8, "-Version");
}

static void add_release_row(const struct writer *w, const char *key, size_t nr_keys)
{
	strbuf_puts(w->sb, "<tr>");
	if (nr_keys) {
		open_head(w->sb, "release-support", nr_keys, 1);
		strbuf_puts(w->sb, "Release Support</th>");
	}
	strbuf_puts(w->sb, "<th valign=\"top\" id=\"release-support--");
	add_key_id(w->sb, key);
	strbuf_printf(w->sb, "\" colspan=\"%d\" align=\"left\">", NR_HEADS - 1);
	add(w->sb, key);
	strbuf_puts(w->sb, "</th>");
	for (size_t i = 0; i < w->matrix->nr_columns; i++) {
		const struct release_key *k = find_key(w->matrix->m->statements[i], key);

		strbuf_puts(w->sb, "\n<td colspan=\"2\">");
		if (k && is_version(key)) {
			open_link(w, i, NULL);
			add(w->sb, k->value);
			strbuf_puts(w->sb, "</a>");
		} else if (k) {
			matrix_add_release_value(w->sb, k->value);
		} else {
			strbuf_puts(w->sb, "-");
		}
		strbuf_puts(w->sb, "</td>");
	}
	strbuf_puts(w->sb, "</tr>\n");
}

/* Is the @j-th key of column @i in no earlier place? */
static bool is_first(struct strmap *seen, struct release_key *k, struct strbuf *sb)
{
	void *first = strmap_put(seen, k->key, k);

	if (!first)
		sb->failed = true;
	return first == k;
}

static void add_release(const struct writer *w)
{
	struct strmap counted = { 0 }, written = { 0 };
	size_t nr = 0;

	for (size_t i = 0; i < w->matrix->nr_columns; i++) {
		const struct statement *s = w->matrix->m->statements[i];

		for (size_t j = 0; j < s->nr_keys; j++)
			nr += is_first(&counted, &s->keys[j], w->sb);
	}
	for (size_t i = 0; i < w->matrix->nr_columns; i++) {
		const struct statement *s = w->matrix->m->statements[i];

		for (size_t j = 0; j < s->nr_keys; j++) {
			if (!is_first(&written, &s->keys[j], w->sb))
				continue;
			add_release_row(w, s->keys[j].key, nr);
			nr = 0;
		}
	}
	strmap_reset(&counted);
	strmap_reset(&written);
}

/* Feature part */

/* Conditions lie beside all rows from the first to the last that the column states. */
static struct conditions find_conditions(const struct matrix_node *feature, size_t column)
{
	const struct heading *h = feature->headings[column];
	struct conditions c = { .first = NULL };
	size_t nr = 0;

	if (!h || !*h->caveats)
		return c;
	for (const struct matrix_node *row = feature->first; row; row = row->next) {
		if (row->cells[column] && !c.first)
			c.first = row;
		nr += c.first != NULL;
		if (row->cells[column])
			c.nr_rows = nr;
	}
	return c;
}

static void add_cell(const struct writer *w, const struct matrix_node *feature,
		     const struct matrix_node *row, size_t column)
{
	struct conditions *conditions = &w->conditions[column];

	if (row == conditions->first)
		conditions->nr_left = conditions->nr_rows;
	strbuf_puts(w->sb, conditions->nr_left ? "\n<td>" : "\n<td colspan=\"2\">");
	conditions->nr_left -= conditions->nr_left > 0;
	if (!row->cells[column])
		strbuf_puts(w->sb, "-");
	for (const struct matrix_cell *c = row->cells[column]; c; c = c->next) {
		add(w->sb, c->claim->value);
		if (c->next)
			strbuf_puts(w->sb, "<br>");
	}
	strbuf_puts(w->sb, "</td>");
	if (row != conditions->first)
		return;
	strbuf_puts(w->sb, "<td");
	if (conditions->nr_rows > 1)
		strbuf_printf(w->sb, " rowspan=\"%zu\"", conditions->nr_rows);
	strbuf_puts(w->sb, ">");
	open_link(w, column, feature->slug);
	strbuf_puts(w->sb, "[*]</a></td>");
}

/* The heads of a row from its feature on; a section's own status has no feature. */
static void add_row_heads(const struct writer *w, const struct matrix_node *feature,
			  const struct matrix_node *row)
{
	bool is_section = !strcmp(feature->slug, feature->parent->slug);
	bool is_bare = !strcmp(row->slug, feature->slug);
	bool is_alone = is_bare && feature->nr_rows == 1;
	unsigned int nr_columns = is_section ? 2 : 1;

	if (is_section && is_bare && feature->parent->nr_rows == 1)
		return;
	if (!is_section && row == feature->first) {
		open_head(w->sb, feature->slug, feature->nr_rows, is_alone ? 2 : 1);
		close_head(w, feature, NULL, find_title(w, feature));
		if (is_alone)
			return;
	}
	if (is_bare) {
		strbuf_puts(w->sb, is_section ? "<td colspan=\"2\"></td>" : "<td></td>");
		return;
	}
	open_head(w->sb, row->slug, 1, nr_columns);
	close_head(w, feature, row, row->title);
}

static void add_section_head(const struct writer *w, const struct matrix_node *section)
{
	const struct matrix_node *row = section->first->first;
	bool is_alone = section->nr_rows == 1 && !strcmp(row->slug, section->slug);

	open_head(w->sb, section->slug, section->nr_rows, is_alone ? NR_HEADS - 1 : 1);
	close_head(w, section, NULL, find_title(w, section));
}

static void add_feature(const struct writer *w, const struct matrix_node *feature)
{
	const struct matrix_node *section = feature->parent;

	for (size_t i = 0; i < w->matrix->nr_columns; i++)
		w->conditions[i] = find_conditions(feature, i);
	for (const struct matrix_node *row = feature->first; row; row = row->next) {
		bool opens_section = row == section->first->first;

		strbuf_puts(w->sb, "<tr>");
		if (opens_section && section == w->matrix->root.first) {
			open_head(w->sb, "feature-support", w->matrix->root.nr_rows, 1);
			strbuf_puts(w->sb, "Feature Support</th>");
		}
		if (opens_section)
			add_section_head(w, section);
		add_row_heads(w, feature, row);
		for (size_t i = 0; i < w->matrix->nr_columns; i++)
			add_cell(w, feature, row, i);
		strbuf_puts(w->sb, "</tr>\n");
	}
}

void matrix_emit_xen_table(const struct matrix *matrix, const char *link, struct strbuf *sb)
{
	struct writer w = { .matrix = matrix, .link = link, .sb = sb };

	w.conditions = model_alloc(matrix->m, (matrix->nr_columns + 1) * sizeof(*w.conditions));
	if (!w.conditions) {
		sb->failed = true;
		return;
	}
	strbuf_puts(sb, "<table rules=\"all\">");
	add_release(&w);
	for (const struct matrix_node *s = matrix->root.first; s; s = s->next) {
		for (const struct matrix_node *f = s->first; f; f = f->next)
			add_feature(&w, f);
	}
	strbuf_puts(sb, "</table>\n");
}
