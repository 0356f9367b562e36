/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of a host: states, records, logs, boot entries; and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/boot.h"
#include "host/fleet.h"
#include "host/optin.h"
#include "host/status.h"

static struct strbuf err;

/* Something was said, and it names the file. */
static void assert_told(void)
{
	assert_non_null(strbuf_str(&err));
	assert_non_null(strstr(strbuf_str(&err), "FILE"));
	assert_non_null(strstr(strbuf_str(&err), ": error: "));
	assert_non_null(strstr(strbuf_str(&err), "\n       = "));
	strbuf_reset(&err);
}

/* ---- states ---- */

static int parse_state(const char *text, struct state *ret)
{
	return state_parse("FILE", text, strlen(text), ret, &err);
}

static void test_state(void **unused)
{
	struct state s;

	assert_int_equal(parse_state("# all\n/support/policy lab\n/support/taint\n"
				     "/support/features/b opted-in until 2027-01-01\n"
				     "/buildinfo/config x y\n\n"
				     "/support/features/a\texpired 2026-01-01\r\n"
				     "/support/features/c on",
				     &s),
			 0);
	assert_string_equal(s.policy, "lab");
	assert_true(s.known && s.has_taint && !s.has_decision);
	assert_int_equal(s.nr_features, 3);
	assert_int_equal(state_find(&s, "a")->state, RUN_EXPIRED);
	assert_string_equal(state_find(&s, "b")->until, "2027-01-01");
	assert_true(state_is_active(state_find(&s, "b")->state));
	assert_null(state_find(&s, "d"));
	state_reset(&s);
}

static void test_state_refused(void **unused)
{
	static const char *const texts[] = {
		"",
		"features/a on\n",
		"/support/features/a maybe\n",
		"/support/features/a opted-in until tomorrow\n",
		"/support/features/a expired\n",
		"/support/features/a unknown\n",
		"/support/features/A on\n",
		"/support/features/ on\n",
		"/support/features/a on\n/support/features/a off\n",
		"/support/features/../a on\n",
		"{",
		"{}",
		"{\"format\": 2, \"running\": true, \"features\": []}",
		"{\"format\": 1, \"running\": true, \"features\": [{\"id\": \"a\"}]}",
		"{\"format\": 1, \"running\": true, \"features\": [1]}",
	};
	struct state s;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(parse_state(texts[i], &s), -EINVAL);
		assert_told();
	}
	assert_int_equal(state_parse("FILE", "/support/policy a\0b\n", 19, &s, &err), -EINVAL);
	assert_told();
}

/* ---- records ---- */

static struct optin sample(const char *id)
{
	struct optin r = { .boot_entry = true };

	snprintf(r.id, sizeof(r.id), "%s", id);
	snprintf(r.by, sizeof(r.by), "a\"b\\c\x1b[1m");
	snprintf(r.why, sizeof(r.why), "no: yes # $(x) `y`\n- z: {}\n\t\xe2\x80\xae");
	snprintf(r.when, sizeof(r.when), "2026-06-01T23:59:59Z");
	return r;
}

static void test_record(void **unused)
{
	struct strbuf text = STRBUF_INIT;
	struct optin r = sample("umip"), back;

	optin_write(&r, &text);
	assert_int_equal(optin_parse("FILE", text.data, text.size, &back, &err), 0);
	assert_memory_equal(&r, &back, sizeof(r));
	/* Nothing of it reaches a terminal, or ends the string it stands in. */
	assert_null(strchr(text.data, '\x1b'));
	strbuf_reset(&text);
	snprintf(r.until, sizeof(r.until), "2027-02-28");
	r.boot_entry = false;
	optin_write(&r, &text);
	assert_int_equal(optin_parse("FILE", text.data, text.size, &back, &err), 0);
	assert_memory_equal(&r, &back, sizeof(r));
	strbuf_reset(&text);
}

#define RECORD(feature, by, when, until, more)                                                   \
	"format: 1\nfeature: " feature "\nby: " by "\nwhy: \"x\"\nwhen: " when "\nuntil: " until \
	"\nboot_entry: true\n" more
#define WHEN "\"2026-06-01T00:00:00Z\""

static void test_record_refused(void **unused)
{
	static const char *const texts[] = {
		"",
		"[]",
		"format: 1\n",
		RECORD("\"a\"", "\"b\"", WHEN, "null", "more: 1\n"),
		RECORD("\"A\"", "\"b\"", WHEN, "null", ""),
		RECORD("\"../a\"", "\"b\"", WHEN, "null", ""),
		RECORD("1", "\"b\"", WHEN, "null", ""),
		RECORD("\"a\"", "\" \"", WHEN, "null", ""),
		RECORD("\"a\"", "[\"b\"]", WHEN, "null", ""),
		RECORD("\"a\"", "\"b\"", "\"2026-06-01\"", "null", ""),
		RECORD("\"a\"", "\"b\"", "\"2026-13-01T00:00:00Z\"", "null", ""),
		RECORD("\"a\"", "\"b\"", "\"2026-06-01T25:00:00Z\"", "null", ""),
		RECORD("\"a\"", "\"b\"", WHEN, "\"2026-02-30\"", ""),
		RECORD("\"a\"", "\"b\"", WHEN, "false", ""),
		RECORD("\"a\"", "\"b\"", WHEN, "null", "boot_entry: true\n"),
		"format: 2\nfeature: \"a\"\nby: \"b\"\nwhy: \"x\"\nwhen: " WHEN
		"\nuntil: null\nboot_entry: true\n",
	};
	struct optin r;

	assert_int_equal(optin_parse("FILE", RECORD("\"a\"", "\"b\"", WHEN, "null", ""),
				     strlen(RECORD("\"a\"", "\"b\"", WHEN, "null", "")), &r, &err),
			 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(optin_parse("FILE", texts[i], strlen(texts[i]), &r, &err),
				 -EINVAL);
		assert_told();
	}
}

