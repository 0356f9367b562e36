/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query, status, history, diff: what is stated, was stated, and changed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/suggest.h"
#include "capi/question.h"
#include "statement/statement.h"

typedef int answer_fn(struct question *q, enum question_format format);

/* ---- query ---- */

static void offer_names(struct suggest *near, const struct snapshot *s)
{
	for (size_t i = 0; i < s->nr_facts; i++) {
		suggest_offer(near, s->facts[i].fact->id);
		suggest_offer(near, s->facts[i].fact->title);
	}
}

/* A misspelt id is a mistake, not a question that nothing fits. */
static int check_ids(const struct question *q, struct book *book, const struct answer *answers,
		     size_t nr)
{
	for (size_t i = 0; i < q->ids.nr; i++) {
		const struct selection one = { .ids = { &q->ids.values[i], 1 } };
		struct suggest near;
		bool found = book_feature(book, q->ids.values[i]) != NULL;

		suggest_start(&near, q->ids.values[i]);
		for (size_t j = 0; j < nr && !found; j++) {
			const struct snapshot *s = answers[j].statement;

			offer_names(&near, s);
			for (size_t k = 0; k < s->nr_facts && !found; k++)
				found = select_fits(&one, book, s->facts[k].fact);
		}
		if (!found)
			return question_no_such(q, q->ids.values[i], &near);
	}
	return 0;
}

static int query_book(struct question *q, struct book *book, enum question_format format)
{
	struct answer answers[RENDER_LIST_MAX] = { 0 };
	struct history_trouble trouble = { 0 };
	int rc;

	if (!q->statements.nr)
		q->statements.values[q->statements.nr++] = q->place.path;
	for (size_t i = 0; i < q->statements.nr; i++) {
		rc = input_load(&q->place, q->statements.values[i], book, &trouble,
				&answers[i].statement);
		if (rc)
			return render_trouble(q->r, rc, &trouble);
		if (select_answer(&q->selection, book, &answers[i]))
			return error_memory(q->r->error);
	}
	rc = check_ids(q, book, answers, q->statements.nr);
	return rc ? rc : question_answer(q, format, answers, q->statements.nr);
}

static int answer_query(struct question *q, enum question_format format)
{
	struct book *book = book_create(q->registry);
	int rc = book ? query_book(q, book, format) : error_memory(q->r->error);

	book_destroy(book);
	return rc;
}

/* ---- status ---- */

/* The answer of one branch; -ENOENT when there was no statement. */
static int find_state(const struct question *q, const struct timeline_branch *b,
		      struct answer *answer)
{
	const struct timeline_step *step =
		timeline_at(b, q->has_time ? q->time : b->walk.last_time);
	const char *cut = b->walk.is_cut ? "; the repository does not know what was before" : "";
	char date[16];

	for (size_t i = 0; i < b->nr_notes; i++)
		render_remark(q->r, b->notes[i]);
	if (step && step->state) {
		*answer = (struct answer){ .statement = step->state,
					   .branch = b->walk.name,
					   .step = step->at,
					   .has_time = q->has_time,
					   .time = q->time };
		return 0;
	}
	if (!b->nr_steps)
		return error_set(q->r->error, -ENOENT, NULL,
				 "name the statement by --path, as `git ls-files` does",
				 "branch '%s' never had a file '%s'", b->walk.name, q->place.path);
	history_format_date(step ? step->at->time : b->steps[0].at->time, date);
	return error_set(q->r->error, -ENOENT, NULL, "give a date when there was one",
			 step ? "branch '%s' has had no statement since %s%s"
			      : "branch '%s' had no statement before %s%s",
			 b->walk.name, date, step ? "" : cut);
}

/* Keep of the answer what belongs to a wanted feature, under whatever name it had. */
static void keep_wanted(const struct timeline *t, struct answer *answer)
{
	size_t nr = 0;

	for (size_t i = 0; i < answer->nr_facts; i++) {
		if (timeline_wants(t, answer->facts[i]->fact->id))
			answer->facts[nr++] = answer->facts[i];
	}
	answer->nr_facts = nr;
}

