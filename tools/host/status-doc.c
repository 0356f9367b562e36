/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host's status and its records, for programs. */
#include <string.h>

#include "host/status.h"

static const char *or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static void add_record(struct doc *doc, const struct optin *r)
{
	doc_open_map(doc, "record", DOC_LINES);
	doc_text(doc, "by", r->by);
	doc_text(doc, "why", r->why);
	doc_text(doc, "when", r->when);
	doc_text(doc, "until", or_null(r->until));
	doc_bool(doc, "boot_entry", r->boot_entry);
	doc_close(doc);
}

static void add_row(struct doc *doc, const struct status *s, const struct status_row *row)
{
	const char taint[2] = { row->fact.taint };

	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "id", row->id);
	doc_text(doc, "state", state_name(row->running ? row->running->state : RUN_UNKNOWN));
	doc_text(doc, "until", row->running ? or_null(row->running->until) : NULL);
	doc_text(doc, "level", row->fact.level);
	doc_text(doc, "security", row->fact.security);
	doc_text(doc, "taint", or_null(taint));
	doc_text(doc, "lock", row->verdict.value);
	if (row->boot) {
		doc_open_map(doc, "boot", DOC_LINES);
		doc_text(doc, "until", or_null(row->boot->until));
		doc_close(doc);
	} else {
		doc_text(doc, "boot", NULL);
	}
	if (row->record && !row->record->is_bad)
		add_record(doc, row->record);
	else
		doc_text(doc, "record", NULL);
	doc_close(doc);
}

static void add_finding(struct doc *doc, const struct status_finding *f)
{
	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "kind", status_kind_name(f->kind));
	doc_text(doc, "grade", status_grade_name(status_kind_grade(f->kind)));
	doc_text(doc, "feature", or_null(f->id));
	doc_text(doc, "message", f->message);
	doc_text(doc, "remedy", status_kind_remedy(f->kind));
	doc_close(doc);
}

static void add_lock(struct doc *doc, const struct known *known)
{
	if (!known->has_lock) {
		doc_text(doc, "lock", NULL);
		return;
	}
	doc_open_map(doc, "lock", DOC_LINES);
	doc_text(doc, "profile", known->lock.profile);
	doc_text(doc, "decision", known->lock.decision);
	doc_close(doc);
}

void status_document(const struct status *s, struct strbuf *out, enum doc_format format)
{
	const struct status_input *in = s->in;
	struct strbuf json = STRBUF_INIT;
	struct doc doc;

	doc_begin(&doc, &json);
	doc_number(&doc, "format", 1);
	doc_text(&doc, "host", in->host);
	doc_text(&doc, "date", in->today);
	doc_bool(&doc, "running", in->state.known);
	doc_text(&doc, "policy", or_null(in->state.policy));
	doc_text(&doc, "decision", or_null(in->state.decision));
	doc_text(&doc, "taint", in->state.has_taint ? in->state.taint : NULL);
	add_lock(&doc, &in->known);
	doc_open_list(&doc, "features", DOC_LINES);
	for (size_t i = 0; i < s->nr_rows; i++)
		add_row(&doc, s, &s->rows[i]);
	doc_close(&doc);
	doc_open_list(&doc, "findings", DOC_LINES);
	for (size_t i = 0; i < s->nr_findings; i++)
		add_finding(&doc, &s->findings[i]);
	doc_close(&doc);
	doc_end(&doc);
	document_add(out, &json, format);
}

void status_list_document(const struct status *s, struct strbuf *out, enum doc_format format)
{
	struct strbuf json = STRBUF_INIT;
	struct doc doc;

	doc_begin(&doc, &json);
	doc_number(&doc, "format", 1);
	doc_open_list(&doc, "records", DOC_LINES);
	for (size_t i = 0; i < s->in->records.nr; i++) {
		const struct optin *r = &s->in->records.items[i];
		const struct state_feature *running = state_find(&s->in->state, r->id);

		if (r->is_bad)
			continue;
		doc_open_map(&doc, NULL, DOC_LINES);
		doc_text(&doc, "feature", r->id);
		doc_text(&doc, "state", state_name(running ? running->state : RUN_UNKNOWN));
		doc_text(&doc, "by", r->by);
		doc_text(&doc, "why", r->why);
		doc_text(&doc, "when", r->when);
		doc_text(&doc, "until", or_null(r->until));
		doc_bool(&doc, "boot_entry", r->boot_entry);
		doc_close(&doc);
	}
	doc_close(&doc);
	doc_number(&doc, "unreadable", s->in->records.nr_bad);
	doc_end(&doc);
	document_add(out, &json, format);
}
