/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnostics as a compiler prints them, and as JSON. */
#include "emit/emit.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Longer source lines are cut: they are data, not text people wrote. */
#define QUOTE_MAX 200

/* Of one rule in one file; who has corrected so many asks again. */
#define SHOWN_MAX 20
#define NR_RULES_MAX 64

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_content(const struct diagnostic *x, const struct diagnostic *y)
{
	int order = model_compare_places(&x->at, &y->at);

	if (order)
		return order;
	order = strcmp(x->rule, y->rule);
	return order ? order : strcmp(x->message, y->message);
}

static int compare(const void *a, const void *b)
{
	const struct diagnostic *x = a, *y = b;
	int order = compare_content(x, y);

	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

void emit_sort_diagnostics(struct model *m)
{
	size_t nr = 0;

	if (!m->nr_diagnostics)
		return;
	qsort(m->diagnostics, m->nr_diagnostics, sizeof(*m->diagnostics), compare);
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		if (!nr || compare_content(&m->diagnostics[nr - 1], &m->diagnostics[i]))
			m->diagnostics[nr++] = m->diagnostics[i];
		else if (m->diagnostics[i].severity == SEVERITY_ERROR)
			m->nr_errors--;
	}
	m->nr_diagnostics = nr;
}

static void add_quote(const struct model *m, struct strbuf *sb, const struct pos *at,
		      const char *green, const char *reset)
{
	struct strbuf before = STRBUF_INIT;
	size_t size, column, width;
	const char *line = at->file ? model_source_line(m, at->file, at->line, &size) : NULL;

	if (!line || !at->column)
		return;
	column = at->column - 1 < size ? at->column - 1 : size;
	if (column > QUOTE_MAX)
		return;
	text_add_visible(&before, line, column);
	strbuf_printf(sb, "%6u | ", at->line);
	text_add_visible(sb, line, size < QUOTE_MAX ? size : QUOTE_MAX);
	width = before.size ? text_width(before.data, before.size) : 0;
	strbuf_printf(sb, "\n       | %*s%s^%s\n", (int)width, "", green, reset);
	sb->failed = sb->failed || before.failed;
	strbuf_reset(&before);
}

static void add_place(struct strbuf *sb, const struct pos *at)
{
	if (!at->file)
		return;
	text_add_visible(sb, at->file, strlen(at->file));
	if (at->line)
		strbuf_printf(sb, ":%u", at->line);
	if (at->line && at->column)
		strbuf_printf(sb, ":%u", at->column);
	strbuf_puts(sb, ": ");
}

static void add_diagnostic(const struct model *m, struct strbuf *sb, const struct diagnostic *d,
			   enum emit_colour colour)
{
	bool on = colour == EMIT_COLOUR, is_error = d->severity == SEVERITY_ERROR;
	const char *reset = on ? "\033[0m" : "";
	const char *tint = !on ? "" : is_error ? "\033[1;31m" : "\033[1;35m";

	strbuf_puts(sb, on ? "\033[1m" : "");
	add_place(sb, &d->at);
	strbuf_printf(sb, "%s%s%s:%s ", reset, tint, is_error ? "error" : "warning", reset);
	text_add_visible(sb, d->message, strlen(d->message));
	strbuf_printf(sb, " [%s]\n", d->rule);
	add_quote(m, sb, &d->at, on ? "\033[32m" : "", reset);
	for (size_t i = 0; i < d->nr_relations; i++) {
		strbuf_puts(sb, on ? "\033[1m" : "");
		add_place(sb, &d->relations[i].at);
		strbuf_printf(sb, "note:%s ", reset);
		text_add_visible(sb, d->relations[i].note, strlen(d->relations[i].note));
		strbuf_puts(sb, "\n");
		add_quote(m, sb, &d->relations[i].at, on ? "\033[32m" : "", reset);
	}
	if (d->remedy) {
		strbuf_puts(sb, "       = ");
		text_add_visible(sb, d->remedy, strlen(d->remedy));
		strbuf_puts(sb, "\n");
	}
}

/* How many findings of each rule one file has had. */
struct tally {
	const char *rules[NR_RULES_MAX];
	size_t counts[NR_RULES_MAX];
	size_t nr;
};

/* Count one more; its number within its rule, from 1. Rules past the last slot are shown. */
static size_t count(struct tally *t, const char *rule)
{
	for (size_t i = 0; i < t->nr; i++) {
		if (!strcmp(t->rules[i], rule))
			return ++t->counts[i];
	}
	if (t->nr < NR_RULES_MAX) {
		t->rules[t->nr] = rule;
		t->counts[t->nr++] = 1;
	}
	return 1;
}

/* What was counted of @file and not shown; the tally is empty afterwards. */
static void add_rest(struct strbuf *sb, const char *file, struct tally *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		if (t->counts[i] <= SHOWN_MAX)
			continue;
		add_place(sb, &(struct pos){ file, 0, 0 });
		strbuf_printf(sb, "and %zu more [%s]\n", t->counts[i] - SHOWN_MAX, t->rules[i]);
	}
	t->nr = 0;
}

void emit_diagnostics(struct model *m, struct strbuf *sb, enum emit_colour colour)
{
	struct tally tally = { 0 };
	const char *file = NULL;

	emit_sort_diagnostics(m);
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const struct diagnostic *d = &m->diagnostics[i];

		if (compare_text(file, d->at.file))
			add_rest(sb, file, &tally);
		file = d->at.file;
		if (count(&tally, d->rule) <= SHOWN_MAX)
			add_diagnostic(m, sb, d, colour);
	}
	add_rest(sb, file, &tally);
}

static void add_member(struct strbuf *sb, const char *name, const char *value)
{
	strbuf_printf(sb, ", \"%s\": ", name);
	text_add_json(sb, value);
}

static void add_relations(struct strbuf *sb, const struct diagnostic *d)
{
	strbuf_puts(sb, ", \"related\": [");
	for (size_t i = 0; i < d->nr_relations; i++) {
		const struct relation *r = &d->relations[i];

		strbuf_puts(sb, i ? ", {\"file\": " : "{\"file\": ");
		text_add_json(sb, r->at.file);
		strbuf_printf(sb, ", \"line\": %u, \"column\": %u", r->at.line, r->at.column);
		add_member(sb, "note", r->note);
		strbuf_puts(sb, "}");
	}
	strbuf_puts(sb, "]");
}

void emit_diagnostics_json(struct model *m, struct strbuf *sb)
{
	emit_sort_diagnostics(m);
	strbuf_printf(sb, "{\n\"format\": 1,\n\"errors\": %zu,\n\"warnings\": %zu,\n", m->nr_errors,
		      m->nr_diagnostics - m->nr_errors);
	strbuf_puts(sb, "\"diagnostics\": [");
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const struct diagnostic *d = &m->diagnostics[i];

		strbuf_puts(sb, i ? ",\n{\"rule\": " : "\n{\"rule\": ");
		text_add_json(sb, d->rule);
		add_member(sb, "severity", d->severity == SEVERITY_ERROR ? "error" : "warning");
		add_member(sb, "file", d->at.file);
		strbuf_printf(sb, ", \"line\": %u, \"column\": %u", d->at.line, d->at.column);
		add_member(sb, "message", d->message);
		add_member(sb, "remedy", d->remedy);
		add_relations(sb, d);
		strbuf_puts(sb, "}");
	}
	strbuf_puts(sb, m->nr_diagnostics ? "\n]\n}\n" : "]\n}\n");
}
