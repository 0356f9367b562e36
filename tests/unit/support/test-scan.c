/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The C scanner: what it finds, where, and what it must not take for code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/extract.h"

static struct model *scan(const char *text)
{
	struct model *m = model_create();

	assert_non_null(m);
	assert_int_equal(scan_c(m, "a.c", text, strlen(text), NULL), 0);
	return m;
}

static void test_finds(void **state)
{
	struct model *m = scan("SUPPORT_PROVIDES(a_1, \"x86.\" /* c */ \"pvh\");\n"
			       "  SUPPORT_LIMIT ( b ,\n \"n\", (1 << 2) );\n"
			       "if (SUPPORT_ENABLED(c)&&!SUPPORT_ENABLED( d ))\n"
			       "#if SUPPORT_ENABLED(e)\n"
			       "# define X SUPPORT_ENABLED(f)\n"
			       "return SUPPORT_ACTIVE(g) || SUPPORT_ACTIVELY(h);\n");
	static const struct {
		enum annotation_kind kind;
		const char *id, *detail;
		unsigned int line, column;
	} found[] = {
		{ ANNOTATION_PROVIDES, "a_1", "x86.pvh", 1, 1 },
		{ ANNOTATION_LIMIT, "b", "n=(1 << 2) ", 2, 3 },
		{ ANNOTATION_ENABLED, "c", "", 4, 5 },
		{ ANNOTATION_ENABLED, "d", "", 4, 26 },
		{ ANNOTATION_ENABLED, "e", "", 5, 5 },
		{ ANNOTATION_ENABLED, "f", "", 6, 12 },
		{ ANNOTATION_ACTIVE, "g", "", 7, 8 },
	};

	assert_int_equal(m->nr_annotations, sizeof(found) / sizeof(found[0]));
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];

		assert_int_equal(a->kind, found[i].kind);
		assert_string_equal(a->id, found[i].id);
		assert_string_equal(a->detail, found[i].detail);
		assert_int_equal(a->at.line, found[i].line);
		assert_int_equal(a->at.column, found[i].column);
	}
	assert_int_equal(m->nr_diagnostics, 0);
	model_destroy(m);
}

static void test_not_fooled(void **state)
{
	static const char *const cases[] = {
		"/* SUPPORT_TEST(a, \"b\") */",
		"// SUPPORT_TEST(a, \"b\")",
		"// x \\\n SUPPORT_TEST(a, \"b\")",
		"/\\\n* SUPPORT_TEST(a, \"b\") *\\\n/",
		"const char *s = \"SUPPORT_TEST(a, 1)\";",
		"const char *s = \"\\\"SUPPORT_TEST(a, 1)\";",
		"char c = '\"'; /* \" */ // SUPPORT_TEST(a, \"b\")",
		"#define SUPPORT_TEST(id, name) SUPPORT_TEST(id, \"n\")",
		"#define MANY(id) SUPPORT_TEST(id, \"n\")",
		"#if 0\nSUPPORT_TEST(a, \"b\")\n#endif",
		"#if 0\n#if 1\n#else\nSUPPORT_TEST(a, \"b\")\n#endif\nSUPPORT_TEST(a, 1)\n#endif",
		"MY_SUPPORT_TEST(a, \"b\")",
		"SUPPORT_TESTS(a, \"b\")",
		"SUPPORT_TEST",
		"x = &SUPPORT_TEST;",
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct model *m = scan(cases[i]);

		if (m->nr_annotations || m->nr_diagnostics)
			fail_msg("fooled by: %s", cases[i]);
		model_destroy(m);
	}
}

static void test_after_disabled(void **state)
{
	struct model *m =
		scan("#if 0\nSUPPORT_TEST(a, \"b\")\n#else\nSUPPORT_TEST(c, \"d\")\n#endif\n"
		     "#if 0\n#elif X\nSUPPORT_TEST(e, \"f\")\n#endif\n");

	assert_int_equal(m->nr_annotations, 2);
	assert_string_equal(m->annotations[0]->id, "c");
	assert_int_equal(m->annotations[0]->at.line, 4);
	assert_string_equal(m->annotations[1]->id, "e");
	assert_int_equal(m->annotations[1]->at.line, 8);
	model_destroy(m);
}

