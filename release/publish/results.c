/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests said, as evidence a release can carry. */
#include "publish/results.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define TESTS_MAX 65536
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-"

static const char *const words[OUTCOME_NR] = {
	[OUTCOME_PASS] = "pass",
	[OUTCOME_SKIP] = "skip",
	[OUTCOME_FAIL] = "fail",
};

/* As `candor check --evidence` reads them. */
static const char *const past_words[OUTCOME_NR] = {
	[OUTCOME_PASS] = "passed",
	[OUTCOME_SKIP] = "skipped",
	[OUTCOME_FAIL] = "failed",
};

/*
 * meson's words. A test known to fail proves nothing about a feature, so it
 * counts as not run; one that passes against its mark makes the mark wrong.
 */
static const struct {
	const char *word;
	enum outcome outcome;
} meson_words[] = {
	{ "OK", OUTCOME_PASS },
	{ "SKIP", OUTCOME_SKIP },
	{ "EXPECTEDFAIL", OUTCOME_SKIP },
	{ "IGNORED", OUTCOME_SKIP },
	{ "FAIL", OUTCOME_FAIL },
	{ "ERROR", OUTCOME_FAIL },
	{ "TIMEOUT", OUTCOME_FAIL },
	{ "INTERRUPT", OUTCOME_FAIL },
	{ "UNEXPECTEDPASS", OUTCOME_FAIL },
};

static const char log_remedy[] = "give meson-logs/testlog.json of a finished `meson test`";
static const char evidence_remedy[] = "write it again with `candor evidence`";

static int at_line(struct trouble *trouble, int rc, const char *place, size_t line,
		   const char *remedy, const char *why)
{
	struct strbuf at = STRBUF_INIT;

	strbuf_printf(&at, "%s:%zu", place, line);
	trouble_set(trouble, rc, strbuf_str(&at) ? strbuf_str(&at) : place, remedy, "%s", why);
	strbuf_reset(&at);
	return rc;
}

/* "tier/name", no part empty. */
static bool name_ok(const char *name)
{
	size_t size = strlen(name), part = strspn(name, NAME_CHARACTERS);

	if (size >= RESULTS_NAME_MAX || part == size)
		return false;
	while (part && name[0]) {
		name += part;
		if (!*name)
			return true;
		if (*name++ != '/')
			return false;
		part = strspn(name, NAME_CHARACTERS);
	}
	return false;
}

static bool label_ok(const char *label)
{
	size_t size = strlen(label);

	return size && size < RESULTS_NAME_MAX && strspn(label, NAME_CHARACTERS) == size;
}

static int compare(const void *a, const void *b)
{
	const struct result *ta = a, *tb = b;
	int order = strcmp(ta->name, tb->name);

	return order ? order : strcmp(ta->build, tb->build);
}

static int append(struct results *set, const char *name, const char *build, enum outcome outcome)
{
	struct result *tests;

	if (set->nr_tests >= TESTS_MAX)
		return -E2BIG;
	/* Grow in steps of powers of two. */
	if (!(set->nr_tests & (set->nr_tests - 1))) {
		size_t want = set->nr_tests ? set->nr_tests * 2 : 1;

		tests = reallocarray(set->tests, want, sizeof(*tests));
		if (!tests)
			return -ENOMEM;
		set->tests = tests;
	}
	tests = &set->tests[set->nr_tests++];
	*tests = (struct result){ .outcome = outcome };
	snprintf(tests->name, sizeof(tests->name), "%s", name);
	snprintf(tests->build, sizeof(tests->build), "%s", build);
	return 0;
}

/* The first test that stands twice, or NULL. Sorts. */
static const struct result *sort(struct results *set)
{
	if (set->nr_tests)
		qsort(set->tests, set->nr_tests, sizeof(*set->tests), compare);
	for (size_t i = 1; i < set->nr_tests; i++) {
		if (!compare(&set->tests[i - 1], &set->tests[i]))
			return &set->tests[i];
	}
	return NULL;
}

static int outcome_of_meson(const char *word, enum outcome *ret_outcome)
{
	for (size_t i = 0; i < sizeof(meson_words) / sizeof(meson_words[0]); i++) {
		if (!strcmp(word, meson_words[i].word)) {
			*ret_outcome = meson_words[i].outcome;
			return 0;
		}
	}
	return -EINVAL;
}

/* meson puts "PROJECT:SUITE / " before a test's own name. */
static const char *own_name(const char *name)
{
	const char *at;

	while ((at = strstr(name, " / ")))
		name = at + 3;
	return name;
}

static int add_record(struct results *set, const json_t *record, const char *label,
		      const char **ret_why)
{
	const char *name = json_string_value(json_object_get(record, "name"));
	const char *word = json_string_value(json_object_get(record, "result"));
	enum outcome outcome;
	int rc;

	*ret_why = "no test record: an object with the strings \"name\" and \"result\"";
	if (!name || !word)
		return -EINVAL;
	*ret_why = "the test's name is not of the form tier/name";
	name = own_name(name);
	if (!name_ok(name))
		return -EINVAL;
	*ret_why = "the test has no final result that meson knows";
	if (outcome_of_meson(word, &outcome))
		return -EINVAL;
	rc = append(set, name, label, outcome);
	*ret_why = "out of memory, or too many tests";
	return rc;
}

static int add_line(struct results *set, const char *line, size_t size, const char *label,
		    char why[256])
{
	json_error_t error;
	json_t *record = json_loadb(line, size, JSON_REJECT_DUPLICATES, &error);
	const char *reason = "";
	int rc;

	if (!record) {
		struct strbuf shown = STRBUF_INIT;

		trouble_escape(&shown, error.text, strlen(error.text));
		snprintf(why, 256, "no JSON: %.200s", strbuf_str(&shown) ? strbuf_str(&shown) : "");
		strbuf_reset(&shown);
		return -EINVAL;
	}
	rc = add_record(set, record, label, &reason);
	snprintf(why, 256, "%s", reason);
	json_decref(record);
	return rc;
}

