/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole documents: the table of what can be rendered, and how it is handed out. */
#include "capi/render.h"

#include <errno.h>
#include <string.h>

#include "capi/memory.h"
#include "check/check.h"
#include "document/yaml.h"
#include "emit/emit.h"

const char *render_option(const struct render *r, const char *name)
{
	for (const struct candor_option *o = r->options; o && o->name; o++) {
		if (!strcmp(o->name, name))
			return o->value ? o->value : "";
	}
	return NULL;
}

static int render_diagnostics_text(struct render *r)
{
	emit_diagnostics(r->model, r->out, render_option(r, "colour") ? EMIT_COLOUR : EMIT_PLAIN);
	return 0;
}

static int render_diagnostics_json(struct render *r)
{
	struct emit_run run = { "", "", NULL };

	return emit_findings_json(r->model, &run, r->out) ? error_memory(r->error) : 0;
}

static int render_rules_text(struct render *r)
{
	for (const struct rule *rule = check_rules; rule->id; rule++)
		strbuf_printf(r->out, "%-24s %-8s %s\n", rule->id,
			      rule->severity == SEVERITY_ERROR ? "error" : "warning",
			      rule->rationale);
	return 0;
}

typedef void emit_matrix_fn(const struct matrix *matrix, struct strbuf *sb);

static int render_matrix(struct render *r, emit_matrix_fn *emit)
{
	struct matrix *matrix = matrix_create(r->model, MATRIX_MERGED);

	if (!matrix)
		return error_memory(r->error);
	emit(matrix, r->out);
	return 0;
}

static int render_matrix_html(struct render *r)
{
	return render_matrix(r, matrix_emit_html);
}