static void test_log(void **unused)
{
	struct strbuf text = STRBUF_INIT;
	struct optin a = sample("a"), b = sample("b");
	struct log log;
	size_t whole;

	log_format(LOG_ENABLE, &b, &text);
	log_format(LOG_ENABLE, &a, &text);
	log_format(LOG_DISABLE, &b, &text);
	whole = text.size;
	strbuf_puts(&text, "{\"format\": 1, ");
	assert_int_equal(log_parse("FILE", text.data, text.size, &log, &err), 0);
	assert_int_equal(log.nr, 2);
	assert_true(log.is_torn && log.whole_size == whole);
	assert_int_equal(log_find(&log, "b")->action, LOG_DISABLE);
	assert_memory_equal(&log_find(&log, "a")->record, &a, sizeof(a));
	assert_null(log_find(&log, "c"));
	log_reset(&log);
	strbuf_puts(&text, "\n");
	assert_int_equal(log_parse("FILE", text.data, text.size, &log, &err), -EINVAL);
	assert_non_null(strstr(strbuf_str(&err), "FILE:4"));
	assert_told();
	strbuf_reset(&text);
}

/* ---- boot entries ---- */

static void test_boot(void **unused)
{
	static struct optin items[200];
	struct optins optins = { .items = items, .nr = 200 };
	struct strbuf text = STRBUF_INIT;
	struct boot boot;
	size_t longest = 0;

	for (size_t i = 0; i < 200; i++) {
		char id[16];

		snprintf(id, sizeof(id), "feature_%03zu", i);
		items[i] = sample(id);
		if (i % 2)
			memcpy(items[i].until, "2027-01-01", DATE_SIZE);
		items[i].boot_entry = i != 7;
	}
	boot_write(&optins, &text);
	assert_null(strchr(strstr(text.data, "\nGRUB"), '`'));
	assert_int_equal(boot_parse(text.data, text.size, &boot), 0);
	assert_false(boot.is_foreign);
	assert_int_equal(boot.nr, 199);
	assert_null(boot_find(&boot, "feature_007"));
	assert_string_equal(boot_find(&boot, "feature_001")->until, "2027-01-01");
	assert_string_equal(boot_find(&boot, "feature_000")->until, "");
	boot_reset(&boot);
	/* No word is longer than the hypervisor reads. */
	for (char *word = strstr(text.data, "opt-in="); word; word = strstr(word + 1, "opt-in=")) {
		size_t size = strcspn(word, " \"");

		longest = size > longest ? size : longest;
	}
	assert_true(longest > BOOT_WORD_MAX / 2 && longest <= BOOT_WORD_MAX);
	strbuf_reset(&text);
	optins.nr = 0;
	boot_write(&optins, &text);
	assert_int_equal(text.size, 0);
}

static void test_boot_foreign(void **unused)
{
	struct optin item = sample("umip");
	struct optins optins = { .items = &item, .nr = 1 };
	struct strbuf text = STRBUF_INIT;
	struct boot boot;

	boot_write(&optins, &text);
	for (size_t i = 0; i < text.size; i++) {
		char kept = text.data[i];

		text.data[i] = '!';
		assert_int_equal(boot_parse(text.data, text.size, &boot), 0);
		assert_true(boot.is_foreign);
		assert_int_equal(boot.nr, 0);
		text.data[i] = kept;
	}
	for (size_t size = 0; size < text.size; size++) {
		assert_int_equal(boot_parse(text.data, size, &boot), 0);
		assert_true(boot.is_foreign);
	}
	strbuf_reset(&text);
}

static void test_days(void **unused)
{
	assert_int_equal(status_days("2026-01-01", "2026-12-31"), 364);
	assert_int_equal(status_days("2024-02-28", "2024-03-01"), 2);
	assert_int_equal(status_days("1970-01-01", "9999-12-31"), 2932896);
	assert_int_equal(status_days("2026-06-02", "2026-06-01"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),	     cmocka_unit_test(test_state_refused),
		cmocka_unit_test(test_record),	     cmocka_unit_test(test_record_refused),
		cmocka_unit_test(test_log),	     cmocka_unit_test(test_boot),
		cmocka_unit_test(test_boot_foreign), cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
