/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot option opt-in=. The command line is walked twice: silently before the other options,
 * which ask what is active, and once more with words when there is a console to show them. The
 * work is bounded by the length of a command line times the number of features.
 */
#include <hv/optin.h>

#include <candor/support.h>

#include <stdint.h>

#include <hv/printk.h>
#include <hv/string.h>

#include <arch/arch.h>

#include <support-decision.h>

_Static_assert(SUPPORT_NR_OPT_IN <= 64, "a bit each: have fewer features wait for an opt-in");

#define ID_MAX 64
#define ITEM_MAX (ID_MAX + 11) /* and "@2027-06-30" */
#define DAY 86400
#define SOON 14 /* days before the last one at which a warning begins */
#define FOREVER UINT32_MAX
/* 2026-01-01: there was no such program before, so a clock that says so is wrong. */
#define FIRST_DAY 20454

static const struct opt_in {
	const char *id;
	char letter;
	uint64_t needs, implies; /* bits by index */
} opt_ins[] = {
#define OPT_IN(id, letter, needs, implies) { #id, letter, needs, implies },
#include <support-optin.h>
#undef OPT_IN
};

static const struct {
	const char *id;
	const char *state;
	int index; /* in opt_ins; -1 */
} features[] = {
#define FEATURE(id, state, index) { #id, #state, index },
#include <support-list.h>
#undef FEATURE
};

/* What was asked for, by index; written at boot alone. */
static struct {
	bool asked, expired;
	bool brought;	/* not asked for itself, but by something that implies it */
	uint32_t until; /* the last day, counted from 1970; FOREVER */
	char date[11];	/* the same as written */
} requests[SUPPORT_NR_OPT_IN];

static const char *cmdline;
static uint32_t today;
static bool cmdline_cut;

unsigned char support_opt_ins[SUPPORT_NR_OPT_IN];

/* ---- dates ---- */

static unsigned number(const char *s, unsigned n)
{
	unsigned value = 0;

	while (n--)
		value = value * 10 + (unsigned)(*s++ - '0');
	return value;
}

