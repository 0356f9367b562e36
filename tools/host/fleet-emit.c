/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet's report: one table for people, spreadsheets and pages, one document for programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host/fleet.h"

static const char *const heads[] = { "host",  "date",	  "policy",	      "decision",
				     "taint", "opted in", "outside policy by" };

#define NR_HEADS (sizeof(heads) / sizeof(heads[0]))

/* How much of what is the same is told. */
enum detail { DETAIL_SHORT, DETAIL_FULL };

/* "umip until 2027-01-01, gnttab_v2" */
static void opted_in(const struct fleet_host *h, struct strbuf *out)
{
	for (size_t i = 0; i < h->nr_features; i++) {
		const struct fleet_feature *f = &h->features[i];

		if (f->state != RUN_OPTED_IN)
			continue;
		strbuf_printf(out, "%s%s%s%s", out->size ? ", " : "", f->id,
			      f->until[0] ? " until " : "", f->until);
	}
}

/* "undocumented umip, stale" */
static void outside(const struct fleet_host *h, struct strbuf *out)
{
	for (size_t i = 0; i < h->nr_findings; i++)
		strbuf_printf(out, "%s%s%s%s", i ? ", " : "", h->findings[i].kind,
			      h->findings[i].id[0] ? " " : "", h->findings[i].id);
}

/* "sha256:" and twelve digits, or all of it. */
static void add_decision(struct table *t, const struct fleet_host *h, enum detail detail)
{
	char text[STATE_TEXT_MAX + 1];

	snprintf(text, sizeof(text), detail == DETAIL_SHORT ? "%.19s" : "%s",
		 h->has_decision ? h->decision : "not known");
	table_add(t, text, TINT_NONE);
}

static void add_host(struct table *t, const struct fleet_host *h, enum detail detail)
{
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;

	opted_in(h, &in);
	outside(h, &out);
	table_add(t, h->name, TINT_NONE);
	table_add(t, h->date, TINT_NONE);
	table_add(t, h->policy[0] ? h->policy : "not known", TINT_NONE);
	add_decision(t, h, detail);
	table_add(t, !h->has_taint ? "not known" : h->taint[0] ? h->taint : "none", TINT_NONE);
	table_add(t, strbuf_str(&in), TINT_FAIR);
	table_add(t, strbuf_str(&out), h->nr_findings ? TINT_BAD : TINT_GOOD);
	t->failed = t->failed || in.failed || out.failed;
	strbuf_reset(&in);
	strbuf_reset(&out);
}

static void make_table(const struct fleet *fleet, struct table *t, enum detail detail)
{
	*t = (struct table)TABLE_INIT(NR_HEADS);
	for (size_t i = 0; i < NR_HEADS; i++)
		table_add(t, heads[i], TINT_NONE);
	for (size_t i = 0; i < fleet->nr_hosts; i++)
		add_host(t, &fleet->hosts[i], detail);
}

/* ---- features over all hosts ---- */

struct tally {
	const char *id;
	size_t nr_active, nr_expired, nr_recorded;
};

static int compare_tallies(const void *a, const void *b)
{
	return strcmp(((const struct tally *)a)->id, ((const struct tally *)b)->id);
}

static void merge_tallies(struct tally *tallies, size_t *nr)
{
	size_t kept = 0;

	qsort(tallies, *nr, sizeof(*tallies), compare_tallies);
	for (size_t i = 0; i < *nr; i++) {
		if (kept && !strcmp(tallies[kept - 1].id, tallies[i].id)) {
			tallies[kept - 1].nr_active += tallies[i].nr_active;
			tallies[kept - 1].nr_expired += tallies[i].nr_expired;
			tallies[kept - 1].nr_recorded += tallies[i].nr_recorded;
		} else {
			tallies[kept++] = tallies[i];
		}
	}
	*nr = kept;
}

/* How many hosts have each feature opted in; caller frees. NULL: out of memory. */
static struct tally *tally_features(const struct fleet *fleet, size_t *ret_nr)
{
	struct tally *tallies;
	size_t nr = 0;

	for (size_t i = 0; i < fleet->nr_hosts; i++)
		nr += fleet->hosts[i].nr_features;
	tallies = calloc(nr + 1, sizeof(*tallies));
	if (!tallies)
		return NULL;
	nr = 0;
	for (size_t i = 0; i < fleet->nr_hosts; i++) {
		for (size_t k = 0; k < fleet->hosts[i].nr_features; k++) {
			const struct fleet_feature *f = &fleet->hosts[i].features[k];

			tallies[nr++] = (struct tally){ f->id, f->state == RUN_OPTED_IN,
							f->state == RUN_EXPIRED, f->has_record };
		}
	}
	merge_tallies(tallies, &nr);
	*ret_nr = nr;
	return tallies;
}

