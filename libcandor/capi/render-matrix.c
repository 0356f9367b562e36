/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements side by side. */
#include "capi/render.h"

#include "emit/emit.h"
#include "emit/questions.h"

typedef void emit_matrix_fn(const struct matrix *matrix, struct strbuf *sb);

static int render_merged(struct render *r, emit_matrix_fn *emit)
{
	struct matrix *matrix = matrix_create(r->model, MATRIX_MERGED);

	if (!matrix)
		return error_memory(r->error);
	emit(matrix, r->out);
	return 0;
}

static int render_html(struct render *r)
{
	return render_merged(r, matrix_emit_html);
}

static int render_json(struct render *r)
{
	return render_merged(r, matrix_emit_json);
}

static int render_wiki(struct render *r)
{
	return render_merged(r, matrix_emit_wiki);
}

static int render_xen_table(struct render *r)
{
	struct matrix *matrix = matrix_create(r->model, MATRIX_APPENDED);
	const char *link = render_option(r, "link");

	if (!matrix)
		return error_memory(r->error);
	matrix_emit_xen_table(matrix, link ? link : "{file}", r->out);
	return 0;
}

static const struct candor_option none[] = { { 0 } };
static const struct candor_option link_option[] = {
	{ "link",
	  "URL",
	  "where links lead: {version} and {file} are the column's",
	  false,
	  { NULL } },
	{ 0 },
};

const struct render_row render_matrices[] = {
	{ "matrix", "html", "statements side by side, as a page", none, RENDER_LOADED,
	  render_html },
	{ "matrix", "json", "statements side by side, for programs", none, RENDER_LOADED,
	  render_json },
	{ "matrix", "wiki", "statements side by side, for MediaWiki", none, RENDER_LOADED,
	  render_wiki },
	{ "xen-table", "html", "the table that the Xen Project publishes", link_option,
	  RENDER_LOADED, render_xen_table },
	{ 0 },
};
