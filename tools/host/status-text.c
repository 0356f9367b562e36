/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host's status and its records, for people. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "host/status.h"

static const enum tint grade_tints[] = { [GRADE_OUTSIDE] = TINT_BAD,
					 [GRADE_REBOOT] = TINT_FAIR,
					 [GRADE_SOON] = TINT_POOR,
					 [GRADE_NOTE] = TINT_DIM };

static void add_visible(struct strbuf *out, const char *text)
{
	text_add_visible(out, text, strlen(text));
}

/* Is the row more than a feature that the build just has or has not? */
static bool is_told(const struct status *s, const struct status_row *row)
{
	enum run_state state = row->running ? row->running->state : RUN_UNKNOWN;

	return row->record || row->boot || (state != RUN_ON && state != RUN_OFF) ||
	       status_worst(s, row->id);
}

/* "opted-in until 2027-01-01" */
static void add_dated(struct table *t, const char *word, const char *until, enum tint tint)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s%s", word, until[0] ? " until " : "", until);
	table_add(t, text, tint);
}

static enum tint state_tint(enum run_state state)
{
	switch (state) {
	case RUN_ON:
		return TINT_GOOD;
	case RUN_OPTED_IN:
		return TINT_FAIR;
	case RUN_EXPIRED:
		return TINT_BAD;
	case RUN_UNKNOWN:
	case RUN_OFF:
	case RUN_OPT_IN:
		break;
	}
	return TINT_DIM;
}

/* The day of what is expired is past; of others to come. */
static void add_state(struct table *t, const struct state_feature *f)
{
	char text[64];

	if (f->state != RUN_EXPIRED) {
		add_dated(t, state_name(f->state), f->until, state_tint(f->state));
		return;
	}
	snprintf(text, sizeof(text), "%s %s", state_name(f->state), f->until);
	table_add(t, text, TINT_BAD);
}

static void add_running(struct table *t, const struct status *s, const struct status_row *row)
{
	if (row->running)
		add_state(t, row->running);
	else
		table_add(t, s->in->state.known ? "not in this build" : "not known", TINT_DIM);
}

static void add_level(struct table *t, const struct status_row *row)
{
	char text[64];

	if (!row->fact.level) {
		table_add(t, "not known", TINT_DIM);
		return;
	}
	snprintf(text, sizeof(text), row->fact.taint ? "%s (%c)" : "%s", row->fact.level,
		 row->fact.taint);
	table_add(t, text, row->fact.taint ? TINT_POOR : TINT_GOOD);
}

static void add_record(struct table *t, const struct status_row *row)
{
	if (row->record && row->record->is_bad)
		table_add(t, "unreadable", TINT_BAD);
	else if (row->record)
		add_dated(t, "yes", row->record->until, TINT_NONE);
	else
		table_add(t, "no", TINT_DIM);
}

static void add_verdict(struct table *t, const struct status *s, const struct status_row *row)
{
	const struct status_finding *f = status_worst(s, row->id);

	if (f)
		table_add(t, status_kind_name(f->kind), grade_tints[status_kind_grade(f->kind)]);
	else
		table_add(t, "ok", TINT_GOOD);
}

static void add_rows(const struct status *s, struct strbuf *out, size_t width,
		     enum emit_colour colour)
{
	static const char *const heads[] = { "feature", "running", "on record", "boot entry",
					     "level",	"by",	   "verdict" };
	struct table t = TABLE_INIT(sizeof(heads) / sizeof(heads[0]));
	size_t nr = 0;

	for (size_t i = 0; i < t.nr_columns; i++)
		table_add(&t, heads[i], TINT_NONE);
	for (size_t i = 0; i < s->nr_rows; i++) {
		const struct status_row *row = &s->rows[i];

		if (!is_told(s, row))
			continue;
		nr++;
		table_add(&t, row->id, TINT_NONE);
		add_running(&t, s, row);
		add_record(&t, row);
		if (row->boot)
			add_dated(&t, "yes", row->boot->until, TINT_NONE);
		else
			table_add(&t, "no", TINT_DIM);
		add_level(&t, row);
		table_add(&t, row->record && !row->record->is_bad ? row->record->by : "",
			  TINT_NONE);
		add_verdict(&t, s, row);
	}
	out->failed = out->failed || t.failed;
	if (nr) {
		strbuf_puts(out, "\n");
		table_emit_text(&t, out, width, colour);
	}
	table_reset(&t);
}

