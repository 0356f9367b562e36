/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A language server: holds a tree's statement, registry and annotations together
 * while they are edited, by version 3.17 of the protocol. Input is messages, output
 * is bytes for the editor; reading, waiting and writing are the caller's.
 */
#ifndef CANDOR_LSP_LSP_H
#define CANDOR_LSP_LSP_H

#include <stdbool.h>

#include <jansson.h>

#include "base/strbuf.h"

struct lsp;

/** What the server is to know from the start; texts are copied. */
struct lsp_config {
	const char *tree;    /* the tree, whatever the editor says; NULL: the editor's */
	const char *version; /* shown to the editor */
};

/** A server that knows no editor yet, or NULL when out of memory. */
struct lsp *lsp_create(const struct lsp_config *config);

/** Free it. NULL is accepted. */
void lsp_destroy(struct lsp *s);

/** Answer a message of the editor's. */
void lsp_take(struct lsp *s, const json_t *message);

/** Answer something that is no message. @why is a constant. */
void lsp_take_bad(struct lsp *s, const char *why);

/** Answer a request that was called back before it was begun. */
void lsp_cancel(struct lsp *s, const json_t *message);

/** Have documents changed since diagnostics were last published? */
bool lsp_is_stale(const struct lsp *s);

/** Read the tree again and publish diagnostics. */
void lsp_refresh(struct lsp *s);

/** Bytes for the editor: take them, then strbuf_reset(). */
struct strbuf *lsp_output(struct lsp *s);

/** Has the editor said that it is over? Then *@ret_status is for the shell. */
bool lsp_is_over(const struct lsp *s, int *ret_status);

#endif
