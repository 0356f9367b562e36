/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads files ahead of the one who walks a tree, on the other processors: most files
 * hold nothing of use, and finding that out is most of the work. What is of use comes
 * back in the order in which it was given, so answers do not depend on the threads.
 */
#ifndef CANDOR_SUPPORT_EXTRACT_AHEAD_H
#define CANDOR_SUPPORT_EXTRACT_AHEAD_H

#include <stdbool.h>
#include <stddef.h>

struct ahead;

/** What is known of a file, from when it was given until it comes back. */
struct ahead_file {
	int fd;	    /* the reader's own; whoever takes the file back closes it */
	char *path; /* on the heap; likewise to be freed */
	int tag;    /* of the caller */
	bool is_wanted;
	/* Filled in by the reader. */
	bool is_read;	/* false: too large for it, or not readable: the caller tries */
	bool is_of_use; /* if read */
	const char *text;
	size_t size; /* bytes of @text, which has a NUL behind them */
};

/**
 * Is a file's text worth the caller's time? Called on other threads: it may neither
 * allocate nor change anything, and what it looks at must not change meanwhile.
 */
typedef bool (*ahead_test)(const void *context, const struct ahead_file *file);

/**
 * A reader with as many threads as there are other processors, few at most. It uses no
 * allocator's memory but for itself. *@ret_ahead is NULL where there is one processor, or
 * no thread to be had: then the caller reads alone, and finds the same. 0 or -ENOMEM.
 */
int ahead_create(ahead_test test, const void *context, struct ahead **ret_ahead);

/** Ends the threads. Files that were not taken back are closed and freed. */
void ahead_destroy(struct ahead *a);

/** Is there no room for another file? */
bool ahead_is_full(const struct ahead *a);

/** Give a file; only where it is not full. */
void ahead_give(struct ahead *a, const struct ahead_file *file);

/**
 * Take back the oldest; false: there is none. Its text is borrowed until the next file
 * is given. If no thread has begun with it, it is read here and now.
 */
bool ahead_take(struct ahead *a, struct ahead_file *ret_file);

#endif
