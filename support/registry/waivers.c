/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader of waivers: whose word it is that a finding may stand, why, and until
 * when. A waiver that is not whole excuses nothing and is reported.
 */
#include "registry/waivers.h"

#include <errno.h>
#include <string.h>

#include <yaml.h>

#include "base/date.h"
#include "base/text.h"
#include "model/read.h"

#define WAIVERS_MAX ((size_t)1 << 20)
#define TEXT_MAX 1024
#define NESTING_MAX 8

static const char rule_id[] = "bad-waiver";

struct field {
	const char *key;
	size_t offset; /* in struct waiver */
	bool required;
};

static const struct field fields[] = {
	{ "rule", offsetof(struct waiver, rule), true },
	{ "feature", offsetof(struct waiver, feature), false },
	{ "place", offsetof(struct waiver, place), false },
	{ "owner", offsetof(struct waiver, owner), true },
	{ "reason", offsetof(struct waiver, reason), true },
	{ "expires", offsetof(struct waiver, expires), true },
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

struct reader {
	struct model *m;
	const char *path;
	yaml_document_t document;
};

static struct pos position(const struct reader *r, const yaml_node_t *node)
{
	return (struct pos){ r->path, (unsigned int)node->start_mark.line + 1,
			     (unsigned int)node->start_mark.column + 1 };
}

static void complain(struct reader *r, const yaml_node_t *node, const char *remedy,
		     const char *message)
{
	model_report(r->m, SEVERITY_ERROR, rule_id, position(r, node), remedy, "%s", message);
}

/* A scalar as one line of text, or NULL (reported). */
static const char *take_text(struct reader *r, const yaml_node_t *node)
{
	const char *text =
		node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
	size_t size = text ? node->data.scalar.length : 0;

	if (!size || size > TEXT_MAX || strlen(text) != size || strpbrk(text, "\n\r\t")) {
		complain(r, node, "write one line of 1 to 1024 bytes", "no single line of text");
		return NULL;
	}
	return model_copy(r->m, text, size);
}

static const struct field *find_field(const char *key)
{
	for (size_t i = 0; i < NR_FIELDS; i++) {
		if (!strcmp(key, fields[i].key))
			return &fields[i];
	}
	return NULL;
}

static const char **slot_of(struct waiver *w, const struct field *field)
{
	return (const char **)(void *)((char *)w + field->offset);
}

/* One "key: value" of a waiver. */
static bool read_pair(struct reader *r, struct waiver *w, const yaml_node_t *key,
		      const yaml_node_t *value)
{
	const char *name = take_text(r, key);
	const struct field *field = name ? find_field(name) : NULL;
	const char **slot = field ? slot_of(w, field) : NULL;

	if (!slot || *slot) {
		if (name)
			complain(r, key,
				 "the keys are rule, feature, place, owner, reason and expires, "
				 "once each",
				 slot ? "a key is given twice" : "unknown key");
		return false;
	}
	*slot = take_text(r, value);
	return *slot != NULL;
}

static bool is_whole(struct reader *r, const struct waiver *w, const yaml_node_t *node)
{
	for (size_t i = 0; i < NR_FIELDS; i++) {
		const char *const *slot =
			(const char *const *)(const void *)((const char *)w + fields[i].offset);

		if (fields[i].required && !*slot) {
			model_report(r->m, SEVERITY_ERROR, rule_id, position(r, node), "add it",
				     "a waiver lacks the key '%s'", fields[i].key);
			return false;
		}
	}
	if (!w->feature && !w->place) {
		complain(r, node, "name the feature, the place, or both",
			 "a waiver of a whole rule excuses what nobody has looked at");
		return false;
	}
	if (!date_is_valid(w->expires)) {
		complain(r, node, "write YYYY-MM-DD", "'expires' is no date");
		return false;
	}
	return true;
}

static int read_waiver(struct reader *r, const yaml_node_t *node)
{
	struct waiver w = { .at = position(r, node) };
	struct waiver *waivers;
	bool ok = true;

	if (node->type != YAML_MAPPING_NODE) {
		complain(r, node, "a waiver is a mapping: - rule: ID", "this is no waiver");
		return 0;
	}
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++)
		ok &= read_pair(r, &w, yaml_document_get_node(&r->document, pair->key),
				yaml_document_get_node(&r->document, pair->value));
	if (!ok || !is_whole(r, &w, node))
		return 0;
	waivers = model_grow(r->m, r->m->waivers, r->m->nr_waivers, sizeof(*waivers));
	if (!waivers)
		return -ENOMEM;
	r->m->waivers = waivers;
	r->m->waivers[r->m->nr_waivers++] = w;
	return 0;
}

