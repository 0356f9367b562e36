/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison of statements, for people, programs and release notes. */
#include <stdio.h>
#include <string.h>

#include "emit/questions.h"
#include "base/text.h"

/* What stands over the changes of a kind. */
static const char *const headings[NR_CHANGE_KINDS] = {
	[CHANGE_LOST] = "No longer stated",
	[CHANGE_DOWN] = "Less support than before",
	[CHANGE_LIMIT] = "Other limits",
	[CHANGE_STATUS] = "Stated otherwise",
	[CHANGE_SCOPE] = "For other cases",
	[CHANGE_UP] = "More support than before",
	[CHANGE_GAINED] = "New",
	[CHANGE_RENAMED] = "Renamed",
	[CHANGE_MOVED] = "In another section",
	[CHANGE_CAVEAT] = "Other caveats",
	[CHANGE_DESCRIPTION] = "Described otherwise",
	[CHANGE_RELEASE] = "The release",
};

const char *emit_change_title(const struct diff *diff, const struct change *c)
{
	if (c->kind == CHANGE_RELEASE)
		return c->what;
	if (c->after.fact)
		return c->after.fact->title;
	if (c->before.fact)
		return c->before.fact->title;
	if (c->kind == CHANGE_RENAMED)
		return c->is;
	/* A text of the feature changed: its title is that of the fact at the line. */
	for (size_t i = 0; i < diff->after->nr_facts; i++) {
		if (diff->after->facts[i].line == c->after.line)
			return diff->after->facts[i].fact->title;
	}
	return c->id;
}

static void add_place(struct strbuf *sb, const struct diff *diff, const struct change *c)
{
	bool is_after = c->after.line != 0;
	const struct snapshot *s = is_after ? diff->after : diff->before;

	strbuf_puts(sb, s->path);
	strbuf_printf(sb, ":%u", is_after ? c->after.line : c->before.line);
}

static void emit_summary(const struct diff *diff, struct strbuf *sb)
{
	const char *between = ": ";

	if (!diff->nr_changes)
		strbuf_puts(sb, ": no difference in meaning");
	for (int kind = 0; kind < NR_CHANGE_KINDS; kind++) {
		if (!diff->nr_of_kind[kind])
			continue;
		strbuf_printf(sb, "%s%zu %s", between, diff->nr_of_kind[kind],
			      diff_kind_name((enum change_kind)kind));
		between = ", ";
	}
}

static void add_row(struct table *t, const struct diff *diff, const struct change *c)
{
	struct strbuf words = STRBUF_INIT, place = STRBUF_INIT;

	emit_change_words(&words, c);
	add_place(&place, diff, c);
	table_add(t, emit_change_title(diff, c), TINT_NONE);
	table_add(t, emit_change_case(c), TINT_NONE);
	table_add(t, strbuf_str(&words), emit_change_tint(c));
	table_add(t, strbuf_str(&place), TINT_DIM);
	t->failed = t->failed || words.failed || place.failed;
	strbuf_reset(&words);
	strbuf_reset(&place);
}

/* Of longer texts the first lines are compared, and that is said. */
#define NR_LINES_MAX 128

struct lines {
	const char *start[NR_LINES_MAX];
	size_t size[NR_LINES_MAX];
	size_t nr;
	bool is_cut;
};

static void cut_lines(const char *text, struct lines *ret_lines)
{
	ret_lines->nr = 0;
	ret_lines->is_cut = false;
	while (*text) {
		size_t size = strcspn(text, "\n");

		ret_lines->is_cut = ret_lines->is_cut || ret_lines->nr == NR_LINES_MAX;
		if (size && ret_lines->nr < NR_LINES_MAX) {
			ret_lines->start[ret_lines->nr] = text;
			ret_lines->size[ret_lines->nr++] = size;
		}
		text += size + (text[size] == '\n');
	}
}

static bool is_same_line(const struct lines *a, size_t i, const struct lines *b, size_t j)
{
	return a->size[i] == b->size[j] && !memcmp(a->start[i], b->start[j], a->size[i]);
}

static void add_line(struct strbuf *sb, const struct lines *lines, size_t i, char sign)
{
	strbuf_printf(sb, "    %c ", sign);
	text_add_visible(sb, lines->start[i], lines->size[i]);
	strbuf_puts(sb, "\n");
}