static void test_spliced(void **state)
{
	struct model *m = scan(
		"int a; \\\r\n\\\nSUPPORT_\\\nTEST(i\\\nd, \"a\\\nb\") SUPPORT_TEST(x, \"y\");");

	assert_int_equal(m->nr_annotations, 2);
	assert_string_equal(m->annotations[0]->id, "id");
	assert_string_equal(m->annotations[0]->detail, "ab");
	assert_int_equal(m->annotations[0]->at.line, 3);
	assert_int_equal(m->annotations[0]->at.column, 1);
	assert_int_equal(m->annotations[1]->at.line, 6);
	assert_int_equal(m->annotations[1]->at.column, 5);
	model_destroy(m);
}

static void test_malformed(void **state)
{
	static const char *const cases[] = {
		"SUPPORT_TEST(",
		"SUPPORT_TEST(a",
		"SUPPORT_TEST(a,",
		"SUPPORT_TEST(a, b)",
		"SUPPORT_TEST(a, \"b\"",
		"SUPPORT_TEST(a, \"b\", 1)",
		"SUPPORT_TEST(a, \"\\n\")",
		"SUPPORT_TEST(, \"b\")",
		"SUPPORT_LIMIT(a, \"b\")",
		"SUPPORT_LIMIT(a, \"b\", (1)",
		"SUPPORT_ENABLED()",
		"SUPPORT_ENABLED(a b)",
		"SUPPORT_TEST(a, \"b\n\")",
		"SUPPORT_TEST(a, \"b",
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct model *m = scan(cases[i]);

		if (m->nr_annotations || m->nr_diagnostics != 1)
			fail_msg("not reported once: %s", cases[i]);
		assert_string_equal(m->diagnostics[0].rule, "bad-annotation");
		assert_int_equal(m->diagnostics[0].at.line, 1);
		model_destroy(m);
	}
}

static void test_comments(void **state)
{
	static const char text[] = "#!/bin/sh\n"
				   "# SUPPORT_TEST(a, \"tier/one\")\n"
				   "  ## SUPPORT_TEST(b, \"tier/two\")\n"
				   "echo SUPPORT_TEST(c, \"x\") # SUPPORT_TEST(d, \"x\")\n"
				   "# see SUPPORT_TEST(e, \"x\")\n"
				   "-- SUPPORT_TEST(f, \"tier/three\")\n"
				   "# SUPPORT_PROVIDES(g, \"x86\")\n";
	struct model *m = model_create();
	size_t nr = 0;

	assert_non_null(m);
	assert_int_equal(scan_comments(m, "t.sh", text, sizeof(text) - 1, &nr), 0);
	assert_int_equal(nr, 3);
	assert_string_equal(m->annotations[0]->id, "a");
	assert_int_equal(m->annotations[0]->at.column, 3);
	assert_string_equal(m->annotations[1]->detail, "tier/two");
	assert_int_equal(m->annotations[1]->at.line, 3);
	assert_string_equal(m->annotations[2]->id, "f");
	model_destroy(m);
}

/* What costs a naive scanner the square of the size. */
static void test_large(void **state)
{
	static const char *const pieces[] = { "SUPPORT_TEST(", "/*",   "\"",
					      "#if 0\n",       "\\\n", "SUPPORT_LIMIT(a,\"b\",(" };
	enum { SIZE = 2 << 20 };
	char *text = malloc(SIZE + 64);

	assert_non_null(text);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		size_t n = strlen(pieces[i]), size = 0;
		struct model *m = model_create();

		for (; size < SIZE / 8; size += n)
			memcpy(text + size, pieces[i], n);
		assert_int_equal(scan_c(m, "big.c", text, size, NULL), 0);
		model_destroy(m);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds),	       cmocka_unit_test(test_not_fooled),
		cmocka_unit_test(test_after_disabled), cmocka_unit_test(test_spliced),
		cmocka_unit_test(test_malformed),      cmocka_unit_test(test_comments),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
