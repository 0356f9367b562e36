/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The history of a statement: what changed, when, by which commit, why. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "emit/questions.h"

/* What writes one event; @context is the writer's own. */
typedef void event_fn(void *context, const struct timeline_step *step, const struct event *e);

static bool is_told(const struct event *e, enum timeline_part part)
{
	return part == TIMELINE_ALL || (e->group && e->group->is_wanted);
}

/* The next step in time of all branches, each of which is in order; NULL at the end. */
static const struct timeline_step *next_step(const struct timeline *t, size_t *at)
{
	size_t best = t->nr_branches;

	for (size_t i = 0; i < t->nr_branches; i++) {
		const struct timeline_branch *b = &t->branches[i];

		if (at[i] < b->nr_steps &&
		    (best == t->nr_branches ||
		     b->steps[at[i]].at->time < t->branches[best].steps[at[best]].at->time))
			best = i;
	}
	return best == t->nr_branches ? NULL : &t->branches[best].steps[at[best]++];
}

#define NR_BRANCHES_MAX 4096

/* All events that are told, by time. Returns how many. */
static size_t for_each_event(const struct timeline *t, enum timeline_part part, event_fn *write,
			     void *context)
{
	size_t at[NR_BRANCHES_MAX] = { 0 }, nr = 0;
	const struct timeline_step *step;

	if (t->nr_branches > NR_BRANCHES_MAX)
		return 0;
	while ((step = next_step(t, at))) {
		for (size_t i = 0; i < step->nr_events && !step->is_repeated; i++) {
			if (!is_told(&step->events[i], part))
				continue;
			write(context, step, &step->events[i]);
			nr++;
		}
	}
	return nr;
}

/* "XSA-1, CVE-2020-1" */
static void add_advisories(struct strbuf *sb, const struct history_message *m)
{
	for (size_t i = 0; i < m->nr_advisories; i++)
		strbuf_printf(sb, "%s%s", i ? ", " : "", m->advisories[i]);
}

static void add_branches(struct strbuf *sb, const struct timeline_step *step)
{
	for (size_t i = 0; i < step->nr_branches; i++)
		strbuf_printf(sb, "%s%s", i ? ", " : "", step->branches[i]);
}

struct text_writer {
	struct strbuf *sb;
	const struct emit_style *style;
	const struct event *before; /* the one written last */
	const struct timeline_step *step;
	const struct timeline *timeline;
};

static void add_visible(struct strbuf *sb, struct strbuf *text)
{
	text_add_visible(sb, text->size ? text->data : "", text->size);
	sb->failed = sb->failed || text->failed;
	strbuf_reset(text);
}

/* The line of a commit that its changes stand under. */
static void add_commit_line(const struct text_writer *w, const struct timeline_step *step,
			    const struct event *e)
{
	struct strbuf *sb = w->sb, text = STRBUF_INIT;
	bool colour = w->style->colour == EMIT_COLOUR;
	char date[16];

	history_format_date(step->at->time, date);
	strbuf_printf(sb, "%s%s%s%s  %.12s  ", w->before ? "\n" : "", colour ? "\033[1m" : "", date,
		      step->at->is_doubtful ? "?" : "", e->commit);
	strbuf_puts(&text, e->message->subject);
	add_visible(sb, &text);
	strbuf_puts(sb, colour ? "\033[0m\n" : "\n");
	if (w->timeline->nr_branches > 1) {
		strbuf_puts(&text, "  on ");
		add_branches(&text, step);
		add_visible(sb, &text);
		strbuf_puts(sb, "\n");
	}
	if (e->message->nr_advisories) {
		add_advisories(&text, e->message);
		strbuf_printf(sb, "  %sadvisory: ", table_tint_start(TINT_BAD, w->style->colour));
		add_visible(sb, &text);
		strbuf_puts(sb, colour ? "\033[0m\n" : "\n");
	}
	if (strcmp(e->commit, step->at->commit))
		strbuf_printf(sb, "  merged by %.12s\n", step->at->commit);
	if (step->is_beginning)
		strbuf_puts(sb, "  or before: the history begins here\n");
}

static void write_text(void *context, const struct timeline_step *step, const struct event *e)
{
	struct text_writer *w = context;
	struct strbuf text = STRBUF_INIT;
	const char *scope = emit_change_case(e->change), *start;

	if (!w->before || w->step != step || strcmp(w->before->commit, e->commit))
		add_commit_line(w, step, e);
	w->before = e;
	w->step = step;
	start = table_tint_start(emit_change_tint(e->change), w->style->colour);
	strbuf_printf(w->sb, "  %s%-8s%s ", start, diff_kind_name(e->change->kind),
		      *start ? "\033[0m" : "");
	strbuf_puts(&text, emit_change_title(step->diff, e->change));
	if (*scope && e->change->kind != CHANGE_SCOPE)
		strbuf_printf(&text, " (%s)", scope);
	strbuf_puts(&text, ": ");
	emit_change_words(&text, e->change);
	add_visible(w->sb, &text);
	strbuf_puts(w->sb, "\n");
}

size_t emit_timeline_text(const struct timeline *t, enum timeline_part part, struct strbuf *sb,
			  const struct emit_style *style)
{
	struct text_writer w = { sb, style, NULL, NULL, t };

	return for_each_event(t, part, write_text, &w);
}

