/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit/trouble: reasons that a terminal can show. */
#include "trouble.h"

#include <errno.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void names_are_escaped(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	trouble_escape(&sb, "a b\n\\\x1b\xff\0z", 9);
	assert_string_equal(strbuf_str(&sb), "a b\\n\\\\\\x1b\\xff\\x00z");
	strbuf_reset(&sb);
}

static void first_trouble_stands(void **state)
{
	struct trouble t = { 0 };

	assert_int_equal(trouble_set(&t, -ENOENT, "a\tb", "do this", "cause %d", 1), -ENOENT);
	assert_int_equal(trouble_set(&t, -EIO, "x", "y", "z"), -EIO);
	assert_string_equal(t.text, "a\\x09b: error: cause 1\n       = do this");
}

static void long_texts_are_cut(void **state)
{
	struct trouble t = { 0 };
	char place[5000];

	memset(place, '\x01', sizeof(place) - 1);
	place[sizeof(place) - 1] = '\0';
	trouble_set(&t, -1, place, "r", "%s", place);
	assert_true(strlen(t.text) < sizeof(t.text));
}

static void quoted_complaints(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "", "p: error: Invalid argument\n       = free memory" },
		{ "a: x\n  remedy: y\n", "a: x\n  remedy: y" },
		{ "a: x", "a: x" },
		{ "a: x\nb: z\n  remedy: q\n", "a: x\n  and 1 more" },
		{ "a\n  r\nb\n  s\nc\n  t\n", "a\n  r\n  and 2 more" },
		{ "\n\n\n", "\n  and 2 more" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct strbuf text = STRBUF_INIT;
		struct trouble t = { 0 };

		strbuf_puts(&text, cases[i].text);
		assert_int_equal(trouble_quote(&t, -EINVAL, "p", &text), -EINVAL);
		assert_string_equal(t.text, cases[i].expected);
		strbuf_reset(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(first_trouble_stands),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(quoted_complaints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
