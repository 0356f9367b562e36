/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as all of the engine writes it: sorted keys, hostile bytes replaced. */
#ifndef CANDOR_POLICY_JSON_H
#define CANDOR_POLICY_JSON_H

#include <jansson.h>

#include "base/strbuf.h"
#include "engine/decide.h"

/** A text; what is no UTF-8 becomes U+FFFD. NULL when out of memory. */
json_t *json_text(const char *s);

/** Set "file" and "line" of an object. */
void json_set_place(json_t *object, const struct place *at);

/** Who says a sentence, and what: place, layer, rule, verdict, reason for the feature. */
json_t *json_sentence(const struct ruling *r, uint32_t sentence, size_t feature);

enum json_form {
	JSON_PAGE, /* four blanks a level, and a line's end */
	JSON_LINE, /* one line */
};

/** Add the document to @out and give it up; a NULL one counts as out of memory. */
void json_print(json_t *root, enum json_form form, struct strbuf *out);

#endif
