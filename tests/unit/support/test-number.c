/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of limits: what counts as a constant expression, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/extract.h"

static const char *find(const struct number_scope *scope, const char *name)
{
	return strmap_get(scope->macros, name);
}

static void test_values(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} cases[] = {
		{ "1", 1 },
		{ "0x1F", 31 },
		{ "017", 15 },
		{ "0", 0 },
		{ "64ULL", 64 },
		{ " ( 64ULL << 30 ) ", 64ULL << 30 },
		{ "2 + 3 * 4", 14 },
		{ "(2 + 3) * 4", 20 },
		{ "20 / 3 - 1", 5 },
		{ "1 << 2 + 3", 32 },
		{ "256 >> 4 >> 2", 4 },
		{ "18446744073709551615", UINT64_MAX },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 77;

		assert_true(number_evaluate(cases[i].text, NULL, &value));
		assert_int_equal(value, cases[i].value);
	}
}

static void test_no_values(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"x",
		"1 +",
		"(1",
		"1)",
		"sizeof(int)",
		"1 < 2",
		"08",
		"0x",
		"1z",
		"1 2",
		"1 / 0",
		"1 << 64",
		"3 - 4",
		"1 ? 2 : 3",
		"1.5",
		"0xfffffffffffffffff",
		"18446744073709551616",
		"2 << 63",
		"18446744073709551615 + 1",
		"18446744073709551615 * 2",
		"((((((((((((((((((((((((((((1))))))))))))))))))))))))))))",
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 77;

		assert_false(number_evaluate(cases[i], NULL, &value));
		assert_int_equal(value, 77);
	}
}

static void test_macros(void **state)
{
	struct strmap macros = { 0 };
	const struct number_scope scope = { .find = find, .macros = &macros };
	uint64_t value = 0;

	strmap_put(&macros, "A", " (B * 2)");
	strmap_put(&macros, "B", " 21");
	strmap_put(&macros, "LOOP", "LOOP + 1");
	strmap_put(&macros, "BAD", "1)");
	assert_true(number_evaluate("A", &scope, &value));
	assert_int_equal(value, 42);
	assert_false(number_evaluate("LOOP", &scope, &value));
	assert_false(number_evaluate("BAD", &scope, &value));
	assert_false(number_evaluate("C", &scope, &value));
	strmap_reset(&macros);
}

/* Sixteen macros, each eight of the next: 2^48 operands if nobody counted. */
static void test_explosion(void **state)
{
	static char names[17][8], bodies[16][64];
	struct strmap macros = { 0 };
	const struct number_scope scope = { .find = find, .macros = &macros };
	uint64_t value = 0;

	for (int i = 0; i < 17; i++)
		snprintf(names[i], sizeof(names[i]), "M%d", i);
	for (int i = 0; i < 16; i++) {
		const char *n = names[i + 1];

		snprintf(bodies[i], sizeof(bodies[i]), "%s+%s+%s+%s+%s+%s+%s+%s", n, n, n, n, n, n,
			 n, n);
		strmap_put(&macros, names[i], bodies[i]);
	}
	strmap_put(&macros, names[16], "1");
	assert_true(number_evaluate("M15", &scope, &value));
	assert_int_equal(value, 8);
	assert_false(number_evaluate("M2", &scope, &value));
	strmap_reset(&macros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_no_values),
		cmocka_unit_test(test_macros),
		cmocka_unit_test(test_explosion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
