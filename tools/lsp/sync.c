/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents opened, edited, closed: each stands for its file while it is open. */
#include "lsp/sync.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* A document that cannot be followed would be shown wrong things of: drop it, and say so. */
static json_t *drop(struct lsp *s, struct document *doc, const char *why)
{
	if (doc && doc->path)
		(void)tree_set_text(s, doc->path, NULL, 0);
	if (doc)
		documents_close(&s->documents, doc);
	lsp_notify(s, "window/showMessage", json_pack("{s:i,s:s}", "type", 2, "message", why));
	return json_null();
}

/* Let the document stand for its file. */
static json_t *apply(struct lsp *s, struct document *doc)
{
	if (doc->path && tree_set_text(s, doc->path, doc->text, doc->size))
		return drop(s, doc, "candor: out of memory: a document is left out");
	return json_null();
}

json_t *sync_open(struct lsp *s, const json_t *params)
{
	const json_t *item = json_object_get(params, "textDocument");
	const char *uri = json_string_value(json_object_get(item, "uri"));
	const json_t *text = json_object_get(item, "text");
	char *path;
	int rc;

	if (!uri || !json_is_string(text))
		return NULL;
	path = tree_path(s, uri);
	rc = documents_open(&s->documents, uri, path,
			    json_integer_value(json_object_get(item, "version")),
			    json_string_value(text), json_string_length(text));
	free(path);
	if (!rc)
		return apply(s, documents_find(&s->documents, uri));
	return drop(s, documents_find(&s->documents, uri),
		    rc == -EFBIG ? "candor: the document is too large, or too many are open: it "
				   "is left out"
				 : "candor: out of memory: a document is left out");
}

static bool read_position(const json_t *at, struct position *ret_position)
{
	const json_t *line = json_object_get(at, "line");
	const json_t *character = json_object_get(at, "character");

	if (!json_is_integer(line) || !json_is_integer(character) || json_integer_value(line) < 0 ||
	    json_integer_value(character) < 0)
		return false;
	*ret_position = (struct position){ (size_t)json_integer_value(line),
					   (size_t)json_integer_value(character) };
	return true;
}

/* One change: of a range, or of all. 0 or -errno; -EINVAL for no change at all. */
static int change(struct lsp *s, struct document *doc, const json_t *item)
{
	const json_t *text = json_object_get(item, "text"), *range = json_object_get(item, "range");
	size_t start = 0, end = doc->size;
	struct position from, to;

	if (!json_is_string(text))
		return -EINVAL;
	if (range) {
		if (!read_position(json_object_get(range, "start"), &from) ||
		    !read_position(json_object_get(range, "end"), &to))
			return -EINVAL;
		start = position_offset(doc->text, doc->size, from, s->encoding);
		end = position_offset(doc->text, doc->size, to, s->encoding);
		if (end < start)
			return -EINVAL;
	}
	return documents_splice(&s->documents, doc, start, end, json_string_value(text),
				json_string_length(text));
}

json_t *sync_change(struct lsp *s, const json_t *params)
{
	const json_t *id = json_object_get(params, "textDocument");
	const json_t *changes = json_object_get(params, "contentChanges");
	const char *uri = json_string_value(json_object_get(id, "uri"));
	struct document *doc = uri ? documents_find(&s->documents, uri) : NULL;

	if (!doc)
		return NULL;
	for (size_t i = 0; i < json_array_size(changes); i++) {
		int rc = change(s, doc, json_array_get(changes, i));

		if (rc)
			return drop(s, doc,
				    rc == -EINVAL ? "candor: an edit could not be read: the "
						    "document is left out until it is opened again"
						  : "candor: the document grew too large: it is "
						    "left out");
	}
	doc->version = json_integer_value(json_object_get(id, "version"));
	return apply(s, doc);
}

json_t *sync_close(struct lsp *s, const json_t *params)
{
	const json_t *id = json_object_get(params, "textDocument");
	const char *uri = json_string_value(json_object_get(id, "uri"));
	struct document *doc = uri ? documents_find(&s->documents, uri) : NULL;

	if (!doc)
		return NULL;
	if (doc->path)
		(void)tree_set_text(s, doc->path, NULL, 0);
	documents_close(&s->documents, doc);
	return json_null();
}

json_t *sync_touch(struct lsp *s, const json_t *params)
{
	(void)params;
	s->is_unread = s->is_unpublished = true;
	return json_null();
}
