/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The history of a statement as events: what changed, on which branch, when, by
 * which commit, why. What holds on a date is what all events before it add up to.
 */
#ifndef CANDOR_SUPPORT_QUERY_TIMELINE_H
#define CANDOR_SUPPORT_QUERY_TIMELINE_H

#include "history/history.h"
#include "query/diff.h"

/** A feature through all its names. */
struct timeline_group {
	bool is_wanted; /* set by timeline_want() */
};

/** One change at one time. */
struct event {
	const struct change *change;
	struct timeline_group *group; /* NULL of a change of the release part */
	/* The commit that made it: of a merge the one that was merged, if it can be told. */
	const char *commit;
	const struct history_message *message; /* of @commit */
};

/** A step of a branch, with the statement it led to. */
struct timeline_step {
	const struct history_step *at;
	const struct snapshot *before; /* NULL: there was none */
	const struct snapshot *state;  /* NULL: there is no statement from here on */
	const struct diff *diff;       /* from the state before; NULL: nothing was read */
	struct event *events;
	size_t nr_events;
	const char **branches; /* all that came by here, in the order asked for */
	size_t nr_branches;
	bool is_beginning; /* what was before is not known: its events may be older */
	bool is_repeated;  /* another branch has the same step: its events count there */
};

struct timeline_branch {
	struct history_branch walk;
	struct timeline_step *steps;
	size_t nr_steps;
	const char **notes; /* revisions that could not be read, and why */
	size_t nr_notes;
};

struct timeline {
	struct history_repo *repo; /* borrowed */
	struct book *book;
	struct timeline_branch *branches;
	size_t nr_branches;
	struct strmap snapshots; /* by blob */
	struct strmap steps;	 /* by commit: the first branch's */
	struct strmap groups;	 /* by id: a slot each */
	size_t nr_parsed;	 /* statements that were read: one a blob */
};

/**
 * Read the history of the file @path of branches (or revisions) @names. @registry,
 * linked, or NULL, joins the names of features; it and @repo must outlive the
 * timeline. Returns 0 or -errno with *@trouble; destroy with timeline_destroy().
 */
int timeline_create(struct history_repo *repo, const char *const *names, size_t nr_names,
		    const char *path, const struct model *registry, struct history_trouble *trouble,
		    struct timeline **ret_timeline);

/** Free; NULL is accepted. */
void timeline_destroy(struct timeline *t);

/**
 * The step of a branch that holds at @time, or NULL when the statement began later.
 */
const struct timeline_step *timeline_at(const struct timeline_branch *branch, long long time);

/**
 * Mark all features that have, or had, this id, title or heading's slug (case
 * aside). Returns how many.
 */
size_t timeline_want(struct timeline *t, const char *name);

/** Did timeline_want() mark the feature that last had this id? */
bool timeline_wants(const struct timeline *t, const char *id);

/** Call @take with every name that timeline_want() would know, some more than once. */
void timeline_names(const struct timeline *t, void (*take)(const char *name, void *context),
		    void *context);

#endif
