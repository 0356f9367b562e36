/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of features beside what runs: the lock of the build says what its policy
 * decided and why, the statement how far each is supported.
 */
#ifndef CANDOR_HOST_KNOWN_H
#define CANDOR_HOST_KNOWN_H

#include "engine/facts.h"
#include "engine/lockfile.h"
#include "engine/taint.h"
#include "host/state.h"

/** Where a lock and a statement are when they are installed, below the root. */
#define KNOWN_LOCKS CANDOR_LIBDIR "/candor" /* PROFILE/candor.lock */
#define KNOWN_TREE CANDOR_DATADIR "/candor" /* SUPPORT.md, support/features.yaml */

/** Either may be NULL. Zero-initialise; known_reset() frees it. */
struct known {
	struct lockfile *lock;
	struct facts *facts;
};

/**
 * Read @lock and the statement of @tree; a NULL one is looked for below @root where it is
 * installed (the lock of @profile, "" for none), and none is no failure. 0 or -errno with a
 * complaint in @err.
 */
int known_read(struct known *k, const char *root, const char *profile, const char *lock,
	       const char *tree, struct strbuf *err);

/** Read a lock alone. As known_read(). */
int known_read_lock(struct known *k, const char *path, struct strbuf *err);

/** What SUPPORT.md says of the feature; NULL: nothing is known. Borrowed. */
const struct fact_feature *known_fact(const struct known *k, const char *id);

/** "on", "off", "opt-in" and why, as the lock has it; NULL: not known. Borrowed. */
const struct lock_entry *known_verdict(const struct known *k, const char *id);

/** The letter for having the feature on; '\0' when it costs nothing or is not known. */
char known_taint(const struct known *k, const char *id);

void known_reset(struct known *k);

#endif
