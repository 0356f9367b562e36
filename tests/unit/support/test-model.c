/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model: growth, source lines, linking, and the claim that decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emit/emit.h"
#include "registry/registry.h"
#include "statement/statement.h"

static void test_grow(void **state)
{
	struct model *m = model_create();
	size_t *array = NULL;

	for (size_t i = 0; i < 1000; i++) {
		array = model_grow(m, array, i, sizeof(*array));
		assert_non_null(array);
		array[i] = i * 3;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(array[i], i * 3);
	model_destroy(m);
	model_destroy(NULL);
}

static void test_source_line(void **state)
{
	struct model *m = model_create();
	size_t size = 99;

	assert_int_equal(model_add_source(m, "a", "one\r\n\nthree", 11), 0);
	assert_memory_equal(model_source_line(m, "a", 1, &size), "one", 3);
	assert_int_equal(size, 3);
	assert_non_null(model_source_line(m, "a", 2, &size));
	assert_int_equal(size, 0);
	assert_memory_equal(model_source_line(m, "a", 3, &size), "three", 5);
	assert_int_equal(size, 5);
	assert_null(model_source_line(m, "a", 4, &size));
	assert_null(model_source_line(m, "a", 0, &size));
	assert_null(model_source_line(m, "b", 1, &size));
	model_destroy(m);
}

static struct model *load(const char *statement)
{
	static const char registry[] =
		"format: 1\nfeatures:\n"
		"  - {id: b, title: T, section: One, owner: o, state: built, needs: [a, z]}\n"
		"  - {id: a, title: T, section: Two, owner: o, state: built, aliases: [Old T]}\n"
		"  - {id: c, title: Alone, section: Alone, owner: o, state: built}\n";
	struct model *m = model_create();

	assert_int_equal(registry_parse(m, "f.yaml", registry, sizeof(registry) - 1), 0);
	assert_int_equal(statement_parse(m, "S.md", statement, strlen(statement)), 0);
	assert_int_equal(model_link(m), 0);
	assert_int_equal(m->nr_diagnostics, 0);
	return m;
}

static void test_link(void **state)
{
	struct model *m = load("# Release Support\n\n# Feature Support\n\n## One\n\n### T\n\n"
			       "    Status: Supported\n\n## Two\n\n### Old T\n\n"
			       "    Status: Experimental\n\n## Alone\n\n    Status: Deprecated\n");

	assert_string_equal(m->features[0]->id, "a");
	assert_string_equal(m->features[0]->claims->value, "Experimental");
	assert_string_equal(m->features[1]->claims->value, "Supported");
	assert_string_equal(m->features[2]->claims->value, "Deprecated");
	assert_ptr_equal(m->features[1]->needs[0].feature, m->features[0]);
	assert_null(m->features[1]->needs[1].feature);
	model_destroy(m);
}

static void test_weakest(void **state)
{
	struct model *m = load("# Release Support\n\n# Feature Support\n\n## One\n\n### T\n\n"
			       "    Status, x86 domU: Supported\n"
			       "    Status, x86 dom0: Supported, not security supported\n"
			       "    Status, Arm64: Tech Preview\n"
			       "    Supported, Arm32: a, b\n");
	const struct feature *f = model_feature(m, "b");
	const struct claim *c = NULL;
	enum level level = LEVEL_UNKNOWN;
	enum security security = SECURITY_UNKNOWN;

	assert_true(model_weakest_claim(f, ARCH_X86, 0, ROLE_DOMU, &level, &security, &c));
	assert_int_equal(level, LEVEL_SUPPORTED);
	assert_int_equal(security, SECURITY_YES);
	assert_int_equal(c->at.line, 9);
	assert_true(model_weakest_claim(f, ARCH_X86, 0, 0, &level, &security, &c));
	assert_int_equal(security, SECURITY_NO);
	assert_int_equal(c->at.line, 10);
	assert_true(model_weakest_claim(f, 0, 0, 0, &level, &security, NULL));
	assert_int_equal(level, LEVEL_TECH_PREVIEW);
	assert_false(model_weakest_claim(f, ARCH_ARM32, 0, 0, &level, &security, NULL));
	model_destroy(m);
}

static void test_sort(void **state)
{
	struct model *m = model_create();
	struct strbuf sb = STRBUF_INIT;

	model_add_source(m, "a", "x\ty\n", 4);
	model_add_source(m, "w",
			 "\xe5\xae\xbd"
			 "e\xcc\x81?\n",
			 8);
	model_report(m, SEVERITY_ERROR, "two", (struct pos){ "b", 2, 1 }, NULL, "later");
	model_report(m, SEVERITY_ERROR, "two", (struct pos){ "b", 2, 1 }, NULL, "later");
	model_report(m, SEVERITY_WARNING, "one", (struct pos){ "a", 1, 3 }, "do it", "sooner %d",
		     7);
	model_report(m, SEVERITY_WARNING, "wide", (struct pos){ "w", 1, 7 }, NULL, "here");
	assert_int_equal(m->nr_errors, 2);
	emit_diagnostics(m, &sb, EMIT_PLAIN);
	assert_int_equal(m->nr_errors, 1);
	assert_string_equal(strbuf_str(&sb), "a:1:3: warning: sooner 7 [one]\n"
					     "     1 | x y\n"
					     "       |   ^\n"
					     "       = do it\n"
					     "b:2:1: error: later [two]\n"
					     "w:1:7: warning: here [wide]\n"
					     "     1 | \xe5\xae\xbd"
					     "e\xcc\x81?\n"
					     "       |    ^\n");
	strbuf_reset(&sb);
	emit_diagnostics(m, &sb, EMIT_COLOUR);
	assert_non_null(strstr(strbuf_str(&sb), "\033[1;31merror:\033[0m later"));
	strbuf_reset(&sb);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grow), cmocka_unit_test(test_source_line),
		cmocka_unit_test(test_link), cmocka_unit_test(test_weakest),
		cmocka_unit_test(test_sort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
