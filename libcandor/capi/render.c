/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole documents: the table of what can be rendered, and how it is handed out. */
#include "capi/render.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capi/memory.h"
#include "document/yaml.h"
#include "emit/questions.h"

const char *render_option(const struct render *r, const char *name)
{
	for (const struct candor_option *o = r->options; o && o->name; o++) {
		if (!strcmp(o->name, name))
			return o->value ? o->value : "";
	}
	return NULL;
}

int render_values(const struct render *r, const char *name, struct render_list *ret_list)
{
	ret_list->nr = 0;
	for (const struct candor_option *o = r->options; o && o->name; o++) {
		if (strcmp(o->name, name))
			continue;
		if (ret_list->nr == RENDER_LIST_MAX)
			return error_set(r->error, -E2BIG, NULL, "give fewer",
					 "more than %d values of '%s'", RENDER_LIST_MAX, name);
		ret_list->values[ret_list->nr++] = o->value;
	}
	return 0;
}

struct emit_style render_style(const struct render *r)
{
	const char *columns = render_option(r, "columns");

	return (struct emit_style){
		.colour = render_option(r, "colour") ? EMIT_COLOUR : EMIT_PLAIN,
		.width = columns ? (size_t)strtoul(columns, NULL, 10) : 0,
	};
}

int render_trouble(const struct render *r, int rc, const struct history_trouble *trouble)
{
	return rc == -ENOMEM
		       ? error_memory(r->error)
		       : error_set(r->error, rc, NULL, trouble->remedy, "%s", trouble->message);
}

void render_remark(const struct render *r, const char *text)
{
	/* Without memory for a remark there is none. */
	if (r->c->remarks.nr < CAPI_VALUES_MAX)
		(void)handle_add(&r->c->remarks, text);
}

int render_lacks(const struct render *r, const char *option)
{
	return error_set(r->error, -EINVAL, NULL, "give one", "nothing is given for '%s'", option);
}

int render_complaints(struct render *r, int rc, struct strbuf *err)
{
	return handle_complain(r->c, rc, err, r->error);
}

static const struct render_row *const parts[] = {
	render_findings,       render_matrices,	       render_questions,      render_joins,
	render_policies,       render_policy_rules,    render_policy_kconfig, render_policy_locks,
	render_policy_replays, render_policy_what_ifs, render_images,	      render_verifications,
	render_evidences
};

/* The @i-th row of all parts, or NULL. */
static const struct render_row *row_at(size_t i)
{
	for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
		for (const struct render_row *row = parts[k]; row->what; row++) {
			if (!i--)
				return row;
		}
	}
	return NULL;
}

static const struct render_row *find_row(const char *what, const char *format)
{
	const struct render_row *row;

	for (size_t i = 0; (row = row_at(i)); i++) {
		if (!strcmp(row->what, what) && !strcmp(row->format, format))
			return row;
	}
	return NULL;
}

bool candor_rendering_at(size_t i, struct candor_rendering *ret_rendering)
{
	const struct render_row *row;
	size_t at = 0;

	for (size_t k = 0; (row = row_at(k)); k++) {
		bool has_yaml = !strcmp(row->format, "json");

		if (i == at || (has_yaml && i == at + 1)) {
			*ret_rendering = (struct candor_rendering){
				.what = row->what,
				.format = i == at ? row->format : "yaml",
				.help = row->help,
				.options = row->options,
			};
			return true;
		}
		at += has_yaml ? 2 : 1;
	}
	return false;
}

int render_check_options(const struct candor_option *known, size_t nr, const char *of,
			 const struct render *r)
{
	for (const struct candor_option *given = r->options; given && given->name; given++) {
		size_t i = 0;

		while (i < nr && known[i].name && strcmp(known[i].name, given->name))
			i++;
		if (i == nr || !known[i].name)
			return error_set(r->error, -EINVAL, NULL, "see candor_rendering_at()",
					 "%s has no option '%s'", of, given->name);
		if (known[i].value && !given->value)
			return error_set(r->error, -EINVAL, NULL, "give it one",
					 "the option '%s' wants a value", given->name);
	}
	return 0;
}

static int check_options(const struct render_row *row, const struct render *r)
{
	char of[64];

	snprintf(of, sizeof(of), "%s as %s", row->what, row->format);
	return render_check_options(row->options, SIZE_MAX, of, r);
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

int render_json_value(const json_t *value, size_t flags, struct strbuf *out)
{
	if (json_dump_callback(value, take_json, out, JSON_INDENT(2) | JSON_ENCODE_ANY | flags))
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
	rc = to_yaml ? yaml_emit(value, out) : render_json_value(value, 0, out);
	json_decref(value);
	if (rc == -EOVERFLOW)
		return error_set(e, rc, path, "nest less", "nests deeper than %d",
				 DOCUMENT_DEPTH_MAX);
	return rc ? error_memory(e) : 0;
}

static int run_row(struct render *r, const struct render_row *row)
{
	int rc = check_options(row, r);

	if (!rc && row->needs == RENDER_LOADED && !r->model)
		rc = error_set(r->error, -EINVAL, NULL, "call candor_load() first",
			       "nothing is loaded");
	if (!rc)
		rc = row->run(r);
	return rc >= 0 && r->out->failed ? error_memory(r->error) : rc;
}

/* The row's JSON, as YAML. */
static int run_row_as_yaml(struct render *r, const struct render_row *row)
{
	struct strbuf json = STRBUF_INIT, *out = r->out;
	int rc, answer;

	r->out = &json;
	answer = rc = run_row(r, row);
	r->out = out;
	if (rc >= 0)
		rc = convert(row->what, json.data, json.size, true, out, r->error);
	strbuf_reset(&json);
	return rc ? rc : answer;
}

int render_hand_out(const struct strbuf *out, candor_write_fn *write, void *context,
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
	int rc, answer;

	capi_forget_remarks(c);
	answer = rc = render(&r, what, format);
	if (rc >= 0)
		rc = render_hand_out(&out, write, context, ret_error);
	strbuf_reset(&out);
	memory_leave(before);
	return rc ? rc : answer;
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
		rc = render_hand_out(&out, write, context, ret_error);
	strbuf_reset(&out);
	memory_leave(before);
	return rc;
}
