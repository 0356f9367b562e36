/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A statement as data, with all that its reader found and where: statement/exchange.c
 * reads it back, and whatever is made of that is the same as from the Markdown.
 */
#include "emit/questions.h"

static void add_place(struct doc *doc, const struct pos *at)
{
	doc_number(doc, "line", at->line);
	doc_number(doc, "column", at->column);
}

static void add_keys(struct doc *doc, const struct statement *s)
{
	doc_open_list(doc, "release", DOC_LINES);
	for (size_t i = 0; i < s->nr_keys; i++) {
		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "key", s->keys[i].key);
		doc_text(doc, "value", s->keys[i].value);
		add_place(doc, &s->keys[i].at);
		doc_close(doc);
	}
	doc_close(doc);
}

static void add_claim(struct doc *doc, const struct claim *c)
{
	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "key", c->key);
	emit_claim_members(doc, c);
	add_place(doc, &c->at);
	doc_close(doc);
}

/* A heading, with its claims: @from and on of the statement's. Returns the next one's. */
static size_t add_heading(struct doc *doc, const struct statement *s, const struct heading *h,
			  size_t from)
{
	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "title", h->title);
	doc_text(doc, "id", h->slug);
	doc_text(doc, "section", h->parent ? h->parent->slug : NULL);
	doc_number(doc, "level", h->level);
	doc_text(doc, "description", h->description);
	doc_open_list(doc, "statuses", DOC_LINES);
	for (; from < s->nr_claims && s->claims[from]->heading == h; from++)
		add_claim(doc, s->claims[from]);
	doc_close(doc);
	doc_text(doc, "caveats", h->caveats);
	add_place(doc, &h->at);
	doc_close(doc);
	return from;
}

static void add_oddities(struct doc *doc, const struct statement *s)
{
	doc_open_list(doc, "oddities", DOC_LINES);
	for (size_t i = 0; i < s->nr_oddities; i++) {
		const struct oddity *o = &s->oddities[i];

		doc_open_map(doc, NULL, DOC_FLOW);
		doc_text(doc, "kind", model_oddity_name(o->kind));
		doc_text(doc, "what", o->what);
		doc_text(doc, "hint", o->hint);
		add_place(doc, &o->at);
		doc_close(doc);
	}
	doc_close(doc);
}

void emit_statement_doc(const struct statement *s, struct strbuf *sb)
{
	struct doc doc;
	size_t claim = 0;

	doc_begin(&doc, sb);
	doc_number(&doc, "format", 1);
	doc_text(&doc, "file", s->path);
	doc_text(&doc, "title", s->title);
	add_keys(&doc, s);
	doc_open_list(&doc, "headings", DOC_LINES);
	for (size_t i = 0; i < s->nr_headings; i++)
		claim = add_heading(&doc, s, s->headings[i], claim);
	doc_close(&doc);
	add_oddities(&doc, s);
	doc_end(&doc);
}
