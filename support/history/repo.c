/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a git repository and reads single objects of it, by way of libgit2. */
#include "history/history.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "private.h"

void history_say(struct history_trouble *trouble, const char *remedy, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(trouble->message, sizeof(trouble->message), fmt, ap);
	va_end(ap);
	snprintf(trouble->remedy, sizeof(trouble->remedy), "%s", remedy);
}

int history_fail(struct history_trouble *trouble, int r, const char *what, const char *name)
{
	static const struct {
		int r, rc;
		const char *remedy;
	} rows[] = {
		{ GIT_ENOTFOUND, -ENOENT, "see `git log --oneline --all` for what there is" },
		{ GIT_EAMBIGUOUS, -ENOENT, "give more digits of the commit's id" },
		{ GIT_EINVALIDSPEC, -ENOENT, "name a branch, a tag or a commit" },
		{ GIT_EPEEL, -EINVAL, "name a commit, or a tag of one" },
		{ GIT_EOWNER, -EACCES,
		  "if you trust it: git config --global --add safe.directory <its folder>" },
	};
	const git_error *error = git_error_last();
	const char *said = error && error->message ? error->message : "unknown reason";
	const char *remedy = "see what `git fsck` says of the repository";
	int rc = error && error->klass == GIT_ERROR_NOMEMORY ? -ENOMEM : -EIO;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].r != r)
			continue;
		rc = rows[i].rc;
		remedy = rows[i].remedy;
	}
	history_say(trouble, remedy, "%s '%s': %s", what, name, said);
	return rc;
}

int history_open(const char *path, struct history_trouble *trouble, struct history_repo **ret_repo)
{
	struct history_repo *repo = calloc(1, sizeof(*repo));
	int r;

	if (!repo) {
		history_say(trouble, "free memory", "out of memory");
		return -ENOMEM;
	}
	if (lazy_git2_missing()) {
		free(repo);
		history_say(trouble, "install libgit2, which reads git repositories",
			    "no repository can be read: %s", lazy_git2_missing());
		return -ENOPKG;
	}
	r = git_libgit2_init();
	if (r < 0) {
		free(repo);
		history_say(trouble, "free memory", "libgit2 does not start");
		return -ENOMEM;
	}
	r = git_repository_open_ext(&repo->git, path, GIT_REPOSITORY_OPEN_CROSS_FS, NULL);
	if (!r)
		r = git_repository_odb(&repo->odb, repo->git);
	if (r) {
		r = history_fail(trouble, r, "cannot open the repository of", path);
		if (r == -ENOENT)
			history_say(trouble, "name a git repository by --repo",
				    "'%s' is in no git repository", path);
		history_close(repo);
		return r;
	}
	r = history_check_packs(repo, trouble);
	if (r) {
		history_close(repo);
		return r;
	}
	repo->is_shallow = git_repository_is_shallow(repo->git) == 1;
	*ret_repo = repo;
	return 0;
}

void history_close(struct history_repo *repo)
{
	if (!repo)
		return;
	git_odb_free(repo->odb);
	git_repository_free(repo->git);
	git_libgit2_shutdown();
	free(repo);
}

bool history_is_shallow(const struct history_repo *repo)
{
	return repo->is_shallow;
}

char *history_copy(struct arena *arena, const char *text, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	if (copy)
		memcpy(copy, text, size);
	return copy;
}

/* An object claims its size before its content is unpacked. */
static int check_size(struct history_repo *repo, const git_oid *id, git_object_t type, size_t max)
{
	git_object_t found;
	size_t size;
	int r = git_odb_read_header(&size, &found, repo->odb, id);

	if (r)
		return r;
	if (found == type && size <= max)
		return 0;
	git_error_set_str(GIT_ERROR_ODB, found == type
						 ? "an object is too large"
						 : "an object is not of the kind it should be");
	return GIT_ERROR;
}

int history_lookup_commit(struct history_repo *repo, const git_oid *id, git_commit **ret_commit)
{
	int r = check_size(repo, id, GIT_OBJECT_COMMIT, HISTORY_OBJECT_MAX);

	return r ? r : git_commit_lookup(ret_commit, repo->git, id);
}

