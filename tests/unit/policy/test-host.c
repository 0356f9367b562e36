/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Lua host against what untrusted policies try, in the confined child as
 * the commands run it: each attack ends within two seconds, with a reason that
 * names it, and with no verdict.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <lauxlib.h>
#include <lualib.h>

#include "engine/child.h"
#include "engine/host-private.h"
#include "sample.h"

#define PROFILE "profile { title = 'Test', vendor = { 'one' } }"

static double seconds_of(int who)
{
	struct rusage u;

	assert_int_equal(getrusage(who, &u), 0);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Processor time, ours and our children's: a busy machine is not the attack's doing. */
static double seconds(void)
{
	return seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN);
}

struct attack {
	const char *name;
	const char *rule; /* text of the rule file */
	long source;
	unsigned int line;
	const char *message; /* part of it */
};

static const struct attack attacks[] = {
	{ "endless loop", "\nwhile true do end", 0, 2, "instructions" },
	{ "endless loop in a rule", "rule('x', function(f)\nwhile true do end end)", 0, 2,
	  "instructions" },
	{ "endless goto", "::a:: goto a", 0, 1, "instructions" },
	{ "endless recursion", "local function r() return 1 + r() end r()", 0, 1, "memory" },
	{ "endless tail recursion", "local function r() return r() end r()", 0, 1, "instructions" },
	{ "loop round pcall", "while true do pcall(function() while true do end end) end", 0, 1,
	  "'pcall' is not in the policy language" },
	{ "looping handler", "xpcall(error, function() while true do end end)", 0, 1,
	  "'xpcall' is not in the policy language" },
	{ "growing string", "local s = 'x' while true do s = s .. s end", 0, 1, "memory" },
	{ "growing table", "local t = {} for i = 1, 1e9 do t[i] = i end", 0, 1, "memory" },
	{ "churned strings",
	  "local s = 'x' for i = 1, 20 do s = s .. s end\n"
	  "while true do local t = s .. 'y' end",
	  0, 2, "in turns" },
	{ "string.rep", "local s = string.rep('x', 1e9)", 0, 1, "'string' is not in" },
	{ "rep as a method", "local s = ('x'):rep(1e15)", 0, 1, "'rep' of a text" },
	{ "pattern that blows up", "local r = ('a'):find('.-.-b')", 0, 1, "'find' of a text" },
	{ "table.move", "table.move({}, 1, 1e15, 2)", 0, 1, "'table' is not in" },
	{ "bytecode through load", "load('\\27Lua')()", 0, 1, "'load' is not in" },
	{ "bytecode as the file", "\033Lua", 0, 0, "precompiled" },
	{ "finalizer", "setmetatable({}, { __gc = function() while true do end end })", 0, 1,
	  "'setmetatable' is not in" },
	{ "closing value", "local x <close> = 'y'", 0, 1, "non-closable" },
	{ "coroutine", "coroutine.wrap(function() while true do end end)()", 0, 1,
	  "'coroutine' is not in" },
	{ "files", "io.open('/etc/passwd')", 0, 1, "'io' is not in" },
	{ "programs", "os.execute('true')", 0, 1, "'os' is not in" },
	{ "debug", "debug.getregistry()", 0, 1, "'debug' is not in" },
	{ "package", "require 'x'", 0, 1, "require wants features and a reason" },
	{ "globals", "x = 1", 0, 1, "sets the global 'x'" },
	{ "rawset", "rawset(_G, 'x', 1)", 0, 1, "is not in the policy language" },
	{ "misspelt word", "rule('x', function(f) return alow('y') end)", 0, 1, "'alow'" },
	{ "misspelt field", "rule('x', function(f)\n return f.lvl end)", 0, 2, "no field 'lvl'" },
	{ "syntax", "\n\nrule('x', function(f)", 0, 3, "expected" },
	{ "deep nesting", NULL, 0, 0, "overflow" },
	{ "verdict kept for later",
	  "local kept rule('x', function(f) kept = kept or allow('y') return kept end)", 0, 1,
	  "returned a userdata" },
	{ "wrong verdict", "rule('x', function(f) return true end)", 0, 1, "returned a boolean" },
	{ "two lines of reason", "rule('x', function(f) return allow('a\\nb') end)", 0, 1,
	  "control character" },
	{ "endless reason",
	  "rule('x', function(f) local s = 'aaaaaaaaaaaaaaaaaaaaaaaaaa' s = s .. "
	  "s .. s .. s .. s .. s .. s .. s return allow(s) end)",
	  0, 1, "1 to 200 bytes" },
	{ "verdict at load time", "allow('x')", 0, 1, "allow wants features and a reason" },
	{ "many verdicts", "rule('x', function(f) while true do allow('y') end end)", 0, 1,
	  "more than 64 verdicts" },
	{ "same rule twice", "rule('x', function(f) end)\nrule('x', function(f) end)", 0, 2,
	  "already defined at policy/rules/one.lua:1" },
	{ "table as text", "local s = tostring({})", 0, 1, "cannot show a table" },
	{ "table as key", "for k in pairs({ [{}] = 1 }) do end", 0, 1, "key that is a table" },
	{ "own error", "rule('x', function(f)\n error('no such day') end)", 0, 2, "no such day" },
	{ "arithmetic", "local x = 1 // 0", 0, 1, "divide by zero" },
};

