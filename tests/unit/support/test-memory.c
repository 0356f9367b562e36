/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The n-th allocation of a whole check and matrix fails, for every n: the library
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
#include <unistd.h>

#include "emit/emit.h"
#include "support.h"

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

/* 0 when all worked, 1 when the lack of memory was reported. */
static int run(void)
{
	static const char *const locks[] = { "policy/profiles/supported.lock" };
	const struct support_inputs in = {
		.registry = "support/features.yaml",
		.statement = "SUPPORT.md",
		.tree = ".",
		.config = access("candor.yaml", F_OK) ? NULL : "candor.yaml",
		.locks = locks,
		.nr_locks = 1,
	};
	struct strbuf sb = STRBUF_INIT;
	struct matrix *matrix;
	struct model *m;
	int rc = support_load(&in, &m);

	if (rc) {
		assert_int_equal(rc, -ENOMEM);
		return 1;
	}
	rc = support_check(m);
	emit_diagnostics(m, &sb, EMIT_PLAIN);
	(void)emit_findings_json(m, &(struct emit_run){ 0 }, &sb);
	matrix = matrix_create(m, MATRIX_MERGED);
	if (matrix) {
		matrix_emit_html(matrix, &sb);
		matrix_emit_json(matrix, &sb);
		matrix_emit_xen_table(matrix, "{file}", &sb);
	}
	rc = rc || !matrix || !strbuf_str(&sb) || m->out_of_memory;
	if (!rc)
		assert_int_equal(m->nr_diagnostics, 0);
	strbuf_reset(&sb);
	model_destroy(m);
	return rc;
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_allocation) };

	if (argc != 2 || chdir(argv[1])) {
		fprintf(stderr, "usage: %s TREE\n", argv[0]);
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
