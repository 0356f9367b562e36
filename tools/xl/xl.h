/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of our `xl`: one row each in main.c; all others are the distribution's. */
#ifndef CANDOR_XL_H
#define CANDOR_XL_H

/** What a command returns to the shell, as xl has it. */
enum xl_status { XL_DONE = 0, XL_FAILED = 1, XL_USAGE = 2 };

enum xl_status xl_support(int argc, char **argv);

/**
 * Become the distribution's xl, with @argv as it is; returns only on failure, which is
 * said on standard error.
 */
enum xl_status xl_pass_on(char **argv);

#endif
