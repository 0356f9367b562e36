/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The support matrix as a tree: sections, their features, their cases. */
#ifndef CANDOR_SUPPORT_EMIT_MATRIX_H
#define CANDOR_SUPPORT_EMIT_MATRIX_H

#include "base/strbuf.h"
#include "model/model.h"

/** Claims of one case in one statement; more than one if it is stated twice. */
struct matrix_cell {
	const struct claim *claim;
	struct matrix_cell *next;
	struct matrix_cell *last; /* of the first one only */
};

enum matrix_depth { MATRIX_SECTION, MATRIX_FEATURE, MATRIX_ROW, NR_MATRIX_DEPTHS };

struct matrix_node {
	enum matrix_depth depth;
	const char *slug;
	const char *title; /* of a row: the qualifier, "" for none */
	struct matrix_node *first, *last, *next;
	struct matrix_node *recent; /* the child the current column came by last */
	struct matrix_node *parent;
	const struct heading **headings; /* of a section or feature, a column each; or NULL */
	struct matrix_cell **cells;	 /* of a row, one a column; NULL: not stated */
	size_t nr_rows;			 /* at or below */
};

struct matrix {
	struct model *m;
	size_t nr_columns;
	const char **names; /* of the columns: the version, else the path */
	const char *link;   /* where cells lead, as matrix_add_link() has it; NULL: nowhere */
	struct matrix_node root;
};

/** What the tests of a feature came to. */
struct matrix_proof {
	size_t nr_tests, nr_passed;
};

/** The tests that annotations name for the heading's feature; false when there are none. */
bool matrix_find_proof(const struct matrix *matrix, const struct heading *h,
		       struct matrix_proof *ret_proof);

/** A test may be named in many places: is this the first of its feature's? */
bool matrix_is_first_test(const struct annotation *a);

/** Add an address: @link with {version} and {file} of a column put in, safe in an attribute. */
void matrix_add_link(struct strbuf *sb, const struct matrix *matrix, size_t column,
		     const char *link);

/** What a browser with JavaScript does with the page. */
extern const char matrix_script[];

/** A value of the release part; a whole `<a href="http...">` in it stays a link. */
void matrix_add_release_value(struct strbuf *sb, const char *value);

#endif
