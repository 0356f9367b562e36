/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests said, as evidence a release can carry: meson's testlog.json
 * without its times, output and environment, sorted, so that the same results
 * are the same bytes.
 */
#ifndef CANDOR_PUBLISH_EVIDENCE_H
#define CANDOR_PUBLISH_EVIDENCE_H

#include "trouble.h"

#include <stddef.h>

#define EVIDENCE_SCHEMA 1
#define EVIDENCE_NAME_MAX 128

enum evidence_result {
	EVIDENCE_PASS,
	EVIDENCE_SKIP,
	EVIDENCE_FAIL,
	EVIDENCE_NR_RESULTS,
};

struct evidence_test {
	char name[EVIDENCE_NAME_MAX];  /* "tier/name" */
	char build[EVIDENCE_NAME_MAX]; /* label of the build it ran in */
	enum evidence_result result;
};

struct evidence_set {
	struct evidence_test *tests; /* by name, then build */
	size_t nr_tests;
};

/**
 * Add what a testlog.json says of the build labelled @label. @place names the
 * file in trouble, which gives the line. Returns 0 or -errno; on failure @set
 * is as before or holds some of the log's tests.
 */
int evidence_add_log(struct evidence_set *set, const char *place, const char *text, size_t size,
		     const char *label, struct trouble *trouble);

/** Read evidence as evidence_print() writes it. Returns 0 or -errno. */
int evidence_parse(const char *place, const char *text, size_t size, struct trouble *trouble,
		   struct evidence_set *ret_set);

/** Append the set as JSON. Returns 0 or -ENOMEM. */
int evidence_print(const struct evidence_set *set, struct strbuf *ret_text);

/**
 * Append "NAME TAB RESULT" lines, one a test: the worst result over all builds
 * (fail, then pass, then skip: a pass in one build outweighs a skip in another).
 */
void evidence_print_lines(const struct evidence_set *set, struct strbuf *ret_text);

/** How many tests have result @result. */
size_t evidence_count(const struct evidence_set *set, enum evidence_result result);

/** "pass", "skip", "fail". */
const char *evidence_word(enum evidence_result result);

/** Free the tests; @set is empty and usable again. */
void evidence_reset(struct evidence_set *set);

#endif
