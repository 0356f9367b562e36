/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Titles of headings as a typesetter of Markdown shows them. */
#include "private.h"

#include <string.h>

#include <cmark.h>

#include "base/strbuf.h"

/* The texts of a paragraph's inlines, without their markup. */
static void add_inlines(struct strbuf *sb, cmark_node *paragraph)
{
	cmark_iter *iter = cmark_iter_new(paragraph);
	cmark_event_type event;

	if (!iter) {
		sb->failed = true;
		return;
	}
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		const char *text = event == CMARK_EVENT_ENTER ? cmark_node_get_literal(node) : NULL;

		if (text)
			strbuf_puts(sb, text);
	}
	cmark_iter_free(iter);
}

/* A heading's title as a typesetter of Markdown shows it: with curly quotes. */
static void add_title(struct strbuf *sb, const char *title)
{
	cmark_node *root = NULL, *block = NULL;

	if (strpbrk(title, "'\"`*_\\[<&") || strstr(title, "--") || strstr(title, ".."))
		root = cmark_parse_document(title, strlen(title), CMARK_OPT_SMART);
	if (root)
		block = cmark_node_first_child(root);
	if (block && cmark_node_get_type(block) == CMARK_NODE_PARAGRAPH && !cmark_node_next(block))
		add_inlines(sb, block);
	else
		strbuf_puts(sb, title);
	if (root)
		cmark_node_free(root);
}

char *title_typeset(struct model *m, const char *title)
{
	struct strbuf sb = STRBUF_INIT;
	const char *text;
	char *copy;

	add_title(&sb, title);
	text = strbuf_str(&sb);
	copy = text ? model_copy(m, text, sb.size) : NULL;
	strbuf_reset(&sb);
	return copy;
}
