/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documents that the editor has open. */
#ifndef CANDOR_LSP_DOCUMENTS_H
#define CANDOR_LSP_DOCUMENTS_H

#include <stddef.h>

#include <jansson.h>

#include "lsp/position.h"

#define DOCUMENTS_MAX 1024
#define DOCUMENTS_TEXT_MAX ((size_t)16 << 20)
#define DOCUMENTS_TOTAL_MAX ((size_t)256 << 20)

struct document {
	char *uri;
	char *path; /* below the root; NULL: outside */
	char *text; /* UTF-8, ended by a NUL */
	size_t size;
	json_int_t version;
};

struct documents {
	struct document *items;
	size_t nr;
	size_t total; /* bytes of all texts */
};

/** The open document of this URI, or path, or NULL. */
struct document *documents_find(struct documents *d, const char *uri);
struct document *documents_find_path(struct documents *d, const char *path);

/**
 * Open one, or replace the text of an open one; all is copied. 0, -ENOMEM, or -EFBIG
 * when it, or all together, would be too much.
 */
int documents_open(struct documents *d, const char *uri, const char *path, json_int_t version,
		   const char *text, size_t size);

/** Replace bytes @start to @end of its text. 0, -ENOMEM or -EFBIG; the text stays then. */
int documents_splice(struct documents *d, struct document *doc, size_t start, size_t end,
		     const char *text, size_t size);

/** Forget one. */
void documents_close(struct documents *d, struct document *doc);

/** Forget all. */
void documents_reset(struct documents *d);

#endif
