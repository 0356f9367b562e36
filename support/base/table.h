/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows and columns of text: for a terminal, as CSV, as a table of Markdown. */
#ifndef CANDOR_BASE_TABLE_H
#define CANDOR_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "base/terminal.h"

#define TABLE_COLUMNS_MAX 24

enum tint {
	TINT_NONE,
	TINT_GOOD,
	TINT_FAIR,
	TINT_POOR,
	TINT_BAD,
	TINT_DIM,
};

struct table_cell {
	char *text;
	enum tint tint;
};

/** A table. All of it is its own; begin with TABLE_INIT, free with table_reset(). */
struct table {
	size_t nr_columns;
	struct table_cell *cells; /* the head's row first */
	size_t nr_cells, capacity;
	bool failed; /* out of memory: what is written is nothing */
};

#define TABLE_INIT(n)             \
	{                         \
		.nr_columns = (n) \
	}

/** Add the next cell of the current row; rows follow one another. The text is copied. */
void table_add(struct table *t, const char *text, enum tint tint);

/**
 * For people. On a terminal of @width columns cells are broken into lines so that
 * rows fit; 0 does not break. Control characters are shown, not obeyed.
 */
void table_emit_text(const struct table *t, struct strbuf *sb, size_t width,
		     enum emit_colour colour);

/**
 * As RFC 4180 has it but with plain line ends. A cell that a spreadsheet would
 * take for a formula gets an apostrophe in front; JSON has the texts verbatim.
 */
void table_emit_csv(const struct table *t, struct strbuf *sb);

/** As a table of Markdown; whatever the texts hold stays text. */
void table_emit_markdown(const struct table *t, struct strbuf *sb);

/** Add a text so that Markdown shows it as it is. */
void table_add_markdown(struct strbuf *sb, const char *text);

/** Free the memory. */
void table_reset(struct table *t);

/** The escape sequence that begins a tint, "" for none and for EMIT_PLAIN. */
const char *table_tint_start(enum tint tint, enum emit_colour colour);

#endif