static char *nested(void)
{
	char *text = malloc(20001);

	assert_non_null(text);
	memset(text, '{', 20000);
	memcpy(text, "x=", 2);
	text[20000] = '\0';
	return text;
}

static void test_attacks(void **state)
{
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		const struct attack *a = &attacks[i];
		char *made = a->rule ? NULL : nested();
		struct answers answers;
		struct host_failure f;
		double start = seconds();
		int rc = child_run(sample_input(PROFILE, a->rule ? a->rule : made, NULL), &answers,
				   &f);

		free(made);
		if (rc != -EINVAL)
			fail_msg("%s: not stopped (%d)", a->name, rc);
		if (!strstr(f.message, a->message) || f.source != a->source || f.line != a->line)
			fail_msg("%s: got \"%s\" at %ld:%u", a->name, f.message, f.source, f.line);
		if (!f.remedy[0])
			fail_msg("%s: no remedy", a->name);
		if (seconds() - start > 2.0)
			fail_msg("%s: took %.1f s", a->name, seconds() - start);
		assert_int_equal(answers.nr_verdicts, 0);
	}
}

/* Comparing long texts is one instruction: only the processor's time stops it. */
static void test_slow_instructions(void **state)
{
	struct answers answers;
	struct host_failure f;
	double start = seconds();
	int rc = child_run(sample_input(PROFILE,
					"local a = 'x' for i = 1, 21 do a = a .. a end\n"
					"local b = a .. '' local c = a .. 'y'\n"
					"while true do local d = a < c end",
					NULL),
			   &answers, &f);

	assert_int_equal(rc, -EINVAL);
	assert_non_null(strstr(f.message, "processor time"));
	assert_true(seconds() - start < 2.0);
}

static const struct {
	const char *profile;
	const char *message;
} wrong_profiles[] = {
	{ "", "defines no profile" },
	{ "profile { title = 'x' }", "lists no rule files" },
	{ "profile { vendor = { 'one' } }", "no title" },
	{ "profile { title = 'x', vendor = {} }", "lists no rule files" },
	{ "profile { title = 'x', vendor = { 'on' } }", "no such rule file" },
	{ "profile { title = 'x', vendor = { 'one', 'one' } }", "twice" },
	{ "profile { title = 'x', vendor = { 1 } }", "is a number" },
	{ "profile { title = 'x', vendor = { 'one' }, ruels = 1 }", "unknown entry \"ruels\"" },
	{ "profile { title = 'x', vendor = { 'one' } } profile {}", "already" },
	{ "profile(1)", "wants a table" },
	{ "rule('x', function(f) end)", "does not belong here" },
};

static void test_wrong_profiles(void **state)
{
	for (size_t i = 0; i < sizeof(wrong_profiles) / sizeof(wrong_profiles[0]); i++) {
		struct answers answers;
		struct host_failure f;
		int rc = child_run(sample_input(wrong_profiles[i].profile, "", NULL), &answers, &f);

		assert_int_equal(rc, -EINVAL);
		if (!strstr(f.message, wrong_profiles[i].message) || f.source != HOST_AT_PROFILE)
			fail_msg("%s: got \"%s\" at %ld", wrong_profiles[i].profile, f.message,
				 f.source);
	}
}

