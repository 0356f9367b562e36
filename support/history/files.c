/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists the files of a revision. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "private.h"

/* Deeper folders, and files beyond this number, are nobody's source tree. */
#define DEPTH_MAX 64
#define NR_FILES_MAX ((size_t)1 << 20)

struct listing {
	struct arena *arena;
	struct history_file *files;
	size_t nr, room;
	int rc;
};

static int add(struct listing *l, const char *folder, const git_tree_entry *entry)
{
	const char *name = git_tree_entry_name(entry);
	size_t folder_size = strlen(folder), size = strlen(name);
	struct history_file f = { .path = arena_alloc(l->arena, folder_size + size + 1) };

	if (l->nr == l->room) {
		size_t room = l->room ? l->room * 2 : 256;
		struct history_file *larger = realloc(l->files, room * sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		l->files = larger;
		l->room = room;
	}
	if (!f.path)
		return -ENOMEM;
	memcpy(f.path, folder, folder_size);
	memcpy(f.path + folder_size, name, size);
	git_oid_tostr(f.blob, sizeof(f.blob), git_tree_entry_id(entry));
	l->files[l->nr++] = f;
	return 0;
}

/* git_tree_walk()'s: positive leaves a folder out, negative ends the walk. */
static int visit(const char *folder, const git_tree_entry *entry, void *context)
{
	struct listing *l = context;
	git_filemode_t mode = git_tree_entry_filemode(entry);
	unsigned int depth = 0;

	if (mode == GIT_FILEMODE_TREE) {
		for (const char *p = folder; *p; p++)
			depth += *p == '/';
		return depth >= DEPTH_MAX;
	}
	if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
		return 0;
	l->rc = l->nr < NR_FILES_MAX ? add(l, folder, entry) : -EFBIG;
	return l->rc ? -1 : 0;
}

int history_list(struct history_repo *repo, const char *rev, struct arena *arena,
		 struct history_trouble *trouble, struct history_file **ret_files, size_t *ret_nr)
{
	struct listing l = { .arena = arena };
	char id[HISTORY_ID_SIZE];
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	git_oid oid;
	int r, rc = history_resolve(repo, rev, trouble, id);

	if (rc)
		return rc;
	r = git_oid_fromstr(&oid, id);
	if (!r)
		r = history_lookup_commit(repo, &oid, &commit);
	if (!r)
		r = history_lookup_tree(repo, commit, &tree);
	if (!r)
		r = git_tree_walk(tree, GIT_TREEWALK_PRE, visit, &l);
	git_tree_free(tree);
	git_commit_free(commit);
	if (l.rc)
		history_say(trouble, "name a smaller tree", "the revision has too many files");
	if (r) {
		free(l.files);
		return l.rc ? l.rc : history_fail(trouble, r, "cannot list", rev);
	}
	*ret_files = l.files;
	*ret_nr = l.nr;
	return 0;
}

char *history_inside(struct history_repo *repo, const char *path)
{
	const char *top = git_repository_workdir(repo->git);
	char *real = realpath(path, NULL), *real_top = top ? realpath(top, NULL) : NULL;
	char *inside = NULL;
	size_t size = real_top ? strlen(real_top) : 0;

	if (real && size && !strncmp(real, real_top, size) && (!real[size] || real[size] == '/'))
		inside = strdup(real + size + (real[size] == '/'));
	free(real);
	free(real_top);
	return inside;
}
