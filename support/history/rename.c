/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds what a file was called before a commit renamed it: of the files that the
 * commit removed, the one with the same content, else the one that shares most
 * lines with it, if that is half of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strmap.h"
#include "private.h"

#define NR_CANDIDATES_MAX 64
#define FILE_MAX ((size_t)1 << 20)

struct search {
	struct history_repo *repo;
	struct arena *arena;
	const git_oid *wanted;
	struct strmap lines; /* of the file that has the new name */
	size_t nr_lines;
	size_t nr_candidates;
	const char *best;
	size_t best_shared; /* lines; SIZE_MAX: the same content */
};

/* The text as a blob's, cut into lines by NULs; or NULL. Caller frees. */
static char *read_lines(struct search *s, const git_oid *id, size_t *ret_size)
{
	struct history_trouble trouble = { 0 };
	char name[HISTORY_ID_SIZE], *text;

	git_oid_tostr(name, sizeof(name), id);
	if (history_read_id(s->repo, name, FILE_MAX, &trouble, &text, ret_size))
		return NULL;
	for (size_t i = 0; i < *ret_size; i++) {
		if (text[i] == '\n')
			text[i] = '\0';
	}
	return text;
}

static int add_lines(struct strmap *lines, char *text, size_t size, size_t *ret_nr)
{
	*ret_nr = 0;
	for (size_t i = 0; i < size; i += strlen(text + i) + 1) {
		if (!text[i])
			continue;
		if (!strmap_put(lines, text + i, text + i))
			return -ENOMEM;
		++*ret_nr;
	}
	return 0;
}

static size_t count_shared(struct search *s, const git_oid *id)
{
	size_t size, shared = 0, nr = 0;
	char *text = read_lines(s, id, &size);

	if (!text)
		return 0;
	for (size_t i = 0; i < size; i += strlen(text + i) + 1) {
		nr += text[i] != '\0';
		shared += text[i] && strmap_get(&s->lines, text + i);
	}
	free(text);
	/* Half of each: a file split out of a large one is none renamed. */
	return shared * 2 >= nr && shared * 2 >= s->nr_lines ? shared : 0;
}

static int consider(const git_diff_delta *delta, float progress, void *context)
{
	struct search *s = context;
	const char *path = delta->old_file.path;
	size_t shared;

	if (delta->status != GIT_DELTA_DELETED || s->best_shared == SIZE_MAX)
		return 0;
	if (!git_oid_cmp(&delta->old_file.id, s->wanted))
		shared = SIZE_MAX;
	else if (s->nr_candidates++ < NR_CANDIDATES_MAX)
		shared = count_shared(s, &delta->old_file.id);
	else
		shared = 0;
	if (shared <= s->best_shared)
		return 0;
	s->best_shared = shared;
	s->best = history_copy(s->arena, path, strlen(path));
	return s->best ? 0 : GIT_EUSER;
}

/* Every file that @newer removed from @older. */
static int search(struct search *s, const git_commit *older, const git_commit *newer)
{
	git_tree *a = NULL, *b = NULL;
	git_diff *diff = NULL;
	int r = history_lookup_tree(s->repo, older, &a);

	if (!r)
		r = history_lookup_tree(s->repo, newer, &b);
	if (!r)
		r = git_diff_tree_to_tree(&diff, s->repo->git, a, b, NULL);
	if (!r)
		r = git_diff_foreach(diff, consider, NULL, NULL, NULL, s);
	git_diff_free(diff);
	git_tree_free(a);
	git_tree_free(b);
	/* What cannot be read was not renamed, as far as anybody can tell. */
	return r == GIT_EUSER ? -ENOMEM : 0;
}

int history_find_rename(struct history_repo *repo, const git_commit *older, const git_commit *newer,
			const char *path, const git_oid *blob, struct arena *arena,
			const char **ret_path)
{
	struct search s = { .repo = repo, .arena = arena, .wanted = blob };
	size_t size;
	char *text = read_lines(&s, blob, &size);
	int rc = text ? add_lines(&s.lines, text, size, &s.nr_lines) : 0;

	if (!rc)
		rc = search(&s, older, newer);
	strmap_reset(&s.lines);
	free(text);
	if (!rc)
		*ret_path = s.best;
	return rc;
}
