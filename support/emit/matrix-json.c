/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matrix as JSON. Texts are verbatim; order is that of the statements. */
#include <inttypes.h>

#include "base/text.h"
#include "emit/emit.h"
#include "emit/matrix.h"

static void add_member(struct strbuf *sb, const char *name, const char *value)
{
	strbuf_printf(sb, ", \"%s\": ", name);
	text_add_json(sb, value);
}

static void add_columns(const struct matrix *matrix, struct strbuf *sb)
{
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct statement *s = matrix->m->statements[i];

		strbuf_puts(sb, i ? ",\n  {\"name\": " : "\n  {\"name\": ");
		text_add_json(sb, matrix->names[i]);
		add_member(sb, "file", s->path);
		add_member(sb, "title", s->title);
		strbuf_puts(sb, ", \"release\": [");
		for (size_t j = 0; j < s->nr_keys; j++) {
			strbuf_puts(sb, j ? ", {\"key\": " : "{\"key\": ");
			text_add_json(sb, s->keys[j].key);
			add_member(sb, "value", s->keys[j].value);
			strbuf_puts(sb, "}");
		}
		strbuf_puts(sb, "]}");
	}
}

/* Names of the bits set, or nothing when all are: the case is not limited. */
static void add_set(struct strbuf *sb, const char *name, unsigned int set, const char *const *words,
		    unsigned int nr)
{
	const char *separator = "";

	if (set == (1u << nr) - 1)
		return;
	strbuf_printf(sb, ", \"%s\": [", name);
	for (unsigned int i = 0; i < nr; i++) {
		if (!(set & 1u << i))
			continue;
		strbuf_printf(sb, "%s\"%s\"", separator, words[i]);
		separator = ", ";
	}
	strbuf_puts(sb, "]");
}

static const char *unit_name(const struct quantity *q)
{
	return q->is_bytes ? "bytes" : "count";
}

static void add_limits(struct strbuf *sb, const struct claim *c)
{
	for (size_t i = 0; i < c->nr_limits; i++)
		strbuf_printf(sb, "%s{\"value\": %" PRIu64 ", \"unit\": \"%s\"}%s",
			      i ? ", " : ", \"limits\": [", c->limits[i].value,
			      unit_name(&c->limits[i]), i + 1 == c->nr_limits ? "]" : "");
}

/* How far a promise reaches; nothing when the status names no bound. */
static void add_bound(struct strbuf *sb, const char *name, const struct bound *b)
{
	static const char *const members[] = {
		[BOUND_UP_TO] = "up_to",
		[BOUND_BELOW] = "below",
	};

	if (b->kind == BOUND_UNSTATED)
		return;
	if (b->kind == BOUND_NONE)
		strbuf_printf(sb, ", \"%s\": {\"unbounded\": true}", name);
	else
		strbuf_printf(sb, ", \"%s\": {\"%s\": %" PRIu64 ", \"unit\": \"%s\"}", name,
			      members[b->kind], b->quantity.value, unit_name(&b->quantity));
}

static void add_diversions(struct strbuf *sb, const struct claim *c)
{
	const char *separator = ", \"diversions\": [";

	for (unsigned int i = 0; i < NR_DIVERSIONS; i++) {
		if (!(c->diversions & 1u << i))
			continue;
		strbuf_printf(sb, "%s\"%s\"", separator, model_diversion_name(1u << i));
		separator = ", ";
	}
	if (c->diversions)
		strbuf_puts(sb, "]");
	if (*c->condition)
		add_member(sb, "condition", c->condition);
	if (*c->rest)
		add_member(sb, "rest", c->rest);
}

static void add_claim(struct strbuf *sb, const struct claim *c)
{
	static const char *const archs[] = { "x86", "arm32", "arm64" };
	static const char *const guests[] = { "pv", "pvh", "hvm" };
	static const char *const roles[] = { "dom0", "domu" };
	static const char *const widths[] = { "32", "64" };

	strbuf_puts(sb, "{\"status\": ");
	text_add_json(sb, c->value);
	add_member(sb, "key", c->key);
	add_member(sb, "level", model_level_name(c->level));
	add_member(sb, "security", model_security_name(c->security));
	add_set(sb, "archs", c->archs, archs, 3);
	add_set(sb, "widths", c->widths, widths, 2);
	add_set(sb, "guests", c->guests, guests, 3);
	add_set(sb, "roles", c->roles, roles, 2);
	if (*c->implementation)
		add_member(sb, "implementation", c->implementation);
	add_diversions(sb, c);
	add_limits(sb, c);
	add_bound(sb, "supported", &c->supported);
	add_bound(sb, "security_supported", &c->security_supported);
	strbuf_printf(sb, ", \"line\": %u}", c->at.line);
}

static void add_row(const struct matrix *matrix, struct strbuf *sb, const struct matrix_node *row)
{
	strbuf_puts(sb, "{\"id\": ");
	text_add_json(sb, row->slug);
	add_member(sb, "qualifier", row->title);
	strbuf_puts(sb, ", \"cells\": [");
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		strbuf_puts(sb, i ? ",\n        [" : "\n        [");
		for (const struct matrix_cell *c = row->cells[i]; c; c = c->next) {
			add_claim(sb, c->claim);
			if (c->next)
				strbuf_puts(sb, ", ");
		}
		strbuf_puts(sb, "]");
	}
	strbuf_puts(sb, "]}");
}

static void add_feature(const struct matrix *matrix, struct strbuf *sb,
			const struct matrix_node *feature)
{
	const char *separator = "";

	strbuf_puts(sb, "{\"id\": ");
	text_add_json(sb, feature->slug);
	add_member(sb, "title", feature->title);
	strbuf_puts(sb, ", \"texts\": [");
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct heading *h = feature->headings[i];

		if (!h || (!*h->description && !*h->caveats))
			continue;
		strbuf_printf(sb, "%s{\"column\": %zu", separator, i);
		add_member(sb, "description", h->description);
		add_member(sb, "caveats", h->caveats);
		strbuf_puts(sb, "}");
		separator = ",\n      ";
	}
	strbuf_puts(sb, "], \"rows\": [");
	for (const struct matrix_node *row = feature->first; row; row = row->next) {
		strbuf_puts(sb, "\n      ");
		add_row(matrix, sb, row);
		strbuf_puts(sb, row->next ? "," : "");
	}
	strbuf_puts(sb, "]}");
}

void matrix_emit_json(const struct matrix *matrix, struct strbuf *sb)
{
	strbuf_puts(sb, "{\n\"format\": 1,\n\"columns\": [");
	add_columns(matrix, sb);
	strbuf_puts(sb, "],\n\"sections\": [");
	for (const struct matrix_node *s = matrix->root.first; s; s = s->next) {
		strbuf_puts(sb, "\n  {\"id\": ");
		text_add_json(sb, s->slug);
		add_member(sb, "title", s->title);
		strbuf_puts(sb, ", \"features\": [");
		for (const struct matrix_node *f = s->first; f; f = f->next) {
			strbuf_puts(sb, "\n    ");
			add_feature(matrix, sb, f);
			strbuf_puts(sb, f->next ? "," : "");
		}
		strbuf_puts(sb, s->next ? "]}," : "]}");
	}
	strbuf_puts(sb, "]\n}\n");
}
