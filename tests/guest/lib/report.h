/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results of a test guest: a line "ok NAME - text" or "not ok NAME - text" for
 * each check, at the end "guest: PASS" or "guest: FAIL".
 */
#ifndef GUEST_REPORT_H
#define GUEST_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/** The test's name; each main.c defines it. */
extern const char guest_name[];

/** One check; @fmt says what is true when it holds. */
void report_ok(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Check a result against the expected one; a difference prints both. */
void report_equal(uint64_t got, uint64_t want, const char *what);

/** Check a hypercall's result; a difference prints both. */
void report_rc(long got, long want, const char *what);

/** Nothing of this kind can be checked here; says why. */
void report_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Print the sum and power off; reports failure if nothing was checked. */
void report_end(void) __attribute__((noreturn));

#endif