static int render_matrix_json(struct render *r)
{
	return render_matrix(r, matrix_emit_json);
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

static const struct candor_option no_options[] = { { 0 } };
static const struct candor_option colour_options[] = {
	{ "colour", NULL, "with a terminal's escape sequences", false, { NULL } },
	{ 0 },
};
static const struct candor_option link_options[] = {
	{ "link",
	  "URL",
	  "where links lead: {version} and {file} are the column's",
	  false,
	  { NULL } },
	{ 0 },
};

static const struct render_row rows[] = {
	{ "diagnostics", "text", "findings as a compiler prints them", colour_options,
	  RENDER_LOADED, render_diagnostics_text },
	{ "diagnostics", "json", "findings for programs", no_options, RENDER_LOADED,
	  render_diagnostics_json },
	{ "matrix", "html", "statements side by side, as a page", no_options, RENDER_LOADED,
	  render_matrix_html },
	{ "matrix", "json", "statements side by side, for programs", no_options, RENDER_LOADED,
	  render_matrix_json },
	{ "rules", "text", "all rules: id, severity, rationale", no_options, RENDER_ANYTIME,
	  render_rules_text },
	{ "xen-table", "html", "the table that the Xen Project publishes", link_options,
	  RENDER_LOADED, render_xen_table },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct render_row *find_row(const char *what, const char *format)
{
	for (size_t i = 0; i < NR_ROWS; i++) {
		if (!strcmp(rows[i].what, what) && !strcmp(rows[i].format, format))
			return &rows[i];
	}
	return NULL;
}

bool candor_rendering_at(size_t i, struct candor_rendering *ret_rendering)
{
	size_t at = 0;

	for (size_t k = 0; k < NR_ROWS; k++) {
		bool has_yaml = !strcmp(rows[k].format, "json");

		if (i == at || (has_yaml && i == at + 1)) {
			*ret_rendering = (struct candor_rendering){
				.what = rows[k].what,
				.format = i == at ? rows[k].format : "yaml",
				.help = rows[k].help,
				.options = rows[k].options,
			};
			return true;
		}
		at += has_yaml ? 2 : 1;
	}
	return false;
}

static int check_options(const struct render_row *row, const struct candor_option *given,
			 struct candor_error *e)
{
	for (; given && given->name; given++) {
		const struct candor_option *known = row->options;

		while (known->name && strcmp(known->name, given->name))
			known++;
		if (!known->name)
			return error_set(e, -EINVAL, NULL, "see candor_rendering_at()",
					 "%s as %s has no option '%s'", row->what, row->format,
					 given->name);
		if (known->value && !given->value)
			return error_set(e, -EINVAL, NULL, "give it one",
					 "the option '%s' wants a value", given->name);
	}
	return 0;
}

static int document_error(struct candor_error *e, int rc, const char *path,
			  const struct document_error *wrong)
{
	if (rc == -ENOMEM)
		return error_memory(e);
	error_set(e, rc, path, wrong->remedy, "%s", wrong->message);
	if (e) {
		e->line = wrong->line;
		e->column = wrong->column;
	}
	return rc;
}

static int take_json(const char *data, size_t size, void *out)
{
	strbuf_add(out, data, size);
	return ((struct strbuf *)out)->failed ? -1 : 0;
}

static int add_json(const json_t *value, struct strbuf *out)
{
	if (json_dump_callback(value, take_json, out, JSON_INDENT(2) | JSON_ENCODE_ANY))
		return -ENOMEM;
	strbuf_puts(out, "\n");
	return 0;
}

/* The document @text of one format in the other. */
static int convert(const char *path, const char *text, size_t size, bool to_yaml,
		   struct strbuf *out, struct candor_error *e)
{
	struct document_error wrong = { 0 };
	json_t *value;
	int rc = to_yaml ? json_read(text, size, &value, &wrong)
			 : yaml_read(text, size, &value, &wrong);

	if (rc)
		return document_error(e, rc, path, &wrong);
	rc = to_yaml ? yaml_emit(value, out) : add_json(value, out);
	json_decref(value);
	if (rc == -EOVERFLOW)
		return error_set(e, rc, path, "nest less", "nests deeper than %d",
				 DOCUMENT_DEPTH_MAX);
	return rc ? error_memory(e) : 0;
}

static int run_row(struct render *r, const struct render_row *row)
{
	int rc = check_options(row, r->options, r->error);

	if (!rc && row->needs == RENDER_LOADED && !r->model)
		rc = error_set(r->error, -EINVAL, NULL, "call candor_load() first",
			       "nothing is loaded");
	if (!rc)
		rc = row->run(r);
	return !rc && r->out->failed ? error_memory(r->error) : rc;
}

/* The row's JSON, as YAML. */
static int run_row_as_yaml(struct render *r, const struct render_row *row)
{
	struct strbuf json = STRBUF_INIT, *out = r->out;
	int rc;

	r->out = &json;
	rc = run_row(r, row);
	r->out = out;
	if (!rc)
		rc = convert(row->what, json.data, json.size, true, out, r->error);
	strbuf_reset(&json);
	return rc;
}

static int hand_out(const struct strbuf *out, candor_write_fn *write, void *context,
		    struct candor_error *e)
{
	int rc;

	if (!strbuf_str(out))
		return error_memory(e);
	rc = out->size ? write(context, out->data, out->size) : 0;
	return rc ? error_set(e, rc, NULL, "make room where it goes", "cannot write") : 0;
}

static int render(struct render *r, const char *what, const char *format)
{
	const struct render_row *row = find_row(what, format);

	if (row)
		return run_row(r, row);
	row = strcmp(format, "yaml") ? NULL : find_row(what, "json");
	if (row)
		return run_row_as_yaml(r, row);
	return error_set(r->error, -EINVAL, NULL, "see candor_rendering_at()",
			 "%s cannot be rendered as %s", what, format);
}

int candor_render(struct candor *c, const char *what, const char *format,
		  const struct candor_option *options, candor_write_fn *write, void *context,
		  struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	struct strbuf out = STRBUF_INIT;
	struct render r = {
		.c = c,
		.model = c->model,
		.options = options,
		.out = &out,
		.error = ret_error,
	};
	int rc = render(&r, what, format);

	if (!rc)
		rc = hand_out(&out, write, context, ret_error);
	strbuf_reset(&out);
	memory_leave(before);
	return rc;
}

int candor_convert(struct candor *c, const char *path, const char *text, size_t size,
		   const char *from, const char *to, candor_write_fn *write, void *context,
		   struct candor_error *ret_error)
{
	bool to_yaml = !strcmp(to, "yaml");
	const struct candor_allocator *before;
	struct strbuf out = STRBUF_INIT;
	int rc;

	if (strcmp(from, to_yaml ? "json" : "yaml") || (!to_yaml && strcmp(to, "json")))
		return error_set(ret_error, -EINVAL, path, "json to yaml, or yaml to json",
				 "cannot convert %s to %s", from, to);
	before = handle_enter(c);
	rc = convert(path, text, size, to_yaml, &out, ret_error);
	if (!rc)
		rc = hand_out(&out, write, context, ret_error);
	strbuf_reset(&out);
	memory_leave(before);
	return rc;
}
