/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The support matrix as a tree: sections, their features, their cases. */
#ifndef CANDOR_SUPPORT_EMIT_MATRIX_H
#define CANDOR_SUPPORT_EMIT_MATRIX_H

#include "model/model.h"

/** Claims of one case in one statement; more than one if it is stated twice. */
struct matrix_cell {
	const struct claim *claim;
	struct matrix_cell *next;
};

enum matrix_depth {
	MATRIX_SECTION,
	MATRIX_FEATURE,
	MATRIX_ROW,
};

struct matrix_node {
	enum matrix_depth depth;
	const char *slug;
	const char *title; /* of a row: the qualifier, "" for none */
	struct matrix_node *first, *next;
	struct matrix_node *recent; /* the child the current column came by last */
	struct matrix_node *parent;
	const struct heading **headings; /* of a feature, one a column; NULL: none */
	struct matrix_cell **cells;	 /* of a row, one a column; NULL: not stated */
	size_t nr_rows;			 /* at or below */
};

struct matrix {
	struct model *m;
	size_t nr_columns;
	const char **names; /* of the columns: the version, else the path */
	struct matrix_node root;
};

#endif
