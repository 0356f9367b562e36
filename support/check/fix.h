/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the edits of findings into new texts of files. */
#ifndef CANDOR_SUPPORT_CHECK_FIX_H
#define CANDOR_SUPPORT_CHECK_FIX_H

#include "base/strbuf.h"
#include "model/model.h"

/** A file and what it becomes. */
struct fix {
	const char *path; /* as the model names the file; borrowed */
	struct strbuf text;
	size_t nr_edits;
};

struct fixes {
	struct fix *files; /* by path */
	size_t nr;
};

/**
 * Apply the edits of all findings that are new and not waived, each file's in one
 * go; of edits that overlap the first by place stays, and the check that follows
 * finds the rest again. Returns 0 or -ENOMEM; fixes_reset() either way.
 */
int fixes_make(const struct model *m, struct fixes *ret_fixes);

void fixes_reset(struct fixes *fixes);

#endif
