/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/document.h"

#include "document/yaml.h"

/* What we wrote ourselves can be read, unless memory ends. */
static void add_yaml(struct strbuf *out, const struct strbuf *json)
{
	struct document_error error;
	json_t *value = NULL;

	if (json_read(json->data, json->size, &value, &error) || yaml_emit(value, out))
		out->failed = true;
	json_decref(value);
}

void document_add(struct strbuf *out, struct strbuf *json, enum doc_format format)
{
	if (!strbuf_str(json))
		out->failed = true;
	else if (format == DOC_YAML)
		add_yaml(out, json);
	else
		strbuf_add(out, json->data, json->size);
	strbuf_reset(json);
}
