/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dates, unified differences, examples, and the judging and mending of findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/unidiff.h"
#include "check/examples.h"
#include "check/fix.h"
#include "check/judge.h"
#include "registry/waivers.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static void test_dates(void **state)
{
	static const char *const good[] = { "2026-01-31", "2024-02-29", "2000-02-29", "0001-01-01",
					    "9999-12-31" };
	static const char *const bad[] = { "",		 "2026-02-29",	"1900-02-29",
					   "2026-13-01", "2026-00-01",	"2026-01-00",
					   "2026-1-01",	 "2026-01-32",	"2026-01-011",
					   "2026/01/01", " 2026-01-01", "0000-01-01",
					   "2026-01-1 ", "TBD",		"+026-01-01" };

	(void)state;
	for (size_t i = 0; i < NR(good); i++)
		assert_true(date_is_valid(good[i]));
	for (size_t i = 0; i < NR(bad); i++)
		assert_false(date_is_valid(bad[i]));
}

static void test_today(void **state)
{
	static const char *const bad[] = { "x", "-1", "12x", "99999999999999999999",
					   "253402300800" };
	char date[DATE_SIZE];

	(void)state;
	setenv("SOURCE_DATE_EPOCH", "951782400", 1);
	assert_int_equal(date_today(date), 0);
	assert_string_equal(date, "2000-02-29");
	setenv("SOURCE_DATE_EPOCH", "253402300799", 1);
	assert_int_equal(date_today(date), 0);
	assert_string_equal(date, "9999-12-31");
	for (size_t i = 0; i < NR(bad); i++) {
		setenv("SOURCE_DATE_EPOCH", bad[i], 1);
		assert_true(date_today(date) < 0);
	}
	unsetenv("SOURCE_DATE_EPOCH");
	assert_int_equal(date_today(date), 0);
	assert_true(date_is_valid(date));
}

static void expect_diff(const char *before, const char *after, const char *wanted)
{
	struct strbuf sb = STRBUF_INIT;

	unidiff_add(&sb, "f", before, strlen(before), after, strlen(after));
	assert_string_equal(strbuf_str(&sb), wanted);
	strbuf_reset(&sb);
}

