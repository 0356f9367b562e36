/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The n-th allocation of a comparison and its answers fails, for every n: the library
 * must report -ENOMEM (or not have needed the memory), crash never, leak nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "emit/questions.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *old, size_t size);

static size_t until_failure; /* 0: none fails */
static bool has_failed;

static bool fails(void)
{
	if (!until_failure || --until_failure)
		return false;
	has_failed = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t nr, size_t size)
{
	return fails() ? NULL : __real_calloc(nr, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

static const char before[] = "# Release Support\n\n    X-Version: 1\n\n# Feature Support\n\n"
			     "## One\n\n### Thing\n\n    Status: Supported up to 8\n\n"
			     "### Other thing\n\n    Status, x86: Experimental\n\nCaveat.\n";
static const char after[] = "# Release Support\n\n    X-Version: 2\n\n# Feature Support\n\n"
			    "## One\n\n### Thing\n\n    Status, x86: Supported up to 9\n\n"
			    "### Other thing now\n\n    Status, x86: Tech Preview\n\nOther.\n"
			    "### New\n\n    Status: Supported\n";

/* Write all answers; 1 when the lack of memory was reported. */
static int write_all(struct book *book, const struct diff *diff, const struct snapshot *s)
{
	const struct emit_style style = { EMIT_COLOUR, 60 };
	const struct selection all = { 0 };
	struct answer answer = { .statement = s };
	struct strbuf sb = STRBUF_INIT;
	int rc = select_answer(&all, book, &answer);

	if (!rc) {
		emit_answers_text(&answer, 1, &sb, &style);
		emit_answers_doc(&answer, 1, &sb);
		emit_answers_csv(&answer, 1, &sb);
		emit_answers_markdown(&answer, 1, &sb);
		emit_diff_text(diff, &sb, &style);
		emit_diff_doc(&diff, 1, &sb);
		emit_diff_csv(&diff, 1, &sb);
		emit_diff_markdown(diff, &sb);
	}
	rc = rc || !strbuf_str(&sb);
	strbuf_reset(&sb);
	return rc;
}

/* 0 when all worked, 1 when the lack of memory was reported. */
static int run(void)
{
	const struct snapshot *a, *b;
	const struct diff *diff;
	struct book *book = book_create(NULL);
	int rc = book ? 0 : -ENOMEM;

	if (!rc)
		rc = book_read(book, "a", "a.md", before, sizeof(before) - 1, &a);
	if (!rc)
		rc = book_read(book, "b", "b.md", after, sizeof(after) - 1, &b);
	if (!rc)
		rc = diff_create(book, a, b, &diff);
	assert_true(!rc || rc == -ENOMEM);
	if (!rc)
		rc = write_all(book, diff, b);
	book_destroy(book);
	return rc ? 1 : 0;
}

static void test_each_allocation(void **state)
{
	size_t nr = 0;

	assert_int_equal(run(), 0);
	do {
		until_failure = ++nr;
		has_failed = false;
		if (run())
			assert_true(has_failed);
		else if (has_failed)
			fail_msg("the failure of allocation %zu went unnoticed", nr);
		until_failure = 0;
	} while (has_failed);
	assert_true(nr > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_allocation) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
