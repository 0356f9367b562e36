/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another program run with its output read into memory; no shell is involved. */
#ifndef CANDOR_TARBALL_PROGRAM_H
#define CANDOR_TARBALL_PROGRAM_H

#include "trouble.h"

#include <stddef.h>
#include <sys/types.h>

struct program {
	const char *name;
	pid_t pid;
	int in;	 /* write end of its standard input */
	int out; /* read end of its standard output */
	int err; /* memory file that holds its standard error */
};

/**
 * Start argv[0] from PATH. The environment is ours with LC_ALL=C and without
 * what would point git at another repository. Returns 0 or -errno.
 */
int program_start(struct program *c, const char *const argv[], struct trouble *trouble);

/**
 * Close the pipes, wait, and turn a failure into trouble at @place that quotes
 * the child's first line of complaint. Returns 0 or -errno.
 */
int program_finish(struct program *c, const char *place, struct trouble *trouble);

/**
 * Run to the end with no input. *@ret_data (NUL behind *@ret_size bytes, at
 * most @max) is the caller's to free. Returns 0 or -errno.
 */
int program_run(const char *const argv[], const char *place, size_t max, struct trouble *trouble,
		char **ret_data, size_t *ret_size);

#endif