/* "2027-06-30" as days since 1970-01-01; false if it is no day of the calendar. */
static bool parse_date(const char *s, uint32_t *ret_day)
{
	static const char pattern[] = "0000-00-00";
	static const uint8_t length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day;
	bool leap;

	for (unsigned i = 0; i < sizeof(pattern); i++)
		if (pattern[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != pattern[i])
			return false;
	year = number(s, 4);
	month = number(s + 5, 2);
	day = number(s + 8, 2);
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > length[month - 1] + (leap && month == 2 ? 1u : 0u))
		return false;
	*ret_day = (year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 +
		   (year - 1601) / 400 + (leap && month > 2) + day - 1;
	for (unsigned m = 1; m < month; m++)
		*ret_day += length[m - 1];
	return true;
}

/* ---- names ---- */

/* How many letters must be added, dropped or changed to make @a of @b; at most ID_MAX each. */
static unsigned distance(const char *a, const char *b)
{
	uint8_t row[ID_MAX + 1];
	unsigned n = (unsigned)strlen(b);

	for (unsigned k = 0; k <= n; k++)
		row[k] = (uint8_t)k;
	for (unsigned i = 0; a[i]; i++) {
		unsigned diagonal = row[0];

		row[0] = (uint8_t)(i + 1);
		for (unsigned k = 0; k < n; k++) {
			unsigned change = diagonal + (a[i] != b[k]);

			diagonal = row[k + 1];
			row[k + 1] = (uint8_t)MIN(change, MIN(diagonal, (unsigned)row[k]) + 1);
		}
	}
	return row[n];
}

/* The feature of this build that is most like @id. */
static const char *nearest(const char *id)
{
	const char *best = features[0].id;
	unsigned least = UINT32_MAX;

	for (unsigned i = 0; i < ARRAY_SIZE(features); i++) {
		unsigned d = strlen(features[i].id) <= ID_MAX ? distance(id, features[i].id)
							      : UINT32_MAX;

		if (d < least) {
			least = d;
			best = features[i].id;
		}
	}
	return best;
}

/* ---- one item of the option ---- */

static void request(unsigned index, uint32_t until, const char *date)
{
	/* Asked for twice: the earlier day holds. */
	if (requests[index].asked && requests[index].until <= until)
		return;
	requests[index].asked = true;
	requests[index].until = until;
	memcpy(requests[index].date, date, strlen(date) + 1);
}

static void take_known(const char *id, unsigned feature, uint32_t until, const char *date, bool say)
{
	if (features[feature].index >= 0)
		request((unsigned)features[feature].index, until, date);
	else if (say && !strcmp(features[feature].state, "on"))
		printk(LOG_INFO, "opt-in=%s: it is on already", id);
	else if (say)
		printk(LOG_WARNING,
		       "opt-in=%s ignored: policy " CANDOR_PROFILE
		       " left it out; boot an image that has it",
		       id);
}

/* @item: ID or ID@DATE; it is written to. */
static void take_item(char *item, bool say)
{
	char *date = strchr(item, '@');
	uint32_t until = FOREVER;

	if (date)
		*date++ = '\0';
	if (date && !parse_date(date, &until)) {
		if (say)
			printk(LOG_WARNING,
			       "opt-in=%s@%s ignored: write the last day as %s@YYYY-MM-DD", item,
			       date, item);
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(features); i++) {
		if (!strcmp(features[i].id, item)) {
			take_known(item, i, until, date ? date : "", say);
			return;
		}
	}
	if (say)
		printk(LOG_WARNING, "opt-in=%s ignored: there is no such feature; did you mean %s?",
		       item, nearest(item));
}

/* Of small letters, digits and what dates need, so that it can be shown; not too long. */
static bool is_item(const char *s, size_t n)
{
	if (!n || n > ITEM_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool letter = s[i] >= 'a' && s[i] <= 'z', digit = s[i] >= '0' && s[i] <= '9';

		if (!letter && !digit && s[i] != '_' && s[i] != '-' && s[i] != '@')
			return false;
	}
	return true;
}

/* The items of one word, from @s to @end. */
static void take_list(const char *s, const char *end, bool say)
{
	char item[ITEM_MAX + 1];

	for (;;) {
		const char *next = s;

		while (next < end && *next != ',')
			next++;
		if (next == end && !*end && cmdline_cut) {
			if (say)
				printk(LOG_WARNING,
				       "opt-in= ignored at the end of a command line that is too "
				       "long to be known whole; make it shorter");
		} else if (is_item(s, (size_t)(next - s))) {
			memcpy(item, s, (size_t)(next - s));
			item[next - s] = '\0';
			take_item(item, say);
		} else if (say) {
			printk(LOG_WARNING,
			       "opt-in= ignored at byte %u of the command line: write "
			       "ID or ID@YYYY-MM-DD, with a comma between two",
			       (unsigned)(s - cmdline));
		}
		if (next == end)
			return;
		s = next + 1;
	}
}

static void walk(bool say)
{
	static const char option[] = "opt-in=";
	const char *s = cmdline;

	while (*s) {
		const char *word = s;

		while (*s && *s != ' ')
			s++;
		if ((size_t)(s - word) >= sizeof(option) - 1 &&
		    !memcmp(word, option, sizeof(option) - 1))
			take_list(word + sizeof(option) - 1, s, say);
		while (*s == ' ')
			s++;
	}
}

/* ---- what becomes of it ---- */

static uint64_t active(void)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(opt_ins); i++)
		mask |= (uint64_t)support_opt_ins[i] << i;
	return mask;
}

/* The lowest that @index needs and that is not active; -1. */
static int missing(unsigned index)
{
	uint64_t mask = opt_ins[index].needs & ~active();

	return mask ? __builtin_ctzll(mask) : -1;
}

/* Is something active that implies @index? */
static bool implied(unsigned index)
{
	for (unsigned i = 0; i < ARRAY_SIZE(opt_ins); i++)
		if (support_opt_ins[i] && opt_ins[i].implies >> index & 1)
			return true;
	return false;
}

static void bring(unsigned by)
{
	for (uint64_t mask = opt_ins[by].implies; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);

		if (requests[i].asked)
			continue;
		request(i, requests[by].until, requests[by].date);
		requests[i].brought = true;
		support_opt_ins[i] = 1;
	}
}

/*
 * What is asked for is active if its day is not over, and so is what that brings. Then goes
 * what misses a need, until nothing does: at most all of them, one a round.
 */