static void test_unidiff(void **state)
{
	(void)state;
	expect_diff("", "", "");
	expect_diff("a\n", "a\n", "");
	expect_diff("a\nb\nc\n", "a\nx\nc\n",
		    "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
	expect_diff("", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n");
	expect_diff("a\n", "", "--- a/f\n+++ b/f\n@@ -1,1 +0,0 @@\n-a\n");
	expect_diff("a", "a\n",
		    "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n");
	/* Seven lines between changes: two hunks; six: one. */
	expect_diff("x\n1\n2\n3\n4\n5\n6\n7\ny\n", "1\n2\n3\n4\n5\n6\n7\n",
		    "--- a/f\n+++ b/f\n@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n "
		    "7\n-y\n");
	expect_diff("x\n1\n2\n3\n4\n5\n6\ny\n", "1\n2\n3\n4\n5\n6\n",
		    "--- a/f\n+++ b/f\n@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n");
}

/* Texts that differ in more lines than are searched are replaced whole. */
static void test_unidiff_far(void **state)
{
	struct strbuf before = STRBUF_INIT, after = STRBUF_INIT, sb = STRBUF_INIT;
	size_t minus = 0, plus = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		strbuf_printf(&before, "a%d\n", i);
		strbuf_printf(&after, "b%d\n", i);
	}
	unidiff_add(&sb, "f", before.data, before.size, after.data, after.size);
	for (const char *p = strbuf_str(&sb); (p = strchr(p, '\n')); p++) {
		minus += p[1] == '-';
		plus += p[1] == '+';
	}
	assert_int_equal(minus, 2000);
	assert_int_equal(plus, 2001); /* with the head's second line */
	strbuf_reset(&before);
	strbuf_reset(&after);
	strbuf_reset(&sb);
}

static int count_file(void *context, const char *path, const char *text, size_t size)
{
	size_t *nr = context;

	assert_true(strlen(path) > 0 && (size == 0 || text[size - 1] == '\n'));
	(*nr)++;
	return 0;
}

static int refuse_file(void *context, const char *path, const char *text, size_t size)
{
	(void)context;
	(void)path;
	(void)text;
	(void)size;
	return -7;
}

static void test_examples(void **state)
{
	size_t nr = 0;

	(void)state;
	assert_true(check_nr_examples > 60);
	for (size_t i = 1; i < check_nr_examples; i++)
		assert_true(strcmp(check_examples[i - 1].id, check_examples[i].id) < 0);
	assert_int_equal(example_files("no-gate", EXAMPLE_BAD, count_file, &nr), 0);
	assert_int_equal(nr, 5); /* all that the sound tree has, one of them changed */
	assert_int_equal(example_files("no-gate", EXAMPLE_GOOD, refuse_file, NULL), -7);
	assert_int_equal(example_pieces("no-such-rule", EXAMPLE_GOOD, refuse_file, NULL), 0);
}

static struct model *make_model(const char *text)
{
	struct model *m = model_create();

	assert_non_null(m);
	assert_int_equal(model_add_source(m, "f", text, strlen(text)), 0);
	return m;
}

static void report(struct model *m, unsigned int line, unsigned int column, const char *message)
{
	model_report(m, SEVERITY_ERROR, "no-gate", (struct pos){ "f", line, column }, NULL, "%s",
		     message);
}

static void test_fingerprints(void **state)
{
	struct model *m = make_model("one\ntwo\ntwo\n"), *n = make_model("zero\n\n one\ntwo\n");

	(void)state;
	report(m, 1, 1, "see g.c:12 and line 7");
	report(m, 2, 1, "the same");
	report(m, 3, 1, "the same");
	report(m, 3, 1, "the same");
	report(m, 3, 1, "of 12 parts");
	judge_name(m);
	report(n, 3, 2, "see g.c:999 and line 70");
	report(n, 4, 1, "the same");
	report(n, 4, 1, "of 13 parts");
	judge_name(n);
	assert_int_equal(m->nr_diagnostics, 4);
	assert_int_equal(m->nr_errors, 4);
	/* The line, its indentation and numbers of lines in the text do not count. */
	assert_string_equal(m->diagnostics[0].fingerprint, n->diagnostics[0].fingerprint);
	assert_string_equal(m->diagnostics[1].fingerprint, n->diagnostics[2].fingerprint);
	/* What is said twice of equal lines is two findings; other numbers are another. */
	assert_string_not_equal(m->diagnostics[1].fingerprint, m->diagnostics[3].fingerprint);
	assert_string_not_equal(m->diagnostics[2].fingerprint, n->diagnostics[1].fingerprint);
	assert_int_equal(strlen(m->diagnostics[0].fingerprint), FINGERPRINT_SIZE - 1);
	model_destroy(m);
	model_destroy(n);
}

static void test_waive(void **state)
{
	static const char waivers[] = "format: 1\nwaivers:\n- {rule: no-gate, place: 'f:1', owner: "
				      "o, reason: r, expires: "
				      "2026-01-31}\n- {rule: bad-id, place: f, owner: o, reason: "
				      "r, expires: 2026-01-31}\n";
	struct model *m = make_model("one\ntwo\n");

	(void)state;
	assert_int_equal(waivers_parse(m, "w", waivers, strlen(waivers)), 0);
	assert_int_equal(m->nr_waivers, 2);
	m->today = "2026-01-31";
	report(m, 1, 1, "a");
	report(m, 2, 1, "b");
	judge_name(m);
	judge_waive(m);
	judge_name(m);
	assert_int_equal(m->nr_errors, 1);
	assert_int_equal(m->nr_diagnostics, 3); /* and the waiver that excuses nothing */
	assert_int_equal(judge_count(m).nr_waived, 1);
	assert_int_equal(judge_count(m).nr_warnings, 1);
	model_destroy(m);
}

static void test_select(void **state)
{
	static const char *const rules[] = { "no-gate" };
	struct model *m = make_model("one\n");

	(void)state;
	report(m, 1, 1, "a");
	model_report(m, SEVERITY_WARNING, "no-gate", (struct pos){ "f", 1, 1 }, NULL, "b");
	model_report(m, SEVERITY_ERROR, "bad-id", (struct pos){ "f", 1, 1 }, NULL, "c");
	judge_select(m, &(struct selection){ rules, 1, SEVERITY_WARNING });
	assert_int_equal(m->nr_diagnostics, 2);
	judge_select(m, &(struct selection){ rules, 1, SEVERITY_ERROR });
	assert_int_equal(m->nr_diagnostics, 1);
	assert_int_equal(m->nr_errors, 1);
	model_destroy(m);
}

/* Edits that overlap: the first stays; what cannot be placed is left out, all of it. */
static void test_fix(void **state)
{
	struct model *m = make_model("one two\nthree");
	struct fixes fixes;

	(void)state;
	report(m, 1, 1, "a");
	model_fix(m, (struct pos){ "f", 1, 1 }, 3, "1");
	report(m, 1, 2, "b");
	model_fix(m, (struct pos){ "f", 1, 2 }, 3, "X");
	report(m, 1, 5, "c");
	model_fix(m, (struct pos){ "f", 1, 5 }, 3, "2");
	model_fix(m, (struct pos){ "f", 99, 99 }, 5, "!\n");
	report(m, 2, 1, "d");
	model_fix(m, (struct pos){ "f", 2, 1 }, 5, "3");
	model_fix(m, (struct pos){ "unknown", 1, 1 }, 1, "");
	assert_int_equal(fixes_make(m, &fixes), 0);
	assert_int_equal(fixes.nr, 1);
	assert_int_equal(fixes.files[0].nr_edits, 3);
	assert_string_equal(strbuf_str(&fixes.files[0].text), "1 2\nthree!\n");
	fixes_reset(&fixes);
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),	 cmocka_unit_test(test_today),
		cmocka_unit_test(test_unidiff),	 cmocka_unit_test(test_unidiff_far),
		cmocka_unit_test(test_examples), cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_waive),	 cmocka_unit_test(test_select),
		cmocka_unit_test(test_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
