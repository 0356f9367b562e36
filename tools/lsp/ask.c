/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hover, definition and references of the feature at a place. */
#include "private.h"

#include <string.h>

/* Of a description or a caveat: the rest is in the statement. */
#define PROSE_MAX 1000
/* Locations of one answer. */
#define LOCATIONS_MAX 10000

static bool find(struct lsp *s, const json_t *params, struct lsp_hit *ret_hit)
{
	size_t offset;
	const struct document *doc = hit_document(s, params, &offset);

	if (!doc)
		return false;
	if (tree_load(s)) {
		lsp_fail(s, LSP_INTERNAL_ERROR, "out of memory");
		return false;
	}
	return hit_find(s, doc, offset, ret_hit);
}

/* The answer "nothing", unless the request has failed. */
static json_t *nothing(const struct lsp *s)
{
	return s->code ? NULL : json_null();
}

/* ---- Hover ---- */

/* Text of the inputs, so that Markdown shows it as it is. */
static void add_text(const struct lsp *s, struct strbuf *sb, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (s->has_markdown && strchr("\\`*_{}[]()#+-.!<>|~&", c) && c)
			strbuf_puts(sb, "\\");
		if ((unsigned char)c >= 0x20 || c == '\n')
			strbuf_add(sb, &c, 1);
		else
			strbuf_puts(sb, " ");
	}
}

static void add(const struct lsp *s, struct strbuf *sb, const char *text)
{
	add_text(s, sb, text, strlen(text));
}

