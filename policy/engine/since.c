/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry's word, or the newest event of the statement's history. */
#include "engine/since.h"

#include <stdio.h>
#include <stdlib.h>

#include "query/timeline.h"

/* Does the change make the status another one? */
static bool is_of_status(enum change_kind kind)
{
	return kind == CHANGE_DOWN || kind == CHANGE_UP || kind == CHANGE_GAINED ||
	       kind == CHANGE_STATUS;
}

static const struct event *find_event(const struct timeline_step *step)
{
	for (size_t i = 0; i < step->nr_events; i++) {
		const struct event *e = &step->events[i];

		if (e->group && e->group->is_wanted && is_of_status(e->change->kind))
			return e;
	}
	return NULL;
}

/* Steps come oldest first. Where the history is cut, what began before it is not known. */
static char *find_in(const struct timeline_branch *branch)
{
	char date[16], *text;

	for (size_t i = branch->nr_steps; i-- > 0;) {
		const struct timeline_step *step = &branch->steps[i];
		const struct event *e = find_event(step);

		if (!e)
			continue;
		history_format_date(step->at->time, date);
		if (asprintf(&text, "%s%s (commit %.12s)", step->is_beginning ? "before " : "",
			     date, e->commit ? e->commit : step->at->commit) < 0)
			return NULL;
		return text;
	}
	return NULL;
}

static char *find_in_history(const char *tree, const struct facts *facts, const char *id)
{
	static const char *const head[] = { "HEAD" };
	struct history_trouble trouble;
	struct history_repo *repo;
	struct timeline *t = NULL;
	char *text = NULL;

	if (history_open(tree, &trouble, &repo))
		return NULL;
	if (!timeline_create(repo, head, 1, "SUPPORT.md", facts->owner, &trouble, &t) &&
	    t->nr_branches && timeline_want(t, id))
		text = find_in(&t->branches[0]);
	timeline_destroy(t);
	history_close(repo);
	return text;
}

char *since_find(const char *tree, const struct facts *facts, const struct fact_feature *f)
{
	char *text;

	if (!f->since)
		return f->nr_claims && facts->owner ? find_in_history(tree, facts, f->id) : NULL;
	if (asprintf(&text, "%s (%s:%u)", f->since, f->at.file, f->at.line) < 0)
		return NULL;
	return text;
}
