/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder that appears under its name whole or not at all: filled beside it
 * as .NAME.partial-XXXXXX, synced, renamed. What a killed run left there is
 * swept away by the next one.
 */
#ifndef CANDOR_PUBLISH_STAGE_H
#define CANDOR_PUBLISH_STAGE_H

#include "trouble.h"

enum stage_existing {
	STAGE_KEEP,    /* what stands under the name stays */
	STAGE_REPLACE, /* an older release there is swapped out */
};

struct stage;

/** Start the folder that will be @out. Returns 0 or -errno. */
int stage_create(const char *out, struct trouble *trouble, struct stage **ret_stage);

/** Where it is filled; borrowed. */
const char *stage_path(const struct stage *s);

/** Path of @name in it; caller frees; NULL without memory. */
char *stage_join(const struct stage *s, const char *name);

/** Write a new file with mode 0644, synced. Returns 0 or -errno. */
int stage_write(struct stage *s, const char *name, const void *data, size_t size,
		struct trouble *trouble);

/**
 * Give the folder its name. With STAGE_KEEP -EEXIST (no trouble noted) says
 * that something stands there. Returns 0 or -errno.
 */
int stage_publish(struct stage *s, enum stage_existing existing, struct trouble *trouble);

/** Free, and remove what was not published; accepts NULL. */
void stage_destroy(struct stage *s);

#endif
