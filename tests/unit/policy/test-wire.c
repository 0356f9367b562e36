/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an evaluating child may send: whole and within bounds, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/wire.h"
#include "sample.h"

static enum wire_result get(const char *text, struct answers *a, struct host_failure *f)
{
	char copy[1024];

	snprintf(copy, sizeof(copy), "%s", text);
	return wire_get(copy, sample_input("", "", NULL), a, f);
}

static void test_round_trip(void **state)
{
	struct answers a = { .line = 7, .title = "Title", .used = { 0 }, .nr_used = 1 }, b;
	struct verdict v = { 2, VERDICT_REQUIRE, 0, 9, "rule", "because" };
	struct host_failure f;
	struct strbuf out = STRBUF_INIT;

	assert_int_equal(answers_add(&a, &v), 0);
	wire_put_answers(&a, &out);
	assert_int_equal(get(strbuf_str(&out), &b, &f), WIRE_ANSWERS);
	assert_string_equal(b.title, "Title");
	assert_int_equal(b.line, 7);
	assert_int_equal(b.nr_used, 1);
	assert_int_equal(b.nr_verdicts, 1);
	assert_memory_equal(&b.verdicts[0], &v, sizeof(v));
	answers_reset(&a);
	answers_reset(&b);
	strbuf_reset(&out);
}

static void test_failure(void **state)
{
	struct host_failure f = { HOST_AT_PROFILE, 3, "message", "remedy" }, g;
	struct answers a;
	struct strbuf out = STRBUF_INIT;

	wire_put_failure(&f, &out);
	assert_int_equal(get(strbuf_str(&out), &a, &g), WIRE_FAILURE);
	assert_int_equal(g.source, HOST_AT_PROFILE);
	assert_int_equal(g.line, 3);
	assert_string_equal(g.remedy, "remedy");
	strbuf_reset(&out);
}

static void test_refusals(void **state)
{
	static const char *const broken[] = {
		"",
		"end",				       /* no newline: cut off */
		"title\t1\tx\n",		       /* no end */
		"end\nend\n",			       /* more behind the end */
		"used\t1\nend\n",		       /* there is one rule file */
		"used\t-1\nend\n",		       /* a sign */
		"used\t99999999999999999999\nend\n",   /* overflow */
		"verdict\t5\t0\t0\t1\tr\tx\nend\n",    /* there are five features */
		"verdict\t0\t3\t0\t1\tr\tx\nend\n",    /* no such verdict */
		"verdict\t0\t0\t1\t1\tr\tx\nend\n",    /* no such source */
		"verdict\t0\t0\t0\t1\tr\nend\n",       /* too few fields */
		"verdict\t0\t0\t0\t1\tr\tx\ty\nend\n", /* too many */
		"verdict\t1\t0\t0\t1\tr\tx\nverdict\t0\t0\t0\t1\tr\tx\nend\n", /* out of order */
		"verdict\t0\t0\t0\t1\tr\tx\033\nend\n",			       /* control */
		"failure\t1\t1\tx\ty\n",				       /* no such source */
		"failure\t0\t1\tx\ty\nend\n",				       /* more behind */
		"hello\n",
	};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct answers a;
		struct host_failure f;

		if (get(broken[i], &a, &f) != WIRE_BROKEN)
			fail_msg("accepted: %s", broken[i]);
		assert_null(a.verdicts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
