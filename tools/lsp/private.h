/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server's state, and what its parts share. */
#ifndef CANDOR_LSP_PRIVATE_H
#define CANDOR_LSP_PRIVATE_H

#include "lsp/lsp.h"

#include <candor/candor.h>

#include "lsp/documents.h"

/** The protocol's codes of failure. */
enum lsp_code {
	LSP_PARSE_ERROR = -32700,
	LSP_INVALID_REQUEST = -32600,
	LSP_METHOD_NOT_FOUND = -32601,
	LSP_INVALID_PARAMS = -32602,
	LSP_INTERNAL_ERROR = -32603,
	LSP_NOT_INITIALIZED = -32002,
	LSP_REQUEST_CANCELLED = -32800,
	LSP_REQUEST_FAILED = -32803,
};

enum lsp_phase {
	LSP_NEW,
	LSP_RUNNING,
	LSP_SHUT_DOWN,
	LSP_OVER,
};

struct lsp {
	enum lsp_phase phase, phase_before_over;
	char *tree; /* of the configuration; NULL */
	char *version;
	char *root; /* absolute, without a slash behind it; NULL before "initialize" */
	enum position_encoding encoding;
	bool has_markdown; /* hovers may be Markdown */
	bool has_watches;  /* the editor can watch files for us */
	struct documents documents;
	struct candor *candor;
	bool is_unread;	     /* texts changed since the last load */
	bool is_unpublished; /* likewise since diagnostics went out */
	json_t *published;   /* URIs of files whose diagnostics the editor shows */
	struct strbuf out;
	/* Of the request at hand. */
	enum lsp_code code; /* 0: no failure */
	const char *why;
};

/** A feature named at some place of a document. */
struct lsp_hit {
	struct candor_feature feature;
	struct position start, end;
	bool in_statement; /* a heading or status line, not an id */
	bool in_registry;
};

/* ---- lsp.c ---- */

/** Fail the request at hand; NULL, to return. @why is a constant. */
json_t *lsp_fail(struct lsp *s, enum lsp_code code, const char *why);

/** Send a notification; @params is taken over, NULL is out of memory. */
void lsp_notify(struct lsp *s, const char *method, json_t *params);

/* ---- tree.c ---- */

/** Where below @s->root a URI's file is, or NULL: outside, or no file. Caller frees. */
char *tree_path(const struct lsp *s, const char *uri);

/** The URI of a file as candor_place has it; caller frees. NULL: out of memory. */
char *tree_uri(struct lsp *s, const char *file);

/** Take the document for what is in its file; @text NULL: no more. 0 or -ENOMEM. */
int tree_set_text(struct lsp *s, const char *path, const char *text, size_t size);

/** Enter the root, and find what it has. 0, -ENOENT or -ENOMEM. */
int tree_open(struct lsp *s, const char *root);

/** Load if texts changed. 0 or -ENOMEM. */
int tree_load(struct lsp *s);

/** The line of an open document or of a file read, without its end; NULL: unknown. */
const char *tree_line(struct lsp *s, const char *file, unsigned int line, size_t *ret_size);

/** A Location: a line's text from @column (0: all of it) to the end of a word. */
json_t *tree_location(struct lsp *s, const struct candor_place *at);

/** A Range likewise. */
json_t *tree_range(struct lsp *s, const struct candor_place *at);

/** JSON of text that may be no UTF-8: what is not becomes U+FFFD. */
json_t *tree_string(const char *text);

/** Is this file a statement, or the registry, of the tree? */
bool tree_is_statement(struct lsp *s, const char *path);
bool tree_is_registry(struct lsp *s, const char *path);

/* ---- ask.c: answers, each a new JSON value, NULL after lsp_fail() or without memory ---- */

json_t *ask_hover(struct lsp *s, const json_t *params);
json_t *ask_definition(struct lsp *s, const json_t *params);
json_t *ask_references(struct lsp *s, const json_t *params);

/* ---- complete.c ---- */

json_t *complete_ask(struct lsp *s, const json_t *params);

/* ---- mend.c ---- */

json_t *mend_ask(struct lsp *s, const json_t *params);

/* ---- hit.c ---- */

/** The open document and the byte that params of a request name; NULL after lsp_fail(). */
struct document *hit_document(struct lsp *s, const json_t *params, size_t *ret_offset);

/** The feature that the document names at this byte. False: none. */
bool hit_find(struct lsp *s, const struct document *doc, size_t offset, struct lsp_hit *ret_hit);

/**
 * Where an annotation's id begins, if @offset is in the brackets of a SUPPORT_...() at
 * its first argument; else SIZE_MAX.
 */
size_t hit_argument(const struct document *doc, size_t offset);

/** Is it of what ids are made? */
bool hit_is_id_char(char c);

#endif