int history_lookup_tree(struct history_repo *repo, const git_commit *commit, git_tree **ret_tree)
{
	const git_oid *id = git_commit_tree_id(commit);
	int r = check_size(repo, id, GIT_OBJECT_TREE, HISTORY_OBJECT_MAX);

	return r ? r : git_tree_lookup(ret_tree, repo->git, id);
}

/* One name of a path deeper: the tree that @entry names. Frees neither. */
static int descend(struct history_repo *repo, const git_tree_entry *entry, git_tree **ret_tree)
{
	const git_oid *id = git_tree_entry_id(entry);
	int r;

	if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return GIT_ENOTFOUND;
	r = check_size(repo, id, GIT_OBJECT_TREE, HISTORY_OBJECT_MAX);
	return r ? r : git_tree_lookup(ret_tree, repo->git, id);
}

int history_find_entry(struct history_repo *repo, const git_commit *commit, const char *path,
		       git_tree_entry **ret_entry)
{
	git_tree *tree = NULL;
	int r = history_lookup_tree(repo, commit, &tree);

	while (!r) {
		size_t n = strcspn(path, "/");
		const git_tree_entry *entry;
		git_tree *below = NULL;
		char name[256];

		r = n && n < sizeof(name) ? 0 : GIT_ENOTFOUND;
		if (r)
			break;
		memcpy(name, path, n);
		name[n] = '\0';
		entry = git_tree_entry_byname(tree, name);
		path += n;
		path += strspn(path, "/");
		if (!entry) {
			r = GIT_ENOTFOUND;
		} else if (!*path) {
			r = git_tree_entry_dup(ret_entry, entry);
			break;
		} else {
			r = descend(repo, entry, &below);
		}
		git_tree_free(tree);
		tree = below;
	}
	git_tree_free(tree);
	return r;
}

/* The commit that @rev names, through tags. -errno. */
static int resolve(struct history_repo *repo, const char *rev, struct history_trouble *trouble,
		   git_commit **ret_commit)
{
	git_object *object = NULL, *commit = NULL;
	int r = git_revparse_single(&object, repo->git, rev);

	if (!r)
		r = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	git_object_free(object);
	if (r)
		return history_fail(trouble, r, "no revision", rev);
	*ret_commit = (git_commit *)commit;
	return 0;
}

int history_resolve(struct history_repo *repo, const char *rev, struct history_trouble *trouble,
		    char ret_id[HISTORY_ID_SIZE])
{
	git_commit *commit = NULL;
	int rc = resolve(repo, rev, trouble, &commit);

	if (rc)
		return rc;
	git_oid_tostr(ret_id, HISTORY_ID_SIZE, git_commit_id(commit));
	git_commit_free(commit);
	return 0;
}

static int read_blob(struct history_repo *repo, const git_oid *id, size_t max, const char *name,
		     struct history_trouble *trouble, char **ret_data, size_t *ret_size)
{
	git_odb_object *object;
	git_object_t type;
	size_t size;
	char *data;
	int r = git_odb_read_header(&size, &type, repo->odb, id);

	if (!r && (type != GIT_OBJECT_BLOB || size > max)) {
		history_say(trouble, "name a plain file of bearable size",
			    "'%s' has %zu bytes, more than the %zu that are read", name, size, max);
		return type == GIT_OBJECT_BLOB ? -EFBIG : -EINVAL;
	}
	if (!r)
		r = git_odb_read(&object, repo->odb, id);
	if (r)
		return history_fail(trouble, r, "cannot read", name);
	size = git_odb_object_size(object);
	data = malloc(size + 1);
	if (data) {
		memcpy(data, git_odb_object_data(object), size);
		data[size] = '\0';
	}
	git_odb_object_free(object);
	if (!data) {
		history_say(trouble, "free memory", "out of memory");
		return -ENOMEM;
	}
	*ret_data = data;
	*ret_size = size;
	return 0;
}

/* Is the entry a plain file? -errno with trouble if not. */
static int check_entry(const git_tree_entry *entry, const char *path,
		       struct history_trouble *trouble)
{
	git_filemode_t mode = git_tree_entry_filemode(entry);

