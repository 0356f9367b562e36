/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complaints for people, all in one form: place, cause, remedy. */
#ifndef CANDOR_BASE_COMPLAIN_H
#define CANDOR_BASE_COMPLAIN_H

#include <stddef.h>

#include "base/strbuf.h"

/** A line of a file. Line 0: the file as a whole. */
struct place {
	const char *file;
	unsigned int line;
};

/**
 * Add "FILE:LINE: error: CAUSE" and a line "       = REMEDY" to @err, as
 * support_print_diagnostics() does. Line 0
 * leaves the number out. Control characters are shown escaped.
 */
void complain(struct strbuf *err, struct place at, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * file_read(); that it cannot be read is complained of with @remedy. Returns 0, -EINVAL
 * with the complaint, or -ENOMEM.
 */
int complain_read(struct strbuf *err, const char *path, size_t max, const char *remedy,
		  char **ret_text, size_t *ret_size);

#endif
