/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcandor through its header alone: what a program that links it relies on. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <candor/candor.h>

/* A document as it came. */
struct text {
	char data[1 << 20];
	size_t size;
};

static struct text got;

static int take(void *context, const char *data, size_t size)
{
	struct text *t = context;

	assert_true(t->size + size < sizeof(t->data));
	memcpy(t->data + t->size, data, size);
	t->size += size;
	t->data[t->size] = '\0';
	return 0;
}

static int refuse(void *context, const char *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	return -ENOSPC;
}

static struct candor *opened(void)
{
	struct candor *c;

	assert_int_equal(candor_create(NULL, &c), 0);
	assert_int_equal(candor_find(c, NULL), 0);
	assert_int_equal(candor_load(c, NULL), 0);
	return c;
}

static void render(struct candor *c, const char *what, const char *format,
		   const struct candor_option *options)
{
	struct candor_error e = { 0 };

	got.size = 0;
	assert_int_equal(candor_render(c, what, format, options, take, &got, &e), 0);
	assert_true(got.size > 0);
}

static void test_reads_a_tree(void **state)
{
	struct candor *c = opened();
	struct candor_summary s;
	struct candor_feature f, same;
	struct candor_claim claim;
	struct candor_annotation a;
	size_t nr = 0;

	(void)state;
	assert_int_equal(candor_check(c, NULL), 0);
	candor_summarize(c, &s);
	assert_int_equal(s.nr_errors, 0);
	assert_false(s.is_unread);
	assert_true(s.nr_features > 0 && s.nr_claims > 0 && s.nr_annotations > 0);
	while (candor_feature_at(c, nr, &f)) {
		assert_true(candor_feature_named(c, f.id, &same));
		assert_ptr_equal(same.id, f.id);
		assert_string_equal(f.at.file, "support/features.yaml");
		assert_true(f.at.line > 0);
		nr++;
	}
	assert_int_equal(nr, s.nr_features);
	for (nr = 0; candor_claim_at(c, nr, &claim); nr++)
		assert_string_equal(claim.at.file, "SUPPORT.md");
	assert_int_equal(nr, s.nr_claims);
	for (nr = 0; candor_annotation_at(c, nr, &a); nr++)
		assert_true(a.at.line > 0 && a.id[0]);
	assert_int_equal(nr, s.nr_annotations);
	assert_false(candor_feature_named(c, "no_such", &f));
	candor_destroy(c);
}

static void test_empty_handle(void **state)
{
	struct candor_error e;
	struct candor_summary s;
	struct candor_feature f;
	struct candor_claim claim;
	struct candor *c;

	(void)state;
	candor_destroy(NULL);
	assert_int_equal(candor_create(NULL, &c), 0);
	candor_summarize(c, &s);
	assert_int_equal(s.nr_features, 0);
	assert_false(candor_feature_at(c, 0, &f));
	assert_false(candor_claim_at(c, 0, &claim));
	assert_false(candor_feature_named(c, "x", &f));
	assert_int_equal(candor_check(c, &e), -EINVAL);
	assert_string_equal(e.remedy, "call candor_load() first");
	assert_int_equal(candor_render(c, "matrix", "json", NULL, take, &got, &e), -EINVAL);
	assert_int_equal(candor_load(c, &e), 0);
	assert_int_equal(candor_check(c, &e), 0);
	candor_destroy(c);
}

static void test_errors_by_value(void **state)
{
	char name[2000];
	struct candor_error e;
	struct candor *c;

	(void)state;
	assert_int_equal(candor_create(NULL, &c), 0);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(candor_set(c, name, "x", &e), -EINVAL);
	assert_int_equal(e.code, -EINVAL);
	assert_int_equal(strlen(e.message), sizeof(e.message) - 1);
	assert_int_equal(candor_set(c, "tree", "/nowhere/at/all", &e), 0);
	assert_int_equal(candor_find(c, &e), -ENOENT);
	assert_string_equal(e.file, "/nowhere/at/all");
	assert_true(e.remedy[0]);
	assert_int_equal(candor_render(c, "matrix", "png", NULL, take, &got, &e), -EINVAL);
	assert_string_equal(e.message, "matrix cannot be rendered as png");
	candor_destroy(c);
}

