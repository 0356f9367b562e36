/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON's values as YAML, and back: what a reader of either sees is the same. */
#ifndef CANDOR_SUPPORT_DOCUMENT_YAML_H
#define CANDOR_SUPPORT_DOCUMENT_YAML_H

#include <jansson.h>

#include "base/strbuf.h"

/** Where and why a text is no document. */
struct document_error {
	unsigned int line, column; /* from 1; 0: the whole */
	char message[256];
	char remedy[128];
};

/** A document's largest size, and how deep its values may nest. */
#define DOCUMENT_SIZE_MAX ((size_t)64 << 20)
#define DOCUMENT_DEPTH_MAX 64

/**
 * Add @value as one YAML document, in block style, keys in their order. All strings
 * are quoted, so that "no", "1e3" or "2026-11-22" stay strings with YAML 1.1 and 1.2.
 * Returns 0, -ENOMEM, or -EOVERFLOW for what nests deeper than DOCUMENT_DEPTH_MAX.
 */
int yaml_emit(const json_t *value, struct strbuf *sb);

/**
 * Read YAML 1.2 or 1.1 that holds what JSON has: maps with different string keys,
 * lists, strings, integers, decimal fractions, true, false, null. Anchors, tags,
 * more documents, and plain words that the two versions read differently are
 * refused with their place. 0, -EINVAL (see @ret_error), or -ENOMEM.
 */
int yaml_read(const char *text, size_t size, json_t **ret_value, struct document_error *ret_error);

/** Read JSON as strictly: no key twice, no NUL, the same bounds. Errors as above. */
int json_read(const char *text, size_t size, json_t **ret_value, struct document_error *ret_error);

#endif