static int status_of(struct question *q, struct timeline *t, enum question_format format)
{
	struct answer answers[RENDER_LIST_MAX] = { 0 };
	int rc = question_want(q, t);

	for (size_t i = 0; i < t->nr_branches && !rc; i++) {
		rc = find_state(q, &t->branches[i], &answers[i]);
		if (!rc && select_answer(&q->selection, t->book, &answers[i]))
			rc = error_memory(q->r->error);
		if (!rc && q->features.nr)
			keep_wanted(t, &answers[i]);
	}
	return rc ? rc : question_answer(q, format, answers, t->nr_branches);
}

/* ---- history ---- */

static int tell(const struct question *q, const struct timeline *t, enum question_format format)
{
	const enum timeline_part part = q->features.nr ? TIMELINE_WANTED : TIMELINE_ALL;
	const struct emit_style style = render_style(q->r);
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_branches; i++) {
		for (size_t j = 0; j < t->branches[i].nr_notes; j++)
			render_remark(q->r, t->branches[i].notes[j]);
	}
	switch (format) {
	case QUESTION_TEXT:
		nr = emit_timeline_text(t, part, q->r->out, &style);
		break;
	case QUESTION_JSON:
		nr = emit_timeline_doc(t, part, q->r->out);
		break;
	case QUESTION_CSV:
		nr = emit_timeline_csv(t, part, q->r->out);
		break;
	case QUESTION_MARKDOWN:
		nr = emit_timeline_markdown(t, part, q->r->out);
		break;
	case QUESTION_WIKI:
		break;
	}
	return nr ? 0 : CANDOR_NO;
}

/* A branch that never had the file has no history: likely another name was meant. */
static int history_of(struct question *q, struct timeline *t, enum question_format format)
{
	bool has_file = false;
	int rc;

	for (size_t i = 0; i < t->nr_branches; i++)
		has_file = has_file || t->branches[i].nr_steps;
	if (!has_file)
		return error_set(q->r->error, -ENOENT, NULL,
				 "name the statement by --path, as `git ls-files` does",
				 "no branch asked for ever had a file '%s'", q->place.path);
	rc = question_want(q, t);
	return rc ? rc : tell(q, t, format);
}

/* ---- What both need ---- */

static int read_timeline(struct question *q, struct history_repo *repo, struct arena *arena,
			 struct timeline **ret_timeline)
{
	static const char *const head = "HEAD";
	const char *const *names = q->branches.nr ? q->branches.values : &head;
	size_t nr = q->branches.nr ? q->branches.nr : 1;
	struct history_trouble trouble = { 0 };
	int rc = 0;

	if (render_option(q->r, "all-branches"))
		rc = history_branches(repo, arena, &trouble, &names, &nr);
	if (!rc)
		rc = timeline_create(repo, names, nr, q->place.path, q->registry, &trouble,
				     ret_timeline);
	return rc ? render_trouble(q->r, rc, &trouble) : 0;
}

typedef int timeline_fn(struct question *q, struct timeline *t, enum question_format format);

static int with_timeline(struct question *q, timeline_fn *answer, enum question_format format)
{
	struct arena *arena = arena_create();
	struct history_repo *repo = NULL;
	struct timeline *t = NULL;
	struct history_trouble trouble = { 0 };
	int rc;

	if (!arena)
		return error_memory(q->r->error);
	rc = history_open(q->place.repo, &trouble, &repo);
	if (rc)
		rc = render_trouble(q->r, rc, &trouble);
	else
		rc = read_timeline(q, repo, arena, &t);
	if (!rc && t)
		rc = answer(q, t, format);
	timeline_destroy(t);
	history_close(repo);
	arena_destroy(arena);
	return rc;
}

static int answer_status(struct question *q, enum question_format format)
{
	return with_timeline(q, status_of, format);
}

static int answer_history(struct question *q, enum question_format format)
{
	return with_timeline(q, history_of, format);
}

/* ---- diff ---- */

static int write_diffs(const struct question *q, const struct diff *const *diffs, size_t nr,
		       enum question_format format)
{
	const struct emit_style style = render_style(q->r);
	int rc = 0;

