/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policy locks: `key = value  # comment` lines, read by meson's keyval module
 * and by us. An image carries the same keys and values as records.
 */
#ifndef CANDOR_POLICY_LOCK_H
#define CANDOR_POLICY_LOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

#define LOCK_SIZE_MAX (4u << 20)
#define LOCK_HASH_SIZE (sizeof("sha256:") + 64) /* with the NUL */

/** One `input.NAME` or `feature.ID` line. */
struct lock_entry {
	char *name;
	char *value;   /* "sha256:...", "on", "off" */
	char *comment; /* what stands behind the '#'; "" */
	unsigned int line;
};

/** A lock, read. Entries are sorted by name. */
struct policy_lock {
	char *path;
	char *profile;
	char *target;
	char *decision; /* as written, "sha256:..." */
	struct lock_entry *inputs;
	size_t nr_inputs;
	struct lock_entry *features;
	size_t nr_features;
};

/**
 * Parse @size bytes of a lock file; @path is for messages. Returns 0 with
 * *@ret_lock (caller: lock_destroy()), -EINVAL with a complaint for each wrong
 * line added to @err, or -ENOMEM.
 */
int lock_parse(const char *path, const char *text, size_t size, struct policy_lock **ret_lock,
	       struct strbuf *err);

/**
 * Parse the records of an image, `lock TAB key TAB value LF`, bytes of a file
 * named @path. As lock_parse().
 */
int lock_parse_records(const char *path, const char *text, size_t size,
		       struct policy_lock **ret_lock, struct strbuf *err);

/** NULL is accepted. */
void lock_destroy(struct policy_lock *lock);

/** The feature's line, or NULL when the lock does not name it; borrowed. */
const struct lock_entry *lock_feature(const struct policy_lock *lock, const char *id);

bool lock_entry_is_on(const struct lock_entry *e);

/** Add an entry (texts are copied) while making a lock. 0 or -ENOMEM. */
int lock_add_input(struct policy_lock *lock, const char *name, const char *hash);
int lock_add_feature(struct policy_lock *lock, const char *id, bool on, const char *comment);

/** An empty lock to be filled, or NULL. Destroy with lock_destroy(). */
struct policy_lock *lock_create(const char *path, const char *profile, const char *target);

/**
 * The decision id of a lock's content: sha256 over every key and value but
 * lock.decision itself, sorted. Comments do not count: rules' hashes do.
 * 0 or -ENOMEM.
 */
int lock_decide_id(const struct policy_lock *lock, char ret_id[LOCK_HASH_SIZE]);

/** Set ->decision. 0 or -ENOMEM. */
int lock_seal(struct policy_lock *lock);

/** Add the lock as a file's text to @out; the same bytes for the same content. */
void lock_write(const struct policy_lock *lock, struct strbuf *out);

#endif
