/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks a branch for the commits at which one file of it changed. */
#include "history/history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "private.h"

/* First parents that are followed: Linux has had 1.3 million commits, of all parents. */
#define NR_COMMITS_MAX ((size_t)1 << 21)

/* A commit, newest first, and the file it has. */
struct visit {
	git_oid id;
	git_oid blob;
	const char *path;
	long long time;
	bool has_file;
	bool is_merge;
};

struct walk {
	struct history_repo *repo;
	struct arena *arena;
	struct history_branch *branch;
	const char *path; /* that the file has where we are */
	struct visit *visits;
	size_t nr, capacity;
	bool at_root; /* the last visited has no parent */
};

static int add_note(struct walk *w, const git_oid *id, const char *what)
{
	struct history_branch *b = w->branch;
	const git_error *error = git_error_last();
	char text[512], name[HISTORY_ID_SIZE];

	if (b->nr_notes == sizeof(b->notes) / sizeof(b->notes[0]))
		return 0;
	git_oid_tostr(name, sizeof(name), id);
	snprintf(text, sizeof(text), "commit %.12s: %s: %s", name, what,
		 error && error->message ? error->message : "unknown reason");
	b->notes[b->nr_notes] = history_copy(w->arena, text, strlen(text));
	return b->notes[b->nr_notes++] ? 0 : -ENOMEM;
}

static struct visit *add_visit(struct walk *w)
{
	if (w->nr == w->capacity) {
		size_t capacity = w->capacity ? w->capacity * 2 : 256;
		struct visit *visits = realloc(w->visits, capacity * sizeof(*visits));

		if (!visits)
			return NULL;
		w->visits = visits;
		w->capacity = capacity;
	}
	memset(&w->visits[w->nr], 0, sizeof(w->visits[0]));
	return &w->visits[w->nr++];
}

/* What the commit has at w->path. A commit whose tree cannot be read is noted, and has what the one
 * after it has. */
static int look(struct walk *w, const git_commit *commit, struct visit *v)
{
	git_tree_entry *entry = NULL;
	int r = history_find_entry(w->repo, commit, w->path, &entry);
	int rc = 0;

	if (r && r != GIT_ENOTFOUND) {
		rc = add_note(w, git_commit_id(commit), "its tree cannot be read");
		if (w->nr > 1) {
			const struct visit *after = &w->visits[w->nr - 2];

			v->has_file = after->has_file;
			v->blob = after->blob;
		}
	} else if (!r && git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
		v->has_file = true;
		git_oid_cpy(&v->blob, git_tree_entry_id(entry));
	}
	git_tree_entry_free(entry);
	return rc;
}

/*
 * The newer commit has the file at w->path, this one does not: if the newer one
 * renamed it, go on with the name it had. -ENOMEM or 0.
 */
static int follow(struct walk *w, const git_commit *older, struct visit *v)
{
	const struct visit *newer = &w->visits[w->nr - 2];
	git_commit *commit = NULL;
	const char *path = NULL;
	int rc;

	if (history_lookup_commit(w->repo, &newer->id, &commit))
		return 0;
	rc = history_find_rename(w->repo, older, commit, w->path, &newer->blob, w->arena, &path);
	git_commit_free(commit);
	if (rc || !path)
		return rc;
	w->path = path;
	return look(w, older, v);
}

static int visit(struct walk *w, const git_commit *commit)
{
	struct visit *v = add_visit(w);
	int rc;

	if (!v)
		return -ENOMEM;
	git_oid_cpy(&v->id, git_commit_id(commit));
	v->time = git_commit_time(commit);
	v->is_merge = git_commit_parentcount(commit) > 1;
	rc = look(w, commit, v);
	if (!rc && !v->has_file && w->nr > 1 && w->visits[w->nr - 2].has_file)
		rc = follow(w, commit, v);
	v->path = w->path;
	return rc;
}

