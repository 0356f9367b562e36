/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion: ids in annotations and in the registry's lists, labels in a statement. */
#include "private.h"

#include <stdint.h>
#include <string.h>

#define ITEMS_MAX 1000

/* The protocol's kinds. */
enum { KIND_CONSTANT = 21, KIND_ENUM_MEMBER = 20 };

static const enum candor_level labels[] = {
	CANDOR_LEVEL_SUPPORTED,	 CANDOR_LEVEL_TECH_PREVIEW,  CANDOR_LEVEL_EXPERIMENTAL,
	CANDOR_LEVEL_DEPRECATED, CANDOR_LEVEL_NOT_SUPPORTED,
};

/* What is to be replaced: bytes of the document, before the cursor. */
struct place {
	const struct document *doc;
	size_t start, end;
};

static json_t *edit(const struct lsp *s, const struct place *p, const char *text)
{
	struct position from = position_of(p->doc->text, p->doc->size, p->start, s->encoding);
	struct position to = position_of(p->doc->text, p->doc->size, p->end, s->encoding);

	return json_pack("{s:{s:{s:I,s:I},s:{s:I,s:I}},s:s}", "range", "start", "line",
			 (json_int_t)from.line, "character", (json_int_t)from.character, "end",
			 "line", (json_int_t)to.line, "character", (json_int_t)to.character,
			 "newText", text);
}

/* The weakest status of the feature, to show beside its id. */
static const char *weakest(struct lsp *s, const char *id)
{
	enum candor_level level = CANDOR_LEVEL_SUPPORTED;
	struct candor_claim claim;
	bool is_stated = false;

	for (size_t i = 0; candor_claim_at(s->candor, i, &claim); i++) {
		if (!claim.feature || strcmp(claim.feature, id))
			continue;
		is_stated = true;
		level = claim.level < level ? claim.level : level;
	}
	return is_stated ? candor_level_name(level) : "not stated";
}

static bool add_item(const struct lsp *s, json_t *list, const struct place *p, const char *label,
		     const char *title, const char *detail, int kind)
{
	return !json_array_append_new(list,
				      json_pack("{s:s,s:i,s:o,s:s,s:o}", "label", label, "kind",
						kind, "detail", tree_string(title), "filterText",
						label, "textEdit", edit(s, p, label))) &&
	       (!detail || !json_object_set_new(json_array_get(list, json_array_size(list) - 1),
						"documentation", json_string(detail)));
}

static bool add_ids(struct lsp *s, json_t *list, const struct place *p)
{
	size_t size = p->end - p->start;
	struct candor_feature f;

	for (size_t i = 0; candor_feature_at(s->candor, i, &f); i++) {
		if (f.state == CANDOR_REMOVED || strncmp(f.id, p->doc->text + p->start, size))
			continue;
		if (json_array_size(list) < ITEMS_MAX &&
		    !add_item(s, list, p, f.id, f.title, weakest(s, f.id), KIND_CONSTANT))
			return false;
	}
	return true;
}

static bool add_labels(const struct lsp *s, json_t *list, const struct place *p)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const char *name = candor_level_name(labels[i]);

		if (!strncmp(name, p->doc->text + p->start, p->end - p->start) &&
		    !add_item(s, list, p, name, "status", NULL, KIND_ENUM_MEMBER))
			return false;
	}
	return true;
}

static size_t line_start(const struct document *doc, size_t offset)
{
	while (offset && doc->text[offset - 1] != '\n')
		offset--;
	return offset;
}

/* Behind "    Status, x86: " of a statement: where the value starts; else SIZE_MAX. */
static size_t value_start(const struct document *doc, size_t offset)
{
	size_t start = line_start(doc, offset), at = start;
	const char *colon;

	while (at < offset && (doc->text[at] == ' ' || doc->text[at] == '\t'))
		at++;
	if (at == start || at == offset)
		return SIZE_MAX;
	colon = memchr(doc->text + at, ':', offset - at);
	if (!colon ||
	    (strncmp(doc->text + at, "Status", 6) && strncmp(doc->text + at, "Supported", 9)))
		return SIZE_MAX;
	at = (size_t)(colon - doc->text) + 1;
	while (at < offset && doc->text[at] == ' ')
		at++;
	return at;
}

/* In the registry, a line of ids: "needs: [a, b]". */
static bool is_id_line(const struct document *doc, size_t offset)
{
	static const char *const keys[] = { "needs:", "conflicts:", "replaced_by:" };
	size_t at = line_start(doc, offset);

	while (at < offset && (doc->text[at] == ' ' || doc->text[at] == '-'))
		at++;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t size = strlen(keys[i]);

		if (offset - at >= size && !memcmp(doc->text + at, keys[i], size))
			return true;
	}
	return false;
}

static bool complete(struct lsp *s, const struct document *doc, size_t offset, json_t *list)
{
	struct place p = { doc, offset, offset };

	if (tree_is_statement(s, doc->path)) {
		p.start = value_start(doc, offset);
		return p.start == SIZE_MAX || add_labels(s, list, &p);
	}
	while (p.start && hit_is_id_char(doc->text[p.start - 1]))
		p.start--;
	if (hit_argument(doc, offset) == p.start ||
	    (tree_is_registry(s, doc->path) && is_id_line(doc, offset)))
		return add_ids(s, list, &p);
	return true;
}

json_t *complete_ask(struct lsp *s, const json_t *params)
{
	size_t offset;
	const struct document *doc = hit_document(s, params, &offset);
	json_t *list;

	if (!doc)
		return NULL;
	list = json_array();
	if (!list || (doc->path && (tree_load(s) || !complete(s, doc, offset, list)))) {
		json_decref(list);
		return NULL;
	}
	return json_pack("{s:b,s:o}", "isIncomplete", 0, "items", list);
}
