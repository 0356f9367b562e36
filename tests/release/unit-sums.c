/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit/sums: checksum lists are sorted, plain and read strictly. */
#include "publish/sums.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void sorted_whatever_the_order(void **state)
{
	struct sums sums = { 0 };
	struct strbuf text = STRBUF_INIT;

	assert_int_equal(sums_add(&sums, A, "z"), 0);
	assert_int_equal(sums_add(&sums, B, "a-b"), 0);
	assert_int_equal(sums_add(&sums, B, "m"), 0);
	assert_int_equal(sums_add(&sums, A, "m"), -EEXIST);
	sums_print(&sums, &text);
	assert_string_equal(strbuf_str(&text), B "  a-b\n" B "  m\n" A "  z\n");
	assert_string_equal(sums_find(&sums, "z")->sha256, A);
	assert_null(sums_find(&sums, "y"));
	strbuf_reset(&text);
	sums_reset(&sums);
}

static void names(void **state)
{
	static const char *const bad[] = { "",	  ".",	 "..",	".a",	"-a",	 "_a",
					   "a/b", "a b", "a\n", "a\\b", "a\x7f", "\xc3\xa9" };
	char name[SUMS_NAME_MAX + 1];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(sums_name_ok(bad[i]));
	assert_true(sums_name_ok("candor-1.0~rc1+b_2.tar.xz"));
	memset(name, 'a', sizeof(name));
	name[SUMS_NAME_MAX] = '\0';
	assert_false(sums_name_ok(name));
	name[SUMS_NAME_MAX - 1] = '\0';
	assert_true(sums_name_ok(name));
}

static int parse(const char *text, size_t size, struct sums *sums, struct trouble *trouble)
{
	*trouble = (struct trouble){ 0 };
	return sums_parse("L", text, size, trouble, sums);
}

static void reads_what_it_writes(void **state)
{
	static const char text[] = B "  a\n" A "  b.asc\n";
	struct trouble trouble;
	struct sums sums;

	assert_int_equal(parse(text, sizeof(text) - 1, &sums, &trouble), 0);
	assert_int_equal(sums.nr_lines, 2);
	assert_string_equal(sums.lines[1].name, "b.asc");
	sums_reset(&sums);
}

static void malformed_lists_name_the_line(void **state)
{
	static const struct {
		const char *text;
		const char *place;
	} cases[] = {
		{ A "  a\n" B "  a\n", "L:2: " },
		{ A "  b\n" B "  a\n", "L:2: " },
		{ A "  a\n" B "  b", "L:2: " },
		{ A " *a\n", "L:1: " },
		{ A "  \n", "L:1: " },
		{ A "  a/b\n", "L:1: " },
		{ "\n", "L:1: " },
		{ A, "L:1: " },
		{ "A" A "  a\n", "L:1: " },
		{ "", "L:0: " },
		{ A "\t a\n", "L:1: " },
	};
	struct sums sums = { .nr_lines = 77 };
	struct trouble trouble;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(cases[i].text, strlen(cases[i].text), &sums, &trouble),
				 -EINVAL);
		assert_memory_equal(trouble.text, cases[i].place, strlen(cases[i].place));
		assert_int_equal(sums.nr_lines, 77);
	}
	assert_int_equal(parse(A "  a\0b\n", 69, &sums, &trouble), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_whatever_the_order),
		cmocka_unit_test(names),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(malformed_lists_name_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
