/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with rules and decisions: a policy's tests, and its lint. */
#include <errno.h>

#include "base/date.h"
#include "capi/policy-session.h"
#include "engine/expect.h"
#include "engine/lint.h"
#include "engine/sentence.h"

/* ---- test ---- */

typedef void expect_fn(const struct policy *p, const struct expectations *e, struct strbuf *out);

static int render_tests(struct render *r, expect_fn *write)
{
	struct expectations e;
	struct policy_session s;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	if (!rc)
		rc = expect_run(s.policy, &e, &s.err);
	if (!rc) {
		write(s.policy, &e, r->out);
		rc = expect_is_met(&e) ? 0 : CANDOR_NO;
		expect_reset(&e);
	}
	return policy_session_end(&s, rc);
}

static int render_tests_text(struct render *r)
{
	return render_tests(r, expect_text);
}

static int render_tests_json(struct render *r)
{
	return render_tests(r, expect_json);
}

/* ---- lint ---- */

typedef void lint_fn(const struct lint *l, struct strbuf *out);

/* The day that waivers are held against: given, SOURCE_DATE_EPOCH's, or today's. */
static int find_day(struct render *r, const char **ret_day, char today[DATE_SIZE])
{
	*ret_day = render_option(r, "date");
	if (*ret_day && !sentence_date_valid(*ret_day))
		return error_set(r->error, -EINVAL, NULL, "write 2027-06-30", "'%s' is no day",
				 *ret_day);
	if (*ret_day)
		return 0;
	*ret_day = today;
	return date_today(today) ? error_set(r->error, -EINVAL, NULL, "write seconds since 1970",
					     "SOURCE_DATE_EPOCH is no time")
				 : 0;
}

static int render_lint(struct render *r, lint_fn *write)
{
	struct policy_session s;
	char today[DATE_SIZE];
	struct lint lint;
	const char *day;
	int rc = find_day(r, &day, today);

	if (rc)
		return rc;
	rc = policy_session_begin(&s, r, FACTS_STATED);
	if (!rc)
		rc = lint_run(s.policy, day, &lint, &s.err);
	if (!rc) {
		write(&lint, r->out);
		rc = lint.nr ? CANDOR_NO : 0;
		lint_reset(&lint);
	}
	return policy_session_end(&s, rc);
}

static int render_lint_text(struct render *r)
{
	return render_lint(r, lint_text);
}

static int render_lint_json(struct render *r)
{
	return render_lint(r, lint_json);
}

static int render_lint_rules(struct render *r)
{
	for (size_t i = 0; i < NR_LINT_KINDS; i++)
		strbuf_printf(r->out, "%-18s %s\n", lint_rules[i].id, lint_rules[i].text);
	return 0;
}

static const struct candor_option none[] = { { 0 } };
static const struct candor_option test_options[] = { POLICY_RULES_OPTIONS, { 0 } };
static const struct candor_option lint_options[] = {
	{ "date", "DAY", "hold waivers against this day (default: today)", false, { NULL } },
	POLICY_RULES_OPTIONS,
	{ 0 },
};

const struct render_row render_policy_rules[] = {
	{ "policy-test", "text", "policy/tests/*.lua held against the decisions; \"no\": some fail",
	  test_options, RENDER_ANYTIME, render_tests_text },
	{ "policy-test", "json", "the same for programs", test_options, RENDER_ANYTIME,
	  render_tests_json },
	{ "policy-lint", "text", "dead, shadowed and misspelt rules; \"no\": some are",
	  lint_options, RENDER_ANYTIME, render_lint_text },
	{ "policy-lint", "json", "the same for programs", lint_options, RENDER_ANYTIME,
	  render_lint_json },
	{ "policy-lint-rules", "text", "what that looks for", none, RENDER_ANYTIME,
	  render_lint_rules },
	{ 0 },
};
