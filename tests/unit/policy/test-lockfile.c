/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks: written and read back, and refused when anything about them is odd. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/lockfile.h"

#define HASH "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char *sample_text(void)
{
	struct lockfile *lock = lockfile_create("x.lock", "lab", "x86_64");
	struct strbuf out = STRBUF_INIT;

	assert_non_null(lock);
	assert_int_equal(lockfile_add_feature(lock, "zeta", DECIDED_ON, "r.lua:1 yes # or no"), 0);
	assert_int_equal(lockfile_add_feature(lock, "alpha", DECIDED_OFF, "r.lua:2 no"), 0);
	assert_int_equal(lockfile_add_input(lock, "policy/rules/r.lua", HASH), 0);
	assert_int_equal(lockfile_add_input(lock, "facts", HASH), 0);
	assert_int_equal(lockfile_seal(lock), 0);
	lockfile_write(lock, &out);
	lockfile_destroy(lock);
	assert_false(out.failed);
	return out.data;
}

static void test_round_trip(void **state)
{
	char *text = sample_text();
	struct strbuf err = STRBUF_INIT, again = STRBUF_INIT;
	struct lockfile *lock;

	assert_int_equal(lockfile_parse("x.lock", text, strlen(text), &lock, &err), 0);
	assert_string_equal(lock->profile, "lab");
	assert_int_equal(lock->nr_features, 2);
	assert_string_equal(lock->features[0].name, "alpha");
	assert_string_equal(lock->features[1].comment, "r.lua:1 yes # or no");
	assert_true(lockfile_is_on(lockfile_feature(lock, "zeta")));
	assert_false(lockfile_is_on(lockfile_feature(lock, "alpha")));
	assert_null(lockfile_feature(lock, "beta"));
	lockfile_write(lock, &again);
	assert_string_equal(again.data, text);
	lockfile_destroy(lock);
	strbuf_reset(&again);
	free(text);
}

/* Replace the first @from in the sample by @to, and expect the complaint. */
static void expect_refusal(const char *from, const char *to, const char *complaint)
{
	char *text = sample_text(), *at = strstr(text, from);
	struct strbuf err = STRBUF_INIT, changed = STRBUF_INIT;
	struct lockfile *lock;
	int rc;

	assert_non_null(at);
	strbuf_add(&changed, text, (size_t)(at - text));
	strbuf_puts(&changed, to);
	strbuf_puts(&changed, at + strlen(from));
	rc = lockfile_parse("x.lock", changed.data, changed.size, &lock, &err);
	if (rc != -EINVAL)
		fail_msg("'%s' for '%s' was accepted (%d)", to, from, rc);
	if (!strstr(strbuf_str(&err), complaint))
		fail_msg("'%s' for '%s': got %s", to, from, strbuf_str(&err));
	strbuf_reset(&err);
	strbuf_reset(&changed);
	free(text);
}

static void test_refusals(void **state)
{
	expect_refusal("zeta = on", "zeta = off", "does not fit the other lines");
	expect_refusal("profile = lab", "profile = distro", "does not fit the other lines");
	expect_refusal(HASH,
		       "sha256:1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		       "does not fit");
	expect_refusal("zeta = on", "zeta = yes",
		       "x.lock:11: error: a feature is on, off or opt-in");
	expect_refusal("zeta = on", "zeta on", "x.lock:11: error: want 'key = value'");
	expect_refusal("feature.zeta", "feature.Zeta", "not a feature id");
	expect_refusal("feature.zeta", "feature.", "not a feature id");
	expect_refusal("feature.zeta", "feature.alpha",
		       "x.lock:11: error: second line for 'alpha'");
	expect_refusal("feature.zeta", "features.zeta", "unknown key");
	expect_refusal("lock.format = 1", "lock.format = 2", "format 1");
	expect_refusal("lock.format = 1\n", "", "no line 'lock.format");
	expect_refusal("lock.profile = lab\n", "", "no line 'lock.profile");
	expect_refusal("lock.profile = lab\n", "lock.profile = lab\nlock.profile = lab\n",
		       "second line for 'lock.profile'");
	expect_refusal("lock.target = x86_64\n", "", "no line 'lock.target");
	expect_refusal("lock.decision", "lock.decisions", "unknown or malformed");
	expect_refusal("sha256:", "sha1:", "unknown or malformed");
	expect_refusal("input.facts = sha256", "input.facts = sha", "input.NAME");
	expect_refusal("r.lua:2 no\n", "r.lua:2 n\033[31mo\n", "control character");
	expect_refusal("or no\n", "or no", "cut off");
}

static void test_records(void **state)
{
	static const char bad[] = "lock\tlock.format\t1\nlocks\tx\ty\n";
	char *text = sample_text();
	struct strbuf err = STRBUF_INIT, records = STRBUF_INIT;
	struct lockfile *lock, *image;

	assert_int_equal(lockfile_parse("x.lock", text, strlen(text), &lock, &err), 0);
	strbuf_printf(&records, "lock\tlock.format\t1\nlock\tlock.profile\t%s\n", lock->profile);
	strbuf_printf(&records, "lock\tlock.decision\t%s\n", lock->decision);
	strbuf_printf(&records, "lock\tinput.facts\t%s\n", lock->inputs[0].value);
	strbuf_printf(&records, "lock\tinput.policy/rules/r.lua\t%s\n", HASH);
	strbuf_puts(&records, "lock\tfeature.zeta\ton\nlock\tfeature.alpha\toff\n"
			      "lock\tlock.target\tx86_64\n");
	assert_int_equal(lockfile_parse_records("x.elf", records.data, records.size, &image, &err),
			 0);
	assert_string_equal(image->decision, lock->decision);
	lockfile_destroy(image);
	lockfile_destroy(lock);
	assert_int_equal(lockfile_parse_records("x.elf", bad, sizeof(bad) - 1, &image, &err),
			 -EINVAL);
	assert_non_null(strstr(strbuf_str(&err), "x.elf:2: error: want 'lock TAB key TAB value'"));
	strbuf_reset(&err);
	strbuf_reset(&records);
	free(text);
}

/* Cut anywhere, or with any byte changed, a lock is refused or says the same. */
static void test_every_cut_and_flip(void **state)
{
	char *text = sample_text();
	size_t size = strlen(text);
	struct strbuf err = STRBUF_INIT;
	struct lockfile *lock;

	for (size_t n = 0; n < size; n++) {
		if (!lockfile_parse("x.lock", text, n, &lock, &err))
			fail_msg("a lock of %zu of %zu bytes was accepted", n, size);
	}
	for (size_t n = 0; n < size; n++) {
		char was = text[n];

		text[n] = (char)(was ^ 1);
		if (!lockfile_parse("x.lock", text, size, &lock, &err)) {
			assert_true(lockfile_is_on(lockfile_feature(lock, "zeta")));
			assert_string_equal(lock->profile, "lab");
			lockfile_destroy(lock);
		}
		text[n] = was;
	}
	strbuf_reset(&err);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_every_cut_and_flip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