/* Lines that only one has, by a longest common row of lines. */
static void emit_lines(struct strbuf *sb, const char *was, const char *is)
{
	unsigned char longest[NR_LINES_MAX + 1][NR_LINES_MAX + 1] = { 0 };
	struct lines a, b;
	size_t i = 0, j = 0;

	cut_lines(was, &a);
	cut_lines(is, &b);
	for (size_t x = a.nr; x--;) {
		for (size_t y = b.nr; y--;) {
			unsigned char down = longest[x + 1][y], right = longest[x][y + 1];

			longest[x][y] = is_same_line(&a, x, &b, y)
						? (unsigned char)(longest[x + 1][y + 1] + 1)
					: down > right ? down
						       : right;
		}
	}
	while (i < a.nr || j < b.nr) {
		if (i < a.nr && j < b.nr && is_same_line(&a, i, &b, j)) {
			i++;
			j++;
		} else if (j == b.nr || (i < a.nr && longest[i + 1][j] >= longest[i][j + 1])) {
			add_line(sb, &a, i++, '-');
		} else {
			add_line(sb, &b, j++, '+');
		}
	}
	if (a.is_cut || b.is_cut)
		strbuf_puts(sb, "      ... and more; JSON has all\n");
}

/* Caveats and descriptions are texts: lines that changed are shown. */
static void emit_texts(const struct diff *diff, struct strbuf *sb, const struct change *c,
		       const struct emit_style *style)
{
	const char *title = emit_change_title(diff, c);

	strbuf_puts(sb, "  ");
	text_add_visible(sb, title, strlen(title));
	strbuf_puts(sb, "  ");
	strbuf_puts(sb, table_tint_start(TINT_DIM, style->colour));
	text_add_visible(sb, diff->after->path, strlen(diff->after->path));
	strbuf_printf(sb, ":%u\n", c->after.line);
	strbuf_puts(sb, style->colour == EMIT_COLOUR ? "\033[0m" : "");
	emit_lines(sb, c->was, c->is);
}

static void emit_kind(const struct diff *diff, struct strbuf *sb, enum change_kind kind,
		      const struct emit_style *style)
{
	struct table t = TABLE_INIT(4);
	struct strbuf rows = STRBUF_INIT;
	bool is_text = kind == CHANGE_CAVEAT || kind == CHANGE_DESCRIPTION;

	strbuf_printf(sb, "\n%s%s%s\n", style->colour == EMIT_COLOUR ? "\033[1m" : "",
		      headings[kind], style->colour == EMIT_COLOUR ? "\033[0m" : "");
	for (size_t i = 0; i < diff->nr_changes; i++) {
		const struct change *c = &diff->changes[i];

		if (c->kind != kind)
			continue;
		if (is_text)
			emit_texts(diff, sb, c, style);
		else
			add_row(&t, diff, c);
	}
	table_emit_text(&t, &rows, style->width > 2 ? style->width - 2 : 0, style->colour);
	for (const char *line = strbuf_str(&rows); line && *line;) {
		size_t size = strcspn(line, "\n") + 1;

		strbuf_puts(sb, "  ");
		strbuf_add(sb, line, size);
		line += size;
	}
	sb->failed = sb->failed || rows.failed;
	strbuf_reset(&rows);
	table_reset(&t);
}

void emit_diff_text(const struct diff *diff, struct strbuf *sb, const struct emit_style *style)
{
	text_add_visible(sb, diff->before->name, strlen(diff->before->name));
	strbuf_puts(sb, " -> ");
	text_add_visible(sb, diff->after->name, strlen(diff->after->name));
	emit_summary(diff, sb);
	strbuf_puts(sb, "\n");
	for (int kind = 0; kind < NR_CHANGE_KINDS; kind++) {
		if (diff->nr_of_kind[kind])
			emit_kind(diff, sb, (enum change_kind)kind, style);
	}
}

static void add_statement(struct doc *doc, const char *key, const struct snapshot *s)
{
	doc_open_map(doc, key, DOC_FLOW);
	doc_text(doc, "name", s->name);
	doc_text(doc, "file", s->path);
	doc_text(doc, "version", s->version);
	doc_number(doc, "cases", s->nr_facts);
	doc_close(doc);
}

