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
#include "engine/host.h"

#define LOCKFILE_SIZE_MAX (64u << 20)
#define LOCK_HASH_SIZE (sizeof("sha256:") + 64) /* with the NUL */

/**
 * One line: `input.NAME`, `feature.ID`, `limit.ID`, `waiver.ID.need.OTHER`,
 * `waiver.ID.conflict.OTHER`, and for what a host shows and does at boot
 * `taint.ID`, `accepts.ID`, `needs.ID`, `implies.ID`.
 */
struct lock_entry {
	char *name;
	char *value;   /* "sha256:...", "on", "off", "opt-in", "8", "2027-06-30", "P", "id,id" */
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
	struct lock_entry *taints; /* the letter that a host shows while it is active */
	size_t nr_taints;
	struct lock_entry *accepts; /* taints that a rule has plainly on against another's word */
	size_t nr_accepts;
	struct lock_entry *needs; /* of an opt-in: those it needs that are opt-in too */
	size_t nr_needs;
	struct lock_entry *implies; /* of an opt-in: those that come with it */
	size_t nr_implies;
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

/** Is it in the build, on or opt-in? */
bool lockfile_is_on(const struct lock_entry *e);
bool lockfile_is_opt_in(const struct lock_entry *e);

/** Add an entry (texts are copied) while making a lock. 0 or -ENOMEM. */
int lockfile_add_input(struct lockfile *lock, const char *name, const char *hash);
int lockfile_add_feature(struct lockfile *lock, const char *id, enum decided decided,
			 const char *comment);
int lockfile_add_limit(struct lockfile *lock, const char *id, uint64_t value, const char *comment);
int lockfile_add_waiver(struct lockfile *lock, const char *id, const char *what, const char *other,
			const char *until, const char *comment);

int lockfile_add_taint(struct lockfile *lock, const char *id, char letter, const char *comment);
int lockfile_add_accepts(struct lockfile *lock, const char *id, char letter, const char *comment);
/** @ids: "id,id". */
int lockfile_add_needs(struct lockfile *lock, const char *id, const char *ids, const char *comment);
int lockfile_add_implies(struct lockfile *lock, const char *id, const char *ids,
			 const char *comment);

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
