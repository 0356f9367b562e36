/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes models as text for people and programs. Output is deterministic. */
#ifndef CANDOR_SUPPORT_EMIT_EMIT_H
#define CANDOR_SUPPORT_EMIT_EMIT_H

#include "base/strbuf.h"
#include "model/model.h"

enum emit_colour {
	EMIT_PLAIN,
	EMIT_COLOUR, /* terminal escape sequences */
};

/** Sort by file, line, column, rule, text; drop what is said twice. */
void emit_sort_diagnostics(struct model *m);

/**
 * The model's diagnostics as a compiler prints them, each with its source line,
 * a caret and a remedy; what the inputs hold is escaped. Sorts them first. Past
 * 20 of one rule in a file they are counted in one line.
 */
void emit_diagnostics(struct model *m, struct strbuf *sb, enum emit_colour colour);

/** The same as JSON: {"format": 1, "errors", "warnings", "diagnostics": [...]}. */
void emit_diagnostics_json(struct model *m, struct strbuf *sb);

struct matrix;

/**
 * The support matrix of a model's statements: a column each, in order; a row for
 * each case stated anywhere. A case that a later statement adds comes after the
 * row it follows there. NULL when out of memory; lives in the model's arena.
 */
struct matrix *matrix_create(struct model *m);

/** The matrix as a page that needs nothing else, or as JSON. */
void matrix_emit_html(const struct matrix *matrix, struct strbuf *sb);
void matrix_emit_json(const struct matrix *matrix, struct strbuf *sb);

#endif