	if (mode == GIT_FILEMODE_TREE) {
		history_say(trouble, "name a file", "'%s' is a folder there", path);
		return -EISDIR;
	}
	if (mode == GIT_FILEMODE_LINK || mode == GIT_FILEMODE_COMMIT) {
		history_say(trouble, "name the file itself",
			    "'%s' is a symbolic link or submodule there", path);
		return -EINVAL;
	}
	return 0;
}

int history_read_blob(struct history_repo *repo, const char *rev, const char *path, size_t max,
		      struct history_trouble *trouble, char **ret_data, size_t *ret_size)
{
	git_tree_entry *entry = NULL;
	git_commit *commit = NULL;
	int r, rc = resolve(repo, rev, trouble, &commit);

	if (rc)
		return rc;
	r = history_find_entry(repo, commit, path, &entry);
	git_commit_free(commit);
	if (r == GIT_ENOTFOUND) {
		history_say(trouble, "name it from the repository's top, as `git ls-tree` does",
			    "no file '%s' at revision '%s'", path, rev);
		return -ENOENT;
	}
	if (r)
		return history_fail(trouble, r, "cannot read the tree of", rev);
	rc = check_entry(entry, path, trouble);
	if (!rc)
		rc = read_blob(repo, git_tree_entry_id(entry), max, path, trouble, ret_data,
			       ret_size);
	git_tree_entry_free(entry);
	return rc;
}

int history_read_id(struct history_repo *repo, const char *blob, size_t max,
		    struct history_trouble *trouble, char **ret_data, size_t *ret_size)
{
	git_oid id;
	int r = git_oid_fromstr(&id, blob);

	if (r)
		return history_fail(trouble, r, "no object", blob);
	return read_blob(repo, &id, max, blob, trouble, ret_data, ret_size);
}

int history_parents(struct history_repo *repo, const char *commit, const char *path,
		    struct history_parent ret_parents[HISTORY_PARENTS_MAX], size_t *ret_nr)
{
	git_commit *child = NULL;
	git_oid id;
	int r = git_oid_fromstr(&id, commit);

	if (!r)
		r = history_lookup_commit(repo, &id, &child);
	if (r)
		return -EIO;
	*ret_nr = 0;
	for (unsigned int i = 0; i < git_commit_parentcount(child); i++) {
		struct history_parent *p = &ret_parents[*ret_nr];
		git_tree_entry *entry = NULL;
		git_commit *parent;

		if (*ret_nr == HISTORY_PARENTS_MAX ||
		    history_lookup_commit(repo, git_commit_parent_id(child, i), &parent))
			continue;
		git_oid_tostr(p->commit, sizeof(p->commit), git_commit_id(parent));
		p->blob[0] = '\0';
		if (!history_find_entry(repo, parent, path, &entry) &&
		    git_tree_entry_type(entry) == GIT_OBJECT_BLOB)
			git_oid_tostr(p->blob, sizeof(p->blob), git_tree_entry_id(entry));
		git_tree_entry_free(entry);
		git_commit_free(parent);
		(*ret_nr)++;
	}
	git_commit_free(child);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

#define NR_BRANCHES_MAX 4096

int history_branches(struct history_repo *repo, struct arena *arena,
		     struct history_trouble *trouble, const char *const **ret_names, size_t *ret_nr)
{
	const char **names = arena_alloc(arena, NR_BRANCHES_MAX * sizeof(*names));
	git_branch_iterator *iterator;
	git_reference *branch;
	git_branch_t type;
	size_t nr = 0;
	int r = git_branch_iterator_new(&iterator, repo->git, GIT_BRANCH_ALL);

	if (r)
		return history_fail(trouble, r, "cannot list the branches of", "the repository");
	while (names && nr < NR_BRANCHES_MAX && !git_branch_next(&branch, &type, iterator)) {
		const char *name = git_reference_shorthand(branch);

		/* "origin/HEAD" only points at another branch. */
		if (git_reference_type(branch) == GIT_REFERENCE_DIRECT) {
			names[nr] = history_copy(arena, name, strlen(name));
			if (!names[nr++])
				names = NULL;
		}
		git_reference_free(branch);
	}
	git_branch_iterator_free(iterator);
	if (!names) {
		history_say(trouble, "free memory", "out of memory");
		return -ENOMEM;
	}
	qsort(names, nr, sizeof(*names), compare_names);
	*ret_names = names;
	*ret_nr = nr;
	return 0;
}
