/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnostics for the editor: of all files of the tree, open or not. */
#include "lsp/publish.h"

#include <stdlib.h>
#include <string.h>

#include "private.h"

/* An editor shows no more, and nobody reads them. */
#define FILE_MAX 200
#define ALL_MAX 5000

static json_t *diagnostic(struct lsp *s, const struct candor_diagnostic *d)
{
	struct strbuf text = STRBUF_INIT;
	json_t *made;

	strbuf_puts(&text, d->message);
	if (d->remedy)
		strbuf_printf(&text, "\n= %s", d->remedy);
	made = json_pack("{s:o,s:i,s:s,s:s,s:o}", "range", tree_range(s, &d->at), "severity",
			 d->severity == CANDOR_ERROR ? 1 : 2, "code", d->rule, "source", "candor",
			 "message", strbuf_str(&text) ? tree_string(strbuf_str(&text)) : NULL);
	strbuf_reset(&text);
	return made;
}

/* Diagnostics by URI; those of no file are the statement's, or the registry's. NULL: no memory. */
static json_t *collect(struct lsp *s)
{
	json_t *files = json_object();
	struct candor_diagnostic d;

	for (size_t i = 0; files && i < ALL_MAX && candor_diagnostic_at(s->candor, i, &d); i++) {
		char *uri;
		json_t *list;

		if (!d.at.file)
			d.at.file = "SUPPORT.md";
		uri = tree_uri(s, d.at.file);
		list = uri ? json_object_get(files, uri) : NULL;
		if (uri && !list && !json_object_set_new(files, uri, json_array()))
			list = json_object_get(files, uri);
		free(uri);
		if (!list || (json_array_size(list) < FILE_MAX &&
			      json_array_append_new(list, diagnostic(s, &d)))) {
			json_decref(files);
			return NULL;
		}
	}
	return files;
}

static void publish(struct lsp *s, const char *uri, const json_t *list)
{
	const struct document *doc = documents_find(&s->documents, uri);
	json_t *params = json_pack("{s:s,s:O}", "uri", uri, "diagnostics", list);

	if (doc && params)
		json_object_set_new(params, "version", json_integer(doc->version));
	lsp_notify(s, "textDocument/publishDiagnostics", params);
}

/* Files that have none any more. */
static void clear(struct lsp *s, const json_t *files)
{
	json_t *none = json_array();
	const char *uri;
	json_t *value;

	json_object_foreach(s->published, uri, value)
	{
		if (none && !json_object_get(files, uri))
			publish(s, uri, none);
	}
	json_decref(none);
}

void publish_diagnostics(struct lsp *s)
{
	json_t *files, *list;
	const char *uri;

	s->is_unpublished = false;
	files = tree_load(s) ? NULL : collect(s);
	if (!files) {
		lsp_notify(s, "window/showMessage",
			   json_pack("{s:i,s:s}", "type", 1, "message", "candor: out of memory"));
		return;
	}
	clear(s, files);
	json_object_foreach(files, uri, list)
	{
		if (!json_equal(list, json_object_get(s->published, uri)) ||
		    documents_find(&s->documents, uri))
			publish(s, uri, list);
	}
	json_decref(s->published);
	s->published = files;
}
