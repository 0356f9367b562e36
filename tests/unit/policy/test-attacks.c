/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attacks beyond those of test-host.c, one row each: on time, on memory, on the
 * parser, on the words, on the way out, on what other policies think, and on
 * those who read the messages. Each must end with the reason its row names, in
 * under two seconds of processor time and 64 MB, with no verdict.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "engine/child.h"
#include "sample.h"

#define PROFILE "profile { title = 'Test', vendor = { 'one' } }"
#define SECONDS_MAX 2.0
#define MEMORY_MAX (64L << 10) /* KiB, as getrusage() counts */

#if defined(__SANITIZE_ADDRESS__)
#define SHADOWED 1 /* the sanitizer's own memory is not the attack's doing */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHADOWED 1
#endif
#endif
#ifndef SHADOWED
#define SHADOWED 0
#endif

/** A rule file: @text, then @piece @times times with '@' as its number, then @tail. */
struct attack {
	const char *name;
	const char *message; /* part of it */
	const char *text;
	const char *piece, *tail;
	unsigned int times;
};

#define STOPPED "was stopped"
#define NOT_IN(word) "'" word "' is not in the policy language"
/* A text of 1 MiB in s. */
#define BIG "local s = 'x' for i = 1, 20 do s = s .. s end "

static const struct attack attacks[] = {
	/* time: what Lua does in C, where no hook is called */
	{ "gsub growth", "'gsub' of a text", "local s = ('x'):gsub('.', '%0%0')" },
	{ "backtracking", "'find' of a text", "local s = ('a'):find('.-.-b')" },
	{ "rep of nothing", "'rep' of a text", "local s = (''):rep(1e15)" },
	{ "sort comparator", NOT_IN("table"),
	  "table.sort({ 2, 1 }, function() while 1 do end end)" },
	{ "text by __tostring", NOT_IN("setmetatable"),
	  "tostring(setmetatable({}, { __tostring = function() while 1 do end end }))" },
	{ "concat over __index", NOT_IN("setmetatable"),
	  "local t = setmetatable({}, { __index = function() return 'x' end })" },
	{ "coroutine loop", NOT_IN("coroutine"),
	  "coroutine.wrap(function() while 1 do end end)()" },
	{ "loop round pcall", NOT_IN("pcall"), "while 1 do pcall(error, 'x') end" },
	{ "looping handler", NOT_IN("xpcall"), "xpcall(error, function() while 1 do end end)" },
	{ "equal long texts", STOPPED,
	  BIG "local a, b = s .. 'y', s .. 'y' while 1 do local d = a == b end" },
	{ "compared long texts", STOPPED,
	  BIG "local a, b = s .. 'y', s .. 'z' while 1 do local d = a < b end" },
	{ "colliding keys", STOPPED,
	  "local t = {} for i = 1, 30000 do t[i * 65535 * 32767 * 16383] = 1 end\n"
	  "while 1 do local x = t[65535 * 32767 * 16383] end" },
	{ "searched long text", STOPPED, BIG "while 1 do local d = contains(s, s .. 'y') end" },
	{ "searched for itself", STOPPED, BIG "while 1 do local d = contains(s, s) end" },
	{ "sorted over and over", STOPPED,
	  "local t = {} for i = 1, 40000 do t[i] = i end\n"
	  "while 1 do for k in pairs(t) do break end end" },
	{ "wide list of selections", STOPPED,
	  "local t = {} for i = 1, 100000 do t[i] = everything end\n"
	  "while 1 do deny { everything, except = t, because = 'x' } end" },
	{ "wide list of subjects", STOPPED,
	  "local t = { because = 'x', except = everything }\n"
	  "for i = 1, 100000 do t[i] = everything end while 1 do deny(t) end" },
	{ "wide list of ids", STOPPED,
	  "local t = {} for i = 1, 100000 do t[i] = 'alpha' end while 1 do feature(t) end" },
	{ "endless selection", STOPPED, "features(function(f) while 1 do end end)" },
	{ "endless for", STOPPED, "for i = 1, 9223372036854775807 do end" },
	{ "endless repeat", STOPPED, "repeat local a <const> = 1 until false" },
	{ "endless closing", STOPPED, "while 1 do local a <close> = nil end" },
	{ "two that call each other", STOPPED,
	  "local b local function a() return b() end b = function() return a() end a()" },
	{ "step of nothing", "'for' step is zero", "for i = 1, 2, 0 do end" },

	/* memory */
	{ "closures that keep each other", STOPPED,
	  "local t = {} while 1 do t[#t + 1] = function() return t end end" },
	{ "list of texts joined", STOPPED,
	  BIG "local t = {} for i = 1, 100 do t[i] = s end join(t, s)" },
	{ "tables in tables", STOPPED, "local t = {} while 1 do t = { t } end" },
	{ "sparse table", STOPPED, "local t, i = {}, 1 while 1 do t[i] = 1 i = i + 1.5 end" },
	{ "garbage", STOPPED, "while 1 do local t = { 1, 2, 3, 4, 5, 6, 7, 8 } end" },
	{ "arguments that grow", STOPPED, "local function f(...) return f(1, ...) end f()" },
	{ "results that grow", STOPPED,
	  "local function f(n, ...) if n == 0 then return ... end return f(n - 1, n, ...) end\n"
	  "while 1 do local t = { f(2000) } end" },
	{ "keys of long texts", STOPPED,
	  "local t, s = {}, 'x' while 1 do s = s .. 'y' t[s] = s end" },
	{ "sentences", "stopped|verdicts", "while 1 do deny { everything, because = 'x' } end" },
	{ "sentences of nothing", "more than",
	  "while 1 do deny { everything, except = everything, "
	  "because = 'no feature at all, but a sentence of some length that has to be kept' } "
	  "end" },
	{ "rules by the thousand", "more than|stopped",
	  "for i = 1, 1000000 do rule('r' .. i, function(f) end) end" },

	/* the parser */
	{ "deep brackets", "overflow", "local x = ", "(", "1", 100000 },
	{ "deep not", "overflow", "local x = ", "not ", "1", 50000 },
	{ "deep minus", "overflow", "local x = 1", " ^ 2", "", 50000 },
	{ "deep concatenation", "overflow", "local x = 'a'", " .. 'a'", "", 30000 },
	{ "deep functions", "overflow|too many", "", "local f = function() ", "", 10000 },
	{ "deep blocks", "overflow", "", "do ", "", 80000 },
	{ "deep tables", "overflow", "local x = ", "{", "", 200000 },
	{ "deep calls", "overflow", "error", "(error", "", 30000 },
	{ "many locals", "too many local variables", "", "local a@ ", "", 300 },
	{ "many registers", "too many registers", "error(1", ", 1", ")", 1000 },
	{ "many labels", "stopped|no visible label", "", "::a@:: do end ", "goto nowhere", 20000 },
	{ "many gotos", "no visible label|stopped", "", "do goto a@ end ", "", 14000 },
	{ "jump into a scope", "jumps into the scope", "goto a local x ::a:: x = 1" },
	{ "text without an end", "unfinished long string", "local x = [==[ ", "]=] ", "", 40000 },
	{ "comment without an end", "unfinished long comment", "--[==[ " },
	{ "number too long", "malformed number", "local x = ", "1e", "", 1000 },
	{ "character too high", "UTF-8 value too large", "local x = '\\u{FFFFFFFFF}'" },
	{ "constant changed", "attempt to assign to const", "local x <const> = 1 x = 2" },
	{ "bytecode behind a first line", "unexpected symbol", "#!lua\n\033Lua" },
	{ "bytes that are no text", "unexpected symbol", "\377\376\200" },

	/* files, programs, the environment, the clock */
	{ "io.open", NOT_IN("io"), "io.open('/etc/passwd')" },
	{ "io.lines", NOT_IN("io"), "for l in io.lines('/etc/passwd') do end" },
	{ "io.popen", NOT_IN("io"), "io.popen('true')" },
	{ "os.getenv", NOT_IN("os"), "local x = os.getenv('HOME')" },
	{ "os.time", NOT_IN("os"), "local x = os.time()" },
	{ "os.clock", NOT_IN("os"), "local x = os.clock()" },
	{ "os.remove", NOT_IN("os"), "os.remove('SUPPORT.md')" },
	{ "os.exit", NOT_IN("os"), "os.exit(0)" },
	{ "math.random", NOT_IN("math"), "local x = math.random()" },
	{ "dofile", NOT_IN("dofile"), "dofile('policy/rules/two.lua')" },
	{ "loadfile", NOT_IN("loadfile"), "loadfile('policy/rules/two.lua')" },
	{ "loadstring", NOT_IN("loadstring"), "loadstring('x = 1')" },
	{ "load", NOT_IN("load"), "load('\\27Lua')" },
	{ "string.dump", NOT_IN("string"), "string.dump(function() end)" },
	{ "package.loadlib", NOT_IN("package"), "package.loadlib('libc.so.6', 'system')" },
	{ "require of a module", "require wants", "require('posix')" },
	{ "print", NOT_IN("print"), "print('x')" },
	{ "warn", NOT_IN("warn"), "warn('@on')" },
	{ "collectgarbage", NOT_IN("collectgarbage"), "collectgarbage('stop')" },
	{ "debug.sethook", NOT_IN("debug"), "debug.sethook()" },
	{ "addresses by text", "cannot show a function", "local x = tostring(error)" },
	{ "addresses by concatenation", "attempt to concatenate", "local x = 'x' .. {}" },
	{ "addresses by order", "attempt to compare two table values", "local x = {} < {}" },
	{ "addresses by keys", "met a key that is a userdata",
	  "for k in pairs({ [everything] = 1 }) do end" },

	/* the names of Lua, through other doors */
	{ "metatable of texts", NOT_IN("getmetatable"), "getmetatable('').__index = {}" },
	{ "rawset of the words", NOT_IN("rawset"), "rawset(_ENV, 'allow', 1)" },
	{ "rawget of the words", NOT_IN("rawget"), "local x = rawget(_ENV, 'io')" },
	{ "next of the words", NOT_IN("next"), "local k, v = next(_ENV)" },
	{ "walk over the words", "nothing found",
	  "for k in pairs(_ENV) do error(k) end error('nothing found')" },
	{ "_G", NOT_IN("_G"), "local x = _G.io" },
	{ "_ENV by name", NOT_IN("io"), "local x = _ENV['io']" },
	{ "_ENV of its own", "attempt to index a nil value (global 'os')",
	  "local _ENV = {} local x = os.time()" },
	{ "_ENV replaced", "attempt to call a nil value (global 'deny')", "_ENV = { } deny { 1 }" },
	{ "word replaced", "sets the global 'deny'", "deny = function() end" },
	{ "word replaced by index", "sets the global 'deny'", "_ENV['deny'] = nil" },
	{ "key that is no text", "'?' is not in the policy language",
	  "local x = _ENV[everything]" },
	{ "method of a number", "attempt to index a number value", "local x = (1):rep(9)" },
	{ "method of a function", "attempt to index a function value", "local x = error.x" },
	{ "text as a number", "attempt to perform arithmetic on a string", "local x = '10' + 1" },
	{ "text assigned to", "attempt to index a string value", "local s = 'x' s.y = 1" },

	/* what another policy, or a later feature, would see */
	{ "target changed", "target cannot be changed", "target.arch = 'arm64'" },
	{ "target grown", "target cannot be changed", "target.note = 'for the next one'" },
	{ "field of the target", "target has no field 'host'", "local x = target.host" },
	{ "feature changed", "a feature cannot be changed",
	  "rule('x', function(f) f.level = 'Supported' end)" },
	{ "everything changed", "a selection cannot be changed", "everything[1] = 'x'" },
	{ "selection read", "a selection has no fields", "local x = everything[1]" },
	{ "global in a rule", "sets the global 'note'", "rule('x', function(f) note = f end)" },
	{ "rule in a rule", "does not belong here",
	  "rule('x', function(f) rule('y', function(g) end) end)" },
	{ "sentence in a rule", "inside a rule",
	  "rule('x', function(f) deny { everything, because = 'y' } end)" },
	{ "verdict of another feature", "returned a userdata",
	  "local v rule('x', function(f) local old = v v = deny('y') return old or v end)" },
	{ "profile in a rule file", "does not belong here", "profile { title = 'x' }" },
	{ "expectation in a rule file", "does not belong here", "expect { on = { 'alpha' } }" },
	{ "selection that holds itself", "got a table",
	  "local t = {} t[1] = t deny { t, because = 'x' }" },
	{ "list that holds itself", "a table stands where an id belongs",
	  "local t = {} t[1] = t feature(t)" },

	/* those who read the messages */
	{ "escape in an error", "control character", "error('\\27[2J')" },
	{ "escape in a name", "'?[2J' is not in", "local x = _ENV['\\27[2J']" },
	{ "false place", "#7:1: not here", "error('#7:1: not here')" },
	{ "format in an error", "%s%n%s%n", "error('%s%n%s%n')" },
	{ "format in a name", "'%s%n' is not in", "local x = _ENV['%s%n']" },
	{ "endless name", "is not in the policy language", BIG "local x = _ENV[s]" },
	{ "endless id", "1048576|feature|too long", BIG "feature(s)" },
	{ "error that is a table", "error() wants a text|wants text", "error({})" },
	{ "error without a value", "wants text", "error()" },
	{ "lines in a reason", "control character",
	  "deny { everything, because = 'a\\nfeature.x = on' }" },
	{ "unknown field in a reason", "unknown field", "deny { everything, because = '{home}' }" },
};

