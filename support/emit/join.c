/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that is known of one feature, for people and programs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "emit/questions.h"
#include "query/join.h"

static const char *const result_names[NR_TEST_RESULTS] = {
	[TEST_PASSED] = "passed",
	[TEST_FAILED] = "failed",
	[TEST_SKIPPED] = "skipped",
};

static const enum tint result_tints[NR_TEST_RESULTS] = {
	[TEST_PASSED] = TINT_GOOD,
	[TEST_FAILED] = TINT_BAD,
	[TEST_SKIPPED] = TINT_FAIR,
};

static void add_text(struct strbuf *sb, const char *text)
{
	text_add_visible(sb, text, strlen(text));
}

static void add_heading(struct strbuf *sb, const struct emit_style *style, const char *heading)
{
	bool colour = style->colour == EMIT_COLOUR;

	strbuf_printf(sb, "\n%s%s%s\n", colour ? "\033[1m" : "", heading, colour ? "\033[0m" : "");
}

static void add_place(struct table *t, const struct pos *at)
{
	struct strbuf place = STRBUF_INIT;

	strbuf_puts(&place, at->file ? at->file : "");
	if (at->line)
		strbuf_printf(&place, ":%u", at->line);
	table_add(t, strbuf_str(&place), TINT_DIM);
	t->failed = t->failed || place.failed;
	strbuf_reset(&place);
}

static void emit_part(struct table *t, struct strbuf *sb, const struct emit_style *style,
		      const char *heading, const char *none)
{
	add_heading(sb, style, heading);
	if (t->nr_cells)
		table_emit_text(t, sb, style->width, style->colour);
	else
		strbuf_printf(sb, "%s\n", none);
	table_reset(t);
}

static void emit_names(const struct join *join, struct strbuf *sb)
{
	const struct feature *f = join->feature;

	add_text(sb, join->id);
	strbuf_puts(sb, ": ");
	add_text(sb, join->title);
	strbuf_puts(sb, " (");
	add_text(sb, join->section);
	strbuf_puts(sb, ")\n");
	if (!f) {
		strbuf_puts(sb, "no registry knows it\n");
		return;
	}
	strbuf_printf(sb, "%s; owner ", model_state_name(f->state));
	add_text(sb, f->owner);
	strbuf_puts(sb, "; gate ");
	add_text(sb, f->symbol ? f->symbol : f->id);
	if (f->boot_option) {
		strbuf_puts(sb, "; boot option ");
		add_text(sb, f->boot_option);
	}
	for (size_t i = 0; i < f->nr_aliases; i++) {
		strbuf_puts(sb, i ? ", " : "; once ");
		add_text(sb, f->aliases[i]);
	}
	for (size_t i = 0; i < f->nr_needs; i++) {
		strbuf_puts(sb, i ? ", " : "; needs ");
		add_text(sb, f->needs[i].id);
	}
	for (size_t i = 0; i < f->nr_conflicts; i++) {
		strbuf_puts(sb, i ? ", " : "; not with ");
		add_text(sb, f->conflicts[i].id);
	}
	strbuf_puts(sb, "\n");
	if (f->removed_in) {
		strbuf_puts(sb, "removed in ");
		add_text(sb, f->removed_in);
		strbuf_puts(sb, "\n");
	}
}

static void emit_claims(const struct join *join, struct strbuf *sb, const struct emit_style *style)
{
	struct table t = TABLE_INIT(3);
	const struct heading *h = NULL;

	for (size_t i = 0; i < join->nr_claims; i++) {
		const struct claim *c = join->claims[i];

		table_add(&t, c->qualifier, TINT_NONE);
		table_add(&t, c->value, emit_level_tint(c->level, c->security));
		add_place(&t, &c->at);
	}
	emit_part(&t, sb, style, "Stated", "nothing");
	for (size_t i = 0; i < join->nr_claims; i++) {
		if (join->claims[i]->heading == h)
			continue;
		h = join->claims[i]->heading;
		for (const char *line = h->caveats; *line;) {
			size_t size = strcspn(line, "\n");

			strbuf_puts(sb, size ? "  " : "");
			text_add_visible(sb, line, size);
			strbuf_puts(sb, size ? "\n" : "");
			line += size + (line[size] == '\n');
		}
	}
}

