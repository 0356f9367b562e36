/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of features beside what runs: the lock of the build says what its policy
 * decided and why, the statement how far each is supported. Both are libcandor's to read.
 */
#ifndef CANDOR_HOST_KNOWN_H
#define CANDOR_HOST_KNOWN_H

#include <candor/candor.h>

#include "host/state.h"

/** Where a lock and a statement are when they are installed, below the root. */
#define KNOWN_LOCKS CANDOR_LIBDIR "/candor" /* PROFILE/candor.lock */
#define KNOWN_TREE CANDOR_DATADIR "/candor" /* SUPPORT.md, support/features.yaml */

/** Zero-initialise; known_reset() frees it. */
struct known {
	struct candor *candor; /* NULL: nothing is read */
	bool has_lock;
	struct candor_lock lock; /* of ->candor */
};

/** What SUPPORT.md says of a feature. Texts are borrowed. */
struct known_fact {
	const char *level, *security; /* NULL: nothing is known */
	char taint;		      /* '\0': it costs nothing to have it on, or is not known */
	const char *cost;	      /* what the letter means */
	bool is_secure;
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

/** What the statement says of the feature here. */
struct known_fact known_fact(const struct known *k, const char *id);

/** "on", "off", "opt-in" and why, as the lock has it; its value NULL: not known. Borrowed. */
struct candor_verdict known_verdict(const struct known *k, const char *id);

void known_reset(struct known *k);

#endif
