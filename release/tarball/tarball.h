/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A .tar.xz whose bytes depend on nothing but what is put in: pax-restricted,
 * owner 0:0, modes 0644 and 0755, one time stamp, entries in order, one
 * compressor thread. The commit stands in a pax global header, where
 * `git get-tar-commit-id` finds it.
 */
#ifndef CANDOR_TARBALL_TARBALL_H
#define CANDOR_TARBALL_TARBALL_H

#include "trouble.h"

#include <stddef.h>

enum tarball_mode {
	TARBALL_PLAIN,	    /* 0644 */
	TARBALL_EXECUTABLE, /* 0755 */
};

struct tarball;

/**
 * Start @path (must not exist). @epoch is every entry's time in seconds,
 * @commit the id for the global header. The caller ends it with
 * tarball_finish() or tarball_destroy(). Returns 0 or -errno.
 */
int tarball_create(const char *path, long long epoch, const char *commit, struct trouble *trouble,
		   struct tarball **ret_tarball);

/**
 * Add a file. @name is relative, without empty, "." or ".." parts, and sorts
 * (bytewise) behind every name before it; folders are added by themselves.
 * Returns 0 or -errno (-EINVAL for a name that breaks this).
 */
int tarball_add_file(struct tarball *t, const char *name, const void *data, size_t size,
		     enum tarball_mode mode, struct trouble *trouble);

/** Add a symbolic link to @target; otherwise like tarball_add_file(). */
int tarball_add_link(struct tarball *t, const char *name, const char *target,
		     struct trouble *trouble);

/**
 * Write the end, sync the file and give the SHA-256 of the tar before
 * compression. Frees @t also when it fails.
 */
int tarball_finish(struct tarball *t, struct trouble *trouble, char ret_sha256[65]);

/** Give up: free @t and remove its file. Accepts NULL. */
void tarball_destroy(struct tarball *t);

#endif
