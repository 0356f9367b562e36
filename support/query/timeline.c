/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the revisions of a statement, each content once, and tells what changed. */
#include "query/timeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "timeline-private.h"

/* Where a name of a feature leads now. */
struct slot {
	struct timeline_group *group;
};

/* Stands among the snapshots for a content that is no statement. */
static const struct snapshot unreadable = { .name = "" };

static int add_note(struct timeline *t, struct timeline_branch *b, const char *commit,
		    const char *what)
{
	char text[640];

	snprintf(text, sizeof(text), "commit %.12s: %s", commit, what);
	b->notes[b->nr_notes] = book_intern(t->book, text);
	return b->notes[b->nr_notes++] ? 0 : -ENOMEM;
}

static int parse_blob(struct timeline *t, const char *blob, const char *path,
		      struct history_trouble *trouble, const struct snapshot **ret_snapshot)
{
	char *text;
	size_t size;
	int rc = history_read_id(t->repo, blob, BOOK_TEXT_MAX, trouble, &text, &size);

	if (rc)
		return rc;
	t->nr_parsed++;
	rc = book_read(t->book, blob, path, text, size, ret_snapshot);
	free(text);
	if (!rc && !(*ret_snapshot)->has_features) {
		snprintf(trouble->message, sizeof(trouble->message),
			 "%s has no '# Feature Support' there", path);
		return -EINVAL;
	}
	return rc;
}

int timeline_snapshot(struct timeline *t, const char *blob, const char *path,
		      struct history_trouble *trouble, const struct snapshot **ret_snapshot)
{
	const struct snapshot *s = strmap_get(&t->snapshots, blob);
	int rc = 0;

	/* cppcheck-suppress ctuuninitvar ; written, not read */
	snprintf(trouble->message, sizeof(trouble->message), "%s is no statement there", path);
	if (!s) {
		const char *key = book_intern(t->book, blob);

		rc = key ? parse_blob(t, blob, path, trouble, &s) : -ENOMEM;
		if (rc == -ENOMEM)
			return rc;
		s = rc ? &unreadable : s;
		if (!strmap_put(&t->snapshots, key, (void *)s))
			return -ENOMEM;
	}
	*ret_snapshot = s == &unreadable ? NULL : s;
	return s == &unreadable ? -EINVAL : 0;
}

/* The feature that has this id now; a new one if none has. NULL: no memory. */
static struct slot *get_slot(struct timeline *t, const char *id)
{
	struct arena *arena = book_arena(t->book);
	struct slot *slot = strmap_get(&t->groups, id);

	if (slot)
		return slot;
	slot = arena_alloc(arena, sizeof(*slot));
	if (!slot)
		return NULL;
	slot->group = arena_alloc(arena, sizeof(*slot->group));
	return slot->group ? strmap_put(&t->groups, id, slot) : NULL;
}

/* A feature keeps what it was under another name. */
static int follow_renames(struct timeline *t, const struct diff *diff)
{
	for (size_t i = 0; i < diff->nr_changes; i++) {
		const struct change *c = &diff->changes[i];
		struct slot *was, *is;

		if (c->kind != CHANGE_RENAMED || !strcmp(c->id, c->former_id))
			continue;
		was = get_slot(t, c->former_id);
		is = get_slot(t, c->id);
		if (!was || !is)
			return -ENOMEM;
		is->group = was->group;
	}
	return 0;
}

static int add_events(struct timeline *t, struct timeline_step *step)
{
	struct arena *arena = book_arena(t->book);
	const struct diff *diff = step->diff;
	struct history_message *message = arena_alloc(arena, sizeof(*message));
	int rc = follow_renames(t, diff);

	step->events = arena_alloc(arena, (diff->nr_changes + 1) * sizeof(*step->events));
	if (!step->events || !message)
		return -ENOMEM;
	if (!rc)
		rc = history_describe(t->repo, step->at->commit, arena, message);
	for (size_t i = 0; i < diff->nr_changes && !rc; i++) {
		const struct change *c = &diff->changes[i];
		struct event *e = &step->events[step->nr_events++];
		struct slot *slot = *c->id ? get_slot(t, c->id) : NULL;

		*e = (struct event){ .change = c, .commit = step->at->commit, .message = message };
		if (slot)
			e->group = slot->group;
		if (*c->id && !slot)
			return -ENOMEM;
		if (step->at->is_merge && !step->is_repeated)
			rc = timeline_trace(t, step->at, e);
	}
	return rc;
}

/* The step of another branch with this commit between the same states, or NULL. */
static int find_repeated(struct timeline *t, struct timeline_step *step,
			 const struct snapshot *before, struct timeline_step **ret_step)
{
	struct timeline_step *s = strmap_put(&t->steps, step->at->commit, step);

	if (!s)
		return -ENOMEM;
	*ret_step = s != step && s->before == before && s->state == step->state ? s : NULL;
	return 0;
}

static int add_branch_name(struct timeline *t, struct timeline_step *step, const char *name)
{
	/* Asked for once each: there is room for all from the start. */
	if (!step->branches)
		step->branches =
			arena_alloc(book_arena(t->book), t->nr_branches * sizeof(*step->branches));
	if (!step->branches)
		return -ENOMEM;
	step->branches[step->nr_branches++] = name;
	return 0;
}

/* The statement of a step; that of the step before where it cannot be read, with a note. */
static int read_state(struct timeline *t, struct timeline_branch *b, struct timeline_step *step,
		      const struct snapshot *before)
{
	struct history_trouble trouble;
	int rc;

	if (!*step->at->blob)
		return 0;
	rc = timeline_snapshot(t, step->at->blob, step->at->path, &trouble, &step->state);
	if (!rc || rc == -ENOMEM)
		return rc;
	step->state = before;
	return add_note(t, b, step->at->commit, trouble.message);
}

