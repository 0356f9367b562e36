/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit/results: reading back what is written, and nothing else. */
#include "publish/results.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int add(struct results *set, const char *text, const char *label)
{
	struct trouble trouble = { 0 };

	return results_add_log(set, "log", text, strlen(text), label, &trouble);
}

static void round_trip(void **state)
{
	struct results set = { 0 }, back = { 0 };
	struct strbuf text = STRBUF_INIT, again = STRBUF_INIT;
	struct trouble trouble = { 0 };

	assert_int_equal(add(&set, "{\"name\":\"p:s / z/z\",\"result\":\"FAIL\"}", "b"), 0);
	assert_int_equal(add(&set, "{\"name\":\"a/b/c\",\"result\":\"OK\"}\n", "a"), 0);
	assert_int_equal(results_count(&set, OUTCOME_FAIL), 1);
	assert_string_equal(set.tests[0].name, "a/b/c");
	assert_string_equal(set.tests[1].name, "z/z");
	assert_int_equal(results_print(&set, &text), 0);
	assert_int_equal(results_parse("e", text.data, text.size, &trouble, &back), 0);
	assert_int_equal(results_print(&back, &again), 0);
	assert_string_equal(strbuf_str(&text), strbuf_str(&again));
	/* Not one byte of it is free. */
	for (size_t i = 0; i < text.size; i++) {
		struct results other = { 0 };

		text.data[i] ^= 1;
		trouble = (struct trouble){ 0 };
		if (!results_parse("e", text.data, text.size, &trouble, &other)) {
			/* a letter of a name or label: still the one spelling */
			assert_int_equal(other.nr_tests, 2);
			results_reset(&other);
		}
		text.data[i] ^= 1;
		trouble = (struct trouble){ 0 };
		assert_int_not_equal(results_parse("e", text.data, i, &trouble, &other), 0);
	}
	results_reset(&set);
	results_reset(&back);
	strbuf_reset(&text);
	strbuf_reset(&again);
}

static void counts_must_agree(void **state)
{
	static const char text[] =
		"{\n  \"counts\": {\n    \"fail\": 0,\n    \"pass\": 1,\n"
		"    \"skip\": 0\n  },\n  \"schema\": 1,\n  \"tests\": [\n    {\n"
		"      \"build\": \"a\",\n      \"name\": \"a/b\",\n"
		"      \"result\": \"fail\"\n    }\n  ]\n}\n";
	struct results set = { 0 };
	struct trouble trouble = { 0 };

	assert_int_equal(results_parse("e", text, sizeof(text) - 1, &trouble, &set), -EINVAL);
	assert_null(set.tests);
}

static void many_tests(void **state)
{
	struct results set = { 0 };
	char line[100];

	for (int i = 999; i >= 0; i--) {
		snprintf(line, sizeof(line), "{\"name\":\"t/%d\",\"result\":\"OK\"}", i);
		assert_int_equal(add(&set, line, "a"), 0);
	}
	assert_int_equal(set.nr_tests, 1000);
	assert_string_equal(set.tests[0].name, "t/0");
	assert_string_equal(set.tests[999].name, "t/999");
	results_reset(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(counts_must_agree),
		cmocka_unit_test(many_tests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
