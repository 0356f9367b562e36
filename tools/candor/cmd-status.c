/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor status`: what was stated on a branch on a date. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "query/timeline.h"
#include "question.h"

static const char command[] = "candor status";

static const char epilogue[] =
	"Tells what a branch's statement said on a date, by git's history of it: by the last\n"
	"commit that had reached the branch at the end of that day (UTC), and whether the\n"
	"release was supported then by its own dates. Without --at it is what the branch\n"
	"says now. FEATURE is an id, a title or a heading's slug, also a former one. The\n"
	"other options are those of `candor query`.\n"
	"\n"
	"Exit status: 0 something fits, 1 nothing does, 2 trouble: also when there was no\n"
	"statement yet on that date.\n";

/* The answer of one branch. False, and said so, when there was no statement. */
static bool find_state(const struct question *q, const struct timeline_branch *b,
		       struct answer *answer)
{
	const struct timeline_step *step = timeline_at(b, q->at ? q->time : b->walk.last_time);
	const char *cut = b->walk.is_cut ? "; the repository does not know what was before" : "";
	char date[16];

	for (size_t i = 0; i < b->nr_notes; i++)
		output_remark(command, b->notes[i]);
	if (step && step->state) {
		*answer = (struct answer){ .statement = step->state,
					   .branch = b->walk.name,
					   .step = step->at,
					   .has_time = q->at != NULL,
					   .time = q->time };
		return true;
	}
	if (!b->nr_steps) {
		output_say(command, "name the statement by --path, as `git ls-files` does",
			   "branch '%s' never had a file '%s'", b->walk.name, q->path);
		return false;
	}
	history_format_date(step ? step->at->time : b->steps[0].at->time, date);
	output_say(command, "give a date when there was one",
		   step ? "branch '%s' has had no statement since %s%s"
			: "branch '%s' had no statement before %s%s",
		   b->walk.name, date, step ? "" : cut);
	return false;
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

static enum exit_status ask(const struct question *q, struct timeline *t,
			    const struct argument_list *features)
{
	struct answer answers[ARGUMENTS_LIST_MAX] = { 0 };

	if (!question_want(command, t, features))
		return EXIT_TROUBLE;
	for (size_t i = 0; i < t->nr_branches; i++) {
		if (!find_state(q, &t->branches[i], &answers[i]))
			return EXIT_TROUBLE;
		if (select_answer(&q->selection, t->book, &answers[i]))
			return output_say(command, "free memory", "out of memory");
		if (features->nr)
			keep_wanted(t, &answers[i]);
	}
	return question_answer(command, q, answers, t->nr_branches);
}

static enum exit_status run(struct question *q, const struct argument_list *features)
{
	struct history_repo *repo = NULL;
	struct timeline *t = NULL;
	struct history_trouble trouble;
	enum exit_status status = EXIT_TROUBLE;

	if (!question_prepare(command, q,
			      OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML | OUTPUT_CSV |
				      OUTPUT_MARKDOWN)) {
		question_release(q);
		return EXIT_TROUBLE;
	}
	if (!q->branches.nr)
		q->branches.values[q->branches.nr++] = "HEAD";
	if (history_open(q->repo, &trouble, &repo) ||
	    timeline_create(repo, q->branches.values, q->branches.nr, q->path, q->registry_model,
			    &trouble, &t))
		output_complain(command, &trouble);
	else
		status = ask(q, t, features);
	timeline_destroy(t);
	history_close(repo);
	question_release(q);
	return status;
}

enum exit_status cmd_status(int argc, char **argv)
{
	struct question q = { 0 };
	struct argument_list features = { 0 };
	const struct argument rows[] = {
		{ "at", "DATE", "YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ", .text = &q.at },
		{ "branch", "BRANCH", "a branch or any revision (default: HEAD)",
		  .list = &q.branches },
		{ "repo", "DIR", "the git repository (default: .)", .text = &q.repo },
		{ "path", "FILE", "the statement in it (default: SUPPORT.md)", .text = &q.path },
		{ "registry", "FILE", "ids (default: support/features.yaml of DIR, if there)",
		  .text = &q.registry },
		{ "title", "TEXT", "part of the feature's title", .list = &q.titles },
		{ "section", "TEXT", "part of the section's", .list = &q.sections },
		{ "arch", "ARCH", "x86, arm, arm32 or arm64", .list = &q.archs },
		{ "guest", "TYPE", "pv, pvh or hvm", .list = &q.guests },
		{ "role", "ROLE", "dom0 or domu", .list = &q.roles },
		{ "width", "BITS", "32 or 64, of x86", .list = &q.widths },
		{ "implementation", "TEXT", "part of what else a case names",
		  .list = &q.implementations },
		{ "level", "LEVEL", "as of `candor query`", .list = &q.levels },
		{ "security", "SECURITY", "as of `candor query`", .list = &q.securities },
		{ "text", "WORD", "anywhere in the feature's texts", .list = &q.words },
		{ "format", "FORMAT", "table, json, yaml, csv or markdown",
		  .text = &q.format_name },
		{ "json", NULL, "the same as --format json", .flag = &q.json },
	};
	const struct argument_table table = { command, "[FEATURE]...", epilogue, rows,
					      sizeof(rows) / sizeof(rows[0]) };

	switch (arguments_parse(&table, argc, argv, &features)) {
	case ARGUMENTS_HELP:
		return EXIT_CLEAN;
	case ARGUMENTS_WRONG:
		return EXIT_TROUBLE;
	case ARGUMENTS_OK:
		break;
	}
	output_limit_time();
	return run(&q, &features);
}