static void test_verdicts(void **state)
{
	const struct host_input *in = sample_input(
		"profile { title = 'Both', vendor = { 'two', 'one' } }",
		"rule('last', function(f)\n\n if f.id == 'gamma' then return deny('no') end\nend)",
		"rule('first', function(f) if f.built then\nreturn allow('level ' .. f.level)\nend "
		"end)");
	const struct sentence *s;
	struct answers a;
	struct host_failure f;

	assert_int_equal(child_run(in, &a, &f), 0);
	assert_string_equal(a.title, "Both");
	assert_int_equal(a.nr_used, 2);
	assert_int_equal(a.used[0].source, 1);
	assert_int_equal(a.used[0].layer, LAYER_VENDOR);
	assert_int_equal(a.nr_verdicts, 5);
	assert_int_equal(a.nr_sentences, 5); /* two rules; what is said twice is one */
	assert_int_equal(a.verdicts[2].feature, 2);
	s = &a.sentences[a.verdicts[2].sentence];
	assert_int_equal(s->kind, SENTENCE_ALLOW);
	assert_int_equal(s->line, 2);
	assert_string_equal(s->rule, "first");
	assert_string_equal(s->reason, "level Tech Preview");
	assert_int_equal(a.verdicts[3].feature, 2);
	s = &a.sentences[a.verdicts[3].sentence];
	assert_int_equal(s->kind, SENTENCE_DENY);
	assert_int_equal(s->line, 3);
	assert_int_equal(s->source, 0);
	answers_reset(&a);
}

/* What a policy sees: every word, and an order that is the same in every run. */
static void test_words(void **state)
{
	static const char rule[] =
		"local list = {}\n"
		"for k, v in pairs({ zeta = 1, alpha = 2, [2] = 3, [1] = 4, mu = 5 }) do\n"
		"  list[#list + 1] = tostring(k) .. '=' .. tostring(v)\n"
		"end\n"
		"for i, v in ipairs({ 'a', 'b' }) do list[#list + 1] = i .. v end\n"
		"if starts_with('abc', 'ab') and not starts_with('abc', 'bc') and\n"
		"   ends_with('abc', 'bc') and contains('a.c', '.c') and not contains('abc', "
		"'.c')\n"
		"then list[#list + 1] = type(list) end\n"
		"rule('words', function(f)\n"
		"  if f.id == 'beta' then\n"
		"    return require(join(list, ',') .. ' ' .. f.needs[1] .. ' ' .. #f.conflicts .. "
		"' ' ..\n"
		"      f.claims[1].level .. ' ' .. f.claims[1].security .. ' ' .. target.arch)\n"
		"  end\n"
		"end)\n";
	struct answers a;
	struct host_failure f;

	assert_int_equal(child_run(sample_input(PROFILE, rule, NULL), &a, &f), 0);
	assert_int_equal(a.nr_verdicts, 1);
	assert_int_equal(a.sentences[1].kind, SENTENCE_REQUIRE);
	assert_string_equal(a.sentences[1].reason,
			    "1=4,2=3,alpha=2,mu=5,zeta=1,1a,2b,table alpha 0 "
			    "Supported yes x86_64");
	answers_reset(&a);
}

/*
 * With Lua's own library put in on purpose, a loop round pcall() still ends:
 * the limit, once hit, is hit at every instruction, and counts in the end even
 * where the program got over it.
 */
static void test_latch(void **state)
{
	static const char *const loops[] = {
		"while true do pcall(function() while true do end end) end",
		"pcall(function() while true do end end)",
		"xpcall(function() while true do end end, function() while true do end end)",
		"pcall(function() local t = {} for i = 1, 1e9 do t[i] = i end end)",
	};

	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		const struct host_input *in = sample_input(PROFILE, loops[i], NULL);
		const struct host_limits limits = host_limits_for(5);
		struct host *h = malloc(sizeof(*h));
		struct answers a = { 0 };
		struct host_failure f;
		double start = seconds();

		assert_non_null(h);
		assert_int_equal(host_open(h, in, &limits, &a), 0);
		luaL_requiref(h->L, "_G", luaopen_base, 1);
		lua_setfield(h->L, LUA_REGISTRYINDEX, "candor.words");
		assert_int_equal(host_load(h, 0, &f), -EINVAL);
		assert_true(strstr(f.message, "instructions") || strstr(f.message, "memory"));
		host_close(h);
		free(h);
		assert_true(seconds() - start < 2.0);
	}
}

/* A child that was taken over can neither open a file nor start a program. */
static void try_in_child(void (*crime)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (child_confine(1, 5))
			_exit(3);
		crime();
		_exit(4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status))
		fail_msg("the child got away with it: status %d", WEXITSTATUS(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void crime_open(void)
{
	FILE *f = fopen("/etc/passwd", "r");

	_exit(f ? 5 : 6);
}

static void crime_fork(void)
{
	_exit(fork() < 0 ? 6 : 5);
}

static void crime_write(void)
{
	_exit(write(2, "x", 1) == 1 ? 5 : 6);
}

static void test_confinement(void **state)
{
	try_in_child(crime_open);
	try_in_child(crime_fork);
	try_in_child(crime_write);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attacks),	       cmocka_unit_test(test_slow_instructions),
		cmocka_unit_test(test_wrong_profiles), cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_words),	       cmocka_unit_test(test_latch),
		cmocka_unit_test(test_confinement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
