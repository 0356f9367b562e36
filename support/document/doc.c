/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON from calls in the order of its members. */
#include "document/doc.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static void add_indent(struct doc *doc)
{
	for (unsigned int i = 1; i < doc->depth; i++)
		strbuf_puts(doc->sb, "  ");
}

/* Where the next member of a map or item of a list begins, with its key. */
static void begin_member(struct doc *doc, const char *key)
{
	bool is_first;

	assert(doc->depth);
	is_first = !doc->levels[doc->depth - 1].has_members;
	doc->levels[doc->depth - 1].has_members = true;
	if (doc->levels[doc->depth - 1].is_flow) {
		strbuf_puts(doc->sb, is_first ? "" : ", ");
	} else {
		strbuf_puts(doc->sb, is_first ? "\n" : ",\n");
		add_indent(doc);
		strbuf_puts(doc->sb, "  ");
	}
	if (key)
		strbuf_printf(doc->sb, "\"%s\": ", key);
}

static void open_level(struct doc *doc, bool is_list, bool is_flow)
{
	assert(doc->depth < DOC_DEPTH_MAX);
	doc->levels[doc->depth].is_list = is_list;
	doc->levels[doc->depth].is_flow = is_flow;
	doc->levels[doc->depth].has_members = false;
	strbuf_puts(doc->sb, is_list ? "[" : "{");
	doc->depth++;
}

static void open_member(struct doc *doc, const char *key, bool is_list, enum doc_layout layout)
{
	bool is_flow = layout == DOC_FLOW || doc->levels[doc->depth - 1].is_flow;

	begin_member(doc, key);
	open_level(doc, is_list, is_flow);
}

void doc_open_map(struct doc *doc, const char *key, enum doc_layout layout)
{
	open_member(doc, key, false, layout);
}

void doc_open_list(struct doc *doc, const char *key, enum doc_layout layout)
{
	open_member(doc, key, true, layout);
}

void doc_close(struct doc *doc)
{
	bool is_list, is_flow, is_empty;

	assert(doc->depth);
	doc->depth--;
	is_list = doc->levels[doc->depth].is_list;
	is_flow = doc->levels[doc->depth].is_flow;
	is_empty = !doc->levels[doc->depth].has_members;
	if (!is_flow && !is_empty) {
		doc->depth++;
		strbuf_puts(doc->sb, "\n");
		add_indent(doc);
		doc->depth--;
	}
	strbuf_puts(doc->sb, is_list ? "]" : "}");
}

void doc_begin(struct doc *doc, struct strbuf *sb)
{
	*doc = (struct doc){ .sb = sb };
	open_level(doc, false, false);
}

void doc_end(struct doc *doc)
{
	doc_close(doc);
	strbuf_puts(doc->sb, "\n");
}

void doc_text(struct doc *doc, const char *key, const char *text)
{
	begin_member(doc, key);
	text_add_json(doc->sb, text);
}

void doc_number(struct doc *doc, const char *key, unsigned long long number)
{
	begin_member(doc, key);
	strbuf_printf(doc->sb, "%llu", number);
}

void doc_bool(struct doc *doc, const char *key, bool value)
{
	begin_member(doc, key);
	strbuf_puts(doc->sb, value ? "true" : "false");
}
