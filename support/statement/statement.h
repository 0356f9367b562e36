/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a SUPPORT.md, the statement of what is supported, into a model. */
#ifndef CANDOR_SUPPORT_STATEMENT_STATEMENT_H
#define CANDOR_SUPPORT_STATEMENT_STATEMENT_H

#include "model/model.h"

/**
 * Read @size bytes of Markdown, called @path, into @m as one statement. No text
 * is wrong enough to stop it: what a reader of Markdown would lose or read
 * otherwise is kept as an oddity of the statement, for the check to report. A @path
 * that ends in ".json", ".yaml" or ".yml" is read by exchange_parse() instead.
 * Returns 0 or -ENOMEM.
 */
int statement_parse(struct model *m, const char *path, const char *text, size_t size);

/** Like statement_parse() on a file's content; 0 or -errno of the reading. */
int statement_read(struct model *m, const char *path);

#endif
