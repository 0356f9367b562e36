/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Globs, words, bounded expressions, and looking for a text: what front ends rest on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "config/config.h"
#include "extract/facts.h"

static void test_globs(void **state)
{
	static const struct {
		const char *glob, *path;
		bool matches;
	} cases[] = {
		{ "a/b.c", "a/b.c", true },
		{ "a/b.c", "a/b.cc", false },
		{ "a", "a/b/c", true },
		{ "a", "ab/c", false },
		{ "a/*.c", "a/b.c", true },
		{ "a/*.c", "a/b/c.c", false },
		{ "a/**/*.c", "a/b/c.c", true },
		{ "a/**/*.c", "a/c.c", true },
		{ "**/*.c", "c.c", true },
		{ "**", "a/b", true },
		{ "*", "a", true },
		{ "*", "a/b", true }, /* a folder: all in it */
		{ "a?c", "abc", true },
		{ "a?c", "a/c", false },
		{ "a*b*c", "aXbYbZc", true },
		{ "a*b*c", "aXbYbZ", false },
		{ "**/x/**/y", "a/x/b/x/c/y", true },
		{ "**/x/**/y", "a/b/c/y", false },
		{ "", "", true },
		{ "", "a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (config_glob(cases[i].glob, cases[i].path) != cases[i].matches)
			fail_msg("'%s' against '%s'", cases[i].glob, cases[i].path);
	}
}

/* Stars that match in very many ways must not take very long. */
static void test_hostile_glob(void **state)
{
	char glob[201] = "", path[10001] = "";

	(void)state;
	for (size_t i = 0; i < 50; i++)
		memcpy(glob + i * 4, "a**b", 4);
	memset(path, 'a', sizeof(path) - 1);
	assert_false(config_glob(glob, path));
}

static unsigned int words(const char *text)
{
	return facts_words(text, strlen(text));
}

static unsigned int archs(const char *text)
{
	return facts_archs(text, strlen(text));
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(words("**Supported**"), STATUS_SUPPORTED);
	assert_int_equal(words("Tech Preview/Experimental"), STATUS_PREVIEW | STATUS_EXPERIMENTAL);
	assert_int_equal(words("not security supported"), STATUS_UNSUPPORTED);
	assert_int_equal(words("(UNSUPPORTED)"), STATUS_UNSUPPORTED);
	assert_int_equal(words("experimentally"), 0);
	assert_int_equal(archs("Intel x86"), ARCH_X86);
	assert_int_equal(archs("ARM"), ARCH_ARM32 | ARCH_ARM64);
	assert_int_equal(archs("arm64 only"), ARCH_ARM64);
	assert_int_equal(archs("charm"), ARCH_ALL);
}

static void test_find(void **state)
{
	static const char alphabet[] = "aU_S \n";
	char text[300], needle[5];

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t size = (size_t)rand() % sizeof(text), n = 1 + (size_t)rand() % 4;

		for (size_t i = 0; i < size; i++)
			text[i] = alphabet[rand() % 6];
		for (size_t i = 0; i < n; i++)
			needle[i] = alphabet[rand() % 6];
		assert_ptr_equal(text_find(text, size, needle, n), memmem(text, size, needle, n));
	}
}

static enum pattern_result search(struct model *m, const char *expression, const char *text)
{
	struct pattern *p;
	enum pattern_result result;

	assert_int_equal(pattern_compile(m, expression, (struct pos){ "a", 1, 1 }, &p), 0);
	assert_non_null(p);
	result = pattern_search(p, text, strlen(text), 0, NULL);
	pattern_free(p);
	return result;
}

static void test_patterns(void **state)
{
	char many[5002] = "";
	struct model *m = model_create();
	struct pattern *p;

	(void)state;
	assert_non_null(m);
	memset(many, 'a', sizeof(many) - 2);
	assert_int_equal(search(m, "^b$", "a\nb\nc"), PATTERN_MATCH);
	assert_int_equal(search(m, "^d$", "a\nb\nc"), PATTERN_NO_MATCH);
	assert_int_equal(search(m, "(a+)+$", strcat(many, "!")), PATTERN_GAVE_UP);
	assert_int_equal(m->nr_errors, 0);
	assert_int_equal(pattern_compile(m, "(", (struct pos){ "a", 1, 1 }, &p), 0);
	assert_null(p);
	assert_int_equal(m->nr_errors, 1);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_globs),	 cmocka_unit_test(test_hostile_glob),
		cmocka_unit_test(test_words),	 cmocka_unit_test(test_find),
		cmocka_unit_test(test_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