void emit_diff_doc(const struct diff *const *diffs, size_t nr, struct strbuf *sb)
{
	struct doc doc;

	doc_begin(&doc, sb);
	doc_number(&doc, "format", 1);
	doc_open_list(&doc, "comparisons", DOC_LINES);
	for (size_t i = 0; i < nr; i++) {
		doc_open_map(&doc, NULL, DOC_LINES);
		add_statement(&doc, "before", diffs[i]->before);
		add_statement(&doc, "after", diffs[i]->after);
		doc_open_map(&doc, "count", DOC_FLOW);
		for (int kind = 0; kind < NR_CHANGE_KINDS; kind++)
			doc_number(&doc, diff_kind_name((enum change_kind)kind),
				   diffs[i]->nr_of_kind[kind]);
		doc_close(&doc);
		doc_open_list(&doc, "changes", DOC_LINES);
		for (size_t j = 0; j < diffs[i]->nr_changes; j++) {
			doc_open_map(&doc, NULL, DOC_LINES);
			emit_change_members(&doc, &diffs[i]->changes[j]);
			doc_close(&doc);
		}
		doc_close(&doc);
		doc_close(&doc);
	}
	doc_close(&doc);
	doc_end(&doc);
}

static void add_csv_row(struct table *t, const struct diff *diff, const struct change *c)
{
	char line[16];
	bool is_text = !c->before.fact && !c->after.fact;
	const char *direction = diff_direction_name(c->direction);
	const char *was = is_text || c->kind == CHANGE_LIMIT ? c->was
			  : c->before.fact		     ? c->before.fact->claim.value
							     : "";
	const char *is = is_text || c->kind == CHANGE_LIMIT ? c->is
			 : c->after.fact		    ? c->after.fact->claim.value
							    : "";

	snprintf(line, sizeof(line), "%u", c->after.line ? c->after.line : c->before.line);
	const char *const cells[] = { diff->before->name,
				      diff->after->name,
				      diff_kind_name(c->kind),
				      direction ? direction : "",
				      c->id,
				      emit_change_title(diff, c),
				      emit_change_case(c),
				      was,
				      is,
				      c->after.line ? diff->after->path : diff->before->path,
				      line };

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		table_add(t, cells[i], TINT_NONE);
}

void emit_diff_csv(const struct diff *const *diffs, size_t nr, struct strbuf *sb)
{
	static const char *const head[] = { "before", "after", "kind", "direction", "id",  "title",
					    "case",   "was",   "is",   "file",	    "line" };
	struct table t = TABLE_INIT(sizeof(head) / sizeof(head[0]));

	for (size_t i = 0; i < t.nr_columns; i++)
		table_add(&t, head[i], TINT_NONE);
	for (size_t i = 0; i < nr; i++) {
		for (size_t j = 0; j < diffs[i]->nr_changes; j++)
			add_csv_row(&t, diffs[i], &diffs[i]->changes[j]);
	}
	table_emit_csv(&t, sb);
	table_reset(&t);
}

static void add_markdown_item(struct strbuf *sb, const struct diff *diff, const struct change *c)
{
	const char *scope = emit_change_case(c);
	struct strbuf words = STRBUF_INIT;

	strbuf_puts(sb, "* **");
	table_add_markdown(sb, emit_change_title(diff, c));
	strbuf_puts(sb, "**");
	if (*scope && c->kind != CHANGE_SCOPE) {
		strbuf_puts(sb, " (");
		table_add_markdown(sb, scope);
		strbuf_puts(sb, ")");
	}
	strbuf_puts(sb, ": ");
	emit_change_words(&words, c);
	table_add_markdown(sb, strbuf_str(&words) ? strbuf_str(&words) : "");
	strbuf_puts(sb, "\n");
	sb->failed = sb->failed || words.failed;
	strbuf_reset(&words);
}

void emit_diff_markdown(const struct diff *diff, struct strbuf *sb)
{
	const struct snapshot *a = diff->before, *b = diff->after;

	strbuf_puts(sb, "## Support: changes from ");
	table_add_markdown(sb, *a->version && a->version != b->version ? a->version : a->name);
	strbuf_puts(sb, " to ");
	table_add_markdown(sb, *b->version && a->version != b->version ? b->version : b->name);
	strbuf_puts(sb, "\n");
	if (!diff->nr_changes)
		strbuf_puts(sb, "\nNone.\n");
	for (int kind = 0; kind < NR_CHANGE_KINDS; kind++) {
		if (!diff->nr_of_kind[kind])
			continue;
		strbuf_printf(sb, "\n### %s\n\n", headings[kind]);
		for (size_t i = 0; i < diff->nr_changes; i++) {
			if ((int)diff->changes[i].kind == kind)
				add_markdown_item(sb, diff, &diff->changes[i]);
		}
	}
}