void emit_event_members(struct doc *doc, const struct timeline_step *step, const struct event *e)
{
	const struct history_message *m = e->message;
	char date[16];

	history_format_date(step->at->time, date);
	doc_text(doc, "date", date);
	doc_bool(doc, "date_is_doubtful", step->at->is_doubtful);
	doc_open_list(doc, "branches", DOC_FLOW);
	for (size_t i = 0; i < step->nr_branches; i++)
		doc_text(doc, NULL, step->branches[i]);
	doc_close(doc);
	doc_text(doc, "commit", e->commit);
	if (strcmp(e->commit, step->at->commit))
		doc_text(doc, "merge", step->at->commit);
	if (step->is_beginning)
		doc_bool(doc, "or_before", true);
	doc_text(doc, "file", step->at->path);
	doc_text(doc, "reason", m->subject);
	doc_text(doc, "author", m->author);
	doc_open_list(doc, "advisories", DOC_FLOW);
	for (size_t i = 0; i < m->nr_advisories; i++)
		doc_text(doc, NULL, m->advisories[i]);
	doc_close(doc);
	doc_open_list(doc, "trailers", DOC_LINES);
	for (size_t i = 0; i < m->nr_trailers; i++) {
		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "key", m->trailers[i].key);
		doc_text(doc, "value", m->trailers[i].value);
		doc_close(doc);
	}
	doc_close(doc);
	if (m->picked_from)
		doc_text(doc, "picked_from", m->picked_from);
	doc_open_map(doc, "change", DOC_LINES);
	emit_change_members(doc, e->change);
	doc_close(doc);
}

static void write_doc(void *context, const struct timeline_step *step, const struct event *e)
{
	struct doc *doc = context;

	doc_open_map(doc, NULL, DOC_LINES);
	emit_event_members(doc, step, e);
	doc_close(doc);
}

size_t emit_timeline_doc(const struct timeline *t, enum timeline_part part, struct strbuf *sb)
{
	struct doc doc;
	size_t nr;

	doc_begin(&doc, sb);
	doc_number(&doc, "format", 1);
	doc_open_list(&doc, "branches", DOC_LINES);
	for (size_t i = 0; i < t->nr_branches; i++) {
		const struct timeline_branch *b = &t->branches[i];

		doc_open_map(&doc, NULL, DOC_LINES);
		doc_text(&doc, "name", b->walk.name);
		doc_text(&doc, "tip", b->walk.tip);
		doc_number(&doc, "commits", b->walk.nr_commits);
		doc_number(&doc, "revisions", b->nr_steps);
		doc_bool(&doc, "is_cut", b->walk.is_cut);
		doc_open_list(&doc, "notes", DOC_LINES);
		for (size_t j = 0; j < b->nr_notes; j++)
			doc_text(&doc, NULL, b->notes[j]);
		doc_close(&doc);
		doc_close(&doc);
	}
	doc_close(&doc);
	doc_open_list(&doc, "events", DOC_LINES);
	nr = for_each_event(t, part, write_doc, &doc);
	doc_close(&doc);
	doc_end(&doc);
	return nr;
}

static void write_csv(void *context, const struct timeline_step *step, const struct event *e)
{
	struct table *t = context;
	const struct change *c = e->change;
	struct strbuf branches = STRBUF_INIT, advisories = STRBUF_INIT, words = STRBUF_INIT;
	char date[16];

	history_format_date(step->at->time, date);
	add_branches(&branches, step);
	add_advisories(&advisories, e->message);
	emit_change_words(&words, c);
	const char *const cells[] = { date,
				      strbuf_str(&branches),
				      e->commit,
				      diff_kind_name(c->kind),
				      c->id,
				      emit_change_title(step->diff, c),
				      emit_change_case(c),
				      strbuf_str(&words),
				      e->message->subject,
				      strbuf_str(&advisories) };

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		table_add(t, cells[i], TINT_NONE);
	t->failed = t->failed || branches.failed || advisories.failed || words.failed;
	strbuf_reset(&branches);
	strbuf_reset(&advisories);
	strbuf_reset(&words);
}

static size_t fill_table(const struct timeline *timeline, enum timeline_part part, struct table *t)
{
	static const char *const head[] = { "date",  "branches", "commit", "kind",   "id",
					    "title", "case",	 "change", "reason", "advisories" };

	for (size_t i = 0; i < t->nr_columns; i++)
		table_add(t, head[i], TINT_NONE);
	return for_each_event(timeline, part, write_csv, t);
}

size_t emit_timeline_csv(const struct timeline *t, enum timeline_part part, struct strbuf *sb)
{
	struct table table = TABLE_INIT(10);
	size_t nr = fill_table(t, part, &table);

	table_emit_csv(&table, sb);
	table_reset(&table);
	return nr;
}

size_t emit_timeline_markdown(const struct timeline *t, enum timeline_part part, struct strbuf *sb)
{
	struct table table = TABLE_INIT(10);
	size_t nr = fill_table(t, part, &table);

	table_emit_markdown(&table, sb);
	table_reset(&table);
	return nr;
}
