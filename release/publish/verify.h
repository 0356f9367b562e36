/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a folder is the release its signers made: every byte of every file. */
#ifndef CANDOR_PUBLISH_VERIFY_H
#define CANDOR_PUBLISH_VERIFY_H

#include "trouble.h"

#include <stdbool.h>
#include <stddef.h>

#define VERIFY_FILE_MAX (1u << 30)

enum verify_sum {
	VERIFY_SUM_NONE, /* the list itself: only its signature counts */
	VERIFY_SUM_MATCHES,
	VERIFY_SUM_DIFFERS,
	VERIFY_SUM_UNREADABLE, /* missing, no plain file, not to be read */
	VERIFY_SUM_UNLISTED,
};

enum verify_signature {
	VERIFY_SIGNATURE_NONE, /* not looked at: the file is not part of the release */
	VERIFY_SIGNATURE_GOOD,
	VERIFY_SIGNATURE_BAD,
	VERIFY_SIGNATURE_MISSING,
};

struct verify_row {
	char *name; /* raw bytes: escape before showing */
	enum verify_sum sum;
	enum verify_signature signature;
	char fingerprint[65]; /* of the signer's primary key */
	char why[200];	      /* for whatever is not well */
};

struct verify_report {
	struct verify_row *rows;
	size_t nr_rows;
	bool accepted;
};

struct verify_options {
	const char *keyring; /* the keys' name in messages */
	const void *keys;
	size_t keys_size;
	const char *fingerprint; /* only this primary key counts; NULL: any of the keyring */
};

/**
 * Check folder @path: SHA256SUMS is well formed, lists each file, each listed
 * file matches and has a good signature NAME.asc, so has the list, and there
 * is nothing else. Returns 0 with @ret filled (free with verify_reset()) or
 * -errno if it could not be checked.
 */
int verify_folder(const char *path, const struct verify_options *options, struct trouble *trouble,
		  struct verify_report *ret);

/** Free what @report holds. */
void verify_reset(struct verify_report *report);

#endif
