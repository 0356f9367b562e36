/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes models as text for people and programs. Output is deterministic. */
#ifndef CANDOR_SUPPORT_EMIT_EMIT_H
#define CANDOR_SUPPORT_EMIT_EMIT_H

#include "base/strbuf.h"
#include "base/terminal.h"
#include "model/model.h"

struct baseline;

/**
 * The model's diagnostics as a compiler prints them, each with its source line,
 * a caret and a remedy; what the inputs hold is escaped. Sorts them first. Past
 * 20 of one rule in a file they are counted in one line. Those that are old or
 * waived stand apart, behind the rest.
 */
void emit_diagnostics(struct model *m, struct strbuf *sb, enum emit_colour colour);

/** What the writers of findings for programs need to know besides the model. */
struct emit_run {
	const char *version;		 /* of this program */
	const char *root;		 /* of the tree: taken off paths that start with it */
	const struct baseline *baseline; /* that was compared with; NULL: none */
};

/**
 * The findings as JSON ({"format": 1, "errors", "warnings", "old", "waived",
 * "diagnostics": [...]}); as SARIF 2.1.0; as commands of GitHub's workflows; as the
 * code quality report of GitLab. All of them, after judge_name(). 0 or -ENOMEM.
 */
int emit_findings_json(const struct model *m, const struct emit_run *run, struct strbuf *sb);
int emit_findings_sarif(const struct model *m, const struct emit_run *run, struct strbuf *sb);
int emit_findings_github(const struct model *m, const struct emit_run *run, struct strbuf *sb);
int emit_findings_gitlab(const struct model *m, const struct emit_run *run, struct strbuf *sb);

/** The findings as a baseline: {"format": 1, "findings": [...]}. */
void emit_baseline(const struct model *m, struct strbuf *sb);

struct matrix;

/** Where a case goes that only a later statement has. */
enum matrix_order {
	MATRIX_MERGED,	 /* after the case it follows there */
	MATRIX_APPENDED, /* behind all that earlier statements have there */
};

/**
 * The support matrix of a model's statements: a column each, in order; a row for
 * each case stated anywhere. NULL when out of memory; lives in the model's arena.
 */
struct matrix *matrix_create(struct model *m, enum matrix_order order);

/** The matrix as a page that needs nothing else, or as JSON. */
void matrix_emit_html(const struct matrix *matrix, struct strbuf *sb);
void matrix_emit_json(const struct matrix *matrix, struct strbuf *sb);

/**
 * The matrix as the table that the Xen Project publishes: its rows, cells, spans,
 * ids and links. @link is the address of a statement's page, in which "{version}"
 * and "{file}" stand for the column's; wants a matrix made with MATRIX_APPENDED.
 */
void matrix_emit_xen_table(const struct matrix *matrix, const char *link, struct strbuf *sb);

#endif
