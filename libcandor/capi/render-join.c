/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* join: all that a tree knows of one feature. */
#include <errno.h>

#include "base/suggest.h"
#include "capi/question.h"
#include "query/join.h"

/* What it is joined from besides the model. */
struct sources {
	struct history_repo *repo;
	struct timeline *timeline;
};

/*
 * The advisories, if the tree is in a git repository. That it is not, or that its
 * statement is not there, is no trouble unless a repository was named.
 */
static int add_history(struct render *r, struct join *join, struct sources *s)
{
	static const char *const head = "HEAD";
	const char *repo = render_option(r, "repo"), *tree = handle_value(r->c, OPTION_TREE);
	struct history_trouble trouble = { 0 };
	int rc = history_open(repo ? repo : tree ? tree : ".", &trouble, &s->repo);

	if (!rc)
		rc = timeline_create(s->repo, &head, 1, "SUPPORT.md", r->model, &trouble,
				     &s->timeline);
	if (rc && (repo || rc == -ENOMEM))
		return render_trouble(r, rc, &trouble);
	if (!rc && join_add_timeline(r->model, join, s->timeline))
		return error_memory(r->error);
	return 0;
}

static void offer(const char *name, void *context)
{
	suggest_offer(context, name);
}

static int no_such(const struct render *r, const char *name)
{
	const struct question q = { .r = (struct render *)r };
	struct suggest near;

	suggest_start(&near, name);
	join_names(r->model, offer, &near);
	return question_no_such(&q, name, &near);
}

static int make(struct render *r, struct join **ret_join, struct sources *s)
{
	const char *name = render_option(r, "feature"), *tree = handle_value(r->c, OPTION_TREE);
	int rc = name ? join_create(r->model, name, ret_join) : -EINVAL;

	if (!name)
		return error_set(r->error, rc, NULL, "see `candor join --help`",
				 "name one feature");
	if (rc == -ENOENT)
		return no_such(r, name);
	if (!rc)
		rc = join_find_mentions(r->model, *ret_join, tree ? tree : ".");
	return rc ? error_memory(r->error) : add_history(r, *ret_join, s);
}

static int render_join(struct render *r, enum question_format format)
{
	const struct emit_style style = render_style(r);
	struct sources s = { NULL, NULL };
	struct join *join = NULL;
	int rc = make(r, &join, &s);

	if (!rc && format == QUESTION_TEXT)
		emit_join_text(join, r->out, &style);
	else if (!rc)
		emit_join_doc(r->model, join, r->out);
	timeline_destroy(s.timeline);
	history_close(s.repo);
	return rc;
}

static int join_text(struct render *r)
{
	return render_join(r, QUESTION_TEXT);
}

static int join_json(struct render *r)
{
	return render_join(r, QUESTION_JSON);
}

static const struct candor_option options[] = {
	{ "feature", "FEATURE", "an id, a title or a heading's slug", false, { NULL } },
	{ "repo", "DIR", "the git repository (default: the tree's)", false, { NULL } },
	{ "colour", NULL, "of text: with a terminal's escape sequences", false, { NULL } },
	{ "columns", "COLUMNS", "of text: at most so wide", false, { NULL } },
	{ 0 },
};

const struct render_row render_joins[] = {
	{ "join", "text", "all that is known of one feature", options, RENDER_LOADED, join_text },
	{ "join", "json", "all that is known of one feature", options, RENDER_LOADED, join_json },
	{ 0 },
};
