/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a statement comes from, as people name it: a file, or a git revision. */
#ifndef CANDOR_SUPPORT_QUERY_INPUT_H
#define CANDOR_SUPPORT_QUERY_INPUT_H

#include "history/history.h"
#include "query/book.h"

/** What names of revisions are looked up in, opened when the first is met. */
struct input_place {
	const char *repo; /* any folder of the repository */
	const char *path; /* of the statement in it, where a name gives none */
	struct history_repo *opened;
};

/** Close what was opened. */
void input_close(struct input_place *place);

/**
 * The text that @name names: a file if there is one of this name (or the name
 * begins with "./" or "/"), else "REV:PATH" or "REV" in the repository. Caller frees.
 * Returns 0 or -errno with *@trouble.
 */
int input_read(struct input_place *place, const char *name, struct history_trouble *trouble,
	       char **ret_text, size_t *ret_size);

/**
 * Read it into @facts. A statement that states nothing is -EINVAL, as what it was
 * taken for is likely something else.
 */
int input_load(struct input_place *place, const char *name, struct book *book,
	       struct history_trouble *trouble, const struct snapshot **ret_snapshot);

#endif
