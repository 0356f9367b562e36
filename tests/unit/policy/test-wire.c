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

#define T "title\t1\tx\ty\n"
#define S "sentence\t0\t0\t0\t1\t0\t0\t0\t\tx\t\t\n"

static enum wire_result get(const char *text, struct answers *a, struct host_failure *f)
{
	char copy[1024];

	snprintf(copy, sizeof(copy), "%s", text);
	return wire_get(copy, sample_input("", "", NULL), a, f);
}

static void test_round_trip(void **state)
{
	struct answers a = { .line = 7, .used = { { 0, LAYER_SITE } }, .nr_used = 1 }, b;
	struct sentence v = { .kind = SENTENCE_REQUIRE,
			      .layer = LAYER_HOST,
			      .line = 9,
			      .overrides = true,
			      .rule = (char *)"rule",
			      .reason = (char *)"because",
			      .value = UINT64_MAX,
			      .other = (char *)"other",
			      .extra = (char *)"2027-06-30" };
	const struct sentence *s;
	struct host_failure f;
	struct strbuf out = STRBUF_INIT;

	a.title = strdup("Title");
	a.purpose = strdup("Purpose");
	a.unknown[0] = (struct unknown_id){ 0, 4, strdup("alhpa") };
	a.nr_unknown = 1;
	assert_int_equal(answers_add_sentence(&a, &v), 0);
	assert_int_equal(answers_add_sentence(&a, &v), 0);
	assert_int_equal(answers_add_verdict(&a, 2, 0), 0);
	assert_int_equal(answers_add_verdict(&a, 2, 1), 0);
	assert_int_equal(answers_add_verdict(&a, 4, 1), 0);
	wire_put_answers(&a, &out);
	assert_int_equal(get(strbuf_str(&out), &b, &f), WIRE_ANSWERS);
	assert_string_equal(b.title, "Title");
	assert_int_equal(b.line, 7);
	assert_int_equal(b.nr_used, 1);
	assert_int_equal(b.used[0].layer, LAYER_SITE);
	assert_string_equal(b.purpose, "Purpose");
	assert_string_equal(b.unknown[0].id, "alhpa");
	assert_int_equal(b.nr_verdicts, 3);
	assert_memory_equal(b.verdicts, a.verdicts, 3 * sizeof(*a.verdicts));
	assert_int_equal(b.nr_sentences, 2);
	s = &b.sentences[1];
	assert_int_equal(s->kind, v.kind);
	assert_int_equal(s->layer, v.layer);
	assert_int_equal(s->line, v.line);
	assert_true(s->overrides);
	assert_true(s->value == UINT64_MAX);
	assert_string_equal(s->rule, v.rule);
	assert_string_equal(s->reason, v.reason);
	assert_string_equal(s->other, v.other);
	assert_string_equal(s->extra, v.extra);
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
		"end\n",					       /* nothing */
		T "end",					       /* no newline: cut off */
		T,						       /* no end */
		T "end\nend\n",					       /* more behind the end */
		T T "end\n",					       /* two titles */
		T "used\t1\t0\nend\n",				       /* there is one rule file */
		T "used\t-1\t0\nend\n",				       /* a sign */
		T "used\t0\t4\nend\n",				       /* no such layer */
		T "used\t99999999999999999999\t0\nend\n",	       /* overflow */
		T "sentence\t8\t0\t0\t1\t0\t0\t0\t\tx\t\t\nend\n",     /* no such kind */
		T "sentence\t0\t4\t0\t1\t0\t0\t0\t\tx\t\t\nend\n",     /* no such layer */
		T "sentence\t0\t0\t1\t1\t0\t0\t0\t\tx\t\t\nend\n",     /* no such source */
		T "sentence\t0\t0\t0\t1\t2\t0\t0\t\tx\t\t\nend\n",     /* no truth value */
		T "sentence\t0\t0\t0\t1\t0\t2\t0\t\tx\t\t\nend\n",     /* nor this */
		T "sentence\t0\t0\t0\t1\t0\t0\t0\t\tx\t\nend\n",       /* too few fields */
		T "sentence\t0\t0\t0\t1\t0\t0\t0\t\tx\t\t\t\nend\n",   /* too many */
		T "sentence\t0\t0\t0\t1\t0\t0\t0\t\tx\033\t\t\nend\n", /* control */
		T S "verdicts\t5 0\nend\n",			       /* there are five features */
		T S "verdicts\t0 1\nend\n",			       /* there is one sentence */
		T S "verdicts\t0\nend\n",			       /* no sentence */
		T S "verdicts\t0 \nend\n",			       /* no number */
		T S "verdicts\t0 0x\nend\n",			       /* no number */
		T S "verdicts\t0 99999999999999999999\nend\n",	       /* overflow */
		T S "verdicts\t1 0\nverdicts\t0 0\nend\n",	       /* out of order */
		T S "verdicts\t1 0\nverdicts\t1 0\nend\n",	       /* twice */
		T "unknown\t1\t0\tx\nend\n",			       /* no such source */
		"failure\t1\t1\tx\ty\n",			       /* no such source */
		"failure\t0\t1\tx\ty\nend\n",			       /* more behind */
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
