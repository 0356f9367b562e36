/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the images of a release are what their policy lock says. */
#ifndef CANDOR_PUBLISH_JUDGE_H
#define CANDOR_PUBLISH_JUDGE_H

#include "publish/inputs.h"

/**
 * Read the lock in @in->files[0] and hold every ELF file among @in->images
 * against it, as `candor inspect` does; the tree's annotations, if it has any,
 * tell which features lie in the tools. Fills @in->target. Returns 0, or -errno
 * with trouble noted and *@ret_refusal telling whether it is a judgement: a lock
 * of another profile, an image that differs, no ELF file among the images.
 */
int judge_images(const struct release_options *options, struct inputs *in, struct trouble *trouble,
		 enum release_refusal *ret_refusal);

#endif