int results_add_log(struct results *set, const char *place, const char *text, size_t size,
		    const char *label, struct trouble *trouble)
{
	const struct result *twice;
	char why[256];
	size_t nr = 0;

	if (!label_ok(label))
		return trouble_set(trouble, -EINVAL, "--label",
				   "use letters, digits and the characters _.+-",
				   "a label of these characters is not allowed");
	if (!size)
		return at_line(trouble, -ENODATA, place, 1, log_remedy, "the log is empty");
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t line_size = end ? (size_t)(end - text) : size;
		int rc = add_line(set, text, line_size, label, why);

		nr++;
		if (rc)
			return at_line(trouble, rc, place, nr, log_remedy, why);
		line_size += end ? 1 : 0;
		text += line_size;
		size -= line_size;
	}
	twice = sort(set);
	if (!twice)
		return 0;
	return trouble_set(trouble, -EEXIST, place, "give each build's log a --label of its own",
			   "'%s' has two results in the build '%s'", twice->name, twice->build);
}

size_t results_count(const struct results *set, enum outcome outcome)
{
	size_t nr = 0;

	for (size_t i = 0; i < set->nr_tests; i++)
		nr += set->tests[i].outcome == outcome;
	return nr;
}

static int take(const char *data, size_t size, void *out)
{
	strbuf_add(out, data, size);
	return ((struct strbuf *)out)->failed ? -1 : 0;
}

int results_print(const struct results *set, struct strbuf *ret_text)
{
	json_t *tests = json_array();
	json_t *counts = json_object();
	json_t *root;
	int r = -1;

	for (enum outcome i = 0; i < OUTCOME_NR; i++)
		json_object_set_new(counts, words[i],
				    json_integer((json_int_t)results_count(set, i)));
	for (size_t i = 0; i < set->nr_tests; i++) {
		const struct result *t = &set->tests[i];

		json_array_append_new(tests, json_pack("{s:s, s:s, s:s}", "name", t->name, "build",
						       t->build, "result", words[t->outcome]));
	}
	/* Takes both over, also when it fails. */
	root = json_pack("{s:i, s:o, s:o}", "schema", RESULTS_SCHEMA, "counts", counts, "tests",
			 tests);
	if (root && json_array_size(tests) == set->nr_tests &&
	    json_object_size(counts) == OUTCOME_NR)
		r = json_dump_callback(root, take, ret_text, JSON_INDENT(2) | JSON_SORT_KEYS);
	json_decref(root);
	if (r)
		return -ENOMEM;
	strbuf_puts(ret_text, "\n");
	return ret_text->failed ? -ENOMEM : 0;
}

static int badness(enum outcome outcome)
{
	return outcome == OUTCOME_FAIL ? 2 : outcome == OUTCOME_PASS ? 1 : 0;
}

void results_print_lines(const struct results *set, struct strbuf *ret_text)
{
	for (size_t i = 0, next; i < set->nr_tests; i = next) {
		enum outcome worst = set->tests[i].outcome;

		for (next = i + 1; next < set->nr_tests; next++) {
			if (strcmp(set->tests[i].name, set->tests[next].name))
				break;
			if (badness(set->tests[next].outcome) > badness(worst))
				worst = set->tests[next].outcome;
		}
		strbuf_printf(ret_text, "%s\t%s\n", set->tests[i].name, past_words[worst]);
	}
}

static int add_parsed(struct results *set, const json_t *test)
{
	const char *name = json_string_value(json_object_get(test, "name"));
	const char *build = json_string_value(json_object_get(test, "build"));
	const char *word = json_string_value(json_object_get(test, "result"));

	if (!name || !build || !word || !name_ok(name) || !label_ok(build))
		return -EINVAL;
	for (enum outcome r = 0; r < OUTCOME_NR; r++) {
		if (!strcmp(word, words[r]))
			return append(set, name, build, r);
	}
	return -EINVAL;
}

/*
 * Rather than judge each key, rely on there being one spelling: what we read
 * must be what we would write.
 */
static int compare_spelling(const struct results *set, const char *text, size_t size)
{
	struct strbuf again = STRBUF_INIT;
	int rc = results_print(set, &again);

	if (!rc && (again.size != size || memcmp(again.data, text, size)))
		rc = -EINVAL;
	strbuf_reset(&again);
	return rc;
}

int results_parse(const char *place, const char *text, size_t size, struct trouble *trouble,
		  struct results *ret_set)
{
	struct results set = { 0 };
	json_error_t error;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	json_t *tests = json_object_get(root, "tests");
	int rc = json_is_array(tests) ? 0 : -EINVAL;

	if (!root)
		return at_line(trouble, -EINVAL, place, error.line > 0 ? (size_t)error.line : 1,
			       evidence_remedy, "no JSON");
	for (size_t i = 0; !rc && i < json_array_size(tests); i++)
		rc = add_parsed(&set, json_array_get(tests, i));
	json_decref(root);
	if (!rc && sort(&set))
		rc = -EINVAL;
	if (!rc)
		rc = compare_spelling(&set, text, size);
	if (rc) {
		results_reset(&set);
		return trouble_set(trouble, rc, place, evidence_remedy,
				   "is not evidence as `candor evidence` writes it (schema %d)",
				   RESULTS_SCHEMA);
	}
	*ret_set = set;
	return 0;
}

void results_reset(struct results *set)
{
	free(set->tests);
	*set = (struct results){ 0 };
}
