/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What statements answer to a question. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "emit/questions.h"
#include "query/scope.h"

/* A statement's name: of a branch that and the date it is from. */
static void add_name(struct strbuf *sb, const struct answer *a)
{
	char date[16];

	if (!a->branch) {
		strbuf_puts(sb, a->statement->name);
		return;
	}
	history_format_date(a->step->time, date);
	strbuf_printf(sb, "%s (%.12s of %s)", a->branch, a->step->commit, date);
}

static const char *name_of(const struct answer *a)
{
	return a->branch ? a->branch : a->statement->name;
}

static void add_line(struct strbuf *sb, const struct answer *a, const char *label,
		     const char *suffix)
{
	const char *value = book_release(a->statement, suffix);

	if (!value)
		return;
	strbuf_printf(sb, ", %s ", label);
	text_add_visible(sb, value, strlen(value));
}

enum tint emit_level_tint(enum level level, enum security security)
{
	switch (level) {
	case LEVEL_SUPPORTED:
		return security == SECURITY_NO ? TINT_FAIR : TINT_GOOD;
	case LEVEL_DEPRECATED:
	case LEVEL_TECH_PREVIEW:
		return TINT_FAIR;
	case LEVEL_EXPERIMENTAL:
		return TINT_POOR;
	case LEVEL_NOT_SUPPORTED:
		return TINT_BAD;
	case LEVEL_UNKNOWN:
	case LEVEL_LIST:
	case NR_LEVELS:
		break;
	}
	return TINT_NONE;
}

/* The statement in a line: what it is, and whether the release is still supported. */
static void add_head(struct strbuf *sb, const struct answer *a, const struct emit_style *style)
{
	struct strbuf name = STRBUF_INIT;
	enum release_window window = select_window(a->statement, a->time);

	add_name(&name, a);
	strbuf_puts(sb, style->colour == EMIT_COLOUR ? "\033[1m" : "");
	text_add_visible(sb, name.size ? name.data : "", name.size);
	strbuf_puts(sb, style->colour == EMIT_COLOUR ? "\033[0m" : "");
	add_line(sb, a, "version", "-Version");
	add_line(sb, a, "supported until", "Supported-Until");
	add_line(sb, a, "with security support until", "Security-Support-Until");
	if (a->has_time && window != WINDOW_UNKNOWN)
		strbuf_printf(sb, ": %s%s%s then",
			      table_tint_start(window == WINDOW_SUPPORTED ? TINT_GOOD
					       : window == WINDOW_ENDED	  ? TINT_BAD
									  : TINT_FAIR,
					       style->colour),
			      select_window_name(window),
			      style->colour == EMIT_COLOUR ? "\033[0m" : "");
	if (a->step && a->step->is_doubtful)
		strbuf_puts(sb, "; the commit's own date cannot be true");
	strbuf_puts(sb, "\n");
	sb->failed = sb->failed || name.failed;
	strbuf_reset(&name);
}

static void add_rows(const struct answer *a, struct table *t)
{
	for (size_t i = 0; i < a->nr_facts; i++) {
		const struct fact *fact = a->facts[i]->fact;
		const struct claim *c = &fact->claim;
		struct strbuf place = STRBUF_INIT;

		strbuf_printf(&place, "%s:%u", a->branch ? a->step->path : a->statement->path,
			      a->facts[i]->line);
		table_add(t, fact->id, TINT_DIM);
		table_add(t, fact->title, TINT_NONE);
		table_add(t, c->qualifier, TINT_NONE);
		table_add(t, c->value, emit_level_tint(c->level, c->security));
		table_add(t, strbuf_str(&place), TINT_DIM);
		t->failed = t->failed || place.failed;
		strbuf_reset(&place);
	}
}

static void add_table_head(struct table *t)
{
	static const char *const head[] = { "ID", "FEATURE", "CASE", "STATUS", "STATED AT" };

	for (size_t i = 0; i < t->nr_columns; i++)
		table_add(t, head[i], TINT_DIM);
}

void emit_answers_text(const struct answer *answers, size_t nr, struct strbuf *sb,
		       const struct emit_style *style)
{
	for (size_t i = 0; i < nr; i++) {
		struct table t = TABLE_INIT(5);

		strbuf_puts(sb, i ? "\n" : "");
		if (nr > 1 || answers[i].branch)
			add_head(sb, &answers[i], style);
		add_table_head(&t);
		add_rows(&answers[i], &t);
		if (answers[i].nr_facts)
			table_emit_text(&t, sb, style->width, style->colour);
		else
			strbuf_puts(sb, "nothing fits\n");
		table_reset(&t);
	}
}

static void add_release(struct doc *doc, const struct snapshot *s)
{
	doc_open_list(doc, "release", DOC_LINES);
	for (size_t i = 0; i < s->nr_keys; i++) {
		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "key", s->keys[i].key);
		doc_text(doc, "value", s->keys[i].value);
		doc_close(doc);
	}
	doc_close(doc);
}

