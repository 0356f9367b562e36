/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy test` and `lint`: what is wrong with rules and decisions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy-session.h"

#include "engine/expect.h"
#include "engine/json.h"
#include "engine/lint.h"
#include "engine/sentence.h"

/* ---- test ---- */

static size_t count_idle(const struct expectations *e)
{
	size_t nr = 0;

	for (size_t i = 0; i < e->coverage.nr; i++)
		nr += coverage_is_idle(&e->coverage, &e->coverage.list[i]);
	return nr;
}

static void test_text(const struct policy *p, const struct expectations *e, struct strbuf *out)
{
	for (size_t i = 0; i < e->nr_unmet; i++)
		strbuf_printf(out, "%s:%u: failed: %s\n", e->unmet[i].at.file, e->unmet[i].at.line,
			      e->unmet[i].text);
	for (size_t i = 0; i < e->coverage.nr; i++) {
		const struct covered *c = &e->coverage.list[i];

		if (coverage_is_idle(&e->coverage, c))
			strbuf_printf(out, "%s:%u: not covered: this %s never decides anything\n",
				      p->rules[c->source].path, c->line,
				      host_sentence_name(c->kind));
	}
	strbuf_printf(out,
		      "%zu files, %zu expectations, %zu checks, %zu failed; %zu of %zu rules "
		      "decide something\n",
		      e->nr_files, e->nr_expectations, e->nr_checks, e->nr_unmet,
		      e->coverage.nr - count_idle(e), e->coverage.nr);
}

static json_t *make_unmet(const struct expectations *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->nr_unmet; i++) {
		json_t *unmet = json_object();

		json_set_place(unmet, &e->unmet[i].at);
		json_object_set_new(unmet, "message", json_text(e->unmet[i].text));
		json_array_append_new(list, unmet);
	}
	return list;
}

static json_t *make_coverage(const struct policy *p, const struct expectations *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->coverage.nr; i++) {
		const struct covered *c = &e->coverage.list[i];
		struct place at = { p->rules[c->source].path, c->line };
		json_t *rule = json_object();

		json_set_place(rule, &at);
		json_object_set_new(rule, "decides",
				    json_boolean(!coverage_is_idle(&e->coverage, c)));
		json_object_set_new(rule, "rule", json_text(c->name));
		json_object_set_new(rule, "verdict", json_text(host_sentence_name(c->kind)));
		json_array_append_new(list, rule);
	}
	return list;
}

static void test_json(const struct policy *p, const struct expectations *e, struct strbuf *out)
{
	json_t *root = json_object();

	json_object_set_new(root, "checks", json_integer((json_int_t)e->nr_checks));
	json_object_set_new(root, "coverage", make_coverage(p, e));
	json_object_set_new(root, "expectations", json_integer((json_int_t)e->nr_expectations));
	json_object_set_new(root, "failed", make_unmet(e));
	json_object_set_new(root, "files", json_integer((json_int_t)e->nr_files));
	json_object_set_new(root, "format", json_integer(1));
	json_print(root, JSON_PAGE, out);
}

static enum exit_status run_tests(struct policy_session *s)
{
	struct strbuf out = STRBUF_INIT;
	struct expectations e;
	enum exit_status status;
	int rc = expect_run(s->policy, &e, &s->err);

	if (rc)
		return policy_session_trouble(s, rc);
	if (s->options->json)
		test_json(s->policy, &e, &out);
	else
		test_text(s->policy, &e, &out);
	status = policy_print(&out);
	if (!status && (e.nr_unmet || count_idle(&e)))
		status = EXIT_FINDINGS;
	expect_reset(&e);
	return status;
}

enum exit_status policy_test(int argc, char **argv)
{
	struct policy_options o = { 0 };
	const struct argument rows[] = { POLICY_JSON_ROW(&o), POLICY_SITE_ROW(&o),
					 POLICY_HOST_ROW(&o), POLICY_TREE_ROW(&o) };
	const struct argument_table table = {
		argv[0], "",
		"A rule that decides nothing, in any profile or test, is reported.\n\n"
		"Exit status: 0 all is as expected, 1 it is not, 2 trouble.\n",
		rows, sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	struct policy_session s;
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	status = policy_session_open(&s, &o, FACTS_STATED);
	if (status)
		return status;
	status = run_tests(&s);
	policy_session_close(&s);
	return status;
}

/* ---- lint ---- */

/* The day that waivers are held against: given, SOURCE_DATE_EPOCH's, or today's. */
static const char *get_today(const char *given, char buffer[16])
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t now = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
	struct tm day;

	if (given)
		return given;
	if (!gmtime_r(&now, &day) || !strftime(buffer, 16, "%Y-%m-%d", &day))
		return "9999-12-31";
	return buffer;
}

static enum exit_status run_lint(struct policy_session *s, const char *today)
{
	struct strbuf out = STRBUF_INIT;
	struct lint lint;
	enum exit_status status;
	int rc = lint_run(s->policy, today, &lint, &s->err);

	if (rc)
		return policy_session_trouble(s, rc);
	if (s->options->json)
		lint_json(&lint, &out);
	else
		lint_text(&lint, &out);
	status = policy_print(&out);
	if (!status && lint.nr)
		status = EXIT_FINDINGS;
	lint_reset(&lint);
	return status;
}

static void list_rules(struct strbuf *out)
{
	for (size_t i = 0; i < NR_LINT_KINDS; i++)
		strbuf_printf(out, "%-18s %s\n", lint_rules[i].id, lint_rules[i].text);
}

enum exit_status policy_lint(int argc, char **argv)
{
	struct policy_options o = { 0 };
	const char *date = NULL;
	bool rules = false;
	const struct argument rows[] = {
		{ "date", "DAY", "hold waivers against this day, 2027-06-30 (default: today)",
		  .text = &date },
		{ "rules", NULL, "list what is looked for", .flag = &rules },
		POLICY_JSON_ROW(&o),
		POLICY_SITE_ROW(&o),
		POLICY_HOST_ROW(&o),
		POLICY_TREE_ROW(&o),
	};
	const struct argument_table table = {
		argv[0], "", "Exit status: 0 nothing found, 1 findings, 2 trouble.\n", rows,
		sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	struct strbuf out = STRBUF_INIT;
	struct policy_session s;
	enum exit_status status;
	char today[16];

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	if (rules) {
		list_rules(&out);
		return policy_print(&out);
	}
	if (date && !sentence_date_valid(date)) {
		fprintf(stderr, "candor policy lint: '%s' is no day\n       = write 2027-06-30\n",
			date);
		return EXIT_TROUBLE;
	}
	status = policy_session_open(&s, &o, FACTS_STATED);
	if (status)
		return status;
	status = run_lint(&s, get_today(date, today));
	policy_session_close(&s);
	return status;
}
