/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON and YAML from one description. A YAML text is a JSON string with those
 * characters escaped too that YAML takes for line ends or does not allow, so
 * no text is ever read as another type or as syntax.
 */
#include "emit/doc.h"

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
	bool is_yaml = doc->format == DOC_YAML, is_flow, is_list, is_first;

	assert(doc->depth);
	is_flow = doc->levels[doc->depth - 1].is_flow;
	is_list = doc->levels[doc->depth - 1].is_list;
	is_first = !doc->levels[doc->depth - 1].has_members;
	doc->levels[doc->depth - 1].has_members = true;
	if (is_flow) {
		strbuf_puts(doc->sb, is_first ? "" : ", ");
	} else if (is_yaml) {
		/* The first member of a map that is an item stands behind its dash. */
		if (is_first && !is_list && doc->depth > 1 && doc->levels[doc->depth - 2].is_list) {
			strbuf_puts(doc->sb, " ");
		} else {
			strbuf_puts(doc->sb, doc->sb->size ? "\n" : "");
			add_indent(doc);
		}
		strbuf_puts(doc->sb, is_list ? "-" : "");
	} else {
		strbuf_puts(doc->sb, is_first ? "\n" : ",\n");
		add_indent(doc);
		strbuf_puts(doc->sb, "  ");
	}
	if (key && is_yaml && !is_flow)
		strbuf_printf(doc->sb, "%s:", key);
	else if (key)
		strbuf_printf(doc->sb, "\"%s\": ", key);
}

/* Between a key or a dash of YAML's and a value on the same line. */
static void begin_value(struct doc *doc)
{
	if (doc->format == DOC_YAML && !doc->levels[doc->depth - 1].is_flow)
		strbuf_puts(doc->sb, " ");
}

static void open_level(struct doc *doc, bool is_list, bool is_flow)
{
	assert(doc->depth < DOC_DEPTH_MAX);
	doc->levels[doc->depth].is_list = is_list;
	doc->levels[doc->depth].is_flow = is_flow;
	doc->levels[doc->depth].has_members = false;
	if (is_flow || doc->format == DOC_JSON)
		strbuf_puts(doc->sb, is_list ? "[" : "{");
	doc->depth++;
}

static void open_member(struct doc *doc, const char *key, bool is_list, enum doc_layout layout)
{
	bool is_flow = layout == DOC_FLOW || doc->levels[doc->depth - 1].is_flow;

	begin_member(doc, key);
	if (is_flow)
		begin_value(doc);
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
	if (doc->format == DOC_YAML && !is_flow) {
		/* Without members there is nothing that shows its kind. */
		if (is_empty)
			strbuf_puts(doc->sb, is_list ? " []" : " {}");
		return;
	}
	if (!is_flow && !is_empty) {
		doc->depth++;
		strbuf_puts(doc->sb, "\n");
		add_indent(doc);
		doc->depth--;
	}
	strbuf_puts(doc->sb, is_list ? "]" : "}");
}

void doc_begin(struct doc *doc, struct strbuf *sb, enum doc_format format)
{
	*doc = (struct doc){ .sb = sb, .format = format };
	open_level(doc, false, false);
}

void doc_end(struct doc *doc)
{
	doc_close(doc);
	strbuf_puts(doc->sb, "\n");
}

/* Line ends and what is no character to YAML, but plain to JSON. */
static bool is_special_to_yaml(unsigned int code)
{
	return code == 0x85 || code == 0x2028 || code == 0x2029 || code == 0xfeff ||
	       (code & 0xfffe) == 0xfffe;
}

static void add_yaml_text(struct strbuf *sb, const char *text)
{
	struct strbuf plain = STRBUF_INIT;
	size_t n;

	text_add_json(&plain, text);
	for (size_t i = 0; i < plain.size; i += n) {
		unsigned int code;

		n = text_utf8_size(plain.data + i, plain.size - i, &code);
		if (n && is_special_to_yaml(code))
			strbuf_printf(sb, code > 0xffff ? "\\U%08x" : "\\u%04x", code);
		else
			strbuf_add(sb, plain.data + i, n ? n : 1);
		n = n ? n : 1;
	}
	sb->failed = sb->failed || plain.failed;
	strbuf_reset(&plain);
}

void doc_text(struct doc *doc, const char *key, const char *text)
{
	begin_member(doc, key);
	begin_value(doc);
	if (doc->format == DOC_YAML && text)
		add_yaml_text(doc->sb, text);
	else
		text_add_json(doc->sb, text);
}

void doc_number(struct doc *doc, const char *key, unsigned long long number)
{
	begin_member(doc, key);
	begin_value(doc);
	strbuf_printf(doc->sb, "%llu", number);
}

void doc_bool(struct doc *doc, const char *key, bool value)
{
	begin_member(doc, key);
	begin_value(doc);
	strbuf_puts(doc->sb, value ? "true" : "false");
}
