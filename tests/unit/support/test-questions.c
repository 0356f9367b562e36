/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What questions are answered with: dates, messages, scopes, comparisons, tables, documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "emit/questions.h"
#include "history/history.h"
#include "history/private.h"
#include "query/scope.h"

static void test_dates(void **state)
{
	static const char *const wrong[] = { "",
					     "2020",
					     "2020-1-1",
					     "2020-13-01",
					     "2020-00-10",
					     "2021-02-29",
					     "2020-01-32",
					     "2020-01-00",
					     "2020-01-01x",
					     "2020-01-01T24:00:00Z",
					     "2020-01-01T00:60:00Z",
					     "2020-01-01T00:00:00",
					     "TBD",
					     "20200101--",
					     "2020-01-01T00:00:00Z0" };
	long long time;
	char date[16];

	assert_true(history_parse_time("1970-01-01", &time));
	assert_int_equal(time, 86399);
	assert_true(history_parse_time("2020-02-29T12:34:56Z", &time));
	assert_int_equal(time, 1582979696);
	history_format_date(time, date);
	assert_string_equal(date, "2020-02-29");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(history_parse_time(wrong[i], &time));
	history_format_date(INT64_MAX, date);
	assert_string_equal(date, "9999-12-31");
	history_format_date(INT64_MIN, date);
	assert_string_equal(date, "0000-01-01");
}

/* The longest row, counted the slow way. */
static size_t count_believable(const long long *times, size_t nr)
{
	size_t best[64] = { 0 }, longest = 0;

	for (size_t i = 0; i < nr; i++) {
		best[i] = 1;
		for (size_t j = 0; j < i; j++) {
			if (times[j] <= times[i] && best[j] + 1 > best[i])
				best[i] = best[j] + 1;
		}
		longest = best[i] > longest ? best[i] : longest;
	}
	return longest;
}

static void test_believe(void **state)
{
	uint32_t dice = 1;

	for (size_t round = 0; round < 2000; round++) {
		long long times[64], before[64];
		bool doubtful[64];
		size_t nr = round % 64, believed = 0;

		for (size_t i = 0; i < nr; i++) {
			dice = dice * 1664525u + 1013904223u;
			before[i] = times[i] = (dice >> 16) % (round % 3 ? 100 : 5);
		}
		assert_int_equal(history_believe(times, doubtful, nr), 0);
		for (size_t i = 0; i < nr; i++) {
			believed += !doubtful[i];
			assert_true(doubtful[i] || times[i] == before[i]);
			assert_true(!i || times[i - 1] <= times[i]);
		}
		assert_int_equal(believed, count_believable(before, nr));
	}
}

static void test_message(void **state)
{
	static const char text[] = "\n  Subject\n of two lines \n\nBody: no trailer, XSA-12\n\n"
				   "Fixes: abc\nno trailer\nx-Y:z\n"
				   "(cherry picked from commit 0123456789abcdef)\n";
	struct arena *arena = arena_create();
	struct history_message m;

	assert_int_equal(history_parse_message(text, sizeof(text) - 1, arena, &m), 0);
	assert_string_equal(m.subject, "Subject of two lines");
	assert_int_equal(m.nr_advisories, 1);
	assert_string_equal(m.advisories[0], "XSA-12");
	assert_int_equal(m.nr_trailers, 2);
	assert_string_equal(m.trailers[0].key, "Fixes");
	assert_string_equal(m.trailers[1].value, "z");
	assert_string_equal(m.picked_from, "0123456789abcdef");
	assert_int_equal(history_parse_message("", 0, arena, &m), 0);
	assert_string_equal(m.subject, "");
	arena_destroy(arena);
}

static void test_scope(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	scope_t all = scope_make(ARCH_ALL, GUEST_ALL, ROLE_ALL, WIDTH_ALL);
	scope_t arm = scope_make(ARCH_ARM32 | ARCH_ARM64, GUEST_ALL, ROLE_ALL, WIDTH_ALL);
	scope_t pvh = scope_make(ARCH_X86, GUEST_PVH, ROLE_DOM0, WIDTH_64);

	assert_int_equal(__builtin_popcountll(all), 36);
	assert_int_equal(__builtin_popcountll(pvh), 1);
	assert_true(!(arm & pvh) && !(arm & ~all));
	scope_describe(&sb, all);
	assert_string_equal(strbuf_str(&sb), "all");
	strbuf_reset(&sb);
	scope_describe(&sb, pvh);
	assert_string_equal(strbuf_str(&sb), "x86, pvh, dom0, 64 bit");
	strbuf_reset(&sb);
	scope_describe(&sb, all & ~pvh);
	assert_string_equal(strbuf_str(&sb), "some of all");
	strbuf_reset(&sb);
}

