/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor history`: how the statement of a feature changed, by git's history of it. */
#include "command.h"

#include <string.h>

#include "base/arena.h"
#include "query/timeline.h"
#include "question.h"

static const char command[] = "candor history";

static const char epilogue[] =
	"Tells each change of what is stated of a feature: when it reached the branch, by\n"
	"which commit, why (the commit's subject), and the advisories (XSA, CVE) that the\n"
	"commit names. FEATURE is an id, a title or a heading's slug, also a former one:\n"
	"features are followed through new titles by the registry's aliases, and where there\n"
	"are none by their texts; the file through new names. Without FEATURE it is the\n"
	"history of the whole statement. FORMAT is table, json, yaml, csv or markdown.\n"
	"\n"
	"Exit status: 0 events were told, 1 there are none, 2 trouble.\n";

static enum exit_status render(const struct question *q, const struct timeline *t,
			       enum timeline_part part)
{
	const struct emit_style style = output_style();
	struct strbuf sb = STRBUF_INIT;
	enum exit_status status;
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_branches; i++) {
		for (size_t j = 0; j < t->branches[i].nr_notes; j++)
			output_remark(command, t->branches[i].notes[j]);
	}
	if (q->format == OUTPUT_TEXT)
		nr = emit_timeline_text(t, part, &sb, &style);
	if (q->format == OUTPUT_MARKDOWN)
		nr = emit_timeline_markdown(t, part, &sb);
	if (q->format == OUTPUT_CSV)
		nr = emit_timeline_csv(t, part, &sb);
	if (q->format & (OUTPUT_JSON | OUTPUT_YAML))
		nr = emit_timeline_doc(t, part, &sb, output_doc_format(q->format));
	status = output_write(command, &sb, nr ? EXIT_CLEAN : EXIT_FINDINGS);
	strbuf_reset(&sb);
	return status;
}

/* A branch that never had the file has no history: likely another name was meant. */
static bool has_file(const struct question *q, const struct timeline *t)
{
	for (size_t i = 0; i < t->nr_branches; i++) {
		if (t->branches[i].nr_steps)
			return true;
	}
	output_say(command, "name the statement by --path, as `git ls-files` does",
		   "no branch asked for ever had a file '%s'", q->path);
	return false;
}

static enum exit_status ask(struct question *q, struct history_repo *repo, struct arena *arena,
			    const struct argument_list *features)
{
	const char *const *names = q->branches.values;
	struct history_trouble trouble;
	struct timeline *t = NULL;
	enum exit_status status = EXIT_TROUBLE;
	size_t nr = q->branches.nr;
	int rc = 0;

	if (q->all_branches)
		rc = history_branches(repo, arena, &trouble, &names, &nr);
	if (!rc)
		rc = timeline_create(repo, names, nr, q->path, q->registry_model, &trouble, &t);
	if (rc)
		return output_complain(command, &trouble);
	if (has_file(q, t) && question_want(command, t, features))
		status = render(q, t, features->nr ? TIMELINE_WANTED : TIMELINE_ALL);
	timeline_destroy(t);
	return status;
}

static enum exit_status run(struct question *q, const struct argument_list *features)
{
	struct history_repo *repo = NULL;
	struct arena *arena = arena_create();
	struct history_trouble trouble;
	enum exit_status status = EXIT_TROUBLE;

	if (!arena)
		output_say(command, "free memory", "out of memory");
	else if (!question_prepare(command, q,
				   OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML | OUTPUT_CSV |
					   OUTPUT_MARKDOWN))
		;
	else if (history_open(q->repo, &trouble, &repo))
		output_complain(command, &trouble);
	else
		status = ask(q, repo, arena, features);
	history_close(repo);
	question_release(q);
	arena_destroy(arena);
	return status;
}

enum exit_status cmd_history(int argc, char **argv)
{
	struct question q = { 0 };
	struct argument_list features = { 0 };
	const struct argument rows[] = {
		{ "branch", "BRANCH", "a branch or any revision (default: HEAD)",
		  .list = &q.branches },
		{ "all-branches", NULL, "every branch, local and remote", .flag = &q.all_branches },
		{ "repo", "DIR", "the git repository (default: .)", .text = &q.repo },
		{ "path", "FILE", "the statement in it now (default: SUPPORT.md)",
		  .text = &q.path },
		{ "registry", "FILE", "ids (default: support/features.yaml of DIR, if there)",
		  .text = &q.registry },
		{ "format", "FORMAT", "see below (default: table)", .text = &q.format_name },
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
	if (!q.branches.nr)
		q.branches.values[q.branches.nr++] = "HEAD";
	return run(&q, &features);
}
