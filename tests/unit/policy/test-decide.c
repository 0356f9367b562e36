/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decisions: the last verdict stands, needs and conflicts are honoured, contradictions are errors.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/decide.h"
#include "sample.h"

#define PROFILE "profile { title = 'Test', vendor = { 'one' } }"

struct ruling_of {
	const struct host_input *in;
	struct answers answers;
	struct decision *list;
	struct strbuf err;
	int rc;
};

static struct ruling_of rule_with(const char *rule)
{
	const struct host_input *in = sample_input(PROFILE, rule, NULL);
	struct ruling_of r = { .err = STRBUF_INIT };
	const struct host_limits limits = host_limits_for(5);
	struct host_failure f;

	assert_int_equal(host_run(in, &limits, &r.answers, &f), 0);
	r.in = in;
	r.rc = decide(in, &r.answers, &r.list, &r.err);
	return r;
}

static struct place place(const struct ruling_of *r, const struct decision *d)
{
	const struct ruling ruling = { r->in, &r->answers, r->list };

	return decision_place(&ruling, d->by);
}

static const char *reason(const struct ruling_of *r, const struct decision *d)
{
	const struct ruling ruling = { r->in, &r->answers, r->list };
	static char text[512];
	struct strbuf out = STRBUF_INIT;

	decision_reason(&ruling, (size_t)(d - r->list), &out);
	assert_non_null(strbuf_str(&out));
	snprintf(text, sizeof(text), "%s", strbuf_str(&out));
	strbuf_reset(&out);
	return text;
}

static const char *rule(const struct ruling_of *r, const struct decision *d)
{
	return r->answers.sentences[d->by].rule;
}

static void drop(struct ruling_of *r)
{
	if (!r->rc)
		free(r->list);
	answers_reset(&r->answers);
	strbuf_reset(&r->err);
}

static const struct decision *of(const struct ruling_of *r, const char *id)
{
	long i = facts_find(sample_facts(), id);

	assert_int_equal(r->rc, 0);
	assert_true(i >= 0);
	return &r->list[i];
}

static void test_last_verdict_stands(void **state)
{
	struct ruling_of r = rule_with("rule('a', function(f) return deny('first') end)\n"
				       "rule('b', function(f) if f.id == 'alpha' then return allow "
				       "{ because = 'second', override = true } end end)");

	assert_true(of(&r, "alpha")->on);
	assert_string_equal(reason(&r, of(&r, "alpha")), "second");
	assert_string_equal(rule(&r, of(&r, "alpha")), "b");
	assert_int_equal(place(&r, of(&r, "alpha")).line, 2);
	assert_int_equal(of(&r, "alpha")->nr, 2);
	assert_false(of(&r, "gamma")->on);
	drop(&r);
}

static void test_silence_is_off(void **state)
{
	struct ruling_of r = rule_with("rule('a', function(f) end)");

	assert_false(of(&r, "alpha")->on);
	assert_int_equal(of(&r, "alpha")->cause, CAUSE_NONE);
	assert_string_equal(place(&r, of(&r, "alpha")).file, "policy/profiles/test.lua");
	assert_int_equal(place(&r, of(&r, "alpha")).line, 1);
	drop(&r);
}

/* zeta needs beta needs alpha: the chain goes off with its first link. */
static void test_needs_chain(void **state)
{
	struct ruling_of r =
		rule_with("rule('a', function(f) if f.id == 'alpha' then return deny('no') end\n"
			  "return allow('yes') end)");

	assert_false(of(&r, "beta")->on);
	assert_int_equal(of(&r, "beta")->cause, CAUSE_NEED);
	assert_string_equal(reason(&r, of(&r, "beta")), "needs alpha, which is off");
	assert_false(of(&r, "zeta")->on);
	assert_int_equal(of(&r, "zeta")->other, 1);	     /* beta */
	assert_int_equal(place(&r, of(&r, "zeta")).line, 1); /* the rule that began it */
	assert_true(of(&r, "gamma")->on);		     /* its conflict is gone */
	drop(&r);
}

static void test_not_built_is_off(void **state)
{
	struct ruling_of r = rule_with(
		"rule('a', function(f) if f.id == 'ghost' then return allow('yes') end end)");

	assert_false(of(&r, "ghost")->on);
	assert_int_equal(of(&r, "ghost")->cause, CAUSE_NOT_BUILT);
	assert_string_equal(reason(&r, of(&r, "ghost")), "not built");
	drop(&r);
}

static void test_required_wins_conflict(void **state)
{
	struct ruling_of r = rule_with(
		"rule('a', function(f) if f.id == 'gamma' then return require('point') end\n"
		"if f.built then return allow('yes') end end)");

	assert_true(of(&r, "gamma")->on);
	assert_false(of(&r, "alpha")->on);
	assert_int_equal(of(&r, "alpha")->cause, CAUSE_CONFLICT);
	assert_false(of(&r, "zeta")->on); /* by way of beta */
	drop(&r);
}

static void expect_error(const char *rule, const char *text)
{
	struct ruling_of r = rule_with(rule);

	assert_int_equal(r.rc, -EINVAL);
	if (!strstr(strbuf_str(&r.err), text))
		fail_msg("got: %s", strbuf_str(&r.err));
	drop(&r);
}

static void test_contradictions(void **state)
{
	expect_error("rule('a', function(f) if f.built then return allow('yes') end end)",
		     "gamma conflicts with alpha");
	expect_error("rule('a', function(f) if f.id == 'ghost' then\nreturn require('x') end end)",
		     "policy/rules/one.lua:2: error: ghost is required, but it is planned");
	expect_error("rule('a', function(f) if f.id == 'ghost' then return require('x') end end)\n"
		     "rule('b', function(f) if not f.built then return allow('not built') end end)",
		     "ghost is required, but it is planned");
	expect_error("rule('a', function(f) if f.id == 'zeta' then return require('x') end end)",
		     "zeta is required, but needs beta, which is off");
	expect_error("rule('a', function(f) if f.id == 'zeta' then return require('x') end end)\n"
		     "rule('b', function(f) return deny('x') end)",
		     "policy/rules/one.lua:2: error: deny (vendor) contradicts require (vendor) at "
		     "policy/rules/one.lua:1, about zeta");
	expect_error("rule('a', function(f) if f.id == 'gamma' or f.id == 'alpha' then\n"
		     "return require('x') end end)",
		     "gamma conflicts with alpha");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_verdict_stands),
		cmocka_unit_test(test_silence_is_off),
		cmocka_unit_test(test_needs_chain),
		cmocka_unit_test(test_not_built_is_off),
		cmocka_unit_test(test_required_wins_conflict),
		cmocka_unit_test(test_contradictions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