	for (size_t i = 0; i < nr; i++) {
		if (diffs[i]->nr_changes)
			rc = CANDOR_NO;
		if (i && (format == QUESTION_TEXT || format == QUESTION_MARKDOWN))
			strbuf_puts(q->r->out, "\n");
		if (format == QUESTION_TEXT)
			emit_diff_text(diffs[i], q->r->out, &style);
		if (format == QUESTION_MARKDOWN)
			emit_diff_markdown(diffs[i], q->r->out);
	}
	if (format == QUESTION_CSV)
		emit_diff_csv(diffs, nr, q->r->out);
	if (format == QUESTION_JSON)
		emit_diff_doc(diffs, nr, q->r->out);
	return rc;
}

static int compare(struct question *q, struct book *book, enum question_format format)
{
	const struct snapshot *snapshots[RENDER_LIST_MAX];
	const struct diff *diffs[RENDER_LIST_MAX];
	struct history_trouble trouble = { 0 };
	size_t nr = 0;

	for (size_t i = 0; i < q->statements.nr; i++) {
		int rc = input_load(&q->place, q->statements.values[i], book, &trouble,
				    &snapshots[i]);

		if (rc)
			return render_trouble(q->r, rc, &trouble);
		if (i && diff_create(book, snapshots[i - 1], snapshots[i], &diffs[nr++]))
			return error_memory(q->r->error);
	}
	return write_diffs(q, diffs, nr, format);
}

/* The wiki's page has every feature, changed or not: it is a matrix. */
static int write_wiki(struct question *q, struct model *m)
{
	struct matrix *matrix;

	for (size_t i = 0; i < q->statements.nr; i++) {
		const char *name = q->statements.values[i];
		struct history_trouble trouble = { 0 };
		size_t size;
		char *text;
		int rc = input_read(&q->place, name, &trouble, &text, &size);

		if (rc)
			return render_trouble(q->r, rc, &trouble);
		rc = statement_parse(m, name, text, size);
		free(text);
		if (rc)
			return error_memory(q->r->error);
	}
	matrix = matrix_create(m, MATRIX_MERGED);
	if (!matrix)
		return error_memory(q->r->error);
	matrix_emit_wiki(matrix, q->r->out);
	return 0;
}

static int answer_wiki(struct question *q)
{
	struct model *m = model_create();
	int rc = m ? write_wiki(q, m) : error_memory(q->r->error);

	model_destroy(m);
	return rc;
}

static int answer_diff(struct question *q, enum question_format format)
{
	struct book *book;
	int rc;

	if (q->statements.nr < 2)
		return error_set(q->r->error, -EINVAL, NULL, "see `candor diff --help`",
				 "name two statements, or more");
	if (format == QUESTION_WIKI)
		return answer_wiki(q);
	book = book_create(q->registry);
	rc = book ? compare(q, book, format) : error_memory(q->r->error);
	book_destroy(book);
	return rc;
}

/* ---- The rows ---- */

static int answer(struct render *r, answer_fn *run, enum question_format format)
{
	struct question q;
	int rc = question_begin(
		&q, r, run == answer_diff ? QUESTION_NAMED_REGISTRY : QUESTION_USUAL_REGISTRY);

	if (!rc)
		rc = run(&q, format);
	question_reset(&q);
	return rc;
}

