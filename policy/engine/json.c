/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small help around jansson. */
#include "engine/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/sentence.h"

json_t *json_text(const char *s)
{
	struct strbuf clean = STRBUF_INIT;
	json_t *text = json_string(s);
	unsigned int code;

	if (text)
		return text;
	for (size_t size = strlen(s), n; size; s += n, size -= n) {
		n = text_utf8_size(s, size, &code);
		if (n)
			strbuf_add(&clean, s, n);
		else
			strbuf_puts(&clean, "\xef\xbf\xbd");
		n = n ? n : 1;
	}
	text = strbuf_str(&clean) ? json_string(strbuf_str(&clean)) : NULL;
	strbuf_reset(&clean);
	return text;
}

void json_set_place(json_t *object, const struct place *at)
{
	json_object_set_new(object, "file", json_text(at->file ? at->file : ""));
	json_object_set_new(object, "line", json_integer(at->line));
}

json_t *json_sentence(const struct ruling *r, uint32_t sentence, size_t feature)
{
	const struct sentence *s = &r->answers->sentences[sentence];
	struct place at = decision_place(r, sentence);
	struct strbuf reason = STRBUF_INIT;
	json_t *object = json_object();

	sentence_fill(s->reason, &r->in->facts->features[feature], &reason);
	json_set_place(object, &at);
	json_object_set_new(object, "layer", json_text(host_layer_name(s->layer)));
	json_object_set_new(object, "opt_in", json_boolean(s->opt_in));
	json_object_set_new(object, "override", json_boolean(s->overrides));
	json_object_set_new(object, "reason",
			    strbuf_str(&reason) ? json_text(strbuf_str(&reason)) : NULL);
	json_object_set_new(object, "rule", json_text(s->rule));
	json_object_set_new(object, "verdict", json_text(host_sentence_name(s->kind)));
	strbuf_reset(&reason);
	return object;
}

static int take(const char *data, size_t size, void *out)
{
	strbuf_add(out, data, size);
	return ((struct strbuf *)out)->failed ? -1 : 0;
}

void json_print(json_t *root, enum json_form form, struct strbuf *out)
{
	size_t flags = JSON_SORT_KEYS | (form == JSON_PAGE ? JSON_INDENT(4) : JSON_COMPACT);

	if (!root || json_dump_callback(root, take, out, flags))
		out->failed = true;
	strbuf_puts(out, "\n");
	json_decref(root);
}