static void add_detail(struct table *t, const struct annotation *a)
{
	char text[64];

	if (a->kind != ANNOTATION_LIMIT || !a->has_limit) {
		table_add(t, a->detail, TINT_NONE);
		return;
	}
	snprintf(text, sizeof(text), "%.30s = %" PRIu64, a->detail, a->limit.value);
	table_add(t, text, TINT_NONE);
}

static void emit_code(const struct join *join, struct strbuf *sb, const struct emit_style *style)
{
	struct table t = TABLE_INIT(4);

	for (size_t i = 0; i < join->nr_code; i++) {
		const struct annotation *a = join->code[i];

		table_add(&t, model_annotation_name(a->kind), TINT_NONE);
		add_detail(&t, a);
		add_place(&t, &a->at);
		table_add(&t, a->object, TINT_DIM);
	}
	emit_part(&t, sb, style, "Code", "no annotation");
}

static void emit_gates(const struct join *join, struct strbuf *sb, const struct emit_style *style)
{
	struct table t = TABLE_INIT(5);

	for (size_t i = 0; i < join->nr_gates; i++) {
		const struct join_gate *g = &join->gates[i];

		table_add(&t, *g->lock->profile ? g->lock->profile : g->lock->path, TINT_NONE);
		table_add(&t, g->lock->target, TINT_NONE);
		table_add(&t,
			  g->gate->opt_in ? "opt-in"
			  : g->gate->on	  ? "on"
					  : "off",
			  g->gate->on ? TINT_GOOD : TINT_DIM);
		table_add(&t, g->reason, TINT_NONE);
		add_place(&t, &g->gate->at);
	}
	emit_part(&t, sb, style, "Gate", "in no lock");
}

static void emit_tests(const struct join *join, struct strbuf *sb, const struct emit_style *style)
{
	struct table t = TABLE_INIT(3);

	for (size_t i = 0; i < join->nr_tests; i++) {
		const struct evidence *e = join->tests[i].result;

		table_add(&t, join->tests[i].annotation->detail, TINT_NONE);
		table_add(&t, e ? result_names[e->result] : "no result",
			  e ? result_tints[e->result] : TINT_DIM);
		add_place(&t, &join->tests[i].annotation->at);
	}
	emit_part(&t, sb, style, "Tests", "none names it");
}

static void emit_advisories(const struct join *join, struct strbuf *sb,
			    const struct emit_style *style)
{
	struct table t = TABLE_INIT(4);
	char date[16], commit[16];

	for (size_t i = 0; i < join->nr_advisories; i++) {
		const struct join_advisory *a = &join->advisories[i];

		history_format_date(a->step->at->time, date);
		snprintf(commit, sizeof(commit), "%.12s", a->event->commit);
		table_add(&t, a->name, TINT_BAD);
		table_add(&t, date, TINT_NONE);
		table_add(&t, commit, TINT_DIM);
		table_add(&t, a->event->message->subject, TINT_NONE);
	}
	emit_part(&t, sb, style, "Advisories", "none in the history of its statement");
}

static void emit_mentions(const struct join *join, struct strbuf *sb,
			  const struct emit_style *style)
{
	struct table t = TABLE_INIT(2);

	for (size_t i = 0; i < join->nr_mentions; i++) {
		add_place(&t, &join->mentions[i].at);
		table_add(&t, join->mentions[i].text, TINT_NONE);
	}
	emit_part(&t, sb, style, "Documents", "none names it");
	if (join->mentions_are_cut)
		strbuf_puts(sb, "... and more\n");
}

void emit_join_text(const struct join *join, struct strbuf *sb, const struct emit_style *style)
{
	emit_names(join, sb);
	emit_claims(join, sb, style);
	emit_code(join, sb, style);
	emit_gates(join, sb, style);
	emit_tests(join, sb, style);
	emit_advisories(join, sb, style);
	emit_mentions(join, sb, style);
}
