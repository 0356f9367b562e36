/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar dates as text, YYYY-MM-DD: they sort as they are compared. */
#ifndef CANDOR_BASE_DATE_H
#define CANDOR_BASE_DATE_H

#include <stdbool.h>

#define DATE_SIZE 11	  /* with the NUL */
#define DATE_TIME_SIZE 21 /* "2026-11-22T14:30:00Z" and the NUL */

/** Is the text a day that there is, of the years 0001 to 9999? */
bool date_is_valid(const char *text);

/**
 * The day at SOURCE_DATE_EPOCH (https://reproducible-builds.org), else the clock's, in
 * UTC. Returns 0, or -EINVAL for a SOURCE_DATE_EPOCH that is no time.
 */
int date_today(char ret_date[DATE_SIZE]);

/** The same with the time of the day: "2026-11-22T14:30:00Z". */
int date_now(char ret_time[DATE_TIME_SIZE]);

#endif
