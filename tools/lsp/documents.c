/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documents that the editor has open. */
#include "lsp/documents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct document *documents_find(struct documents *d, const char *uri)
{
	for (size_t i = 0; i < d->nr; i++) {
		if (!strcmp(d->items[i].uri, uri))
			return &d->items[i];
	}
	return NULL;
}

struct document *documents_find_path(struct documents *d, const char *path)
{
	for (size_t i = 0; path && i < d->nr; i++) {
		if (d->items[i].path && !strcmp(d->items[i].path, path))
			return &d->items[i];
	}
	return NULL;
}

static void free_document(struct document *doc)
{
	free(doc->uri);
	free(doc->path);
	free(doc->text);
}

void documents_close(struct documents *d, struct document *doc)
{
	d->total -= doc->size;
	free_document(doc);
	*doc = d->items[--d->nr];
}

void documents_reset(struct documents *d)
{
	while (d->nr)
		documents_close(d, &d->items[d->nr - 1]);
	free(d->items);
	*d = (struct documents){ 0 };
}

static int make(struct document *doc, const char *uri, const char *path)
{
	*doc = (struct document){ .uri = strdup(uri), .path = path ? strdup(path) : NULL };
	doc->text = calloc(1, 1);
	if (doc->uri && doc->text && (doc->path || !path))
		return 0;
	free_document(doc);
	return -ENOMEM;
}

static int add(struct documents *d, const char *uri, const char *path, struct document **ret_doc)
{
	struct document *items;
	int rc;

	if (d->nr == DOCUMENTS_MAX)
		return -EFBIG;
	items = realloc(d->items, (d->nr + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	d->items = items;
	rc = make(&items[d->nr], uri, path);
	if (!rc)
		*ret_doc = &items[d->nr++];
	return rc;
}

int documents_open(struct documents *d, const char *uri, const char *path, json_int_t version,
		   const char *text, size_t size)
{
	struct document *doc = documents_find(d, uri);
	int rc = doc ? 0 : add(d, uri, path, &doc);

	if (rc)
		return rc;
	rc = documents_splice(d, doc, 0, doc->size, text, size);
	if (rc)
		documents_close(d, doc);
	else
		doc->version = version;
	return rc;
}

int documents_splice(struct documents *d, struct document *doc, size_t start, size_t end,
		     const char *text, size_t size)
{
	size_t left = doc->size - (end - start);
	char *spliced;

	if (size > DOCUMENTS_TEXT_MAX || left + size > DOCUMENTS_TEXT_MAX ||
	    d->total - doc->size + left + size > DOCUMENTS_TOTAL_MAX)
		return -EFBIG;
	spliced = malloc(left + size + 1);
	if (!spliced)
		return -ENOMEM;
	memcpy(spliced, doc->text, start);
	memcpy(spliced + start, text, size);
	memcpy(spliced + start + size, doc->text + end, doc->size - end);
	spliced[left + size] = '\0';
	free(doc->text);
	d->total = d->total - doc->size + left + size;
	doc->text = spliced;
	doc->size = left + size;
	return 0;
}
