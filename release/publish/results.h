/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests said, as evidence a release can carry: meson's testlog.json
 * without its times, output and environment, sorted, so that the same results
 * are the same bytes.
 */
#ifndef CANDOR_PUBLISH_RESULTS_H
#define CANDOR_PUBLISH_RESULTS_H

#include "trouble.h"

#include <stddef.h>

#define RESULTS_SCHEMA 1
#define RESULTS_NAME_MAX 128

enum outcome {
	OUTCOME_PASS,
	OUTCOME_SKIP,
	OUTCOME_FAIL,
	OUTCOME_NR,
};

struct result {
	char name[RESULTS_NAME_MAX];  /* "tier/name" */
	char build[RESULTS_NAME_MAX]; /* label of the build it ran in */
	enum outcome outcome;
};

struct results {
	struct result *tests; /* by name, then build */
	size_t nr_tests;
};

/**
 * Add what a testlog.json says of the build labelled @label. @place names the
 * file in trouble, which gives the line. Returns 0 or -errno; on failure @set
 * is as before or holds some of the log's tests.
 */
int results_add_log(struct results *set, const char *place, const char *text, size_t size,
		    const char *label, struct trouble *trouble);

/** Read evidence as results_print() writes it. Returns 0 or -errno. */
int results_parse(const char *place, const char *text, size_t size, struct trouble *trouble,
		  struct results *ret_set);

/** Append the set as JSON. Returns 0 or -ENOMEM. */
int results_print(const struct results *set, struct strbuf *ret_text);

/**
 * Append "NAME TAB passed|failed|skipped" lines, one a test, over all builds: a
 * failure in one outweighs a pass in another, and a pass a skip.
 */
void results_print_lines(const struct results *set, struct strbuf *ret_text);

/** How many tests have outcome @outcome. */
size_t results_count(const struct results *set, enum outcome outcome);

/** Free the tests; @set is empty and usable again. */
void results_reset(struct results *set);

#endif