#define HEAD "# Release Support\n\n    X-Version: 1\n\n# Feature Support\n\n## One\n\n"

static const struct diff *compare(struct book *book, const char *a, const char *b)
{
	const struct snapshot *before, *after;
	const struct diff *diff;

	assert_int_equal(book_read(book, "a", "a.md", a, strlen(a), &before), 0);
	assert_int_equal(book_read(book, "b", "b.md", b, strlen(b), &after), 0);
	assert_int_equal(diff_create(book, before, after, &diff), 0);
	return diff;
}

/* The kinds of the changes between two lists of status lines, as one word each. */
static void expect(const char *a, const char *b, const char *kinds)
{
	struct book *book = book_create(NULL);
	struct strbuf x = STRBUF_INIT, y = STRBUF_INIT, found = STRBUF_INIT;
	const struct diff *diff;

	strbuf_printf(&x, HEAD "### Thing\n\n%s\n", a);
	strbuf_printf(&y, HEAD "### Thing\n\n%s\n", b);
	diff = compare(book, strbuf_str(&x), strbuf_str(&y));
	for (size_t i = 0; i < diff->nr_changes; i++)
		strbuf_printf(&found, "%s%s%s", i ? " " : "", diff_kind_name(diff->changes[i].kind),
			      diff->changes[i].direction == DIRECTION_RAISED	? "+"
			      : diff->changes[i].direction == DIRECTION_LOWERED ? "-"
										: "");
	assert_string_equal(strbuf_str(&found), kinds);
	strbuf_reset(&x);
	strbuf_reset(&y);
	strbuf_reset(&found);
	book_destroy(book);
}

