/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mends what is mechanical: applies the edits of findings until none is left. */
#ifndef CANDOR_SUPPORT_MEND_H
#define CANDOR_SUPPORT_MEND_H

#include "base/strbuf.h"
#include "check/judge.h"
#include "support.h"

/** A file with mended text. */
struct mended_file {
	char *path; /* as the model names it */
	char *disk; /* where it is */
	struct strbuf before, after;
};

struct mended {
	struct mended_file *files;
	size_t nr;
	size_t nr_edits;
};

/**
 * Check and apply edits again and again, in memory, until no finding of the selection
 * that is new has one, or 16 times. Nothing is written. Returns 0 or -ENOMEM;
 * mended_reset() either way.
 */
int mend(const struct support_inputs *in, const struct selection *selection,
	 struct mended *ret_mended);

/** Add the unified difference of all files. */
void mended_add_diff(const struct mended *mended, struct strbuf *sb);

/**
 * Replace each file, atomically one by one, if it still is what was read. Returns 0
 * or -errno (-ESTALE: it has changed), with *@ret_disk the file it is about, borrowed.
 */
int mended_write(const struct mended *mended, const char **ret_disk);

void mended_reset(struct mended *mended);

#endif
