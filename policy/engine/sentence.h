/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts and numbers in a sentence: reasons with {fields}, dates, sizes. */
#ifndef CANDOR_POLICY_SENTENCE_H
#define CANDOR_POLICY_SENTENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "engine/facts.h"

/**
 * The first {field} of a reason that no feature has, behind its brace; NULL when
 * all are known. A brace that no lower-case word follows is plain text.
 */
const char *sentence_bad_field(const char *reason);

/** Add a reason to @out with its {fields} filled in for a feature. */
void sentence_fill(const char *reason, const struct fact_feature *f, struct strbuf *out);

/** "16 GiB" and the like to bytes, "8" to 8. */
bool sentence_parse_size(const char *text, uint64_t *ret_value);

/** Is it a day of the calendar, "2027-06-30"? */
bool sentence_date_valid(const char *text);

#endif
