/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor diff`: what changed in meaning between statements. */
#include "command.h"

#include "ask.h"

static const char epilogue[] =
	"Compares what the statements mean, not how they are written: what is stated no\n"
	"more or anew, has more or less support, another limit, another name, other\n"
	"caveats; and the release's dates. A and B are files, or in git a revision (a tag,\n"
	"a branch, a commit) or REV:PATH. Of more than two each is compared with the next.\n"
	"Without a registry a feature is known by its heading; one whose heading changed is\n"
	"found by its texts, and the answer says 'as it seems'.\n"
	"\n"
	"FORMAT is table, json, yaml, csv, markdown (for release notes), or wiki: the list of\n"
	"all features as a page of MediaWiki, with what changed in bold.\n"
	"\n"
	"Exit status: 0 no difference, 1 differences, 2 trouble.\n";

static const struct ask_row rows[] = {
	{ "repo", "DIR", "the git repository (default: the one DIR '.' is in)", ASK_TEXT },
	{ "path", "FILE", "the statement in it (default: SUPPORT.md)", ASK_TEXT },
	{ "registry", "FILE", "features.yaml: ids, and former titles, of features", ASK_TEXT },
	{ 0 },
};

static enum exit_status prepare(const struct ask *ask, struct candor *c, size_t nr_operands)
{
	(void)c;
	return nr_operands > 1 ? EXIT_CLEAN
			       : output_say(ask->command, "see `candor diff --help`",
					    "name two statements, or more");
}

enum exit_status cmd_diff(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor diff",
		.what = "diff",
		.operands = "A B...",
		.operand = "statement",
		.epilogue = epilogue,
		.formats = OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML | OUTPUT_CSV | OUTPUT_MARKDOWN |
			   OUTPUT_WIKI,
		.has_style = true,
		.reads_git = true,
		.rows = rows,
		.prepare = prepare,
	};

	return ask_run(&ask, argc, argv);
}
