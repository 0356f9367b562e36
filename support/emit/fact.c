/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One fact, and one change of one, as members of a document. */
#include <string.h>

#include "emit/questions.h"
#include "query/scope.h"

/* The words of the axes that a claim limits; nothing where it has all. */
static void add_scope(struct doc *doc, const struct claim *c)
{
	const struct scope_axes axes = { c->archs, c->guests, c->roles, c->widths };

	for (unsigned int i = 0; i < NR_SCOPE_AXES; i++) {
		const struct scope_words *w = &scope_words[i];
		unsigned int set = scope_axis(&axes, i);

		doc_open_list(doc, w->name, DOC_FLOW);
		for (unsigned int j = 0; j < w->nr; j++) {
			if (set & 1u << j)
				doc_text(doc, NULL, w->words[j]);
		}
		doc_close(doc);
	}
}

static void add_bound(struct doc *doc, const char *key, const struct bound *b)
{
	if (b->kind == BOUND_UNSTATED)
		return;
	doc_open_map(doc, key, DOC_FLOW);
	switch (b->kind) {
	case BOUND_UP_TO:
		doc_number(doc, "up_to", b->quantity.value);
		break;
	case BOUND_BELOW:
		doc_number(doc, "below", b->quantity.value);
		break;
	case BOUND_NONE:
		doc_bool(doc, "unbounded", true);
		break;
	case BOUND_UNSTATED:
		break;
	}
	if (b->kind != BOUND_NONE)
		doc_text(doc, "unit", b->quantity.is_bytes ? "bytes" : "count");
	doc_close(doc);
}

void emit_claim_members(struct doc *doc, const struct claim *c)
{
	doc_text(doc, "case", c->slug);
	doc_text(doc, "qualifier", c->qualifier);
	doc_text(doc, "status", c->value);
	doc_text(doc, "level", model_level_name(c->level));
	doc_text(doc, "security", model_security_name(c->security));
	add_scope(doc, c);
	doc_text(doc, "implementation", c->implementation);
	doc_open_list(doc, "diversions", DOC_FLOW);
	for (unsigned int i = 0; i < NR_DIVERSIONS; i++) {
		if (c->diversions & 1u << i)
			doc_text(doc, NULL, model_diversion_name(1u << i));
	}
	doc_close(doc);
	if (*c->condition)
		doc_text(doc, "condition", c->condition);
	add_bound(doc, "supported", &c->supported);
	add_bound(doc, "security_supported", &c->security_supported);
}

void emit_fact_members(struct doc *doc, const struct fact *fact)
{
	doc_text(doc, "id", fact->id);
	doc_text(doc, "title", fact->title);
	doc_text(doc, "section", fact->section);
	emit_claim_members(doc, &fact->claim);
}

static void add_side(struct doc *doc, const char *key, const struct fact_at *at)
{
	if (!at->fact)
		return;
	doc_open_map(doc, key, DOC_LINES);
	emit_fact_members(doc, at->fact);
	doc_number(doc, "line", at->line);
	doc_close(doc);
}

void emit_change_members(struct doc *doc, const struct change *change)
{
	bool is_text = !change->before.fact && !change->after.fact;

	doc_text(doc, "kind", diff_kind_name(change->kind));
	doc_text(doc, "id", change->id);
	if (change->former_id)
		doc_text(doc, "former_id", change->former_id);
	if (change->direction)
		doc_text(doc, "direction", diff_direction_name(change->direction));
	if (*change->what)
		doc_text(doc, "what", change->what);
	if (is_text || change->kind == CHANGE_LIMIT) {
		doc_text(doc, "was", change->was);
		doc_text(doc, "is", change->is);
	}
	if (*change->scope)
		doc_text(doc, "scope", change->scope);
	if (change->before_stands)
		doc_bool(doc, "before_stands", true);
	if (change->after_stands)
		doc_bool(doc, "after_stands", true);
	if (change->is_inferred)
		doc_bool(doc, "inferred", true);
	add_side(doc, "before", &change->before);
	add_side(doc, "after", &change->after);
}

const char *emit_change_case(const struct change *change)
{
	if (*change->scope)
		return change->scope;
	if (change->after.fact)
		return change->after.fact->claim.qualifier;
	return change->before.fact ? change->before.fact->claim.qualifier : "";
}

static const char *value_of(const struct fact_at *at)
{
	return at->fact ? at->fact->claim.value : "not stated";
}

static void add_arrow(struct strbuf *sb, const char *was, const char *is)
{
	strbuf_puts(sb, *was ? was : "nothing");
	strbuf_puts(sb, " -> ");
	strbuf_puts(sb, *is ? is : "nothing");
}

/* A text of many lines is told by what it begins with. */
static void add_beginning(struct strbuf *sb, const char *text)
{
	size_t size = strcspn(text, "\n");

	if (!*text)
		strbuf_puts(sb, "nothing");
	strbuf_add(sb, text, size < 60 ? size : 60);
	if (size > 60 || text[size])
		strbuf_puts(sb, " ...");
}

void emit_change_words(struct strbuf *sb, const struct change *change)
{
	switch (change->kind) {
	case CHANGE_LIMIT:
		strbuf_printf(sb, "%s: ", change->what);
		add_arrow(sb, change->was, change->is);
		break;
	case CHANGE_SCOPE:
		add_arrow(sb,
			  *change->before.fact->claim.qualifier
				  ? change->before.fact->claim.qualifier
				  : "all",
			  *change->after.fact->claim.qualifier ? change->after.fact->claim.qualifier
							       : "all");
		strbuf_printf(sb, ": %s", change->after.fact->claim.value);
		break;
	case CHANGE_RENAMED:
	case CHANGE_MOVED:
	case CHANGE_RELEASE:
		add_arrow(sb, change->was, change->is);
		break;
	case CHANGE_CAVEAT:
	case CHANGE_DESCRIPTION:
		add_beginning(sb, change->was);
		strbuf_puts(sb, " -> ");
		add_beginning(sb, change->is);
		break;
	case CHANGE_LOST:
	case CHANGE_GAINED:
		strbuf_puts(sb, value_of(change->kind == CHANGE_LOST ? &change->before
								     : &change->after));
		break;
	case CHANGE_DOWN:
	case CHANGE_UP:
	case CHANGE_STATUS:
	case NR_CHANGE_KINDS:
		add_arrow(sb, value_of(&change->before), value_of(&change->after));
		break;
	}
	if (change->before_stands)
		strbuf_puts(sb, " (an exception)");
	if (change->after_stands)
		strbuf_puts(sb, " (no longer an exception)");
	if (change->is_inferred)
		strbuf_puts(sb, " (as it seems)");
}

enum tint emit_change_tint(const struct change *change)
{
	if (change->kind == CHANGE_LOST || change->kind == CHANGE_DOWN)
		return TINT_BAD;
	if (change->kind == CHANGE_GAINED || change->kind == CHANGE_UP)
		return TINT_GOOD;
	if (change->direction)
		return change->direction == DIRECTION_RAISED ? TINT_GOOD : TINT_BAD;
	return TINT_NONE;
}
