/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for people, spreadsheets and pages. */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define GAP 2
/* No column gets narrower for the others. */
#define COLUMN_MIN 8

/* Room for one more cell; false: there is no memory. */
static bool make_room(struct table *t)
{
	size_t capacity = t->capacity ? t->capacity * 2 : 64;
	struct table_cell *cells;

	if (t->nr_cells < t->capacity)
		return true;
	cells = realloc(t->cells, capacity * sizeof(*cells));
	if (!cells)
		return false;
	t->cells = cells;
	t->capacity = capacity;
	return true;
}

void table_add(struct table *t, const char *text, enum tint tint)
{
	struct table_cell *cell;

	if (!make_room(t)) {
		t->failed = true;
		return;
	}
	cell = &t->cells[t->nr_cells];
	*cell = (struct table_cell){ strdup(text ? text : ""), tint };
	if (cell->text)
		t->nr_cells++;
	else
		t->failed = true;
}

void table_reset(struct table *t)
{
	for (size_t i = 0; i < t->nr_cells; i++)
		free(t->cells[i].text);
	free(t->cells);
	*t = (struct table){ .nr_columns = t->nr_columns };
}

const char *table_tint_start(enum tint tint, enum emit_colour colour)
{
	static const char *const starts[] = {
		[TINT_NONE] = "",	  [TINT_GOOD] = "\033[32m", [TINT_FAIR] = "\033[33m",
		[TINT_POOR] = "\033[35m", [TINT_BAD] = "\033[31m",  [TINT_DIM] = "\033[2m",
	};

	return colour == EMIT_COLOUR ? starts[tint] : "";
}

/* A cell as a terminal will have it, and how much of it is written. */
struct shown {
	struct strbuf text;
	size_t at;
};

/* Bytes of @text that go on a line of @width columns: up to a blank, if there is one. */
static size_t fit(const char *text, size_t size, size_t width)
{
	size_t used = 0, at = 0, blank = 0;

	while (at < size) {
		unsigned int code;
		size_t n = text_utf8_size(text + at, size - at, &code);

		n = n ? n : 1;
		used += text_width(text + at, n);
		if (used > width)
			return blank ? blank : at ? at : n;
		at += n;
		if (text[at - 1] == ' ')
			blank = at;
	}
	return size;
}

static void add_blanks(struct strbuf *sb, size_t nr)
{
	strbuf_printf(sb, "%*s", (int)nr, "");
}

/* One line of a row; false when no cell has more to show. */
static bool emit_line(const struct table *t, struct strbuf *sb, const struct table_cell *row,
		      struct shown *cells, const size_t *widths, enum emit_colour colour)
{
	bool more = false;
	size_t pending = 0;

	for (size_t i = 0; i < t->nr_columns; i++) {
		struct shown *c = &cells[i];
		size_t left = c->text.size - c->at, size, width;
		const char *text, *start = table_tint_start(row[i].tint, colour);

		if (!left) {
			pending += widths[i] + GAP;
			continue;
		}
		text = c->text.data + c->at;
		size = fit(text, left, widths[i]);
		c->at += size;
		more = more || c->at < c->text.size;
		while (size && text[size - 1] == ' ')
			size--;
		width = text_width(text, size);
		add_blanks(sb, pending);
		strbuf_puts(sb, start);
		strbuf_add(sb, text, size);
		strbuf_puts(sb, *start ? "\033[0m" : "");
		pending = (widths[i] > width ? widths[i] - width : 0) + GAP;
	}
	strbuf_puts(sb, "\n");
	return more;
}

static void emit_row(const struct table *t, struct strbuf *sb, size_t row, const size_t *widths,
		     enum emit_colour colour)
{
	const struct table_cell *cells = &t->cells[row * t->nr_columns];
	struct shown shown[TABLE_COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < t->nr_columns; i++)
		text_add_visible(&shown[i].text, cells[i].text, strlen(cells[i].text));
	while (emit_line(t, sb, cells, shown, widths, colour))
		;
	for (size_t i = 0; i < t->nr_columns; i++) {
		sb->failed = sb->failed || shown[i].text.failed;
		strbuf_reset(&shown[i].text);
	}
}

