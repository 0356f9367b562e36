/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a release is made from, read into memory once and judged. */
#ifndef CANDOR_PUBLISH_INPUTS_H
#define CANDOR_PUBLISH_INPUTS_H

#include "publish/release.h"

struct input {
	char name[SUMS_NAME_MAX]; /* in the release or the image tarball */
	char *data;
	size_t size;
};

#define INPUTS_FILES_MAX 4

struct inputs {
	/* Copied into the release as they are. */
	struct input files[INPUTS_FILES_MAX];
	size_t nr_files;
	/* For the image tarball. */
	struct input images[RELEASE_IMAGES_MAX];
	size_t nr_images;
	char target[32]; /* lock.target; "" without a lock */
};

/**
 * Check the options against one another and read every file they name.
 * Returns 0 (free with inputs_reset()) or -errno; *@ret_refusal says whether a
 * failure is a judgement on readable inputs: a failed test in the evidence, a
 * lock of another profile, an image that differs from its lock.
 */
int inputs_read(const struct release_options *options, struct trouble *trouble,
		enum release_refusal *ret_refusal, struct inputs *ret_inputs);

/** An ELF file, by its first bytes. */
bool input_is_elf(const struct input *file);

/** Free what @in holds. */
void inputs_reset(struct inputs *in);

#endif
