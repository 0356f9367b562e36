/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One release: read the inputs, refuse what must not go out, write the folder. */
#ifndef CANDOR_PUBLISH_RELEASE_H
#define CANDOR_PUBLISH_RELEASE_H

#include "emit/emit.h"
#include "publish/sums.h"
#include "trouble.h"

#include <stdbool.h>
#include <stddef.h>

#define RELEASE_IMAGES_MAX 64

struct release_options {
	const char *out;
	const char *tree; /* any folder of the git working tree */
	const char *version;
	const char *key;     /* NULL: the only secret key */
	const char *profile; /* NULL: no image tarball, no lock */
	const char *lock;    /* the profile's lockfile */
	const char *const *images;
	size_t nr_images;
	const char *matrix_html; /* these three: NULL leaves them out */
	const char *matrix_json;
	const char *evidence;
	const char *export_key; /* where the public key is written too; NULL: nowhere */
	bool allow_dirty;
	bool replace;
};

enum release_refusal {
	RELEASE_NOT_REFUSED,
	RELEASE_REFUSED, /* the inputs are readable, but must not be released */
};

struct model;

struct release_report {
	char commit[65];
	char fingerprint[65];
	long long epoch;
	bool dirty;		      /* the working tree was; the release holds HEAD */
	struct model *checked;	      /* what the check found at HEAD; NULL: nothing to check */
	size_t nr_errors;	      /* of these, those that no waiver excuses */
	bool was_there;		      /* the same release stands there already and was kept */
	enum release_refusal refusal; /* set also when release_write() fails */
	struct sums sums;	      /* the artefacts */
};

/**
 * Write a release. The support check of what is released comes first, and an
 * error in it refuses the release. Everything is in memory, signed and checked
 * against the signer's own key before the folder appears. Returns 0 with @ret
 * filled or -errno with trouble noted and nothing left behind; either way
 * free @ret with release_reset().
 */
int release_write(const struct release_options *options, struct trouble *trouble,
		  struct release_report *ret);

/** Free what @report holds. */
void release_reset(struct release_report *report);

/** Add what the check found, as a compiler prints it; and one line with its counts. */
void release_add_findings(const struct release_report *report, enum emit_colour colour,
			  struct strbuf *sb);
void release_add_check(const struct release_report *report, struct strbuf *sb);

#endif
