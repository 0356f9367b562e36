/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON's values as YAML, by libyaml's emitter. */
#include "document/yaml.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

static int take_output(void *data, unsigned char *buffer, size_t size)
{
	struct strbuf *sb = data;

	strbuf_add(sb, (const char *)buffer, size);
	return !sb->failed;
}

/* libyaml frees an event it could not take itself. */
static int emit(yaml_emitter_t *e, yaml_event_t *event, int initialized)
{
	return initialized && yaml_emitter_emit(e, event) ? 0 : -ENOMEM;
}

/* Words that YAML 1.1 takes for true, false or nothing, in small letters. */
static bool is_loaded_word(const char *word)
{
	static const char *const words[] = { "y",    "n",     "yes",  "no",  "on", "off",
					     "true", "false", "null", "nan", "inf" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(word, words[i]))
			return true;
	}
	return false;
}

/* A key that is a word in small letters and no other thing in any version. */
static bool is_plain_key(const char *key)
{
	return key[0] >= 'a' && key[0] <= 'z' &&
	       !key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_-")] && !is_loaded_word(key);
}

static int emit_scalar(yaml_emitter_t *e, const char *text, size_t size, yaml_scalar_style_t style)
{
	yaml_event_t event;
	int plain = style == YAML_PLAIN_SCALAR_STYLE;

	if (size > INT_MAX)
		return -ENOMEM;
	return emit(e, &event,
		    yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
						 (int)size, plain, !plain, style));
}

static int emit_plain(yaml_emitter_t *e, const char *text)
{
	return emit_scalar(e, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

/* As JSON has it, but with a point and a signed exponent, which YAML 1.1 asks for. */
static int emit_real(yaml_emitter_t *e, const json_t *value)
{
	char json[40], text[64];
	size_t size = json_dumpb(value, json, sizeof(json) - 1, JSON_ENCODE_ANY), mantissa;
	const char *exponent;

	if (!size || size >= sizeof(json))
		return -EINVAL;
	json[size] = '\0';
	mantissa = strcspn(json, "eE");
	exponent = json[mantissa] ? json + mantissa + 1 : NULL;
	snprintf(text, sizeof(text), "%.*s%s%s%s%s", (int)mantissa, json,
		 memchr(json, '.', mantissa) ? "" : ".0", exponent ? "e" : "",
		 exponent && *exponent != '-' && *exponent != '+' ? "+" : "",
		 exponent ? exponent : "");
	return emit_plain(e, text);
}

static int emit_leaf(yaml_emitter_t *e, const json_t *value)
{
	char number[32];

	switch (json_typeof(value)) {
	case JSON_STRING:
		return emit_scalar(e, json_string_value(value), json_string_length(value),
				   YAML_DOUBLE_QUOTED_SCALAR_STYLE);
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		return emit_plain(e, number);
	case JSON_REAL:
		return emit_real(e, value);
	case JSON_TRUE:
		return emit_plain(e, "true");
	case JSON_FALSE:
		return emit_plain(e, "false");
	case JSON_NULL:
		return emit_plain(e, "null");
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return -EINVAL;
}

static int emit_value(yaml_emitter_t *e, const json_t *value, unsigned int depth);

static int emit_list(yaml_emitter_t *e, const json_t *value, unsigned int depth)
{
	yaml_event_t event;
	int rc = emit(e, &event,
		      yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
							   YAML_BLOCK_SEQUENCE_STYLE));

	for (size_t i = 0; !rc && i < json_array_size(value); i++)
		rc = emit_value(e, json_array_get(value, i), depth + 1);
	return rc ? rc : emit(e, &event, yaml_sequence_end_event_initialize(&event));
}

static int emit_map(yaml_emitter_t *e, json_t *value, unsigned int depth)
{
	yaml_event_t event;
	int rc = emit(e, &event,
		      yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
							  YAML_BLOCK_MAPPING_STYLE));

	for (void *i = json_object_iter(value); !rc && i; i = json_object_iter_next(value, i)) {
		const char *key = json_object_iter_key(i);

		rc = emit_scalar(e, key, strlen(key),
				 is_plain_key(key) ? YAML_PLAIN_SCALAR_STYLE
						   : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
		if (!rc)
			rc = emit_value(e, json_object_iter_value(i), depth + 1);
	}
	return rc ? rc : emit(e, &event, yaml_mapping_end_event_initialize(&event));
}

static int emit_value(yaml_emitter_t *e, const json_t *value, unsigned int depth)
{
	if (depth > DOCUMENT_DEPTH_MAX)
		return -EOVERFLOW;
	if (json_is_object(value))
		return emit_map(e, (json_t *)value, depth);
	if (json_is_array(value))
		return emit_list(e, value, depth);
	return emit_leaf(e, value);
}

static int emit_document(yaml_emitter_t *e, const json_t *value)
{
	yaml_event_t event;
	int rc = emit(e, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));

	if (!rc)
		rc = emit(e, &event,
			  yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
	if (!rc)
		rc = emit_value(e, value, 0);
	if (!rc)
		rc = emit(e, &event, yaml_document_end_event_initialize(&event, 1));
	if (!rc)
		rc = emit(e, &event, yaml_stream_end_event_initialize(&event));
	return rc;
}

int yaml_emit(const json_t *value, struct strbuf *sb)
{
	yaml_emitter_t e;
	int rc;

	if (!yaml_emitter_initialize(&e))
		return -ENOMEM;
	yaml_emitter_set_output(&e, take_output, sb);
	yaml_emitter_set_unicode(&e, 0); /* nothing that turns a terminal's text around */
	yaml_emitter_set_width(&e, -1);
	yaml_emitter_set_indent(&e, 2);
	rc = emit_document(&e, value);
	yaml_emitter_delete(&e);
	return rc;
}
