/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the history reader share. */
#ifndef CANDOR_SUPPORT_HISTORY_PRIVATE_H
#define CANDOR_SUPPORT_HISTORY_PRIVATE_H

#include "lazy-git2.h"

#include "history/history.h"

struct history_repo {
	git_repository *git;
	git_odb *odb;
	bool is_shallow;
};

/* Commits and trees of more bytes are not read: nobody writes them by hand. */
#define HISTORY_OBJECT_MAX ((size_t)16 << 20)

/* The -errno for a return of libgit2's; *@trouble says what it said. */
int history_fail(struct history_trouble *trouble, int r, const char *what, const char *name);

/* Fill in *@trouble. */
void history_say(struct history_trouble *trouble, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Look a commit or tree up once its size is known to be bearable. libgit2's returns. */
int history_lookup_commit(struct history_repo *repo, const git_oid *id, git_commit **ret_commit);
int history_lookup_tree(struct history_repo *repo, const git_commit *commit, git_tree **ret_tree);

/* The entry at @path of a commit's tree; git_tree_entry_free() it. libgit2's returns. */
int history_find_entry(struct history_repo *repo, const git_commit *commit, const char *path,
		       git_tree_entry **ret_entry);

/*
 * What the file @path of @newer, with content @blob, was called in @older, if @newer
 * renamed it; else NULL. Returns 0 or -ENOMEM.
 */
int history_find_rename(struct history_repo *repo, const git_commit *older, const git_commit *newer,
			const char *path, const git_oid *blob, struct arena *arena,
			const char **ret_path);

/*
 * Are the indices of all packs, alternates' too, such as libgit2 can bear? Returns 0 or
 * -errno with *@trouble.
 */
int history_check_packs(struct history_repo *repo, struct history_trouble *trouble);

/* A copy of a string from the arena, or NULL. */
char *history_copy(struct arena *arena, const char *text, size_t size);

/*
 * Of @nr times in order, which are believed: the longest row that never descends.
 * Others take the time of the believed one before (or, at the start, behind).
 * Returns 0 or -ENOMEM.
 */
int history_believe(long long *times, bool *ret_doubtful, size_t nr);

#endif
