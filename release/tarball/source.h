/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What git holds at HEAD of a tree, read from its objects and not from disk. */
#ifndef CANDOR_TARBALL_SOURCE_H
#define CANDOR_TARBALL_SOURCE_H

#include "tarball/tarball.h"
#include "trouble.h"

#include <stdbool.h>

struct source;

/** Open the repository that holds folder @tree. Returns 0 or -errno. */
int source_open(const char *tree, struct trouble *trouble, struct source **ret_source);

/** Free; accepts NULL. */
void source_close(struct source *s);

/** The full id of HEAD; borrowed. */
const char *source_commit(const struct source *s);

/** When HEAD was committed, in seconds. */
long long source_time(const struct source *s);

/** Tracked files differ from HEAD. */
bool source_is_dirty(const struct source *s);

/** How many files source_pack() adds. */
size_t source_nr_files(const struct source *s);

/** The path of file @i, in order; NULL: a symbolic link. Borrowed. */
const char *source_file_name(const struct source *s, size_t i);

/** The bytes of file @i at HEAD: NUL-terminated, caller frees. Returns 0 or -errno. */
int source_file_read(struct source *s, size_t i, struct trouble *trouble, char **ret_data,
		     size_t *ret_size);

/**
 * The bytes of tracked file @name at HEAD: NUL-terminated, caller frees.
 * Returns 0 or -errno (-ENOENT without trouble noted, if HEAD has none).
 */
int source_read(struct source *s, const char *name, struct trouble *trouble, char **ret_data,
		size_t *ret_size);

/** Add every tracked file to @tarball below @prefix. Returns 0 or -errno. */
int source_pack(struct source *s, struct tarball *tarball, const char *prefix,
		struct trouble *trouble);

#endif
