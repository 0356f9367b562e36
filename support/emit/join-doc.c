/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that is known of one feature, as a document. */
#include <string.h>

#include "emit/questions.h"
#include "query/join.h"

static void add_place(struct doc *doc, const struct pos *at)
{
	doc_text(doc, "file", at->file ? at->file : "");
	doc_number(doc, "line", at->line);
}

static void add_refs(struct doc *doc, const char *key, const struct feature_ref *refs, size_t nr)
{
	doc_open_list(doc, key, DOC_FLOW);
	for (size_t i = 0; i < nr; i++)
		doc_text(doc, NULL, refs[i].id);
	doc_close(doc);
}

static void add_feature(struct doc *doc, const struct feature *f)
{
	if (!f)
		return;
	doc_open_map(doc, "registry", DOC_LINES);
	doc_text(doc, "state", model_state_name(f->state));
	doc_text(doc, "owner", f->owner);
	doc_text(doc, "gate", f->symbol ? f->symbol : f->id);
	doc_text(doc, "boot_option", f->boot_option);
	doc_open_list(doc, "aliases", DOC_FLOW);
	for (size_t i = 0; i < f->nr_aliases; i++)
		doc_text(doc, NULL, f->aliases[i]);
	doc_close(doc);
	add_refs(doc, "needs", f->needs, f->nr_needs);
	add_refs(doc, "conflicts", f->conflicts, f->nr_conflicts);
	doc_text(doc, "removed_in", f->removed_in);
	doc_text(doc, "replaced_by", f->replaced_by);
	add_place(doc, &f->at);
	doc_close(doc);
}

static void add_claims(struct doc *doc, const struct model *m, const struct join *join)
{
	doc_open_list(doc, "cases", DOC_LINES);
	for (size_t i = 0; i < join->nr_claims; i++) {
		const struct claim *c = join->claims[i];
		const struct heading *h = c->heading;
		struct strbuf raw = STRBUF_INIT;
		size_t size;
		const char *line = model_source_line(m, c->at.file, c->at.line, &size);

		if (line)
			strbuf_add(&raw, line, size);
		doc_open_map(doc, NULL, DOC_LINES);
		emit_claim_members(doc, c);
		doc_text(doc, "raw", strbuf_str(&raw));
		doc_text(doc, "description", h->description);
		doc_text(doc, "caveats", h->caveats);
		add_place(doc, &c->at);
		doc_close(doc);
		doc->sb->failed = doc->sb->failed || raw.failed;
		strbuf_reset(&raw);
	}
	doc_close(doc);
}

static void add_code(struct doc *doc, const struct join *join)
{
	doc_open_list(doc, "code", DOC_LINES);
	for (size_t i = 0; i < join->nr_code; i++) {
		const struct annotation *a = join->code[i];

		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "kind", model_annotation_name(a->kind));
		doc_text(doc, "detail", a->detail);
		if (a->has_limit)
			doc_number(doc, "limit", a->limit.value);
		doc_text(doc, "object", a->object);
		add_place(doc, &a->at);
		doc_close(doc);
	}
	doc_close(doc);
}

static void add_gates(struct doc *doc, const struct join *join)
{
	doc_open_list(doc, "gates", DOC_LINES);
	for (size_t i = 0; i < join->nr_gates; i++) {
		const struct join_gate *g = &join->gates[i];

		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "profile", g->lock->profile);
		doc_text(doc, "target", g->lock->target);
		doc_bool(doc, "on", g->gate->on);
		doc_bool(doc, "opt_in", g->gate->opt_in);
		doc_text(doc, "reason", g->reason);
		add_place(doc, &g->gate->at);
		doc_close(doc);
	}
	doc_close(doc);
}

static void add_tests(struct doc *doc, const struct join *join)
{
	static const char *const names[NR_TEST_RESULTS] = {
		[TEST_PASSED] = "passed",
		[TEST_FAILED] = "failed",
		[TEST_SKIPPED] = "skipped",
	};

	doc_open_list(doc, "tests", DOC_LINES);
	for (size_t i = 0; i < join->nr_tests; i++) {
		const struct join_test *t = &join->tests[i];

		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "name", t->annotation->detail);
		doc_text(doc, "result", t->result ? names[t->result->result] : NULL);
		add_place(doc, &t->annotation->at);
		doc_close(doc);
	}
	doc_close(doc);
}

static void add_advisories(struct doc *doc, const struct join *join)
{
	doc_open_list(doc, "advisories", DOC_LINES);
	for (size_t i = 0; i < join->nr_advisories; i++) {
		doc_open_map(doc, NULL, DOC_LINES);
		doc_text(doc, "name", join->advisories[i].name);
		doc_open_map(doc, "event", DOC_LINES);
		emit_event_members(doc, join->advisories[i].step, join->advisories[i].event);
		doc_close(doc);
		doc_close(doc);
	}
	doc_close(doc);
}

static void add_mentions(struct doc *doc, const struct join *join)
{
	doc_open_list(doc, "documents", DOC_LINES);
	for (size_t i = 0; i < join->nr_mentions; i++) {
		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "name", join->mentions[i].name);
		doc_text(doc, "text", join->mentions[i].text);
		add_place(doc, &join->mentions[i].at);
		doc_close(doc);
	}
	doc_close(doc);
	doc_bool(doc, "documents_are_cut", join->mentions_are_cut);
}

void emit_join_doc(const struct model *m, const struct join *join, struct strbuf *sb)
{
	struct doc doc;

	doc_begin(&doc, sb);
	doc_number(&doc, "format", 1);
	doc_text(&doc, "id", join->id);
	doc_text(&doc, "title", join->title);
	doc_text(&doc, "section", join->section);
	add_feature(&doc, join->feature);
	add_claims(&doc, m, join);
	add_code(&doc, join);
	add_gates(&doc, join);
	add_tests(&doc, join);
	add_advisories(&doc, join);
	add_mentions(&doc, join);
	doc_end(&doc);
}