/* A file that is not there is a finding, not a failure. */
static void test_unreadable_input(void **state)
{
	struct candor_diagnostic d;
	struct candor_summary s;
	struct candor *c;

	(void)state;
	assert_int_equal(candor_create(NULL, &c), 0);
	assert_int_equal(candor_set(c, "statement", "no-such.md", NULL), 0);
	assert_int_equal(candor_load(c, NULL), 0);
	candor_summarize(c, &s);
	assert_true(s.is_unread);
	assert_true(candor_diagnostic_at(c, 0, &d));
	assert_int_equal(d.severity, CANDOR_ERROR);
	assert_string_equal(d.rule, "unreadable");
	assert_string_equal(d.at.file, "no-such.md");
	assert_false(candor_diagnostic_at(c, 1, &d));
	candor_destroy(c);
}

static bool has_rule(const struct candor *c, const char *rule, struct candor_diagnostic *ret_found)
{
	for (size_t i = 0; candor_diagnostic_at(c, i, ret_found); i++) {
		if (!strcmp(ret_found->rule, rule))
			return true;
	}
	return false;
}

static void reload(struct candor *c)
{
	assert_int_equal(candor_load(c, NULL), 0);
	assert_int_equal(candor_check(c, NULL), 0);
}

/* Texts stand for files: of the statement, of a source, of a source not yet there. */
static void test_texts_stand_for_files(void **state)
{
	static const char code[] = "SUPPORT_PROVIDES(no_such_id, \"x86\");\n";
	static const char statement[] =
		"# Release Support\n\n# Feature Support\n\n## A\n\n### B\n\n"
		"    Status: Suported\n";
	struct candor *c = opened();
	struct candor_diagnostic d;

	(void)state;
	assert_int_equal(candor_set_text(c, "src/new.c", code, sizeof(code) - 1, NULL), 0);
	reload(c);
	assert_true(has_rule(c, "unknown-id", &d));
	assert_string_equal(d.at.file, "src/new.c");
	assert_int_equal(candor_set_text(c, "src/new.c", NULL, 0, NULL), 0);
	reload(c);
	assert_false(has_rule(c, "unknown-id", &d));
	assert_int_equal(candor_set_text(c, "src/things.c", "", 0, NULL), 0);
	reload(c);
	assert_true(has_rule(c, "statement-without-code", &d));
	assert_int_equal(candor_set_text(c, "src/things.c", NULL, 0, NULL), 0);
	assert_int_equal(candor_set_text(c, "SUPPORT.md", "x", 1, NULL), 0);
	assert_int_equal(candor_set_text(c, "SUPPORT.md", statement, sizeof(statement) - 1, NULL),
			 0);
	reload(c);
	assert_true(has_rule(c, "undefined-label", &d));
	assert_int_equal(d.at.line, 9);
	assert_int_equal(candor_set_text(c, "build/x.c", code, sizeof(code) - 1, NULL), 0);
	assert_int_equal(candor_set_text(c, "SUPPORT.md", NULL, 0, NULL), 0);
	reload(c);
	assert_false(has_rule(c, "unknown-id", &d));
	candor_destroy(c);
}

