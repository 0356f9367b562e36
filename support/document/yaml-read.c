/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* YAML and JSON into JSON's values. What another reader would read otherwise is refused. */
#include "document/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the one at hand, while @has_event */
	bool has_event;
	struct document_error *error;
};

static int fail(struct reader *r, const yaml_mark_t *at, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static int fail(struct reader *r, const yaml_mark_t *at, const char *remedy, const char *fmt, ...)
{
	va_list ap;

	*r->error = (struct document_error){ .line = (unsigned int)at->line + 1,
					     .column = (unsigned int)at->column + 1 };
	va_start(ap, fmt);
	vsnprintf(r->error->message, sizeof(r->error->message), fmt, ap);
	va_end(ap);
	snprintf(r->error->remedy, sizeof(r->error->remedy), "%s", remedy);
	return -EINVAL;
}

/* The next event into r->event. */
static int advance(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = yaml_parser_parse(&r->parser, &r->event);
	if (r->has_event)
		return 0;
	if (p->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	return fail(r, &p->problem_mark, "correct the YAML there", "is no YAML: %s",
		    p->problem ? p->problem : "no reason is known");
}

static int expect(struct reader *r, yaml_event_type_t type)
{
	int rc = advance(r);

	if (!rc && r->event.type != type)
		rc = fail(r, &r->event.start_mark, "write one document with one value",
			  "is not one YAML document");
	return rc;
}

static bool is_digits(const char *s, size_t n)
{
	return n && strspn(s, "0123456789") >= n;
}

/* 0, or 12, or -12: as JSON has them, so that no reader sees an octal number. */
static bool is_integer(const char *s)
{
	size_t n = strlen(s), sign = s[0] == '-';

	return is_digits(s + sign, n - sign) && n - sign <= 19 && (s[sign] != '0' || n - sign == 1);
}

/* 1.5, -0.25, 1.5e+10 */
static bool is_real(const char *s)
{
	size_t whole, part, n;

	s += s[0] == '-';
	whole = strspn(s, "0123456789");
	if (!whole || (s[0] == '0' && whole > 1) || s[whole] != '.')
		return false;
	part = strspn(s + whole + 1, "0123456789");
	n = whole + 1 + part;
	if (!part || !s[n])
		return part;
	return s[n] == 'e' && (s[n + 1] == '+' || s[n + 1] == '-') &&
	       is_digits(s + n + 2, strlen(s + n + 2));
}

static json_t *integer(const char *text)
{
	long long value;

	errno = 0;
	value = strtoll(text, NULL, 10);
	return errno ? NULL : json_integer(value);
}

/*
 * A plain scalar that starts with a letter and is none of the words that YAML
 * versions differ on is a string for all of them.
 */
static bool is_plain_string(const char *s)
{
	static const char *const loaded[] = { "y",    "n",     "yes",  "no",  "on", "off",
					      "true", "false", "null", "nan", "inf" };

	if (!((s[0] >= 'a' && s[0] <= 'z') || (s[0] >= 'A' && s[0] <= 'Z')))
		return false;
	for (size_t i = 0; i < sizeof(loaded) / sizeof(loaded[0]); i++) {
		if (!strcasecmp(s, loaded[i]))
			return false;
	}
	return true;
}

static int read_plain(struct reader *r, const char *text, json_t **ret_value)
{
	const yaml_mark_t *at = &r->event.start_mark;
	json_t *value = NULL;

	if (!strcmp(text, "true"))
		value = json_true();
	else if (!strcmp(text, "false"))
		value = json_false();
	else if (!strcmp(text, "null"))
		value = json_null();
	else if (is_integer(text))
		value = integer(text);
	else if (is_real(text))
		/* Not strtod(): its decimal point is the locale's. */
		value = json_loads(text, JSON_DECODE_ANY, NULL);
	else if (is_plain_string(text))
		value = json_string(text);
	else
		return fail(r, at, "put it in quotes if it is a string",
			    "'%.40s' is not the same to every reader of YAML", text);
	if (!value && (is_integer(text) || is_real(text)))
		return fail(r, at, "write a number of 64 bits, or a string",
			    "%.40s is out of range", text);
	*ret_value = value;
	return value ? 0 : -ENOMEM;
}

/* json_stringn() refuses what is no UTF-8; libyaml has refused it before. */
static int read_scalar(struct reader *r, json_t **ret_value)
{
	const char *text = (const char *)r->event.data.scalar.value;
	size_t size = r->event.data.scalar.length;

	if (r->event.data.scalar.anchor || r->event.data.scalar.tag)
		return fail(r, &r->event.start_mark, "write the value itself",
			    "anchors and tags are not read");
	if (memchr(text, '\0', size))
		return fail(r, &r->event.start_mark, "take it out", "a NUL in a string");
	if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return read_plain(r, text, ret_value);
	*ret_value = json_stringn(text, size);
	return *ret_value ? 0 : -ENOMEM;
}

static int read_value(struct reader *r, unsigned int depth, json_t **ret_value);

static int read_list(struct reader *r, unsigned int depth, json_t **ret_value)
{
	json_t *list = json_array(), *item = NULL;
	int rc = list ? advance(r) : -ENOMEM;

	while (!rc && r->event.type != YAML_SEQUENCE_END_EVENT) {
		rc = read_value(r, depth + 1, &item);
		if (!rc && json_array_append_new(list, item))
			rc = -ENOMEM;
		if (!rc)
			rc = advance(r);
	}
	if (rc)
		json_decref(list);
	else
		*ret_value = list;
	return rc;
}

/* A key: a string not yet in @map; caller frees. */
static int read_key(struct reader *r, const json_t *map, char **ret_key)
{
	const char *key = (const char *)r->event.data.scalar.value;
	json_t *value = NULL;
	int rc;

	if (r->event.type != YAML_SCALAR_EVENT)
		return fail(r, &r->event.start_mark, "use a string", "a key that is no string");
	rc = read_scalar(r, &value);
	if (rc)
		return rc;
	if (!json_is_string(value))
		rc = fail(r, &r->event.start_mark, "put it in quotes", "the key %.40s is no string",
			  key);
	else if (json_object_get(map, key))
		rc = fail(r, &r->event.start_mark, "leave one of them",
			  "the key '%.40s' is there twice", key);
	json_decref(value);
	if (rc)
		return rc;
	*ret_key = strdup(key);
	return *ret_key ? 0 : -ENOMEM;
}

static int read_member(struct reader *r, unsigned int depth, json_t *map)
{
	json_t *value = NULL;
	char *key = NULL;
	int rc = read_key(r, map, &key);

	if (rc)
		return rc;
	rc = advance(r);
	if (!rc)
		rc = read_value(r, depth + 1, &value);
	if (!rc && json_object_set_new(map, key, value))
		rc = -ENOMEM;
	free(key);
	return rc;
}

static int read_map(struct reader *r, unsigned int depth, json_t **ret_value)
{
	json_t *map = json_object();
	int rc = map ? advance(r) : -ENOMEM;

	while (!rc && r->event.type != YAML_MAPPING_END_EVENT) {
		rc = read_member(r, depth, map);
		if (!rc)
			rc = advance(r);
	}
	if (rc)
		json_decref(map);
	else
		*ret_value = map;
	return rc;
}

/* The value that r->event begins. */
static int read_value(struct reader *r, unsigned int depth, json_t **ret_value)
{
	const yaml_event_t *e = &r->event;

	if (depth > DOCUMENT_DEPTH_MAX)
		return fail(r, &e->start_mark, "nest less", "nests deeper than %d",
			    DOCUMENT_DEPTH_MAX);
	if (e->type == YAML_SCALAR_EVENT)
		return read_scalar(r, ret_value);
	if ((e->type == YAML_SEQUENCE_START_EVENT &&
	     (e->data.sequence_start.anchor || e->data.sequence_start.tag)) ||
	    (e->type == YAML_MAPPING_START_EVENT &&
	     (e->data.mapping_start.anchor || e->data.mapping_start.tag)) ||
	    e->type == YAML_ALIAS_EVENT)
		return fail(r, &e->start_mark, "write the value itself",
			    "anchors, aliases and tags are not read");
	if (e->type == YAML_SEQUENCE_START_EVENT)
		return read_list(r, depth, ret_value);
	if (e->type == YAML_MAPPING_START_EVENT)
		return read_map(r, depth, ret_value);
	return fail(r, &e->start_mark, "write one value", "no value");
}

static int read_stream(struct reader *r, json_t **ret_value)
{
	json_t *value = NULL;
	int rc = expect(r, YAML_STREAM_START_EVENT);

	if (!rc)
		rc = expect(r, YAML_DOCUMENT_START_EVENT);
	if (!rc)
		rc = advance(r);
	if (!rc)
		rc = read_value(r, 0, &value);
	if (!rc)
		rc = expect(r, YAML_DOCUMENT_END_EVENT);
	if (!rc)
		rc = expect(r, YAML_STREAM_END_EVENT);
	if (rc)
		json_decref(value);
	else
		*ret_value = value;
	return rc;
}

static int check_size(size_t size, struct document_error *error)
{
	if (size <= DOCUMENT_SIZE_MAX)
		return 0;
	*error =
		(struct document_error){ .message = "is larger than 64 MiB", .remedy = "split it" };
	return -EINVAL;
}

int yaml_read(const char *text, size_t size, json_t **ret_value, struct document_error *ret_error)
{
	struct reader r = { .error = ret_error };
	int rc = check_size(size, ret_error);

	if (rc)
		return rc;
	if (!yaml_parser_initialize(&r.parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, size);
	rc = read_stream(&r, ret_value);
	if (r.has_event)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return rc;
}

/* How deep brackets nest; strings are skipped. jansson recurses by itself, to 2048. */
static unsigned int json_depth(const char *text, size_t size)
{
	unsigned int depth = 0, deepest = 0;
	bool in_string = false;

	for (size_t i = 0; i < size; i++) {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && (text[i] == '[' || text[i] == '{'))
			deepest = ++depth > deepest ? depth : deepest;
		else if (!in_string && (text[i] == ']' || text[i] == '}') && depth)
			depth--;
	}
	return deepest;
}

int json_read(const char *text, size_t size, json_t **ret_value, struct document_error *ret_error)
{
	json_error_t error;
	json_t *value = NULL;
	int rc = check_size(size, ret_error);

	if (rc)
		return rc;
	if (json_depth(text, size) > DOCUMENT_DEPTH_MAX) {
		*ret_error = (struct document_error){ .remedy = "nest less" };
		snprintf(ret_error->message, sizeof(ret_error->message), "nests deeper than %d",
			 DOCUMENT_DEPTH_MAX);
		return -EINVAL;
	}
	value = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (value) {
		*ret_value = value;
		return 0;
	}
	if (json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	*ret_error = (struct document_error){
		.line = (unsigned int)(error.line > 0 ? error.line : 0),
		.column = (unsigned int)(error.column > 0 ? error.column : 0),
		.remedy = "correct the JSON there"
	};
	snprintf(ret_error->message, sizeof(ret_error->message), "is no JSON: %.200s", error.text);
	return -EINVAL;
}