static void add_tallies(const struct fleet *fleet, struct strbuf *out)
{
	size_t nr = 0;
	struct tally *tallies = tally_features(fleet, &nr);

	out->failed = out->failed || !tallies;
	for (size_t i = 0; tallies && i < nr; i++)
		strbuf_printf(out, "%s%s: active on %zu, expired on %zu, on record on %zu\n",
			      i ? "" : "\n", tallies[i].id, tallies[i].nr_active,
			      tallies[i].nr_expired, tallies[i].nr_recorded);
	free(tallies);
}

/* ---- for people ---- */

static void add_findings(const struct fleet *fleet, struct strbuf *out, enum emit_colour colour)
{
	const char *end = colour == EMIT_COLOUR ? "\x1b[0m" : "";
	bool is_first = true;

	for (size_t i = 0; i < fleet->nr_hosts; i++) {
		const struct fleet_host *h = &fleet->hosts[i];

		for (size_t k = 0; k < h->nr_findings; k++) {
			const struct fleet_finding *f = &h->findings[k];

			strbuf_printf(out, "%s%s", is_first ? "\n" : "",
				      table_tint_start(TINT_BAD, colour));
			text_add_visible(out, h->name, strlen(h->name));
			strbuf_printf(out, "%s: ", end);
			text_add_visible(out, f->kind, strlen(f->kind));
			strbuf_printf(out, ": %s%s", f->id, f->id[0] ? " " : "");
			text_add_visible(out, f->message, strlen(f->message));
			strbuf_puts(out, "\n");
			is_first = false;
		}
	}
}

static void add_summary(const struct fleet *fleet, struct strbuf *out)
{
	strbuf_printf(out, "%zu hosts, %zu outside policy, %zu files not read", fleet->nr_hosts,
		      fleet_nr_outside(fleet), fleet->nr_faults);
	if (fleet->nr_older)
		strbuf_printf(out, ", %zu older or repeated states left aside", fleet->nr_older);
	strbuf_puts(out, "\n");
}

void fleet_text(const struct fleet *fleet, struct strbuf *out, size_t width,
		enum emit_colour colour)
{
	struct table t;

	add_summary(fleet, out);
	strbuf_puts(out, "\n");
	make_table(fleet, &t, DETAIL_SHORT);
	out->failed = out->failed || t.failed;
	table_emit_text(&t, out, width, colour);
	table_reset(&t);
	add_tallies(fleet, out);
	add_findings(fleet, out, colour);
}

void fleet_csv(const struct fleet *fleet, struct strbuf *out)
{
	struct table t;

	make_table(fleet, &t, DETAIL_FULL);
	out->failed = out->failed || t.failed;
	table_emit_csv(&t, out);
	table_reset(&t);
}

void fleet_markdown(const struct fleet *fleet, struct strbuf *out)
{
	struct table t;

	make_table(fleet, &t, DETAIL_SHORT);
	out->failed = out->failed || t.failed;
	table_emit_markdown(&t, out);
	table_reset(&t);
}

/* ---- a page ---- */

static const char page_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<title>Hosts and policy</title>\n<style>\n"
	"body { font-family: sans-serif; margin: 2em; }\n"
	"table { border-collapse: collapse; }\n"
	"th, td { border: 1px solid #999; padding: 0.2em 0.6em; text-align: left; }\n"
	"tr.outside td { background: #fdd; color: #000; }\n"
	"</style>\n</head>\n<body>\n<h1>Hosts and policy</h1>\n";

static void add_html_cells(const struct table *t, size_t row, const char *tag, struct strbuf *out)
{
	for (size_t i = 0; i < t->nr_columns; i++) {
		const char *text = t->cells[row * t->nr_columns + i].text;

		strbuf_printf(out, "<%s>", tag);
		text_add_html(out, text, strlen(text));
		strbuf_printf(out, "</%s>", tag);
	}
}

