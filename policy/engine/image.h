/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a built image says of itself: annotation records and the lock it carries. */
#ifndef CANDOR_POLICY_IMAGE_H
#define CANDOR_POLICY_IMAGE_H

#include "engine/lockfile.h"
#include "model/model.h"

#define IMAGE_SIZE_MAX ((size_t)1 << 30)

struct image {
	char *path;
	struct model *model;	  /* its annotations; diagnostics for broken records */
	bool has_lock;		  /* it has a section .candor.lock */
	struct lockfile *lock;	  /* NULL: none, or broken */
	struct strbuf lock_wrong; /* complaints about the lock it carries */
};

/**
 * Read the sections .candor.support and .candor.lock of an ELF file. Returns 0
 * with *@ret_image (caller: image_close()), even if their content is broken;
 * -EINVAL with a complaint in @err if the file cannot be read or is no sound
 * ELF file; or -ENOMEM.
 */
int image_open(const char *path, struct image **ret_image, struct strbuf *err);

/** The same of bytes in memory. */
int image_parse(const char *path, char *data, size_t size, struct image **ret_image,
		struct strbuf *err);

/** NULL is accepted. */
void image_close(struct image *image);

#endif
