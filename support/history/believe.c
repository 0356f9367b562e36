/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the dates along a branch can be true; and dates as text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "private.h"

#define DAY 86400LL

/* How many of the @nr row ends in @ends, which ascend, are at or before @time. */
static size_t count_before(const long long *times, const size_t *ends, size_t nr, long long time)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (times[ends[middle]] <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Those not believed take the time of their neighbour. */
static void settle(long long *times, const bool *doubtful, size_t nr)
{
	size_t first = 0;

	while (first < nr && doubtful[first])
		first++;
	for (size_t i = 0; i < first && first < nr; i++)
		times[i] = times[first];
	for (size_t i = first + 1; i < nr; i++) {
		if (doubtful[i])
			times[i] = times[i - 1];
	}
}

/* The longest rows of times that never descend, as they are found. */
struct rows {
	size_t *ends;	/* last of the best row of each length */
	size_t *before; /* of each: the one before it in its row; nr: it is the first */
	size_t *alike;	/* of each: the one found before it that ends a row as long; nr: none */
	size_t longest;
};

static void find_rows(const long long *times, size_t nr, struct rows *r)
{
	for (size_t i = 0; i < nr; i++) {
		size_t length = count_before(times, r->ends, r->longest, times[i]);

		r->before[i] = length ? r->ends[length - 1] : nr;
		r->alike[i] = length < r->longest ? r->ends[length] : nr;
		r->ends[length] = i;
		if (length == r->longest)
			r->longest++;
	}
}

/* Where two could stand in the row, the first is believed; at its end the last. */
static void choose(const long long *times, size_t nr, const struct rows *r, bool *ret_doubtful)
{
	size_t next = nr;

	for (size_t i = r->longest ? r->ends[r->longest - 1] : nr; i < nr; i = r->before[i]) {
		while (next < nr && r->alike[i] < nr && times[r->alike[i]] <= times[next])
			i = r->alike[i];
		ret_doubtful[i] = false;
		next = i;
	}
}

int history_believe(long long *times, bool *ret_doubtful, size_t nr)
{
	struct rows r = {
		.ends = calloc(nr + 1, sizeof(*r.ends)),
		.before = calloc(nr + 1, sizeof(*r.before)),
		.alike = calloc(nr + 1, sizeof(*r.alike)),
	};
	int rc = r.ends && r.before && r.alike ? 0 : -ENOMEM;

	if (!rc) {
		for (size_t i = 0; i < nr; i++)
			ret_doubtful[i] = true;
		find_rows(times, nr, &r);
		choose(times, nr, &r, ret_doubtful);
		settle(times, ret_doubtful, nr);
	}
	free(r.ends);
	free(r.before);
	free(r.alike);
	return rc;
}

/* Digits [at, at + nr) of @text as a number, or -1. */
static int number_at(const char *text, size_t at, size_t nr)
{
	int value = 0;

	for (size_t i = at; i < at + nr; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static bool parse_clock(const char *text, long long *ret_seconds)
{
	int hour, minute, second;

	if (strlen(text) != 10 || (text[0] != 'T' && text[0] != ' ') || text[3] != ':' ||
	    text[6] != ':' || text[9] != 'Z')
		return false;
	hour = number_at(text, 1, 2);
	minute = number_at(text, 4, 2);
	second = number_at(text, 7, 2);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
		return false;
	*ret_seconds = hour * 3600LL + minute * 60LL + second;
	return true;
}

bool history_parse_time(const char *text, long long *ret_time)
{
	struct tm tm = { 0 }, back;
	long long seconds = DAY - 1, day;
	time_t t;

	if (strlen(text) < 10 || text[4] != '-' || text[7] != '-')
		return false;
	tm.tm_year = number_at(text, 0, 4) - 1900;
	tm.tm_mon = number_at(text, 5, 2) - 1;
	tm.tm_mday = number_at(text, 8, 2);
	if (tm.tm_year < 0 || tm.tm_mon < 0 || tm.tm_mday < 1 ||
	    (text[10] && !parse_clock(text + 10, &seconds)))
		return false;
	back = tm;
	t = timegm(&back);
	/* "2023-02-30" comes back as another day. */
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday)
		return false;
	day = (long long)t;
	*ret_time = day + seconds;
	return true;
}

void history_format_date(long long time, char ret_date[16])
{
	time_t t = (time_t)time;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099 ||
	    snprintf(ret_date, 16, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
		     tm.tm_mday) != 10)
		snprintf(ret_date, 16, "%s", time < 0 ? "0000-01-01" : "9999-12-31");
}