/* Markdown of the statement: shown as such, but nothing of HTML; cut at a character. */
static void add_prose(const struct lsp *s, struct strbuf *sb, const char *text)
{
	size_t size = strnlen(text, PROSE_MAX);

	if (!size)
		return;
	while (text[size] && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	strbuf_puts(sb, "\n");
	add_text(s, sb, text, size);
	strbuf_puts(sb, text[size] ? "...\n" : "\n");
}

static const char *state_name(enum candor_state state)
{
	return state == CANDOR_BUILT ? "built" : state == CANDOR_PLANNED ? "planned" : "removed";
}

static void add_claims(struct lsp *s, struct strbuf *sb, const char *id)
{
	const char *description = "", *caveats = "";
	struct candor_claim claim;
	size_t nr = 0;

	for (size_t i = 0; candor_claim_at(s->candor, i, &claim); i++) {
		if (!claim.feature || strcmp(claim.feature, id))
			continue;
		strbuf_puts(sb, nr++ ? "" : "\n");
		strbuf_puts(sb, "- ");
		add(s, sb, claim.qualifier[0] ? claim.qualifier : "Status");
		strbuf_puts(sb, s->has_markdown ? ": **" : ": ");
		add(s, sb, claim.value);
		strbuf_printf(sb, "%s (security support: %s)\n", s->has_markdown ? "**" : "",
			      candor_security_name(claim.security));
		description = claim.description;
		caveats = claim.caveats;
	}
	if (!nr)
		strbuf_puts(sb, "\nNot stated in SUPPORT.md\n");
	add_prose(s, sb, description);
	add_prose(s, sb, caveats);
}

static void add_counts(struct lsp *s, struct strbuf *sb, const char *id)
{
	static const char *const names[] = { "provided", "refused", "limited", "tested", "gated" };
	size_t counts[5] = { 0 };
	struct candor_annotation a;

	for (size_t i = 0; candor_annotation_at(s->candor, i, &a); i++) {
		if (!a.object && !strcmp(a.id, id) && (size_t)a.kind < 5)
			counts[a.kind]++;
	}
	strbuf_puts(sb, "\n");
	for (size_t i = 0; i < 5; i++)
		strbuf_printf(sb, "%s%s %zu%s", i ? ", " : "", names[i], counts[i], i ? "" : "x");
	strbuf_puts(sb, "\n");
}

static void describe(struct lsp *s, const struct candor_feature *f, struct strbuf *sb)
{
	strbuf_puts(sb, s->has_markdown ? "**" : "");
	add(s, sb, f->title);
	strbuf_puts(sb, s->has_markdown ? "** (" : " (");
	add(s, sb, f->id);
	strbuf_printf(sb, "), %s, owner ", state_name(f->state));
	add(s, sb, f->owner ? f->owner : "nobody");
	strbuf_puts(sb, "\n");
	add_claims(s, sb, f->id);
	add_counts(s, sb, f->id);
}

json_t *ask_hover(struct lsp *s, const json_t *params)
{
	struct strbuf sb = STRBUF_INIT;
	struct lsp_hit hit;
	json_t *hover;

	if (!find(s, params, &hit))
		return nothing(s);
	describe(s, &hit.feature, &sb);
	hover = json_pack("{s:{s:s,s:o},s:{s:{s:I,s:I},s:{s:I,s:I}}}", "contents", "kind",
			  s->has_markdown ? "markdown" : "plaintext", "value",
			  strbuf_str(&sb) ? tree_string(strbuf_str(&sb)) : NULL, "range", "start",
			  "line", (json_int_t)hit.start.line, "character",
			  (json_int_t)hit.start.character, "end", "line", (json_int_t)hit.end.line,
			  "character", (json_int_t)hit.end.character);
	strbuf_reset(&sb);
	return hover;
}

/* ---- Places ---- */

/* False when there is no memory, or no room. */
static bool add_place(struct lsp *s, json_t *list, const struct candor_place *at)
{
	if (!at->file || json_array_size(list) >= LOCATIONS_MAX)
		return true;
	return !json_array_append_new(list, tree_location(s, at));
}

static bool add_annotations(struct lsp *s, json_t *list, const char *id, unsigned int kinds)
{
	struct candor_annotation a;

	for (size_t i = 0; candor_annotation_at(s->candor, i, &a); i++) {
		if (!a.object && (kinds & 1u << a.kind) && !strcmp(a.id, id) &&
		    !add_place(s, list, &a.at))
			return false;
	}
	return true;
}

static bool add_statuses(struct lsp *s, json_t *list, const char *id)
{
	struct candor_claim claim;

	for (size_t i = 0; candor_claim_at(s->candor, i, &claim); i++) {
		if (claim.feature && !strcmp(claim.feature, id) && !add_place(s, list, &claim.at))
			return false;
	}
	return true;
}

/* What defines a feature lies on the other side: from the code its statement, from there
 * its code; the registry's entry comes with both. */
json_t *ask_definition(struct lsp *s, const json_t *params)
{
	const unsigned int code = 1u << CANDOR_PROVIDES | 1u << CANDOR_REFUSES;
	struct lsp_hit hit;
	json_t *list;
	bool ok = true;

	if (!find(s, params, &hit))
		return nothing(s);
	list = json_array();
	if (!hit.in_statement)
		ok = add_place(s, list, &hit.feature.stated_at);
	if (ok && (hit.in_statement || hit.in_registry))
		ok = add_annotations(s, list, hit.feature.id, code);
	if (ok)
		ok = add_place(s, list, &hit.feature.at);
	if (ok)
		return list;
	json_decref(list);
	return NULL;
}

json_t *ask_references(struct lsp *s, const json_t *params)
{
	const json_t *context = json_object_get(params, "context");
	bool with_definition = json_is_true(json_object_get(context, "includeDeclaration"));
	struct lsp_hit hit;
	json_t *list;
	bool ok = true;

	if (!find(s, params, &hit))
		return nothing(s);
	list = json_array();
	if (with_definition)
		ok = add_place(s, list, &hit.feature.at) &&
		     add_place(s, list, &hit.feature.stated_at);
	if (ok && add_statuses(s, list, hit.feature.id) &&
	    add_annotations(s, list, hit.feature.id, ~0u))
		return list;
	json_decref(list);
	return NULL;
}
