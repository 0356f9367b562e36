/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which feature a place of a document names: by id in code, registry and locks, by heading or
 * status line in a statement. */
#include "private.h"

#include <stdint.h>
#include <string.h>

/* An annotation may be broken over lines; no one writes more between name and id. */
#define LOOK_BACK 512

bool hit_is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool get_position(const json_t *params, struct position *ret_at)
{
	const json_t *at = json_object_get(params, "position");
	json_int_t line = json_integer_value(json_object_get(at, "line"));
	json_int_t character = json_integer_value(json_object_get(at, "character"));

	if (!json_is_integer(json_object_get(at, "line")) ||
	    !json_is_integer(json_object_get(at, "character")) || line < 0 || character < 0)
		return false;
	*ret_at = (struct position){ (size_t)line, (size_t)character };
	return true;
}

struct document *hit_document(struct lsp *s, const json_t *params, size_t *ret_offset)
{
	const json_t *id = json_object_get(params, "textDocument");
	const char *uri = json_string_value(json_object_get(id, "uri"));
	struct document *doc = uri ? documents_find(&s->documents, uri) : NULL;
	struct position at;

	if (!uri || !get_position(params, &at)) {
		lsp_fail(s, LSP_INVALID_PARAMS, "textDocument.uri and position are wanted");
		return NULL;
	}
	if (!doc) {
		lsp_fail(s, LSP_REQUEST_FAILED, "the document is not open");
		return NULL;
	}
	*ret_offset = position_offset(doc->text, doc->size, at, s->encoding);
	return doc;
}

/* Bytes of the id around @offset; false where there is none. */
static bool find_word(const struct document *doc, size_t offset, size_t *ret_start, size_t *ret_end)
{
	size_t start = offset, end = offset;

	while (start && hit_is_id_char(doc->text[start - 1]))
		start--;
	while (end < doc->size && hit_is_id_char(doc->text[end]))
		end++;
	*ret_start = start;
	*ret_end = end;
	return end > start && end - start <= 64;
}

static bool is_macro(const struct document *doc, size_t open)
{
	static const char prefix[] = "SUPPORT_";
	const size_t prefix_size = sizeof(prefix) - 1;
	size_t start = open;

	while (start && open - start < 32 &&
	       ((doc->text[start - 1] >= 'A' && doc->text[start - 1] <= 'Z') ||
		doc->text[start - 1] == '_'))
		start--;
	return open - start > prefix_size && !memcmp(doc->text + start, prefix, prefix_size);
}

size_t hit_argument(const struct document *doc, size_t offset)
{
	size_t start = offset;

	while (start && hit_is_id_char(doc->text[start - 1]))
		start--;
	for (size_t i = start; i && start - i < LOOK_BACK; i--) {
		char c = doc->text[i - 1];

		if (c == '(')
			return is_macro(doc, i - 1) ? start : SIZE_MAX;
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\\')
			break;
	}
	return SIZE_MAX;
}

static void set_range(struct lsp *s, const struct document *doc, size_t start, size_t end,
		      struct lsp_hit *hit)
{
	hit->start = position_of(doc->text, doc->size, start, s->encoding);
	hit->end = position_of(doc->text, doc->size, end, s->encoding);
}

/* Does the file name features by id anywhere, not in annotations alone? */
static bool names_ids_freely(struct lsp *s, const struct document *doc)
{
	size_t size = strlen(doc->path);

	return tree_is_registry(s, doc->path) ||
	       (size > 5 && !strcmp(doc->path + size - 5, ".lock")) ||
	       (size > 4 && !strcmp(doc->path + size - 4, ".lua"));
}

static bool find_by_id(struct lsp *s, const struct document *doc, size_t offset,
		       struct lsp_hit *hit)
{
	size_t start, end;
	char id[65];

	if (!find_word(doc, offset, &start, &end))
		return false;
	if (!names_ids_freely(s, doc) && hit_argument(doc, offset) != start)
		return false;
	memcpy(id, doc->text + start, end - start);
	id[end - start] = '\0';
	if (!candor_feature_named(s->candor, id, &hit->feature))
		return false;
	hit->in_registry = tree_is_registry(s, doc->path);
	set_range(s, doc, start, end, hit);
	return true;
}

/* The id of the feature whose heading or status is on this line, or NULL. */
static const char *find_stated(struct lsp *s, const char *path, unsigned int line)
{
	struct candor_feature feature;
	struct candor_claim claim;

	for (size_t i = 0; candor_feature_at(s->candor, i, &feature); i++) {
		if (feature.stated_at.file && feature.stated_at.line == line &&
		    !strcmp(feature.stated_at.file, path))
			return feature.id;
	}
	for (size_t i = 0; candor_claim_at(s->candor, i, &claim); i++) {
		if (claim.feature && claim.at.line == line && !strcmp(claim.at.file, path))
			return claim.feature;
	}
	return NULL;
}

static bool find_by_line(struct lsp *s, const struct document *doc, size_t offset,
			 struct lsp_hit *hit)
{
	size_t start = offset, end = offset;
	unsigned int line = 1;
	const char *id;

	for (size_t i = 0; i < offset; i++)
		line += doc->text[i] == '\n';
	id = find_stated(s, doc->path, line);
	if (!id || !candor_feature_named(s->candor, id, &hit->feature))
		return false;
	while (start && doc->text[start - 1] != '\n')
		start--;
	while (end < doc->size && doc->text[end] != '\n' && doc->text[end] != '\r')
		end++;
	hit->in_statement = true;
	set_range(s, doc, start, end, hit);
	return true;
}

bool hit_find(struct lsp *s, const struct document *doc, size_t offset, struct lsp_hit *ret_hit)
{
	struct lsp_hit hit = { 0 };
	bool found;

	if (!doc->path)
		return false;
	found = tree_is_statement(s, doc->path) ? find_by_line(s, doc, offset, &hit)
						: find_by_id(s, doc, offset, &hit);
	if (found)
		*ret_hit = hit;
	return found;
}
