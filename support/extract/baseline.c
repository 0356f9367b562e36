/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the baseline that `candor check --write-baseline` wrote. */
#include "extract/baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/file.h"

#define BASELINE_MAX ((size_t)256 << 20)

static const char *take(struct model *m, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? model_copy(m, text, strlen(text)) : NULL;
}

static int add(struct model *m, struct baseline *b, const json_t *finding)
{
	struct baseline_entry *entries = model_grow(m, b->entries, b->nr, sizeof(*entries));
	struct baseline_entry e = {
		.fingerprint = take(m, finding, "fingerprint"),
		.rule = take(m, finding, "rule"),
		.file = take(m, finding, "file"),
		.message = take(m, finding, "message"),
	};

	if (!entries)
		return -ENOMEM;
	b->entries = entries;
	if (!e.fingerprint || !e.rule || !e.message)
		return m->out_of_memory ? -ENOMEM : -EINVAL;
	b->entries[b->nr++] = e;
	return 0;
}

static int take_all(struct model *m, struct baseline *b, const json_t *root, const char *path)
{
	const json_t *findings = json_object_get(root, "findings");
	int rc = json_integer_value(json_object_get(root, "format")) == 1 && json_is_array(findings)
			 ? 0
			 : -EINVAL;

	for (size_t i = 0; !rc && i < json_array_size(findings); i++)
		rc = add(m, b, json_array_get(findings, i));
	if (rc == -EINVAL) {
		model_report(m, SEVERITY_ERROR, "bad-baseline", (struct pos){ path, 0, 0 },
			     "write it anew with --write-baseline",
			     "this is no baseline of format 1");
		b->nr = 0;
		rc = 0;
	}
	return rc;
}

int baseline_parse(struct model *m, const char *path, const char *text, size_t size,
		   struct baseline *ret_baseline)
{
	json_error_t error;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	const char *name = model_copy(m, path, strlen(path));
	struct pos at = { name, error.line > 0 ? (unsigned int)error.line : 0, 0 };
	int rc;

	memset(ret_baseline, 0, sizeof(*ret_baseline));
	if (!name) {
		json_decref(root);
		return -ENOMEM;
	}
	if (!root) {
		if (json_error_code(&error) == json_error_out_of_memory)
			return -ENOMEM;
		model_report(m, SEVERITY_ERROR, "bad-baseline", at,
			     "write it anew with --write-baseline", "no JSON: %s", error.text);
		return m->out_of_memory ? -ENOMEM : 0;
	}
	rc = take_all(m, ret_baseline, root, name);
	json_decref(root);
	return rc;
}

int baseline_read(struct model *m, const char *path, struct baseline *ret_baseline)
{
	size_t size;
	char *text;
	int rc = file_read(path, BASELINE_MAX, &text, &size);

	if (rc)
		return rc;
	rc = baseline_parse(m, path, text, size, ret_baseline);
	free(text);
	return rc;
}