/* Columns as wide as their widest cell; then the widest is cut until all fit. */
static void choose_widths(const struct table *t, struct strbuf *out, size_t width,
			  size_t *ret_widths)
{
	size_t sum = 0;

	memset(ret_widths, 0, TABLE_COLUMNS_MAX * sizeof(*ret_widths));
	for (size_t i = 0; i < t->nr_cells; i++) {
		struct strbuf sb = STRBUF_INIT;
		size_t *widest = &ret_widths[i % t->nr_columns], n;

		text_add_visible(&sb, t->cells[i].text, strlen(t->cells[i].text));
		n = sb.size ? text_width(sb.data, sb.size) : 0;
		out->failed = out->failed || sb.failed;
		strbuf_reset(&sb);
		*widest = n > *widest ? n : *widest;
	}
	for (size_t i = 0; i < t->nr_columns; i++)
		sum += ret_widths[i] + (i ? GAP : 0);
	while (width && sum > width) {
		size_t widest = 0;

		for (size_t i = 1; i < t->nr_columns; i++)
			widest = ret_widths[i] > ret_widths[widest] ? i : widest;
		if (ret_widths[widest] <= COLUMN_MIN)
			break;
		ret_widths[widest]--;
		sum--;
	}
}

void table_emit_text(const struct table *t, struct strbuf *sb, size_t width,
		     enum emit_colour colour)
{
	size_t widths[TABLE_COLUMNS_MAX];

	if (t->failed) {
		sb->failed = true;
		return;
	}
	choose_widths(t, sb, width, widths);
	for (size_t row = 0; (row + 1) * t->nr_columns <= t->nr_cells; row++)
		emit_row(t, sb, row, widths, colour);
}

static void add_csv(struct strbuf *sb, const char *text)
{
	struct strbuf shown = STRBUF_INIT;
	const char *s;

	text_add_visible(&shown, text, strlen(text));
	s = strbuf_str(&shown) ? strbuf_str(&shown) : "";
	strbuf_puts(sb, *s && strchr("=+-@", *s) ? "\"'" : "\"");
	for (; *s; s++)
		strbuf_add(sb, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
	strbuf_puts(sb, "\"");
	sb->failed = sb->failed || shown.failed;
	strbuf_reset(&shown);
}

void table_emit_csv(const struct table *t, struct strbuf *sb)
{
	sb->failed = sb->failed || t->failed;
	for (size_t i = 0; i < t->nr_cells; i++) {
		add_csv(sb, t->cells[i].text);
		strbuf_puts(sb, (i + 1) % t->nr_columns ? "," : "\n");
	}
}

/* What HTML needs escaped and Markdown shows as it is: bytes of the entity, or 0. */
static size_t harmless_entity(const char *s, char *ret_c)
{
	static const struct {
		const char *entity;
		char c;
	} rows[] = { { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = strlen(rows[i].entity);

		*ret_c = rows[i].c;
		if (!strncmp(s, rows[i].entity, size))
			return size;
	}
	return 0;
}

void table_add_markdown(struct strbuf *sb, const char *text)
{
	struct strbuf html = STRBUF_INIT;
	const char *s;

	text_add_html(&html, text, strlen(text));
	s = strbuf_str(&html) ? strbuf_str(&html) : "";
	for (; *s; s++) {
		char c;
		size_t size = harmless_entity(s, &c);

		if (size) {
			strbuf_add(sb, &c, 1);
			s += size - 1;
		} else if (*s == '\n' || *s == '\r') {
			strbuf_puts(sb, " ");
		} else {
			strbuf_puts(sb, strchr("\\`*_{}[]|~", *s) ? "\\" : "");
			strbuf_add(sb, s, 1);
		}
	}
	sb->failed = sb->failed || html.failed;
	strbuf_reset(&html);
}

void table_emit_markdown(const struct table *t, struct strbuf *sb)
{
	sb->failed = sb->failed || t->failed;
	for (size_t i = 0; i < t->nr_cells; i++) {
		strbuf_puts(sb, i % t->nr_columns ? " | " : "| ");
		table_add_markdown(sb, t->cells[i].text);
		if ((i + 1) % t->nr_columns)
			continue;
		strbuf_puts(sb, " |\n");
		for (size_t j = 0; i + 1 == t->nr_columns && j < t->nr_columns; j++)
			strbuf_puts(sb, j + 1 == t->nr_columns ? "| --- |\n" : "| --- ");
	}
}