void fleet_html(const struct fleet *fleet, struct strbuf *out)
{
	struct table t;

	make_table(fleet, &t, DETAIL_SHORT);
	out->failed = out->failed || t.failed;
	strbuf_puts(out, page_head);
	strbuf_puts(out, "<p>");
	add_summary(fleet, out);
	strbuf_puts(out, "</p>\n<table>\n<thead>\n<tr>");
	if (!t.failed)
		add_html_cells(&t, 0, "th", out);
	strbuf_puts(out, "</tr>\n</thead>\n<tbody>\n");
	for (size_t i = 0; i < fleet->nr_hosts && !t.failed; i++) {
		strbuf_puts(out, fleet->hosts[i].nr_findings ? "<tr class=\"outside\">" : "<tr>");
		add_html_cells(&t, i + 1, "td", out);
		strbuf_puts(out, "</tr>\n");
	}
	strbuf_puts(out, "</tbody>\n</table>\n</body>\n</html>\n");
	table_reset(&t);
}

/* ---- for programs ---- */

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void add_feature_doc(struct doc *doc, const struct fleet_feature *f)
{
	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "id", f->id);
	doc_text(doc, "state", state_name(f->state));
	doc_text(doc, "until", or_null(f->until));
	doc_text(doc, "taint", or_null((const char[2]){ f->taint }));
	doc_bool(doc, "on_record", f->has_record);
	doc_text(doc, "by", or_null(f->by));
	doc_text(doc, "recorded_until", or_null(f->recorded));
	doc_close(doc);
}

static void add_host_doc(struct doc *doc, const struct fleet_host *h)
{
	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "host", h->name);
	doc_text(doc, "file", h->file);
	doc_text(doc, "date", h->date);
	doc_text(doc, "policy", or_null(h->policy));
	doc_text(doc, "decision", h->has_decision ? h->decision : NULL);
	doc_text(doc, "taint", h->has_taint ? h->taint : NULL);
	doc_bool(doc, "outside", h->nr_findings != 0);
	doc_open_list(doc, "features", DOC_LINES);
	for (size_t i = 0; i < h->nr_features; i++)
		add_feature_doc(doc, &h->features[i]);
	doc_close(doc);
	doc_open_list(doc, "findings", DOC_LINES);
	for (size_t i = 0; i < h->nr_findings; i++) {
		doc_open_map(doc, NULL, DOC_LINES);
		doc_text(doc, "kind", h->findings[i].kind);
		doc_text(doc, "feature", or_null(h->findings[i].id));
		doc_text(doc, "message", h->findings[i].message);
		doc_close(doc);
	}
	doc_close(doc);
	doc_close(doc);
}

static void add_tallies_doc(struct doc *doc, const struct fleet *fleet)
{
	size_t nr = 0;
	struct tally *tallies = tally_features(fleet, &nr);

	doc->sb->failed = doc->sb->failed || !tallies;
	doc_open_list(doc, "features", DOC_LINES);
	for (size_t i = 0; i < nr; i++) {
		doc_open_map(doc, NULL, DOC_LINES);
		doc_text(doc, "id", tallies[i].id);
		doc_number(doc, "active", tallies[i].nr_active);
		doc_number(doc, "expired", tallies[i].nr_expired);
		doc_number(doc, "on_record", tallies[i].nr_recorded);
		doc_close(doc);
	}
	doc_close(doc);
	free(tallies);
}

static void add_policy_doc(struct doc *doc, const struct known *policy)
{
	if (!policy) {
		doc_text(doc, "policy", NULL);
		return;
	}
	doc_open_map(doc, "policy", DOC_LINES);
	doc_text(doc, "profile", policy->lock.profile);
	doc_text(doc, "decision", policy->lock.decision);
	doc_close(doc);
}

void fleet_document(const struct fleet *fleet, struct strbuf *out, enum doc_format format)
{
	struct strbuf json = STRBUF_INIT;
	struct doc doc;

	doc_begin(&doc, &json);
	doc_number(&doc, "format", 1);
	doc_text(&doc, "date", fleet->today);
	add_policy_doc(&doc, fleet->policy);
	doc_number(&doc, "nr_hosts", fleet->nr_hosts);
	doc_number(&doc, "nr_outside", fleet_nr_outside(fleet));
	doc_number(&doc, "nr_older", fleet->nr_older);
	add_tallies_doc(&doc, fleet);
	doc_open_list(&doc, "hosts", DOC_LINES);
	for (size_t i = 0; i < fleet->nr_hosts; i++)
		add_host_doc(&doc, &fleet->hosts[i]);
	doc_close(&doc);
	doc_open_list(&doc, "faults", DOC_LINES);
	for (size_t i = 0; i < fleet->nr_faults; i++) {
		doc_open_map(&doc, NULL, DOC_LINES);
		doc_text(&doc, "file", fleet->faults[i].file);
		doc_text(&doc, "complaint", fleet->faults[i].complaint);
		doc_close(&doc);
	}
	doc_close(&doc);
	doc_end(&doc);
	document_add(out, &json, format);
}