static int read_list(struct reader *r, const yaml_node_t *node)
{
	int rc = 0;

	if (node->type != YAML_SEQUENCE_NODE) {
		complain(r, node, "write 'waivers:' and a list of them", "'waivers' is no list");
		return 0;
	}
	for (yaml_node_item_t *item = node->data.sequence.items.start;
	     !rc && item < node->data.sequence.items.top; item++)
		rc = read_waiver(r, yaml_document_get_node(&r->document, *item));
	return rc;
}

static bool is_text(const yaml_node_t *node, const char *text)
{
	return node->type == YAML_SCALAR_NODE &&
	       !strcmp((const char *)node->data.scalar.value, text);
}

/* The whole: a mapping of `format` and `waivers`. */
static int read_document(struct reader *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(&r->document);
	bool has_format = false;
	int rc = 0;

	if (!root || root->type != YAML_MAPPING_NODE) {
		model_report(r->m, SEVERITY_ERROR, rule_id, (struct pos){ r->path, 1, 1 },
			     "start with 'format: 1' and 'waivers:'", "this is no list of waivers");
		return 0;
	}
	for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
	     !rc && pair < root->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(&r->document, pair->key);
		const yaml_node_t *value = yaml_document_get_node(&r->document, pair->value);

		if (is_text(key, "waivers"))
			rc = read_list(r, value);
		else if (is_text(key, "format") && is_text(value, "1"))
			has_format = true;
		else
			complain(r, key, "the file has 'format: 1' and 'waivers'",
				 "unknown key or format");
	}
	if (!rc && !has_format) {
		complain(r, root, "start with 'format: 1'",
			 "the file does not say a format that is known");
		r->m->nr_waivers = 0;
	}
	return rc;
}

static void report_yaml(struct reader *r, const yaml_parser_t *parser)
{
	bool placed = parser->error != YAML_READER_ERROR;

	if (parser->error == YAML_MEMORY_ERROR)
		r->m->out_of_memory = true;
	else
		model_report(
			r->m, SEVERITY_ERROR, "unreadable",
			(struct pos){ r->path,
				      placed ? (unsigned int)parser->problem_mark.line + 1 : 0,
				      placed ? (unsigned int)parser->problem_mark.column + 1 : 0 },
			"correct the YAML; nothing of the file was read", "%s",
			parser->problem ? parser->problem : "no YAML");
}

static void start_parser(yaml_parser_t *parser, const char *text, size_t size)
{
	yaml_parser_set_input_string(parser, (const unsigned char *)text, size);
}

/*
 * Is nothing nested deeper than the format has use for? libyaml's time is that of
 * depth times size, so a whole document is loaded only if it is. What is no YAML is
 * left to the loader.
 */
static bool is_shallow(const char *text, size_t size)
{
	yaml_parser_t parser;
	yaml_event_t event;
	int depth = 0;
	bool more = yaml_parser_initialize(&parser);

	if (!more)
		return true;
	start_parser(&parser, text, size);
	while (more && depth <= NESTING_MAX && yaml_parser_parse(&parser, &event)) {
		if (event.type == YAML_MAPPING_START_EVENT ||
		    event.type == YAML_SEQUENCE_START_EVENT)
			depth++;
		if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT)
			depth--;
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return depth <= NESTING_MAX;
}

int waivers_parse(struct model *m, const char *path, const char *text, size_t size)
{
	struct reader r = { .m = m, .path = model_copy(m, path, strlen(path)) };
	yaml_parser_t parser;
	int rc = 0;

	if (!r.path || model_add_source(m, path, text, size))
		return -ENOMEM;
	if (!is_shallow(text, size)) {
		model_report(m, SEVERITY_ERROR, "unreadable", (struct pos){ r.path, 0, 0 },
			     "nothing of the file was read", "nested too deeply");
		return m->out_of_memory ? -ENOMEM : 0;
	}
	if (!yaml_parser_initialize(&parser)) {
		m->out_of_memory = true;
		return -ENOMEM;
	}
	start_parser(&parser, text, size);
	if (yaml_parser_load(&parser, &r.document)) {
		rc = read_document(&r);
		yaml_document_delete(&r.document);
	} else {
		report_yaml(&r, &parser);
	}
	yaml_parser_delete(&parser);
	return m->out_of_memory ? -ENOMEM : rc;
}

int waivers_read(struct model *m, const char *path)
{
	return read_file(m, path, WAIVERS_MAX, waivers_parse);
}
