/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code actions: the edits that `candor check --fix` would make, one finding at a time. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define ACTIONS_MAX 100

static json_t *position(struct lsp *s, const struct candor_place *at)
{
	size_t size, column = at->column ? at->column - 1 : 0;
	const char *line = tree_line(s, at->file, at->line, &size);

	/* Behind the last line there is nothing to count. */
	column = line && column < size ? column : line ? size : 0;
	return json_pack("{s:I,s:I}", "line", (json_int_t)(at->line ? at->line - 1 : 0),
			 "character",
			 (json_int_t)(line ? position_units(line, column, s->encoding) : 0));
}

/* The finding's edits by file, as a WorkspaceEdit has them. */
static json_t *changes(struct lsp *s, size_t i)
{
	json_t *files = json_object();
	struct candor_edit e;

	for (size_t k = 0; files && candor_edit_at(s->candor, i, k, &e); k++) {
		char *uri = tree_uri(s, e.at.file);
		json_t *list = uri ? json_object_get(files, uri) : NULL;

		if (uri && !list && !json_object_set_new(files, uri, json_array()))
			list = json_object_get(files, uri);
		free(uri);
		if (!list || json_array_append_new(
				     list, json_pack("{s:{s:o,s:o},s:o}", "range", "start",
						     position(s, &e.at), "end", position(s, &e.end),
						     "newText", tree_string(e.text)))) {
			json_decref(files);
			return NULL;
		}
	}
	return files;
}

static json_t *action(struct lsp *s, size_t i, const struct candor_diagnostic *d)
{
	struct strbuf title = STRBUF_INIT;
	json_t *made;

	strbuf_printf(&title, "candor: mend %s", d->rule);
	made = json_pack("{s:s,s:s,s:b,s:{s:o}}", "title",
			 strbuf_str(&title) ? strbuf_str(&title) : "candor: mend", "kind",
			 "quickfix", "isPreferred", 1, "edit", "changes", changes(s, i));
	strbuf_reset(&title);
	return made;
}

static bool is_wanted(const json_t *context)
{
	const json_t *only = json_object_get(context, "only");

	for (size_t i = 0; i < json_array_size(only); i++) {
		const char *kind = json_string_value(json_array_get(only, i));

		if (kind && (!*kind || !strcmp(kind, "quickfix")))
			return true;
	}
	return !json_array_size(only);
}

static json_t *collect(struct lsp *s, const char *path, json_int_t first, json_int_t last)
{
	json_t *list = json_array();
	struct candor_diagnostic d;

	for (size_t i = 0; list && candor_diagnostic_at(s->candor, i, &d); i++) {
		if (!d.nr_edits || d.is_waived || !d.at.file || strcmp(d.at.file, path) ||
		    (json_int_t)d.at.line - 1 < first || (json_int_t)d.at.line - 1 > last ||
		    json_array_size(list) >= ACTIONS_MAX)
			continue;
		if (json_array_append_new(list, action(s, i, &d))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *mend_ask(struct lsp *s, const json_t *params)
{
	const json_t *id = json_object_get(params, "textDocument");
	const json_t *range = json_object_get(params, "range");
	const json_t *start = json_object_get(json_object_get(range, "start"), "line");
	const json_t *end = json_object_get(json_object_get(range, "end"), "line");
	const char *uri = json_string_value(json_object_get(id, "uri"));
	const struct document *doc = uri ? documents_find(&s->documents, uri) : NULL;

	if (!uri || !json_is_integer(start) || !json_is_integer(end))
		return lsp_fail(s, LSP_INVALID_PARAMS, "textDocument.uri and range are wanted");
	if (!doc)
		return lsp_fail(s, LSP_REQUEST_FAILED, "the document is not open");
	if (!doc->path || !is_wanted(json_object_get(params, "context")))
		return json_array();
	if (tree_load(s))
		return NULL;
	return collect(s, doc->path, json_integer_value(start), json_integer_value(end));
}