static void settle(void)
{
	bool changed = true;

	for (unsigned i = 0; i < ARRAY_SIZE(opt_ins); i++) {
		requests[i].expired = requests[i].asked && requests[i].until != FOREVER &&
				      (today < FIRST_DAY || today > requests[i].until);
		support_opt_ins[i] = requests[i].asked && !requests[i].expired;
	}
	for (unsigned n = 0; n < ARRAY_SIZE(opt_ins); n++)
		for (unsigned i = 0; i < ARRAY_SIZE(opt_ins); i++)
			if (support_opt_ins[i])
				bring(i);
	while (changed) {
		changed = false;
		for (unsigned i = 0; i < ARRAY_SIZE(opt_ins); i++) {
			bool stays = missing(i) < 0 && (!requests[i].brought || implied(i));

			if (!support_opt_ins[i] || stays)
				continue;
			support_opt_ins[i] = 0;
			changed = true;
		}
	}
}

void optin_take(const char *line, uint64_t now, bool cut)
{
	cmdline = line;
	cmdline_cut = cut;
	today = (uint32_t)MIN(now / DAY, (uint64_t)FOREVER - 1);
	memset(requests, 0, sizeof(requests));
	walk(false);
	settle();
}

void optin_take_all(void)
{
	memset(support_opt_ins, 1, sizeof(support_opt_ins));
}

/* ---- what is said of it ---- */

void optin_state(unsigned index, char ret_state[OPTIN_STATE_SIZE])
{
	const char *text = support_opt_ins[index]    ? "opted-in"
			   : requests[index].expired ? "expired"
						     : "opt-in";
	bool dated = *requests[index].date && (support_opt_ins[index] || requests[index].expired);

	hv_snprintf(ret_state, OPTIN_STATE_SIZE, "%s%s%s%s", text,
		    dated && support_opt_ins[index] ? " until" : "", dated ? " " : "",
		    dated ? requests[index].date : "");
}

static void report_active(unsigned index)
{
	const char letter[] = { opt_ins[index].letter, '\0' };
	bool dated = *requests[index].date;

	printk(LOG_INFO, "opt-in: %s is on%s%s%s%s", opt_ins[index].id, dated ? " until " : "",
	       requests[index].date, *letter ? ", taint " : "", letter);
	if (dated && requests[index].until - today < SOON)
		printk(LOG_WARNING,
		       "opt-in: %s will be refused after %s, in %u days; ask for it "
		       "with a later date, or do without",
		       opt_ins[index].id, requests[index].date, requests[index].until - today);
}

static void report_refused(unsigned index)
{
	const struct opt_in *o = &opt_ins[index];
	int need = missing(index);

	if (requests[index].expired && today < FIRST_DAY)
		printk(LOG_WARNING,
		       "opt-in: %s refused: it ends on %s, but this machine's clock "
		       "is wrong (before 2026); set the clock",
		       o->id, requests[index].date);
	else if (requests[index].expired)
		printk(LOG_WARNING,
		       "opt-in: %s refused: it ended on %s; ask for it with a later "
		       "date, or do without",
		       o->id, requests[index].date);
	else if (need >= 0)
		printk(LOG_WARNING,
		       "opt-in: %s refused: it needs %s, which is not on; add "
		       "opt-in=%s",
		       o->id, opt_ins[need].id, opt_ins[need].id);
}

void optin_report(void)
{
	char letters[OPTIN_TAINT_SIZE], ids[400];

	walk(true);
	for (unsigned i = 0; i < ARRAY_SIZE(opt_ins); i++) {
		if (support_opt_ins[i])
			report_active(i);
		else if (requests[i].asked && !requests[i].brought)
			report_refused(i);
	}
	optin_taint(letters, ids, sizeof(ids));
	if (*letters)
		printk(LOG_WARNING, "Taint: %s (%s)", letters, ids);
	else
		printk(LOG_INFO, "Taint: none");
}

void optin_taint(char ret_letters[OPTIN_TAINT_SIZE], char *ret_ids, size_t size)
{
	uint32_t set = 0;
	size_t n = 0, at = 0;

	for (const char *s = SUPPORT_TAINT; *s; s++)
		set |= 1u << (*s - 'A');
	if (size)
		at = (size_t)hv_snprintf(ret_ids, size, "%s", SUPPORT_TAINT_IDS);
	for (unsigned i = 0; i < ARRAY_SIZE(opt_ins); i++) {
		if (!support_opt_ins[i] || !opt_ins[i].letter)
			continue;
		set |= 1u << (opt_ins[i].letter - 'A');
		if (at < size)
			at += (size_t)hv_snprintf(ret_ids + at, size - at, "%s%s", at ? ", " : "",
						  opt_ins[i].id);
	}
	for (unsigned letter = 0; letter < 26; letter++)
		if (set >> letter & 1)
			ret_letters[n++] = (char)('A' + letter);
	ret_letters[n] = '\0';
}
