/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot option opt-in=: what is active then, what is said of it, and no input that harms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <candor/support.h>
#include <hv/optin.h>
#include <hv/printk.h>
#include <support-decision.h>

#define DAY 86400ull
#define ON(id) (support_opt_ins[SUPPORT_INDEX_##id] == 1)

static char console[65536];
static size_t console_size;

/* In the place of printk.c's: what was said, a line each. */
void printk(enum loglevel level, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	assert_in_range(n, 1, sizeof(line) - 1);
	n = snprintf(console + console_size, sizeof(console) - console_size, "%c %s\n",
		     "EWID"[level], line);
	assert_in_range(n, 1, sizeof(console) - console_size - 1);
	console_size += (size_t)n;
}

int hv_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

/* Days of 2026-02-10 and the like, by the C library. */
static uint64_t day(const char *date)
{
	struct tm tm = { 0 };

	assert_int_equal(sscanf(date, "%d-%d-%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday), 3);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (uint64_t)timegm(&tm) / DAY;
}

static void boot(const char *cmdline, uint64_t now)
{
	console_size = 0;
	console[0] = '\0';
	optin_take(cmdline, now, false);
	assert_int_equal(console_size, 0); /* nobody could read it yet */
	optin_report();
}

static const char *state(unsigned index)
{
	static char text[OPTIN_STATE_SIZE];

	optin_state(index, text);
	return text;
}

static void assert_said(const char *line)
{
	if (!strstr(console, line))
		fail_msg("not said: %s\nbut:\n%s", line, console);
}

static void nothing_asked(void **unused)
{
	boot("console=com1 opt-in xopt-in=gate dom0=pvh", day("2026-06-01") * DAY);
	for (unsigned i = 0; i < SUPPORT_NR_OPT_IN; i++) {
		assert_int_equal(support_opt_ins[i], 0);
		assert_string_equal(state(i), "opt-in");
	}
	assert_string_equal(console, "W Taint: D (road)\n");
}

static void asked(void **unused)
{
	char letters[OPTIN_TAINT_SIZE];

	boot("opt-in=gate,bridge  console=com1 opt-in=bell", day("2026-06-01") * DAY);
	assert_true(ON(gate) && ON(bridge) && ON(bell) && !ON(tower) && !ON(wall));
	assert_string_equal(state(SUPPORT_INDEX_gate), "opted-in");
	assert_string_equal(state(SUPPORT_INDEX_tower), "opt-in");
	optin_taint(letters, NULL, 0);
	assert_string_equal(letters, "DP");
	assert_string_equal(console, "I opt-in: bell is on, taint P\n"
				     "I opt-in: bridge is on, taint P\n"
				     "I opt-in: gate is on\n"
				     "W Taint: DP (road, bell, bridge)\n");
}

static void needs(void **unused)
{
	boot("opt-in=tower,wall", day("2026-06-01") * DAY);
	assert_false(ON(tower) || ON(wall) || ON(bell));
	assert_said("W opt-in: tower refused: it needs wall, which is not on; add opt-in=wall\n");
	assert_said(
		"W opt-in: wall refused: it needs bridge, which is not on; add opt-in=bridge\n");
	assert_null(strstr(console, "bell"));
	assert_string_equal(state(SUPPORT_INDEX_tower), "opt-in");
	assert_string_equal(state(SUPPORT_INDEX_bell), "opt-in");

	boot("opt-in=wall,tower,bridge", day("2026-06-01") * DAY);
	assert_true(ON(tower) && ON(wall) && ON(bridge) && ON(bell));

	/* Asked for itself, it stays when what brings it goes. */
	boot("opt-in=tower,bell", day("2026-06-01") * DAY);
	assert_true(ON(bell) && !ON(tower));
	/* What is over brings nothing. */
	boot("opt-in=bridge,wall,tower@2026-05-31", day("2026-06-01") * DAY);
	assert_false(ON(bell) || ON(tower));
	/* And neither does one whose need is over. */
	boot("opt-in=bridge@2026-05-31,wall,tower", day("2026-06-01") * DAY);
	assert_false(ON(bell) || ON(tower) || ON(wall) || ON(bridge));
	assert_string_equal(state(SUPPORT_INDEX_bridge), "expired 2026-05-31");
	/* What is not wanted any longer than it: the day is brought too. */
	boot("opt-in=bridge,wall,tower@2026-12-31", day("2026-06-01") * DAY);
	assert_string_equal(state(SUPPORT_INDEX_bell), "opted-in until 2026-12-31");
}

static void dates(void **unused)
{
	uint64_t last = day("2028-02-29");

	boot("opt-in=gate@2028-02-29", last * DAY + DAY - 1);
	assert_true(ON(gate));
	assert_string_equal(state(SUPPORT_INDEX_gate), "opted-in until 2028-02-29");
	assert_said("W opt-in: gate will be refused after 2028-02-29, in 0 days; ");
	boot("opt-in=gate@2028-02-29", (last + 1) * DAY);
	assert_false(ON(gate));
	assert_string_equal(state(SUPPORT_INDEX_gate), "expired 2028-02-29");
	assert_said("W opt-in: gate refused: it ended on 2028-02-29; ask for it with a later date");
	boot("opt-in=gate@2028-02-29", (last - 13) * DAY);
	assert_said("in 13 days; ");
	boot("opt-in=gate@2028-02-29", (last - 14) * DAY);
	assert_true(ON(gate));
	assert_null(strstr(console, "will be refused"));
	/* Twice: the earlier day, in either order; no day is the latest. */
	boot("opt-in=gate@2028-02-29,gate", (last + 1) * DAY);
	assert_false(ON(gate));
	boot("opt-in=gate opt-in=gate@2028-02-29", (last + 1) * DAY);
	assert_false(ON(gate));
	/* A clock from before there was such a program; a date needs one that is right. */
	boot("opt-in=gate@2028-02-29,bell", day("2025-12-31") * DAY + DAY - 1);
	assert_true(!ON(gate) && ON(bell));
	assert_said("W opt-in: gate refused: it ends on 2028-02-29, but this machine's clock is "
		    "wrong (before 2026); set the clock");
	boot("opt-in=gate@2028-02-29", day("2026-01-01") * DAY);
	assert_true(ON(gate));
	boot("opt-in=gate@9999-12-31", UINT64_MAX);
	assert_false(ON(gate));
}

/* Every day there is counts as the C library has it. */
static void every_day(void **unused)
{
	static const uint8_t length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint64_t now = day("2026-01-01");
	char cmdline[64];

	for (unsigned year = 2026; year < 2405; year++)
		for (unsigned month = 1; month <= 12; month++) {
			bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
			unsigned n = length[month - 1] + (month == 2 && leap);

			for (unsigned d = 1; d <= 32; d++) {
				snprintf(cmdline, sizeof(cmdline), "opt-in=gate@%04u-%02u-%02u",
					 year, month, d);
				optin_take(cmdline, now * DAY, false);
				assert_int_equal(ON(gate), d <= n);
				if (d > n)
					continue;
				optin_take(cmdline, ++now * DAY, false);
				assert_false(ON(gate));
			}
		}
	assert_int_equal(now, day("2405-01-01"));
}

static void refused(void **unused)
{
	static const struct {
		const char *option, *said;
	} cases[] = {
		{ "gaet", "W opt-in=gaet ignored: there is no such feature; did you mean gate?" },
		{ "x", "W opt-in=x ignored: there is no such feature; did you mean " },
		{ "moat", "W opt-in=moat ignored: policy " },
		{ "road", "I opt-in=road: it is on already" },
		{ "gate@", "W opt-in=gate@ ignored: write the last day as gate@YYYY-MM-DD" },
		{ "gate@2027-1-1", "W opt-in=gate@2027-1-1 ignored: write the last day" },
		{ "gate@2027-02-29", "W opt-in=gate@2027-02-29 ignored: " },
		{ "gate@2027-13-01", "W opt-in=gate@2027-13-01 ignored: " },
		{ "gate@2027-00-01", "W opt-in=gate@2027-00-01 ignored: " },
		{ "gate@2027-01-00", "W opt-in=gate@2027-01-00 ignored: " },
		{ "gate@2027-01-011", "W opt-in=gate@2027-01-011 ignored: " },
		{ "gate@2027-01-01@2028-01-01", "W opt-in=gate@2027-01-01@2028-01-01 ignored: " },
		{ "@2027-01-01", "W opt-in= ignored: there is no such feature; did you mean " },
		{ "", "W opt-in= ignored at byte 7 of the command line: write ID or " },
		{ ",", "W opt-in= ignored at byte 8 of the command line: " },
		{ "GATE", "W opt-in= ignored at byte 7 of the command line: " },
		{ "ga\te", "W opt-in= ignored at byte 7 of the command line: " },
		{ "\x1b[2J", "W opt-in= ignored at byte 7 of the command line: " },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "W opt-in= ignored at byte 7 of the command line: " },
	};
	char cmdline[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(cmdline, sizeof(cmdline), "opt-in=%s,bell", cases[i].option);
		boot(cmdline, day("2026-06-01") * DAY);
		assert_said(cases[i].said);
		assert_true(ON(bell));
		assert_false(ON(gate));
		for (const char *s = console; *s; s++)
			assert_true(*s == '\n' || (*s >= ' ' && *s < 0x7f));
	}
}

/* A command line that the loader cut: "gate@2027" must not become "gate". */
static void cut(void **unused)
{
	optin_take("opt-in=bell,gate", day("2026-06-01") * DAY, true);
	assert_true(ON(bell) && !ON(gate));
	console_size = 0;
	optin_report();
	assert_said("W opt-in= ignored at the end of a command line that is too long");
	optin_take("opt-in=bell,gate quiet", day("2026-06-01") * DAY, true);
	assert_true(ON(bell) && ON(gate));
}

/* Any bytes: one that is active was asked for by name, and what it needs is active. */
static void any_bytes(void **unused)
{
	static const char *const words[] = { "opt-in=", "gate",	       "bell", "tower", "wall",
					     "bridge",	"@2027-01-01", ",",    "@",	" ",
					     "moat",	"@2026-02-30", "\x80", "=",	"z" };
	uint32_t seed = 1;
	char cmdline[1025];

	for (unsigned round = 0; round < 20000; round++) {
		size_t n = 0, most = round % 1000;

		while (n < most) {
			const char *word;

			seed = seed * 1103515245 + 12345;
			word = words[(seed >> 16) % (sizeof(words) / sizeof(words[0]))];
			if (n + strlen(word) >= sizeof(cmdline))
				break;
			memcpy(cmdline + n, word, strlen(word));
			n += strlen(word);
		}
		cmdline[n] = '\0';
		boot(cmdline, (round & 1 ? 20500 : 21000) * DAY);
		assert_true(!ON(tower) || (ON(wall) && ON(bell)));
		assert_true(!ON(wall) || ON(bridge));
		assert_true(!ON(gate) || strstr(cmdline, "gate"));
		assert_true(!ON(bell) || ON(tower) || strstr(cmdline, "bell"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked), cmocka_unit_test(asked),
		cmocka_unit_test(needs),	 cmocka_unit_test(dates),
		cmocka_unit_test(every_day),	 cmocka_unit_test(refused),
		cmocka_unit_test(cut),		 cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