static void test_lists_itself(void **state)
{
	const struct candor_option *o;
	struct candor_rendering r;
	struct candor_rule rule;
	struct candor *c = opened();
	size_t nr_yaml = 0, i;

	(void)state;
	assert_string_equal(candor_api_version(), "1.2");
	for (i = 0; (o = candor_option_at(i)); i++)
		assert_int_equal(candor_set(c, o->name, NULL, NULL), 0);
	assert_true(i >= 6);
	candor_destroy(c);
	c = opened();
	for (i = 0; candor_rendering_at(i, &r); i++) {
		struct candor_option wrong[] = { { "frob", NULL, NULL, false, { NULL, NULL } },
						 { NULL, NULL, NULL, false, { NULL, NULL } } };

		assert_true(r.help[0]);
		nr_yaml += !strcmp(r.format, "yaml");
		assert_int_equal(candor_render(c, r.what, r.format, wrong, take, &got, NULL),
				 -EINVAL);
	}
	assert_true(nr_yaml > 1);
	for (i = 0; candor_rule_at(i, &rule); i++)
		assert_true(rule.rationale[0]);
	assert_true(i > 30);
	assert_string_equal(candor_level_name(CANDOR_LEVEL_TECH_PREVIEW), "Tech Preview");
	assert_null(candor_level_name((enum candor_level)99));
	assert_string_equal(candor_security_name(CANDOR_SECURITY_YES), "yes");
	assert_null(candor_security_name((enum candor_security) - 1));
	candor_destroy(c);
}

static void test_renders(void **state)
{
	static const struct candor_option link[] = {
		{ "link", "https://example.org/{file}", NULL, false, { NULL, NULL } },
		{ NULL, NULL, NULL, false, { NULL, NULL } }
	};
	struct candor *c = opened();
	struct candor_error e;

	(void)state;
	render(c, "matrix", "html", NULL);
	assert_non_null(strstr(got.data, "<!DOCTYPE html>"));
	render(c, "matrix", "json", NULL);
	assert_int_equal(got.data[0], '{');
	render(c, "matrix", "yaml", NULL);
	assert_non_null(strstr(got.data, "sections:\n"));
	render(c, "xen-table", "html", link);
	assert_non_null(strstr(got.data, "https://example.org/SUPPORT.md"));
	render(c, "diagnostics", "yaml", NULL);
	assert_non_null(strstr(got.data, "errors: 0\n"));
	assert_int_equal(candor_render(c, "matrix", "html", NULL, refuse, NULL, &e), -ENOSPC);
	candor_destroy(c);
}

/* How far a feature is supported, and the letter that this costs. */
static void test_standing(void **state)
{
	struct candor *c = opened();
	struct candor_standing s;
	struct candor_taint t;
	char letters[16] = "";
	size_t nr = 0;

	(void)state;
	assert_true(candor_standing_named(c, "alpha", CANDOR_ARCH_X86, &s));
	assert_true(s.level == CANDOR_LEVEL_SUPPORTED && s.security == CANDOR_SECURITY_YES);
	assert_true(s.taint.letter == '\0' && !s.taint.meaning[0]);
	assert_string_equal(s.at.file, "SUPPORT.md");
	assert_true(candor_standing_named(c, "beta", CANDOR_ARCH_X86, &s));
	assert_true(s.level == CANDOR_LEVEL_TECH_PREVIEW && s.security == CANDOR_SECURITY_NO);
	assert_int_equal(s.taint.letter, 'P');
	assert_non_null(strstr(s.taint.meaning, "Tech Preview"));
	/* Stated for x86 only; stated nowhere; no such feature. */
	assert_true(candor_standing_named(c, "beta", CANDOR_ARCH_ARM64, &s));
	assert_true(s.level == CANDOR_LEVEL_UNKNOWN && s.security == CANDOR_SECURITY_UNKNOWN);
	assert_null(s.at.file);
	assert_true(candor_standing_named(c, "gamma", 0, &s));
	assert_int_equal(s.taint.letter, 'U');
	assert_false(candor_standing_named(c, "no_such", 0, &s));
	candor_destroy(c);
	for (; candor_taint_at(nr, &t); nr++) {
		assert_true(nr + 1 < sizeof(letters) && t.meaning[0]);
		letters[nr] = t.letter;
	}
	assert_string_equal(letters, "DEPSU");
}