/* All first parents from the tip on. */
static int visit_all(struct walk *w, const git_oid *tip)
{
	git_oid id;
	int rc = 0;

	git_oid_cpy(&id, tip);
	while (!rc && !w->at_root) {
		git_commit *commit;

		if (w->nr == NR_COMMITS_MAX) {
			w->branch->is_cut = true;
			break;
		}
		if (history_lookup_commit(w->repo, &id, &commit)) {
			w->branch->is_cut = true;
			/* Where a shallow clone ends nothing is amiss. */
			if (!w->repo->is_shallow)
				rc = add_note(w, &id, "it cannot be read, nor what was before");
			break;
		}
		rc = visit(w, commit);
		w->at_root = git_commit_parentcount(commit) == 0;
		if (!w->at_root)
			git_oid_cpy(&id, git_commit_parent_id(commit, 0));
		git_commit_free(commit);
	}
	return rc;
}

/* Oldest first, with times that ascend. */
static int believe(struct walk *w, bool *doubtful)
{
	long long *times = calloc(w->nr + 1, sizeof(*times));
	int rc = times ? 0 : -ENOMEM;

	for (size_t i = 0; i < w->nr / 2; i++) {
		struct visit other = w->visits[i];

		w->visits[i] = w->visits[w->nr - 1 - i];
		w->visits[w->nr - 1 - i] = other;
	}
	for (size_t i = 0; i < w->nr && !rc; i++)
		times[i] = w->visits[i].time;
	if (!rc)
		rc = history_believe(times, doubtful, w->nr);
	for (size_t i = 0; i < w->nr && !rc; i++)
		w->visits[i].time = times[i];
	free(times);
	return rc;
}

static bool is_step(const struct walk *w, size_t i)
{
	const struct visit *v = &w->visits[i];

	if (!i)
		return v->has_file;
	return v->has_file != v[-1].has_file || (v->has_file && git_oid_cmp(&v->blob, &v[-1].blob));
}

static int collect(struct walk *w, const bool *doubtful)
{
	struct history_branch *b = w->branch;
	size_t nr = 0;

	for (size_t i = 0; i < w->nr; i++)
		nr += is_step(w, i);
	b->steps = arena_alloc(w->arena, (nr + 1) * sizeof(*b->steps));
	if (!b->steps)
		return -ENOMEM;
	for (size_t i = 0; i < w->nr; i++) {
		const struct visit *v = &w->visits[i];
		struct history_step *s = &b->steps[b->nr_steps];

		if (!is_step(w, i))
			continue;
		b->nr_steps++;
		git_oid_tostr(s->commit, sizeof(s->commit), &v->id);
		if (v->has_file)
			git_oid_tostr(s->blob, sizeof(s->blob), &v->blob);
		s->path = v->has_file ? v->path : v[-1].path;
		s->time = v->time;
		s->is_doubtful = doubtful[i];
		s->is_merge = v->is_merge;
		s->is_root = !i && !b->is_cut;
	}
	b->nr_commits = w->nr;
	b->last_time = w->nr ? w->visits[w->nr - 1].time : 0;
	return 0;
}

int history_walk(struct history_repo *repo, const char *name, const char *path, struct arena *arena,
		 struct history_trouble *trouble, struct history_branch *ret_branch)
{
	struct history_branch branch = { .name = history_copy(arena, name, strlen(name)) };
	struct walk w = { .repo = repo, .arena = arena, .branch = &branch, .path = path };
	bool *doubtful = NULL;
	git_oid tip;
	int rc = history_resolve(repo, name, trouble, branch.tip);

	if (rc)
		return rc;
	git_oid_fromstr(&tip, branch.tip);
	rc = branch.name ? visit_all(&w, &tip) : -ENOMEM;
	if (!rc) {
		doubtful = calloc(w.nr + 1, sizeof(*doubtful));
		rc = doubtful ? believe(&w, doubtful) : -ENOMEM;
	}
	if (!rc)
		rc = collect(&w, doubtful);
	free(doubtful);
	free(w.visits);
	if (rc)
		history_say(trouble, "free memory", "out of memory");
	else
		*ret_branch = branch;
	return rc;
}
