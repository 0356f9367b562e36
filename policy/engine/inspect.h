/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds an image against a policy lock: what is on is there, what is off is not. */
#ifndef CANDOR_POLICY_INSPECT_H
#define CANDOR_POLICY_INSPECT_H

#include "engine/facts.h"
#include "engine/image.h"

enum inspect_format {
	INSPECT_TEXT,
	INSPECT_JSON,
};

enum inspect_state {
	INSPECT_PRESENT, /* on, and there */
	INSPECT_ABSENT,	 /* off, and not there */
	INSPECT_OUTSIDE, /* on, but all its code belongs to the tools */
	INSPECT_MISSING, /* on, but not there: a difference */
	INSPECT_EXTRA,	 /* off, but there: a difference */
};

/** One feature of the lock. */
struct inspect_row {
	const struct lock_entry *entry; /* of the lock */
	enum inspect_state state;
	const struct annotation *where; /* the first record that implements it, or NULL */
	size_t nr_records;		/* that implement it */
};

struct inspection {
	const struct image *image;
	const struct lockfile *lock;
	struct inspect_row *rows; /* by id */
	size_t nr_rows;
	struct strbuf findings; /* complaints, two lines each */
	size_t nr_findings;
	char rebuild[160]; /* the usual remedy */
};

/**
 * Compare. @facts, or NULL, tell which features have no code in the image.
 * Returns 0 with *@ret_inspection (caller: inspect_free(), before the image and
 * the lock go), or -ENOMEM.
 */
int inspect_compare(const struct image *image, const struct lockfile *lock,
		    const struct facts *facts, struct inspection **ret_inspection);

/** NULL is accepted. */
void inspect_free(struct inspection *i);

/** Add the whole result to @out. */
void inspect_print(const struct inspection *i, enum inspect_format format, struct strbuf *out);

#endif