static void add_findings(const struct status *s, struct strbuf *out, enum emit_colour colour)
{
	const char *end = colour == EMIT_COLOUR ? "\x1b[0m" : "";

	for (size_t i = 0; i < s->nr_findings; i++) {
		const struct status_finding *f = &s->findings[i];
		enum status_grade grade = status_kind_grade(f->kind);

		strbuf_printf(out, "%s%s%s%s: ", i ? "" : "\n",
			      table_tint_start(grade_tints[grade], colour),
			      status_grade_name(grade), end);
		strbuf_puts(out, f->id);
		strbuf_puts(out, f->id[0] ? " " : "");
		add_visible(out, f->message);
		strbuf_printf(out, "\n       = %s\n", status_kind_remedy(f->kind));
	}
}

static size_t count(const struct status *s, enum run_state state)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->in->state.nr_features; i++)
		nr += s->in->state.features[i].state == state;
	return nr;
}

void status_text(const struct status *s, struct strbuf *out, size_t width, enum emit_colour colour)
{
	const struct state *state = &s->in->state;

	strbuf_puts(out, "host:     ");
	add_visible(out, s->in->host[0] ? s->in->host : "not named");
	strbuf_puts(out, "\npolicy:   ");
	add_visible(out, state->known ? state->policy : "not known");
	strbuf_puts(out, "\ndecision: ");
	add_visible(out, state->has_decision ? state->decision : "not known");
	strbuf_puts(out, "\ntaint:    ");
	add_visible(out, !state->has_taint ? "not known" : state->taint[0] ? state->taint : "none");
	strbuf_printf(
		out, "\nfeatures: %zu on, %zu opted in, %zu to opt in, %zu expired, %zu left out\n",
		count(s, RUN_ON), count(s, RUN_OPTED_IN), count(s, RUN_OPT_IN),
		count(s, RUN_EXPIRED), count(s, RUN_OFF));
	add_rows(s, out, width, colour);
	add_findings(s, out, colour);
}

static void add_list_row(struct table *t, const struct status *s, const struct optin *r)
{
	const struct status_row row = { .running = state_find(&s->in->state, r->id) };
	bool is_past = r->until[0] && strcmp(r->until, s->in->today) < 0;
	char since[DATE_SIZE];

	snprintf(since, sizeof(since), "%.10s", r->when);
	table_add(t, r->id, TINT_NONE);
	table_add(t, r->is_bad ? "unreadable" : since, r->is_bad ? TINT_BAD : TINT_NONE);
	table_add(t, r->until[0] ? r->until : "-", is_past ? TINT_BAD : TINT_NONE);
	add_running(t, s, &row);
	table_add(t, r->by, TINT_NONE);
	table_add(t, r->why, TINT_NONE);
}

void status_list_text(const struct status *s, struct strbuf *out, size_t width,
		      enum emit_colour colour)
{
	static const char *const heads[] = { "feature", "since", "until", "running", "by", "why" };
	struct table t = TABLE_INIT(sizeof(heads) / sizeof(heads[0]));

	if (!s->in->records.nr) {
		strbuf_puts(out, "nothing is on record\n");
		return;
	}
	for (size_t i = 0; i < t.nr_columns; i++)
		table_add(&t, heads[i], TINT_NONE);
	for (size_t i = 0; i < s->in->records.nr; i++)
		add_list_row(&t, s, &s->in->records.items[i]);
	out->failed = out->failed || t.failed;
	table_emit_text(&t, out, width, colour);
	table_reset(&t);
}