static int read_step(struct timeline *t, size_t branch, size_t i)
{
	struct timeline_branch *b = &t->branches[branch];
	struct timeline_step *step = &b->steps[i], *first = NULL;
	const struct snapshot *before = i ? step[-1].state : NULL;
	int rc;

	step->before = before;
	step->at = &b->walk.steps[i];
	step->is_beginning = !i && b->walk.is_cut;
	rc = read_state(t, b, step, before);
	if (!rc)
		rc = find_repeated(t, step, before, &first);
	if (rc)
		return rc;
	step->is_repeated = first != NULL;
	rc = add_branch_name(t, first ? first : step, b->walk.name);
	if (!rc)
		rc = diff_create(t->book, before, step->state, &step->diff);
	return rc ? rc : add_events(t, step);
}

static int read_branch(struct timeline *t, size_t branch, const char *name, const char *path,
		       struct history_trouble *trouble)
{
	struct timeline_branch *b = &t->branches[branch];
	struct arena *arena = book_arena(t->book);
	int rc = history_walk(t->repo, name, path, arena, trouble, &b->walk);

	if (rc)
		return rc;
	b->steps = arena_alloc(arena, (b->walk.nr_steps + 1) * sizeof(*b->steps));
	b->notes =
		arena_alloc(arena, (b->walk.nr_steps + b->walk.nr_notes + 1) * sizeof(*b->notes));
	if (!b->steps || !b->notes)
		rc = -ENOMEM;
	for (size_t i = 0; i < b->walk.nr_notes && !rc; i++)
		b->notes[b->nr_notes++] = b->walk.notes[i];
	for (; b->nr_steps < b->walk.nr_steps && !rc; b->nr_steps++)
		rc = read_step(t, branch, b->nr_steps);
	if (rc) {
		snprintf(trouble->message, sizeof(trouble->message), "cannot read branch '%s': %s",
			 name, strerror(-rc));
		snprintf(trouble->remedy, sizeof(trouble->remedy),
			 rc == -ENOMEM ? "free memory" : "see what `git fsck` says");
	}
	return rc;
}

int timeline_create(struct history_repo *repo, const char *const *names, size_t nr_names,
		    const char *path, const struct model *registry, struct history_trouble *trouble,
		    struct timeline **ret_timeline)
{
	struct timeline *t = calloc(1, sizeof(*t));
	int rc = -ENOMEM;

	/* cppcheck-suppress ctuuninitvar ; written, not read */
	snprintf(trouble->message, sizeof(trouble->message), "out of memory");
	snprintf(trouble->remedy, sizeof(trouble->remedy), "free memory");
	if (!t)
		return -ENOMEM;
	t->repo = repo;
	t->book = book_create(registry);
	if (t->book)
		t->branches = arena_alloc(book_arena(t->book), nr_names * sizeof(*t->branches));
	if (t->branches)
		rc = 0;
	t->nr_branches = nr_names;
	for (size_t i = 0; i < nr_names && !rc; i++)
		rc = read_branch(t, i, names[i], path, trouble);
	if (rc)
		timeline_destroy(t);
	else
		*ret_timeline = t;
	return rc;
}

void timeline_destroy(struct timeline *t)
{
	if (!t)
		return;
	strmap_reset(&t->snapshots);
	strmap_reset(&t->steps);
	strmap_reset(&t->groups);
	book_destroy(t->book);
	free(t);
}

const struct timeline_step *timeline_at(const struct timeline_branch *branch, long long time)
{
	const struct timeline_step *found = NULL;

	for (size_t i = 0; i < branch->nr_steps && branch->steps[i].at->time <= time; i++)
		found = &branch->steps[i];
	return found;
}

/* Call @take with the names that a change knows its feature by. */
static void change_names(const struct change *c, void (*take)(const char *, void *), void *context)
{
	const struct fact *const facts[] = { c->before.fact, c->after.fact };

	if (*c->id)
		take(c->id, context);
	if (c->kind == CHANGE_RENAMED) {
		take(c->former_id, context);
		take(c->was, context);
		take(c->is, context);
	}
	for (size_t i = 0; i < 2; i++) {
		if (!facts[i])
			continue;
		take(facts[i]->id, context);
		take(facts[i]->slug, context);
		take(facts[i]->title, context);
	}
}

struct search {
	const char *name;
	bool found;
};

static void look_for(const char *name, void *context)
{
	struct search *search = context;

	search->found = search->found || !strcasecmp(name, search->name);
}

size_t timeline_want(struct timeline *t, const char *name)
{
	const struct feature *f = book_feature(t->book, name);
	struct search search = { f ? f->id : name, false };
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_branches; i++) {
		for (size_t j = 0; j < t->branches[i].nr_steps; j++) {
			const struct timeline_step *s = &t->branches[i].steps[j];

			for (size_t k = 0; k < s->nr_events; k++) {
				struct timeline_group *group = s->events[k].group;

				search.found = false;
				change_names(s->events[k].change, look_for, &search);
				if (!group || !search.found || group->is_wanted)
					continue;
				group->is_wanted = true;
				nr++;
			}
		}
	}
	return nr;
}

bool timeline_wants(const struct timeline *t, const char *id)
{
	const struct slot *slot = strmap_get(&t->groups, id);

	return slot && slot->group->is_wanted;
}

void timeline_names(const struct timeline *t, void (*take)(const char *name, void *context),
		    void *context)
{
	for (size_t i = 0; i < t->nr_branches; i++) {
		for (size_t j = 0; j < t->branches[i].nr_steps; j++) {
			const struct timeline_step *s = &t->branches[i].steps[j];

			for (size_t k = 0; k < s->nr_events; k++)
				change_names(s->events[k].change, take, context);
		}
	}
}
