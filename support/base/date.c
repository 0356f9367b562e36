/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar dates as text. */
#include "base/date.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The last second of 9999. */
#define EPOCH_MAX 253402300799LL

static int take_number(const char *text, size_t size)
{
	int number = 0;

	for (size_t i = 0; i < size; i++)
		number = number * 10 + text[i] - '0';
	return number;
}

bool date_is_valid(const char *text)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;
	bool leap;

	if (strlen(text) != DATE_SIZE - 1 || strspn(text, "0123456789") != 4 || text[4] != '-' ||
	    strspn(text + 5, "0123456789") != 2 || text[7] != '-' ||
	    strspn(text + 8, "0123456789") != 2)
		return false;
	year = take_number(text, 4);
	month = take_number(text + 5, 2);
	day = take_number(text + 8, 2);
	leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
	return year && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (month == 2 && leap);
}

static int write_now(const char *form, char *ret_text, size_t size)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	long long seconds = (long long)time(NULL);
	time_t t;
	struct tm tm;
	char *end;

	if (epoch && *epoch) {
		errno = 0;
		seconds = strtoll(epoch, &end, 10);
		if (errno || *end || end == epoch || seconds < 0 || seconds > EPOCH_MAX)
			return -EINVAL;
	}
	t = (time_t)seconds;
	if (!gmtime_r(&t, &tm))
		return -EINVAL;
	return strftime(ret_text, size, form, &tm) ? 0 : -EINVAL;
}

int date_today(char ret_date[DATE_SIZE])
{
	return write_now("%Y-%m-%d", ret_date, DATE_SIZE);
}

int date_now(char ret_time[DATE_TIME_SIZE])
{
	return write_now("%Y-%m-%dT%H:%M:%SZ", ret_time, DATE_TIME_SIZE);
}