static const char lock_text[] =
	"# A lock\n"
	"lock.format = 1\nlock.profile = site\nlock.target = x86_64\n"
	"lock.decision = "
	"sha256:d40f650eb952452d7816c09c61f298c43df740ac9346e59887cce5b599a4ff92\n"
	"feature.gamma = off\n"
	"feature.alpha = on  # policy/rules/a.lua:3 wanted\n"
	"feature.beta = opt-in  # policy/rules/b.lua:9 to be tried\n"
	"limit.alpha = 8\ntaint.beta = P\naccepts.alpha = D\n"
	"needs.beta = delta,eta\nimplies.beta = zeta\n";

static int read_text_lock(struct candor *c, const char *text, struct candor_error *e)
{
	assert_int_equal(candor_set_text(c, "site.lock", text, strlen(text), NULL), 0);
	return candor_read_lock(c, "site.lock", e);
}

static void expect_site(const struct candor *c)
{
	struct candor_verdict v;
	struct candor_lock lock;

	assert_true(candor_show_lock(c, &lock));
	assert_string_equal(lock.path, "site.lock");
	assert_string_equal(lock.profile, "site");
	assert_string_equal(lock.target, "x86_64");
	assert_memory_equal(lock.decision, "sha256:d40f", 11);
	assert_int_equal(lock.nr_verdicts, 3);
	assert_true(candor_verdict_at(c, 0, &v));
	assert_string_equal(v.feature, "alpha");
	assert_int_equal(v.decided, CANDOR_ON);
	assert_string_equal(v.value, "on");
	assert_string_equal(v.reason, "policy/rules/a.lua:3 wanted");
	assert_string_equal(v.limit, "8");
	assert_true(!v.needs[0] && !v.implies[0] && !v.taint && v.accepts == 'D');
	assert_true(candor_verdict_named(c, "beta", &v));
	assert_int_equal(v.decided, CANDOR_OPT_IN);
	assert_string_equal(v.value, "opt-in");
	assert_string_equal(v.needs, "delta,eta");
	assert_string_equal(v.implies, "zeta");
	assert_true(!v.limit[0] && v.taint == 'P' && !v.accepts);
	assert_string_equal(v.at.file, "site.lock");
	assert_int_equal(v.at.line, 8);
	assert_true(candor_verdict_at(c, 2, &v));
	assert_int_equal(v.decided, CANDOR_OFF);
	assert_string_equal(v.reason, "");
	assert_false(candor_verdict_at(c, 3, &v));
	assert_false(candor_verdict_named(c, "delta", &v));
}

static void test_asks_a_lock(void **state)
{
	static const char wrong[] = "lock.format = 1\nfeature.alpha = maybe\nno sense\n";
	struct candor_error e;
	struct candor_verdict v;
	struct candor_lock lock;
	char twice[sizeof(lock_text) + 32];
	struct candor *c;

	(void)state;
	assert_int_equal(candor_create(NULL, &c), 0);
	assert_false(candor_show_lock(c, &lock));
	assert_false(candor_verdict_at(c, 0, &v));
	assert_false(candor_verdict_named(c, "alpha", &v));
	assert_int_equal(read_text_lock(c, lock_text, &e), 0);
	expect_site(c);
	/* What is no lock is told, line by line, and the one before stays. */
	assert_int_equal(read_text_lock(c, wrong, &e), -EINVAL);
	assert_string_equal(e.file, "site.lock");
	assert_int_equal(e.line, 2);
	assert_true(e.remedy[0]);
	assert_non_null(strstr(candor_complaints(c), "site.lock:3: error: "));
	expect_site(c);
	snprintf(twice, sizeof(twice), "%staint.beta = E\n", lock_text);
	assert_int_equal(read_text_lock(c, twice, &e), -EINVAL);
	assert_non_null(strstr(e.message, "second line for 'beta'"));
	assert_int_equal(candor_read_lock(c, "no-such.lock", &e), -ENOENT);
	assert_string_equal(e.file, "no-such.lock");
	assert_true(e.remedy[0]);
	assert_int_equal(candor_load(c, NULL), 0);
	expect_site(c);
	assert_int_equal(read_text_lock(c, lock_text, NULL), 0);
	assert_string_equal(candor_complaints(c), "");
	candor_destroy(c);
}

