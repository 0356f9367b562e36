/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policy locks: `key = value  # comment` lines, read by meson's keyval module
 * and by us. An image carries the same keys and values as records.
 */
#ifndef CANDOR_POLICY_LOCKFILE_H
#define CANDOR_POLICY_LOCKFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define LOCKFILE_SIZE_MAX (64u << 20)
#define LOCK_HASH_SIZE (sizeof("sha256:") + 64) /* with the NUL */

/**
 * One `input.NAME`, `feature.ID`, `limit.ID` or `waiver.ID.need.OTHER`,
 * `waiver.ID.conflict.OTHER` line.
 */
struct lock_entry {
	char *name;
	char *value;   /* "sha256:...", "on", "off", "8", "2027-06-30" */
	char *comment; /* what stands behind the '#'; "" */
	unsigned int line;
};

/** A lock, read. Entries are sorted by name. */
struct lockfile {
	char *path;
	char *profile;
	char *target;
	char *decision; /* as written, "sha256:..." */
	struct lock_entry *inputs;
	size_t nr_inputs;
	struct lock_entry *features;
	size_t nr_features;
	struct lock_entry *limits; /* the greatest number a feature's code may have */
	size_t nr_limits;
	struct lock_entry *waivers; /* named "ID.need.OTHER"; until which day */
	size_t nr_waivers;
};

/**
 * Parse @size bytes of a lock file; @path is for messages. Returns 0 with
 * *@ret_lock (caller: lockfile_destroy()), -EINVAL with a complaint for each wrong
 * line added to @err, or -ENOMEM.
 */
int lockfile_parse(const char *path, const char *text, size_t size, struct lockfile **ret_lock,
		   struct strbuf *err);

/**
 * Parse the records of an image, `lock TAB key TAB value LF`, bytes of a file
 * named @path. As lockfile_parse().
 */
int lockfile_parse_records(const char *path, const char *text, size_t size,
			   struct lockfile **ret_lock, struct strbuf *err);

/** NULL is accepted. */
void lockfile_destroy(struct lockfile *lock);

/** The feature's line, or NULL when the lock does not name it; borrowed. */
const struct lock_entry *lockfile_feature(const struct lockfile *lock, const char *id);

bool lockfile_is_on(const struct lock_entry *e);

/** Add an entry (texts are copied) while making a lock. 0 or -ENOMEM. */
int lockfile_add_input(struct lockfile *lock, const char *name, const char *hash);
int lockfile_add_feature(struct lockfile *lock, const char *id, bool on, const char *comment);
int lockfile_add_limit(struct lockfile *lock, const char *id, uint64_t value, const char *comment);
int lockfile_add_waiver(struct lockfile *lock, const char *id, const char *what, const char *other,
			const char *until, const char *comment);

/** An empty lock to be filled, or NULL. Destroy with lockfile_destroy(). */
struct lockfile *lockfile_create(const char *path, const char *profile, const char *target);

/**
 * The decision id of a lock's content: sha256 over every key and value but
 * lock.decision itself, sorted. Comments do not count: rules' hashes do.
 * 0 or -ENOMEM.
 */
int lockfile_decide_id(const struct lockfile *lock, char ret_id[LOCK_HASH_SIZE]);

/** Set ->decision. 0 or -ENOMEM. */
int lockfile_seal(struct lockfile *lock);

/** Add the lock as a file's text to @out; the same bytes for the same content. */
void lockfile_write(const struct lockfile *lock, struct strbuf *out);

#endif
