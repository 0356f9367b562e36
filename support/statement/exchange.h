/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A statement as data: what statement_emit() has written, read back. */
#ifndef CANDOR_SUPPORT_STATEMENT_EXCHANGE_H
#define CANDOR_SUPPORT_STATEMENT_EXCHANGE_H

#include <stdbool.h>

#include "model/model.h"

/** Is a file of this name data (".json", ".yaml", ".yml") rather than Markdown? */
bool exchange_is_data(const char *path);

/**
 * Read @size bytes of JSON or YAML, by @path's ending, into @m as one statement: places
 * are those of the Markdown it was made from. What follows from others (levels, scopes,
 * bounds) is made anew and not believed. A text that is no such statement is an
 * "unreadable" finding and adds none. Returns 0 or -ENOMEM.
 */
int exchange_parse(struct model *m, const char *path, const char *text, size_t size);

#endif