static void add_answer(struct doc *doc, const struct answer *a)
{
	char date[16];

	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "name", name_of(a));
	doc_text(doc, "file", a->branch ? a->step->path : a->statement->path);
	if (a->branch) {
		history_format_date(a->step->time, date);
		doc_text(doc, "commit", a->step->commit);
		doc_text(doc, "since", date);
		doc_bool(doc, "date_is_doubtful", a->step->is_doubtful);
	}
	doc_text(doc, "version", a->statement->version);
	if (a->has_time) {
		history_format_date(a->time, date);
		doc_text(doc, "at", date);
		doc_text(doc, "window", select_window_name(select_window(a->statement, a->time)));
	}
	add_release(doc, a->statement);
	doc_open_list(doc, "cases", DOC_LINES);
	for (size_t i = 0; i < a->nr_facts; i++) {
		doc_open_map(doc, NULL, DOC_LINES);
		emit_fact_members(doc, a->facts[i]->fact);
		doc_text(doc, "description", a->facts[i]->fact->description);
		doc_text(doc, "caveats", a->facts[i]->fact->caveats);
		doc_number(doc, "line", a->facts[i]->line);
		doc_close(doc);
	}
	doc_close(doc);
	doc_close(doc);
}

void emit_answers_doc(const struct answer *answers, size_t nr, struct strbuf *sb)
{
	struct doc doc;

	doc_begin(&doc, sb);
	doc_number(&doc, "format", 1);
	doc_open_list(&doc, "statements", DOC_LINES);
	for (size_t i = 0; i < nr; i++)
		add_answer(&doc, &answers[i]);
	doc_close(&doc);
	doc_end(&doc);
}

static void add_set(struct table *t, const struct claim *c, unsigned int axis)
{
	const struct scope_axes axes = { c->archs, c->guests, c->roles, c->widths };
	unsigned int set = scope_axis(&axes, axis);
	struct strbuf sb = STRBUF_INIT;

	for (unsigned int i = 0; i < scope_words[axis].nr; i++) {
		if (set & 1u << i)
			strbuf_printf(&sb, "%s%s", sb.size ? " " : "", scope_words[axis].words[i]);
	}
	table_add(t, strbuf_str(&sb), TINT_NONE);
	t->failed = t->failed || sb.failed;
	strbuf_reset(&sb);
}

static void add_csv_row(struct table *t, const struct answer *a, const struct fact_at *at)
{
	const struct fact *fact = at->fact;
	const struct claim *c = &fact->claim;
	char line[16], date[16] = "";
	const char *const first[] = { name_of(a),
				      a->statement->version,
				      a->branch ? a->step->commit : "",
				      date,
				      fact->id,
				      fact->section,
				      fact->title,
				      c->qualifier,
				      c->value,
				      model_level_name(c->level),
				      model_security_name(c->security) };
	const char *const last[] = { c->implementation,
				     a->branch ? a->step->path : a->statement->path, line };

	if (a->branch)
		history_format_date(a->step->time, date);
	snprintf(line, sizeof(line), "%u", at->line);
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		table_add(t, first[i], TINT_NONE);
	for (unsigned int axis = 0; axis < NR_SCOPE_AXES; axis++)
		add_set(t, c, axis);
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		table_add(t, last[i], TINT_NONE);
}

void emit_answers_csv(const struct answer *answers, size_t nr, struct strbuf *sb)
{
	static const char *const head[] = { "statement", "version", "commit",	"since",
					    "id",	 "section", "title",	"case",
					    "status",	 "level",   "security", "archs",
					    "guests",	 "roles",   "widths",	"implementation",
					    "file",	 "line" };
	struct table t = TABLE_INIT(sizeof(head) / sizeof(head[0]));

	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		table_add(&t, head[i], TINT_NONE);
	for (size_t i = 0; i < nr; i++) {
		for (size_t j = 0; j < answers[i].nr_facts; j++)
			add_csv_row(&t, &answers[i], answers[i].facts[j]);
	}
	table_emit_csv(&t, sb);
	table_reset(&t);
}

void emit_answers_markdown(const struct answer *answers, size_t nr, struct strbuf *sb)
{
	static const char *const head[] = { "Feature", "Case", "Status" };

	for (size_t i = 0; i < nr; i++) {
		struct table t = TABLE_INIT(3);

		if (nr > 1 || answers[i].branch) {
			strbuf_puts(sb, i ? "\n## " : "## ");
			table_add_markdown(sb, name_of(&answers[i]));
			strbuf_puts(sb, "\n\n");
		}
		for (size_t j = 0; j < sizeof(head) / sizeof(head[0]); j++)
			table_add(&t, head[j], TINT_NONE);
		for (size_t j = 0; j < answers[i].nr_facts; j++) {
			const struct fact *fact = answers[i].facts[j]->fact;

			table_add(&t, fact->title, TINT_NONE);
			table_add(&t, fact->claim.qualifier, TINT_NONE);
			table_add(&t, fact->claim.value, TINT_NONE);
		}
		table_emit_markdown(&t, sb);
		table_reset(&t);
	}
}