static void test_diff(void **state)
{
	static const struct {
		const char *a, *b, *kinds;
	} rows[] = {
		{ "    Status: Supported", "    Status: Supported", "" },
		{ "    Status: Experimental", "    Status: Tech Preview", "up" },
		{ "    Status: Supported", "    Status: Deprecated", "down" },
		{ "    Status: Supported", "    Status: Supported, not security supported",
		  "down" },
		{ "    Status: Supported up to 8", "    Status: Supported up to 16", "limit+" },
		{ "    Status: Supported up to 8 TiB", "    Status: Supported up to 1 TiB",
		  "limit-" },
		{ "    Status: Supported up to 8", "    Status: Tech Preview", "down limit" },
		{ "    Status: Expermental", "    Status: Experimental", "status" },
		{ "    Status: Not supported", "    Status: Not supported.", "status" },
		/* One status for all becomes one for each. */
		{ "    Status: Supported", "    Status, x86: Supported\n    Status, ARM: Supported",
		  "scope scope" },
		{ "    Status: Supported",
		  "    Status, x86: Supported\n    Status, ARM: Experimental", "down scope" },
		{ "    Status: Supported", "    Status, x86: Supported", "lost scope" },
		{ "    Status, x86: Supported\n    Status, ARM: Experimental",
		  "    Status: Supported", "scope up" },
		/* Something besides what stands. */
		{ "    Status: Supported", "    Status: Supported\n    Status, Phi: Not supported",
		  "down" },
		{ "    Status: Supported", "    Status: Supported\n    Status, Phi: Experimental",
		  "gained" },
		{ "    Status, Linux: Supported",
		  "    Status, Linux: Supported\n    Status, Windows: Supported", "gained" },
		{ "    Status, Linux: Supported\n    Status, Windows: Supported",
		  "    Status, Windows: Supported", "lost" },
		/* The same words in another order, and twice the same case. */
		{ "    Status, x86: Supported\n    Status, ARM: Experimental",
		  "    Status, ARM: Experimental\n    Status, x86: Supported", "" },
		{ "    Status, x86: Supported\n    Status, x86: Experimental",
		  "    Status, x86: Experimental\n    Status, x86: Supported", "" },
		{ "    Status: Supported\n\nCaveat.", "    Status: Supported\n\nOther.", "caveat" },
		{ "Why.\n\n    Status: Supported", "    Status: Supported", "description" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(rows[i].a, rows[i].b, rows[i].kinds);
}

static void test_facts_are_shared(void **state)
{
	struct book *book = book_create(NULL);
	const char *text = HEAD "### Thing\n\n    Status: Supported\n";
	const struct diff *diff = compare(book, text,
					  HEAD "### Thing\n\nAnd more\n\n"
					       "### Other\n\n    Status: Supported\n");

	assert_int_equal(diff->nr_changes, 2);
	diff = compare(book, text, text);
	assert_int_equal(diff->nr_changes, 0);
	assert_ptr_equal(diff->before->facts[0].fact, diff->after->facts[0].fact);
	assert_string_equal(diff->before->version, "1");
	book_destroy(book);
}

static void test_table(void **state)
{
	struct table t = TABLE_INIT(2);
	struct strbuf sb = STRBUF_INIT;

	table_add(&t, "A", TINT_NONE);
	table_add(&t, "B", TINT_NONE);
	table_add(&t, "=x\"y", TINT_BAD);
	table_add(&t, "some words that are too long\033", TINT_NONE);
	table_emit_text(&t, &sb, 20, EMIT_PLAIN);
	assert_string_equal(strbuf_str(&sb), "A     B\n=x\"y  some words\n      that are too\n"
					     "      long\\x1b\n");
	strbuf_reset(&sb);
	table_emit_csv(&t, &sb);
	assert_string_equal(strbuf_str(&sb), "\"A\",\"B\"\n\"'=x\"\"y\","
					     "\"some words that are too long\\x1b\"\n");
	strbuf_reset(&sb);
	table_emit_text(&t, &sb, 0, EMIT_COLOUR);
	assert_non_null(strstr(strbuf_str(&sb), "\033[31m=x\"y\033[0m"));
	strbuf_reset(&sb);
	table_reset(&t);
}

static void test_markdown(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	table_add_markdown(&sb, "a|b <i> & `c` *d* [e](f) \"g\" > h\n# i \\");
	assert_string_equal(strbuf_str(&sb),
			    "a\\|b &lt;i> &amp; \\`c\\` \\*d\\* \\[e\\](f) \"g\" > h "
			    "# i \\\\");
	strbuf_reset(&sb);
}

static void write_document(struct doc *doc)
{
	doc_number(doc, "n", 7);
	doc_open_list(doc, "empty", DOC_LINES);
	doc_close(doc);
	doc_open_map(doc, "none", DOC_LINES);
	doc_close(doc);
	doc_open_list(doc, "list", DOC_LINES);
	doc_open_map(doc, NULL, DOC_LINES);
	doc_text(doc, "a", "x: \"\n\xe2\x80\xa8\xc2\x85");
	doc_open_list(doc, "flow", DOC_FLOW);
	doc_text(doc, NULL, "y");
	doc_bool(doc, NULL, true);
	doc_close(doc);
	doc_close(doc);
	doc_text(doc, NULL, NULL);
	doc_close(doc);
	doc_end(doc);
}

static void test_documents(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	struct doc doc;

	doc_begin(&doc, &sb);
	write_document(&doc);
	assert_string_equal(strbuf_str(&sb),
			    "{\n  \"n\": 7,\n  \"empty\": [],\n  \"none\": {},\n  \"list\": [\n"
			    "    {\n      \"a\": \"x: \\\"\\n\\u2028\\u0085\",\n"
			    "      \"flow\": [\"y\", true]\n    },\n    null\n  ]\n}\n");
	strbuf_reset(&sb);
}

static void test_select(void **state)
{
	struct selection s = { 0 };
	struct history_trouble trouble;

	assert_true(select_add(&s, SELECT_ARCH, "x86_64", &trouble));
	assert_true(select_add(&s, SELECT_ARCH, "ARM", &trouble));
	assert_int_equal(s.archs, ARCH_ALL);
	assert_true(select_add(&s, SELECT_LEVEL, "Tech Preview+", &trouble));
	assert_true(s.levels & 1u << LEVEL_TECH_PREVIEW && s.levels & 1u << LEVEL_SUPPORTED);
	assert_false(s.levels & 1u << LEVEL_EXPERIMENTAL);
	assert_false(select_add(&s, SELECT_GUEST, "hwm", &trouble));
	assert_non_null(strstr(trouble.message, "did you mean 'hvm'?"));
	assert_false(select_add(&s, SELECT_ROLE, "", &trouble));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),	  cmocka_unit_test(test_believe),
		cmocka_unit_test(test_message),	  cmocka_unit_test(test_scope),
		cmocka_unit_test(test_diff),	  cmocka_unit_test(test_facts_are_shared),
		cmocka_unit_test(test_table),	  cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_documents), cmocka_unit_test(test_select),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
