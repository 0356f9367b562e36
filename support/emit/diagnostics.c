/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnostics as a compiler prints them. */
#include "emit/emit.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/judge.h"

/* Longer source lines are cut: they are data, not text people wrote. */
#define QUOTE_MAX 200

/* Of one rule in one file; who has corrected so many asks again. */
#define SHOWN_MAX 20
#define NR_RULES_MAX 256

/* Findings that do not fail the check. */
enum known {
	KNOWN_OLD,
	KNOWN_WAIVED,
};

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
struct shown {
	const char *rules[NR_RULES_MAX];
	size_t counts[NR_RULES_MAX];
	size_t nr;
};

/* Count one more; its number within its rule, from 1. Rules past the last slot are shown. */
static size_t count(struct shown *t, const char *rule)
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
static void add_rest(struct strbuf *sb, const char *file, struct shown *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		if (t->counts[i] <= SHOWN_MAX)
			continue;
		add_place(sb, &(struct pos){ file, 0, 0 });
		strbuf_printf(sb, "and %zu more [%s]\n", t->counts[i] - SHOWN_MAX, t->rules[i]);
	}
	t->nr = 0;
}

static bool is_other_file(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* What does not fail the check, apart from the rest and without quotes. */
static void add_known(struct strbuf *sb, const struct diagnostic *d)
{
	const struct waiver *w = d->waiver;

	strbuf_puts(sb, "  ");
	add_place(sb, &d->at);
	text_add_visible(sb, d->message, strlen(d->message));
	strbuf_printf(sb, " [%s]\n", d->rule);
	if (!w)
		return;
	strbuf_puts(sb, "       = until ");
	text_add_visible(sb, w->expires, strlen(w->expires));
	strbuf_puts(sb, " by ");
	text_add_visible(sb, w->owner, strlen(w->owner));
	strbuf_puts(sb, ": ");
	text_add_visible(sb, w->reason, strlen(w->reason));
	strbuf_puts(sb, "\n");
}

static bool is_listed(const struct diagnostic *d, enum known known)
{
	return known == KNOWN_WAIVED ? d->waiver != NULL : d->is_old && !d->waiver;
}

static void add_all_known(const struct model *m, struct strbuf *sb, enum known known)
{
	static const char *const heads[] = { "in the baseline:", "waived:" };
	size_t nr = 0;

	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		if (!is_listed(&m->diagnostics[i], known))
			continue;
		if (!nr++)
			strbuf_printf(sb, "%s\n", heads[known]);
		if (nr <= SHOWN_MAX)
			add_known(sb, &m->diagnostics[i]);
	}
	if (nr > SHOWN_MAX)
		strbuf_printf(sb, "  and %zu more\n", nr - SHOWN_MAX);
}

void emit_diagnostics(struct model *m, struct strbuf *sb, enum emit_colour colour)
{
	struct shown shown = { 0 };
	const char *file = NULL;

	judge_sort(m);
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const struct diagnostic *d = &m->diagnostics[i];

		if (d->waiver || d->is_old)
			continue;
		if (is_other_file(file, d->at.file))
			add_rest(sb, file, &shown);
		file = d->at.file;
		if (count(&shown, d->rule) <= SHOWN_MAX)
			add_diagnostic(m, sb, d, colour);
	}
	add_rest(sb, file, &shown);
	add_all_known(m, sb, KNOWN_OLD);
	add_all_known(m, sb, KNOWN_WAIVED);
}