static double seconds(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &u), 0);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* The greatest any child has had so far. */
static long memory(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &u), 0);
	return u.ru_maxrss;
}

static void add_piece(struct strbuf *to, const char *piece, unsigned int number)
{
	for (; *piece; piece++) {
		if (*piece == '@')
			strbuf_printf(to, "%u", number);
		else
			strbuf_add(to, piece, 1);
	}
}

static const char *make_text(const struct attack *a, struct strbuf *to)
{
	strbuf_puts(to, a->text);
	for (unsigned int i = 0; i < a->times; i++)
		add_piece(to, a->piece, i);
	strbuf_puts(to, a->tail ? a->tail : "");
	assert_non_null(strbuf_str(to));
	return strbuf_str(to);
}

/* Is one of the alternatives "a|b" in the message? */
static int is_named(const char *message, const char *wanted)
{
	char one[128];

	for (size_t n; *wanted; wanted += n + (wanted[n] == '|')) {
		n = strcspn(wanted, "|");
		snprintf(one, sizeof(one), "%.*s", (int)n, wanted);
		if (strstr(message, one))
			return 1;
	}
	return 0;
}

static void test_attack(void **state)
{
	const struct attack *a = *state;
	struct strbuf text = STRBUF_INIT;
	struct answers answers;
	struct host_failure f = { 0 };
	double start = seconds();
	int rc = child_run(sample_input(PROFILE, make_text(a, &text), NULL), &answers, &f);

	strbuf_reset(&text);
	answers_reset(&answers);
	if (rc != -EINVAL)
		fail_msg("not stopped (%d)", rc);
	if (!is_named(f.message, a->message))
		fail_msg("wants \"%s\", got \"%s\" at %ld:%u", a->message, f.message, f.source,
			 f.line);
	if (!f.remedy[0])
		fail_msg("no remedy");
	if (seconds() - start > SECONDS_MAX)
		fail_msg("took %.1f s", seconds() - start);
	if (!SHADOWED && memory() > MEMORY_MAX)
		fail_msg("took %ld KiB", memory());
}

