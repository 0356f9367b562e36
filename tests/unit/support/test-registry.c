/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry's reader: fields, defaults, and every refusal with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/registry.h"

#define ENTRY "  - id: a\n    title: A\n    section: S\n    owner: o\n    state: built\n"
#define HEAD "format: 1\nfeatures:\n"

static struct model *parse(const char *text)
{
	struct model *m = model_create();

	assert_non_null(m);
	assert_int_equal(registry_parse(m, "f.yaml", text, strlen(text)), 0);
	return m;
}

static void test_fields(void **state)
{
	struct model *m = parse(
		HEAD ENTRY "  - {id: b, title: \"B: two\", section: S, owner: o, state: removed,\n"
			   "     symbol: CONFIG_B, boot_option: b-on, aliases: [old_b, Old B],\n"
			   "     needs: [a], conflicts: [c, d], removed_in: \"2.0\",\n"
			   "     removed_reason: nobody used it, replaced_by: a}\n");
	const struct feature *a = model_feature(m, "a"), *b = model_feature(m, "b");

	assert_int_equal(m->nr_diagnostics, 0);
	assert_true(m->has_whole_registry);
	assert_non_null(a);
	assert_non_null(b);
	assert_string_equal(a->symbol, "a");
	assert_null(a->boot_option);
	assert_int_equal(a->state, FEATURE_BUILT);
	assert_int_equal(a->at.line, 3);
	assert_int_equal(a->at.column, 5);
	assert_string_equal(b->title, "B: two");
	assert_string_equal(b->symbol, "CONFIG_B");
	assert_string_equal(b->boot_option, "b-on");
	assert_int_equal(b->state, FEATURE_REMOVED);
	assert_int_equal(b->nr_aliases, 2);
	assert_string_equal(b->aliases[1], "Old B");
	assert_int_equal(b->nr_needs, 1);
	assert_string_equal(b->needs[0].id, "a");
	assert_int_equal(b->nr_conflicts, 2);
	assert_string_equal(b->replaced_by, "a");
	assert_ptr_equal(model_feature_by_alias(m, "old_b"), b);
	model_destroy(m);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *rule;
		unsigned int line, column;
	} cases[] = {
		{ "", "unreadable", 1, 1 },
		{ "# nothing\n", "unreadable", 1, 1 },
		{ "- x\n", "unreadable", 1, 1 },
		{ "word\n", "unreadable", 1, 1 },
		{ "format: 1\n", "bad-registry", 1, 1 },
		{ "features: []\n", "bad-registry", 1, 1 },
		{ "format: 2\nfeatures: []\n", "bad-registry", 1, 9 },
		{ "format: 1\nfeatures: x\n", "bad-registry", 2, 11 },
		{ "format: 1\nfeatures: {}\n", "bad-registry", 2, 11 },
		{ HEAD "  - x\n", "bad-registry", 3, 5 },
		{ HEAD ENTRY "more: 1\n", "bad-registry", 8, 1 },
		{ HEAD ENTRY "format: 1\n", "duplicate-key", 8, 1 },
		{ HEAD ENTRY "    state: built\n", "duplicate-key", 8, 5 },
		{ HEAD ENTRY "    colour: red\n", "bad-registry", 8, 5 },
		{ HEAD ENTRY "    boot_option: [x]\n", "bad-registry", 8, 18 },
		{ HEAD ENTRY "    boot_option: {x: y}\n", "bad-registry", 8, 18 },
		{ HEAD ENTRY "    boot_option: ''\n", "bad-registry", 8, 18 },
		{ HEAD ENTRY "    boot_option: \"a\\nb\"\n", "bad-registry", 8, 18 },
		{ HEAD ENTRY "    boot_option: \"a\\0b\"\n", "bad-registry", 8, 18 },
		{ HEAD ENTRY "    needs: b\n", "bad-registry", 8, 12 },
		{ HEAD ENTRY "    needs: [[b]]\n", "bad-registry", 8, 13 },
		{ HEAD ENTRY "    needs: [B]\n", "bad-id", 8, 13 },
		{ HEAD ENTRY "    needs: [b-c]\n", "bad-id", 8, 13 },
		{ HEAD ENTRY "    removed_in: '1'\n", "bad-registry", 3, 5 },
		{ HEAD ENTRY "    ? [a]\n    : b\n", "bad-registry", 8, 7 },
		{ HEAD ENTRY ENTRY, "duplicate-id", 8, 5 },
		{ HEAD ENTRY "    title2: *a\n", "bad-registry", 8, 5 },
		{ HEAD ENTRY "---\nx: y\n", "bad-registry", 8, 1 },
		{ HEAD ENTRY "\tx: y\n", "unreadable", 8, 1 },
		{ HEAD "  - id: \xff\n", "unreadable", 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct model *m = parse(cases[i].text);
		bool found = false;

		for (size_t j = 0; j < m->nr_diagnostics; j++) {
			const struct diagnostic *d = &m->diagnostics[j];

			found = found ||
				(!strcmp(d->rule, cases[i].rule) && d->at.line == cases[i].line &&
				 d->at.column == cases[i].column);
		}
		if (!found)
			fail_msg("case %zu: %s, got %s at %u:%u", i, cases[i].text,
				 m->nr_diagnostics ? m->diagnostics[0].message : "nothing",
				 m->nr_diagnostics ? m->diagnostics[0].at.line : 0,
				 m->nr_diagnostics ? m->diagnostics[0].at.column : 0);
		assert_false(m->has_whole_registry);
		model_destroy(m);
	}
}

/* Reading goes on behind an entry that is refused. */
static void test_goes_on(void **state)
{
	struct model *m = parse(HEAD "  - id: BAD\n    x: {y: [z, {w: v}]}\n" ENTRY);

	assert_int_equal(m->nr_errors, 2);
	assert_int_equal(m->nr_features, 1);
	assert_non_null(model_feature(m, "a"));
	model_destroy(m);
}

static void test_deep(void **state)
{
	enum { DEPTH = 100000 };
	char *text = malloc(DEPTH + 64);
	struct model *m;

	assert_non_null(text);
	strcpy(text, HEAD "  - x: ");
	memset(text + strlen(HEAD "  - x: "), '[', DEPTH);
	text[strlen(HEAD "  - x: ") + DEPTH] = '\0';
	m = parse(text);
	assert_true(m->nr_errors > 0);
	model_destroy(m);
	free(text);
}

static void test_suggestion(void **state)
{
	struct model *m = parse(HEAD "  - {id: pv_console, title: C, section: S, owner: o, "
				     "state: planned, aliases: [console_ring]}\n");

	assert_string_equal(model_suggest_id(m, "pv_consle"), "pv_console");
	assert_string_equal(model_suggest_id(m, "console_ring"), "pv_console");
	assert_null(model_suggest_id(m, "grant_table"));
	model_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),	   cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_goes_on),	   cmocka_unit_test(test_deep),
		cmocka_unit_test(test_suggestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
