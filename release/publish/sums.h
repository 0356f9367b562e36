/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksum lists in the format of coreutils' sha256sum. */
#ifndef CANDOR_PUBLISH_SUMS_H
#define CANDOR_PUBLISH_SUMS_H

#include "trouble.h"

#include <stdbool.h>
#include <stddef.h>

#define SUMS_NAME_MAX 128

struct sums_line {
	char sha256[65];
	char name[SUMS_NAME_MAX];
};

struct sums {
	struct sums_line *lines; /* by name */
	size_t nr_lines;
};

/**
 * A name that may stand in a release: letters, digits and "._+~-", a letter or
 * digit first, shorter than SUMS_NAME_MAX. No program can misread it.
 */
bool sums_name_ok(const char *name);

/** Add a line in its place. Returns 0, -EINVAL (name), -EEXIST or -ENOMEM. */
int sums_add(struct sums *sums, const char *sha256, const char *name);

/** Append the list as text. */
void sums_print(const struct sums *sums, struct strbuf *ret_text);

/**
 * Read a list as sums_print() writes it, sorted and without doubles; @place
 * names it in trouble. Returns 0 or -errno; frees nothing on failure but its own.
 */
int sums_parse(const char *place, const char *text, size_t size, struct trouble *trouble,
	       struct sums *ret_sums);

/** The line of @name or NULL; borrowed. */
const struct sums_line *sums_find(const struct sums *sums, const char *name);

/** Free the lines; @sums is empty and usable again. */
void sums_reset(struct sums *sums);

#endif
