/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor join`: all that a tree knows of one feature. */
#include "command.h"

#include <errno.h>
#include <stdio.h>

#include "ask.h"

static const char epilogue[] =
	"Joins what the statement, the registry, the code's annotations, the locks, the tests\n"
	"and their last results, git's history of the statement and the documents say of one\n"
	"feature, each with its place. FEATURE is an id, a title or a heading's slug, also a\n"
	"former one. FORMAT is text, json or yaml.\n"
	"\n"
	"Exit status: 0 it is known, 2 trouble: also when nothing has this name.\n";

static const struct ask_row rows[] = {
	{ "tree", "DIR", "the source tree (default: .)", ASK_SET },
	{ "registry", "FILE", "default: DIR/support/features.yaml", ASK_SET },
	{ "statement", "FILE", "default: DIR/SUPPORT.md", ASK_SET },
	{ "lock", "FILE", "a policy lock; default: DIR/policy/profiles/*.lock", ASK_SET_LIST },
	{ "object", "FILE", "an ELF object, archive or executable", ASK_SET_LIST },
	{ "evidence", "FILE", "results of tests, as `candor check` takes them", ASK_SET },
	{ "repo", "DIR", "the git repository (default: the one DIR is in, if any)", ASK_TEXT },
	{ 0 },
};

static enum exit_status prepare(const struct ask *ask, struct candor *c, size_t nr_operands)
{
	struct candor_error error;
	struct candor_summary summary;
	int rc;

	if (nr_operands != 1)
		return output_say(ask->command, "see `candor join --help`", "name one feature");
	/* A tree without a statement or registry is joined from what else there is. */
	rc = candor_find(c, &error);
	if (!rc || rc == -ENOENT)
		rc = candor_load(c, &error);
	if (rc)
		return output_complain(ask->command, &error);
	candor_summarize(c, &summary);
	if (!summary.is_unread)
		return EXIT_CLEAN;
	/* An answer that lacks what was asked for would look like "nothing known". */
	if (candor_render(c, "diagnostics", "text", NULL, output_take, stderr, &error) < 0)
		output_complain(ask->command, &error);
	return EXIT_TROUBLE;
}

enum exit_status cmd_join(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor join",
		.what = "join",
		.operands = "FEATURE",
		.operand = "feature",
		.epilogue = epilogue,
		.formats = OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML,
		.has_style = true,
		.reads_git = true,
		.rows = rows,
		.prepare = prepare,
	};

	return ask_run(&ask, argc, argv);
}