#define QUESTION(name)                                              \
	static int name##_text(struct render *r)                    \
	{                                                           \
		return answer(r, answer_##name, QUESTION_TEXT);     \
	}                                                           \
	static int name##_json(struct render *r)                    \
	{                                                           \
		return answer(r, answer_##name, QUESTION_JSON);     \
	}                                                           \
	static int name##_csv(struct render *r)                     \
	{                                                           \
		return answer(r, answer_##name, QUESTION_CSV);      \
	}                                                           \
	static int name##_markdown(struct render *r)                \
	{                                                           \
		return answer(r, answer_##name, QUESTION_MARKDOWN); \
	}

QUESTION(query)
QUESTION(status)
QUESTION(history)
QUESTION(diff)

static int diff_wiki(struct render *r)
{
	return answer(r, answer_diff, QUESTION_WIKI);
}

#define TEXT_OPTIONS                                                                        \
	{ "colour", NULL, "of text: with a terminal's escape sequences", false, { NULL } }, \
	{                                                                                   \
		"width", "COLUMNS", "of text: at most so wide", false,                      \
		{                                                                           \
			NULL                                                                \
		}                                                                           \
	}
#define REPO_OPTIONS                                                                              \
	{ "repo", "DIR", "the git repository (default: .)", false, { NULL } },                    \
		{ "path", "FILE", "the statement in it (default: SUPPORT.md)", false, { NULL } }, \
	{                                                                                         \
		"registry", "FILE", "ids of features (default: support/features.yaml if there)",  \
			false,                                                                    \
		{                                                                                 \
			NULL                                                                      \
		}                                                                                 \
	}
#define SELECT_OPTIONS                                                                          \
	{ "title", "TEXT", "part of the feature's title", true, { NULL } },                     \
		{ "section", "TEXT", "part of the section's", true, { NULL } },                 \
		{ "arch", "ARCH", "x86, arm, arm32 or arm64", true, { NULL } },                 \
		{ "guest", "TYPE", "pv, pvh or hvm", true, { NULL } },                          \
		{ "role", "ROLE", "dom0 or domu", true, { NULL } },                             \
		{ "width", "BITS", "32 or 64, of x86", true, { NULL } },                        \
		{ "implementation", "TEXT", "part of what else a case names", true, { NULL } }, \
		{ "level",                                                                      \
		  "LEVEL",                                                                      \
		  "\"supported\", \"deprecated+\" for that or stronger",                        \
		  true,                                                                         \
		  { NULL } },                                                                   \
		{ "security",                                                                   \
		  "SECURITY",                                                                   \
		  "no, caveats, external, yes or unknown",                                      \
		  true,                                                                         \
		  { NULL } },                                                                   \
	{                                                                                       \
		"word", "WORD", "anywhere in the feature's texts", true,                        \
		{                                                                               \
			NULL                                                                    \
		}                                                                               \
	}

static const struct candor_option query_options[] = {
	TEXT_OPTIONS,
	REPO_OPTIONS,
	SELECT_OPTIONS,
	{ "id", "ID", "the feature's id, or its heading's, or a case's", true, { NULL } },
	{ "statement", "FILE|REV", "what to ask (default: SUPPORT.md)", true, { NULL } },
	{ 0 },
};
static const struct candor_option status_options[] = {
	TEXT_OPTIONS,
	REPO_OPTIONS,
	SELECT_OPTIONS,
	{ "at", "DATE", "YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ", false, { NULL } },
	{ "branch", "BRANCH", "a branch or any revision (default: HEAD)", true, { NULL } },
	{ "feature", "FEATURE", "an id, a title or a heading's slug", true, { NULL } },
	{ 0 },
};
static const struct candor_option history_options[] = {
	TEXT_OPTIONS,
	REPO_OPTIONS,
	{ "branch", "BRANCH", "a branch or any revision (default: HEAD)", true, { NULL } },
	{ "all-branches", NULL, "every branch, local and remote", false, { NULL } },
	{ "feature", "FEATURE", "an id, a title or a heading's slug", true, { NULL } },
	{ 0 },
};
static const struct candor_option diff_options[] = {
	TEXT_OPTIONS,
	REPO_OPTIONS,
	{ "statement", "FILE|REV", "two or more, each compared with the next", true, { NULL } },
	{ 0 },
};

#define ROWS(name, help)                                                                 \
	{ #name, "text", help, name##_options, RENDER_ANYTIME, name##_text },            \
		{ #name, "json", help, name##_options, RENDER_ANYTIME, name##_json },    \
		{ #name, "csv", help, name##_options, RENDER_ANYTIME, name##_csv },      \
	{                                                                                \
#name, "markdown", help, name##_options, RENDER_ANYTIME, name##_markdown \
	}

const struct render_row render_questions[] = {
	ROWS(query, "which cases statements state; \"no\": none fits"),
	ROWS(status, "what was stated on a date; \"no\": nothing fits"),
	ROWS(history, "each change of what is stated, and why; \"no\": none"),
	ROWS(diff, "what changed in meaning; \"no\": something did"),
	{ "diff", "wiki", "all features of the statements, for MediaWiki", diff_options,
	  RENDER_ANYTIME, diff_wiki },
	{ 0 },
};
