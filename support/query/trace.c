/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the commit that made a change which a merge brought: from the merge down,
 * always to a parent that already states what the merge states, until none does.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "timeline-private.h"

/* Commits that are looked at for one change; past them the merge itself is named. */
#define NR_COMMITS_MAX 20000

static bool has_fact(const struct snapshot *s, const struct fact *fact)
{
	for (size_t i = 0; i < s->nr_facts; i++) {
		if (s->facts[i].fact == fact)
			return true;
	}
	return false;
}

static bool has_key(const struct snapshot *s, const struct change *c)
{
	bool has = false;

	for (size_t i = 0; i < s->nr_keys; i++) {
		if (s->keys[i].key == c->what)
			return s->keys[i].value == c->is;
		has = has || s->keys[i].key == c->what;
	}
	return !has && !*c->is;
}

/* Is one of the texts that the change is about as it is after it? */
static bool has_text(const struct snapshot *s, const struct change *c)
{
	for (size_t i = 0; i < s->nr_facts; i++) {
		const struct fact *fact = s->facts[i].fact;

		if (strcmp(fact->id, c->id))
			continue;
		if (c->kind == CHANGE_RENAMED)
			return fact->title == c->is;
		if (c->kind == CHANGE_MOVED)
			return fact->section == c->is;
		if (c->kind == CHANGE_CAVEAT)
			return fact->caveats == c->is;
		return fact->description == c->is;
	}
	return false;
}

/* Does a statement already say what the change made it say? */
static bool holds(const struct snapshot *s, const struct change *c)
{
	if (c->after.fact)
		return has_fact(s, c->after.fact);
	if (c->before.fact)
		return !has_fact(s, c->before.fact);
	return c->kind == CHANGE_RELEASE ? has_key(s, c) : has_text(s, c);
}

/* The parent of @commit that holds, the merged ones before the first; false: none. */
static int find_parent(struct timeline *t, const char *commit, const char *path,
		       const struct change *c, char ret_parent[HISTORY_ID_SIZE], bool *ret_found)
{
	struct history_parent parents[HISTORY_PARENTS_MAX];
	struct history_trouble trouble = { 0 };
	const struct snapshot *s;
	size_t nr;
	int rc = history_parents(t->repo, commit, path, parents, &nr);

	*ret_found = false;
	/* What cannot be read brought nothing, as far as can be told. */
	for (size_t i = nr; !rc && i-- && !*ret_found;) {
		if (!*parents[i].blob)
			continue;
		rc = timeline_snapshot(t, parents[i].blob, path, &trouble, &s);
		if (rc == -ENOMEM)
			return rc;
		if (!rc && holds(s, c)) {
			memcpy(ret_parent, parents[i].commit, HISTORY_ID_SIZE);
			*ret_found = true;
		}
		rc = 0;
	}
	return 0;
}

int timeline_trace(struct timeline *t, const struct history_step *merge, struct event *e)
{
	struct arena *arena = book_arena(t->book);
	char commit[HISTORY_ID_SIZE], parent[HISTORY_ID_SIZE];
	struct history_message *message;
	bool found = true;
	size_t nr = 0;
	int rc = 0;

	memcpy(commit, merge->commit, sizeof(commit));
	while (found && !rc && nr++ < NR_COMMITS_MAX) {
		rc = find_parent(t, commit, merge->path, e->change, parent, &found);
		if (found)
			memcpy(commit, parent, sizeof(commit));
	}
	if (rc || found || !strcmp(commit, merge->commit))
		return rc;
	message = arena_alloc(arena, sizeof(*message));
	e->commit = book_intern(t->book, commit);
	if (!message || !e->commit)
		return -ENOMEM;
	rc = history_describe(t->repo, commit, arena, message);
	e->message = message;
	return rc;
}
