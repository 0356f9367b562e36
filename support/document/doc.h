/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a tree of maps, lists and values as JSON. YAML is made of that: see
 * document/yaml.h.
 */
#ifndef CANDOR_SUPPORT_DOCUMENT_DOC_H
#define CANDOR_SUPPORT_DOCUMENT_DOC_H

#include <stdbool.h>

#include "base/strbuf.h"

/** How a map or a list is laid out. */
enum doc_layout {
	DOC_LINES, /* each member on a line of its own */
	DOC_FLOW,  /* all on one line, and all that is within */
};

#define DOC_DEPTH_MAX 16

struct doc {
	struct strbuf *sb;
	unsigned int depth;
	struct {
		bool is_list;
		bool is_flow;
		bool has_members;
	} levels[DOC_DEPTH_MAX];
};

/** Begin a document: a map, into @sb. */
void doc_begin(struct doc *doc, struct strbuf *sb);

/** End it. */
void doc_end(struct doc *doc);

/** Open a map or a list as member @key of a map; NULL as an item of a list. */
void doc_open_map(struct doc *doc, const char *key, enum doc_layout layout);
void doc_open_list(struct doc *doc, const char *key, enum doc_layout layout);

/** Close what was opened last. */
void doc_close(struct doc *doc);

/** A value as member @key, or as an item. A NULL text is null. */
void doc_text(struct doc *doc, const char *key, const char *text);
void doc_number(struct doc *doc, const char *key, unsigned long long number);
void doc_bool(struct doc *doc, const char *key, bool value);

#endif
