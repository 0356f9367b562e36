/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matrix as a page of MediaWiki, the form in which projects list their features. */
#include <string.h>

#include "base/text.h"
#include "emit/matrix.h"
#include "emit/questions.h"

/* A text so that MediaWiki shows it: HTML's escapes, and its own marks as entities. */
static void add_wiki(struct strbuf *sb, const char *text)
{
	static const char marks[] = "'[]{}|=*#:;~_-!\\";
	struct strbuf html = STRBUF_INIT;
	const char *s;

	text_add_html(&html, text, strlen(text));
	s = strbuf_str(&html) ? strbuf_str(&html) : "";
	for (; *s; s++) {
		if (*s == '&') {
			size_t size = strcspn(s, ";");

			strbuf_add(sb, s, size + 1);
			s += size;
		} else if (*s == '\n') {
			strbuf_puts(sb, " ");
		} else if (strchr(marks, *s)) {
			strbuf_printf(sb, "&#%d;", *s);
		} else {
			strbuf_add(sb, s, 1);
		}
	}
	sb->failed = sb->failed || html.failed;
	strbuf_reset(&html);
}

/* Does the case stand in this column as in the one before? */
static bool is_same(const struct matrix_node *row, size_t column)
{
	const struct matrix_cell *a = row->cells[column - 1], *b = row->cells[column];

	while (a && b) {
		if (strcmp(a->claim->value, b->claim->value))
			return false;
		a = a->next;
		b = b->next;
	}
	return !a && !b;
}

static void add_cell(struct strbuf *sb, const struct matrix_node *row, size_t column)
{
	const char *mark = column && !is_same(row, column) ? "'''" : "";

	strbuf_puts(sb, "| ");
	if (!row->cells[column])
		strbuf_printf(sb, "%s&mdash;%s", mark, mark);
	for (const struct matrix_cell *c = row->cells[column]; c; c = c->next) {
		strbuf_puts(sb, mark);
		add_wiki(sb, c->claim->value);
		strbuf_puts(sb, mark);
		strbuf_puts(sb, c->next ? "<br>" : "");
	}
	strbuf_puts(sb, "\n");
}

static void add_row(struct strbuf *sb, const struct matrix *matrix,
		    const struct matrix_node *feature, const struct matrix_node *row)
{
	strbuf_puts(sb, "|-\n");
	if (row == feature->first) {
		strbuf_printf(sb, "! scope=\"row\" rowspan=\"%zu\" | ", feature->nr_rows);
		add_wiki(sb, feature->title);
		strbuf_puts(sb, "\n");
	}
	strbuf_puts(sb, "| ");
	add_wiki(sb, row->title);
	strbuf_puts(sb, "\n");
	for (size_t i = 0; i < matrix->nr_columns; i++)
		add_cell(sb, row, i);
}

static void add_section(struct strbuf *sb, const struct matrix *matrix,
			const struct matrix_node *section)
{
	strbuf_puts(sb, "== ");
	add_wiki(sb, section->title);
	strbuf_puts(sb, " ==\n\n{| class=\"wikitable\"\n! Feature\n! Case\n");
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		strbuf_puts(sb, "! ");
		add_wiki(sb, matrix->names[i]);
		strbuf_puts(sb, "\n");
	}
	for (const struct matrix_node *f = section->first; f; f = f->next) {
		for (const struct matrix_node *row = f->first; row; row = row->next)
			add_row(sb, matrix, f, row);
	}
	strbuf_puts(sb, "|}\n\n");
}

void matrix_emit_wiki(const struct matrix *matrix, struct strbuf *sb)
{
	for (const struct matrix_node *s = matrix->root.first; s; s = s->next)
		add_section(sb, matrix, s);
}
