/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions that a tree's candor.yaml brings along: PCRE2, with bounds on
 * compiled size, steps and depth of a match, so that no expression can hang a check.
 */
#ifndef CANDOR_SUPPORT_CONFIG_PATTERN_H
#define CANDOR_SUPPORT_CONFIG_PATTERN_H

#include "model/model.h"

struct pattern;

/** What one search is best given at most: pieces of whole lines. */
#define PATTERN_PIECE_MAX ((size_t)16 << 10)

/** A part of the text that was searched; not found when @data is NULL. */
struct pattern_span {
	const char *data;
	size_t size;
};

enum pattern_result {
	PATTERN_NO_MATCH,
	PATTERN_MATCH,
	PATTERN_GAVE_UP, /* too many steps, or too much time over all searches */
};

/**
 * Compile; a bad expression is reported at @at under "bad-config", with *@ret_pattern
 * NULL. Free with pattern_free(). 0 or -ENOMEM.
 */
int pattern_compile(struct model *m, const char *text, struct pos at, struct pattern **ret_pattern);

/** Free one. NULL is accepted. */
void pattern_free(struct pattern *p);

/**
 * Search @size bytes from offset @from on. ^ and $ are those of lines; the whole
 * match goes to *@ret_whole, unless NULL.
 */
enum pattern_result pattern_search(struct pattern *p, const char *text, size_t size, size_t from,
				   struct pattern_span *ret_whole);

/** A named group of the last match; without data when it has none or took no part. */
struct pattern_span pattern_group(const struct pattern *p, const char *name);

/** The group of this number, likewise. */
struct pattern_span pattern_group_at(const struct pattern *p, unsigned int number);

#endif