static int convert(const char *text, const char *from, const char *to, struct candor_error *e)
{
	struct candor *c;
	int rc;

	assert_int_equal(candor_create(NULL, &c), 0);
	got.size = 0;
	got.data[0] = '\0';
	rc = candor_convert(c, "doc", text, strlen(text), from, to, take, &got, e);
	candor_destroy(c);
	return rc;
}

/* Strings stay strings, whatever they look like, and come back as they were. */
static void test_converts(void **state)
{
	static const char json[] =
		"{\n  \"a\": [\n    \"no\",\n    \"1e3\",\n    \"~\",\n    1,\n"
		"    -2,\n    1.5,\n    true,\n    null,\n    \"\\n\\u001B\"\n  ],"
		"\n  \"on\": {},\n  \"é\": []\n}\n";
	char yaml[1024];

	(void)state;
	assert_int_equal(convert(json, "json", "yaml", NULL), 0);
	assert_non_null(strstr(got.data, "\"no\""));
	assert_non_null(strstr(got.data, "\"on\": {}"));
	assert_true(got.size < sizeof(yaml));
	memcpy(yaml, got.data, got.size + 1);
	assert_int_equal(convert(yaml, "yaml", "json", NULL), 0);
	assert_string_equal(got.data, json);
}

static void expect_refused(const char *text, const char *from, const char *to, const char *what,
			   unsigned int line)
{
	struct candor_error e = { 0 };

	assert_int_equal(convert(text, from, to, &e), -EINVAL);
	if (!strstr(e.message, what) || e.line != line)
		fail_msg("'%s' at %u, not '%s' at %u", e.message, e.line, what, line);
	assert_string_equal(e.file, "doc");
	assert_true(e.remedy[0]);
}

static void test_refuses_what_readers_differ_on(void **state)
{
	char deep[201];

	(void)state;
	expect_refused("a: no\n", "yaml", "json", "not the same to every reader", 1);
	expect_refused("a: 1\nb: 012\n", "yaml", "json", "not the same to every reader", 2);
	expect_refused("a: 2026-11-22\n", "yaml", "json", "not the same to every reader", 1);
	expect_refused("a: &x 1\nb: *x\n", "yaml", "json", "anchors and tags", 1);
	expect_refused("a: !!int 1\n", "yaml", "json", "anchors and tags", 1);
	expect_refused("a: 1\na: 2\n", "yaml", "json", "there twice", 2);
	expect_refused("a: 1\n--- \nb: 1\n", "yaml", "json", "not one YAML document", 2);
	expect_refused("1: 2\n", "yaml", "json", "is no string", 1);
	expect_refused("a: [\n", "yaml", "json", "is no YAML", 2);
	expect_refused("a: 99999999999999999999\n", "yaml", "json", "not the same", 1);
	expect_refused("{\"a\": 1, \"a\": 2}", "json", "yaml", "is no JSON", 1);
	expect_refused("{\n\"a\": }", "json", "yaml", "is no JSON", 2);
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	deep[200] = '\0';
	expect_refused(deep, "json", "yaml", "nests deeper than 64", 0);
	expect_refused(deep, "yaml", "json", "nests deeper than 64", 1);
	assert_int_equal(convert("{}", "json", "toml", NULL), -EINVAL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_a_tree),
		cmocka_unit_test(test_empty_handle),
		cmocka_unit_test(test_errors_by_value),
		cmocka_unit_test(test_unreadable_input),
		cmocka_unit_test(test_texts_stand_for_files),
		cmocka_unit_test(test_lists_itself),
		cmocka_unit_test(test_renders),
		cmocka_unit_test(test_standing),
		cmocka_unit_test(test_asks_a_lock),
		cmocka_unit_test(test_converts),
		cmocka_unit_test(test_refuses_what_readers_differ_on),
	};

	if (argc != 2 || chdir(argv[1]))
		return 2;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