/* What one rule file leaves behind, the next one does not find. */
static void test_two_policies(void **state)
{
	static const char *const leavings[] = {
		"local kept = 'secret'",
		"local t = everything rule('a', function(f) local kept = f.id end)",
		("rule('a', function(f) local list = f.claims if list[1] then "
		 "list[1] = 'secret' end f.needs[1] = 'secret' end)"),
	};
	static const char search[] = "rule('b', function(f)\n"
				     "  for i, c in ipairs(f.claims) do\n"
				     "    if type(c) ~= 'table' then error('claim changed') end\n"
				     "  end\n"
				     "  for i, id in ipairs(f.needs) do\n"
				     "    if id == 'secret' then error('need changed') end\n"
				     "  end\n"
				     "  for k in pairs(_ENV) do error('word found') end\n"
				     "end)\n";

	for (size_t i = 0; i < sizeof(leavings) / sizeof(leavings[0]); i++) {
		struct answers answers;
		struct host_failure f = { 0 };
		int rc = child_run(sample_input("profile { title = 'Test', vendor = { 'one', "
						"'two' } }",
						leavings[i], search),
				   &answers, &f);

		if (rc)
			fail_msg("%s: %s", leavings[i], f.message);
		answers_reset(&answers);
	}
}

#define NR_ATTACKS (sizeof(attacks) / sizeof(attacks[0]))

int main(void)
{
	static struct CMUnitTest tests[NR_ATTACKS + 1];

	for (size_t i = 0; i < NR_ATTACKS; i++) {
		tests[i] = (struct CMUnitTest){ .name = attacks[i].name,
						.test_func = test_attack,
						.initial_state = (void *)&attacks[i] };
	}
	tests[NR_ATTACKS] = (struct CMUnitTest)cmocka_unit_test(test_two_policies);
	return cmocka_run_group_tests_name("attacks", tests, NULL, NULL);
}
