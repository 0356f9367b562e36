/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A YAML document as a tree. */
#include "config/document.h"

#include <errno.h>
#include <string.h>

#include <yaml.h>

#define NESTING_MAX 16
#define NODES_MAX 100000

struct reader {
	struct model *m;
	const char *path;
	yaml_parser_t parser;
	yaml_event_t event;
	bool stopped;
	size_t nr_nodes;
};

const char *yaml_kind_name(enum yaml_kind kind)
{
	return kind == YAML_MAP ? "a mapping" : kind == YAML_LIST ? "a list" : "text";
}

static struct pos position(const struct reader *r, yaml_mark_t mark)
{
	return (struct pos){ r->path, (unsigned int)mark.line + 1, (unsigned int)mark.column + 1 };
}

static void stop(struct reader *r, struct pos at, const char *remedy, const char *what)
{
	if (!r->stopped)
		model_report(r->m, SEVERITY_ERROR, "unreadable", at, remedy, "%s", what);
	r->stopped = true;
}

static void advance(struct reader *r)
{
	if (r->stopped)
		return;
	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event))
		return;
	memset(&r->event, 0, sizeof(r->event));
	if (r->parser.error == YAML_MEMORY_ERROR)
		r->m->out_of_memory = r->stopped = true;
	else if (r->parser.error == YAML_READER_ERROR)
		stop(r, (struct pos){ r->path, 0, 0 }, "write it in UTF-8", r->parser.problem);
	else
		stop(r, position(r, r->parser.problem_mark),
		     "correct the YAML; what follows was not read", r->parser.problem);
}

static struct yaml_node *make_node(struct reader *r, enum yaml_kind kind)
{
	struct yaml_node *node = model_alloc(r->m, sizeof(*node));

	if (node) {
		node->kind = kind;
		node->at = position(r, r->event.start_mark);
	}
	if (++r->nr_nodes > NODES_MAX)
		stop(r, position(r, r->event.start_mark), "write less", "too many values");
	return node;
}

static struct yaml_node *take_scalar(struct reader *r)
{
	struct yaml_node *node = make_node(r, YAML_TEXT);
	const char *text = (const char *)r->event.data.scalar.value;
	size_t size = r->event.data.scalar.length;

	if (!node)
		return NULL;
	if (strlen(text) != size)
		model_report(r->m, SEVERITY_ERROR, "bad-config", node->at, "take it out",
			     "a NUL in the text");
	node->text = model_copy(r->m, text, strlen(text));
	advance(r);
	return node->text ? node : NULL;
}

static struct yaml_node *take_node(struct reader *r, unsigned int depth);

static bool has_key(const struct yaml_node *map, const char *key)
{
	for (const struct yaml_node *n = map->first; n; n = n->next) {
		if (!strcmp(n->key, key))
			return true;
	}
	return false;
}

/* A key and its value; NULL: left out or stopped. */
static struct yaml_node *take_member(struct reader *r, const struct yaml_node *map,
				     unsigned int depth)
{
	struct pos at = position(r, r->event.start_mark);
	struct yaml_node *key = take_node(r, depth), *value;

	if (r->stopped || !key)
		return NULL;
	value = take_node(r, depth);
	if (!value)
		return NULL;
	if (key->kind != YAML_TEXT) {
		model_report(r->m, SEVERITY_ERROR, "bad-config", at, "write a word",
			     "a key that is %s", yaml_kind_name(key->kind));
		return NULL;
	}
	if (has_key(map, key->text)) {
		model_report(r->m, SEVERITY_ERROR, "duplicate-key", at, "keep one of the two",
			     "'%s' is here twice; this one was left out", key->text);
		return NULL;
	}
	value->key = key->text;
	value->key_at = at;
	return value;
}

static struct yaml_node *take_members(struct reader *r, enum yaml_kind kind, unsigned int depth)
{
	yaml_event_type_t end = kind == YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct yaml_node *node = make_node(r, kind), **link = node ? &node->first : NULL;

	if (depth > NESTING_MAX)
		stop(r, position(r, r->event.start_mark), "what follows was not read",
		     "nested too deeply");
	advance(r);
	while (node && !r->stopped && r->event.type != end) {
		struct yaml_node *member = kind == YAML_MAP ? take_member(r, node, depth + 1)
							    : take_node(r, depth + 1);

		if (!member)
			continue;
		*link = member;
		link = &member->next;
	}
	advance(r);
	return node;
}

static struct yaml_node *take_node(struct reader *r, unsigned int depth)
{
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		return take_scalar(r);
	case YAML_SEQUENCE_START_EVENT:
		return take_members(r, YAML_LIST, depth);
	case YAML_MAPPING_START_EVENT:
		return take_members(r, YAML_MAP, depth);
	default:
		stop(r, position(r, r->event.start_mark), "write it out; what follows was not read",
		     "an alias, or nothing, where a value is wanted");
		return NULL;
	}
}

int yaml_parse_tree(struct model *m, const char *path, const char *text, size_t size,
		    struct yaml_node **ret_root)
{
	struct reader r = { .m = m, .path = path };

	*ret_root = NULL;
	if (!yaml_parser_initialize(&r.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, size);
	do {
		advance(&r);
	} while (!r.stopped && (r.event.type == YAML_STREAM_START_EVENT ||
				r.event.type == YAML_DOCUMENT_START_EVENT));
	if (!r.stopped && r.event.type != YAML_STREAM_END_EVENT)
		*ret_root = take_node(&r, 0);
	if (!r.stopped && r.event.type == YAML_DOCUMENT_END_EVENT)
		advance(&r);
	if (!r.stopped && r.event.type != YAML_STREAM_END_EVENT)
		stop(&r, position(&r, r.event.start_mark), "keep one", "a second document");
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return m->out_of_memory ? -ENOMEM : 0;
}
