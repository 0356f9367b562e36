/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements side by side. */
#include "capi/render.h"

#include <errno.h>
#include <string.h>

#include "emit/emit.h"
#include "emit/matrix.h"
#include "emit/questions.h"
#include "statement/statement.h"

typedef void emit_matrix_fn(const struct matrix *matrix, struct strbuf *sb);

static int render_merged(struct render *r, emit_matrix_fn *emit)
{
	struct matrix *matrix = matrix_create(r->model, MATRIX_MERGED);

	if (!matrix)
		return error_memory(r->error);
	matrix->link = render_option(r, "link");
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

/* One statement as data: it is read here, not with what is loaded. */
static int render_statement(struct render *r)
{
	const char *path = render_option(r, "statement");
	struct model *m;
	int rc;

	if (!path)
		return render_lacks(r, "statement");
	m = model_create();
	rc = m ? statement_read(m, path) : -ENOMEM;
	if (!rc && !m->nr_statements) {
		emit_diagnostics(m, &r->c->complaints, EMIT_PLAIN);
		rc = error_set(r->error, -EINVAL, path, "see what `candor check` says of it",
			       "is no statement");
	} else if (rc) {
		rc = rc == -ENOMEM ? error_memory(r->error)
				   : error_set(r->error, rc, path,
					       "name a statement that is there and can be read",
					       "cannot read: %s", strerror(-rc));
	} else {
		emit_statement_doc(m->statements[0], r->out);
	}
	model_destroy(m);
	return rc;
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

static const struct candor_option statement_option[] = {
	{ "statement", "FILE", "the statement", false, { NULL } },
	{ 0 },
};

const struct render_row render_matrices[] = {
	{ "matrix", "html", "statements side by side, as a page", link_option, RENDER_LOADED,
	  render_html },
	{ "matrix", "json", "statements side by side, for programs", none, RENDER_LOADED,
	  render_json },
	{ "matrix", "wiki", "statements side by side, for MediaWiki", none, RENDER_LOADED,
	  render_wiki },
	{ "statement", "json", "a statement as data, which is read wherever one is",
	  statement_option, RENDER_ANYTIME, render_statement },
	{ "xen-table", "html", "the table that the Xen Project publishes", link_option,
	  RENDER_LOADED, render_xen_table },
	{ 0 },
};
