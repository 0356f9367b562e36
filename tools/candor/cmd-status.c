/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor status`: what was stated on a branch on a date. */
#include "command.h"

#include "ask.h"

static const char epilogue[] =
	"Tells what a branch's statement said on a date, by git's history of it: by the last\n"
	"commit that had reached the branch at the end of that day (UTC), and whether the\n"
	"release was supported then by its own dates. Without --at it is what the branch\n"
	"says now. FEATURE is an id, a title or a heading's slug, also a former one. The\n"
	"other options, and LEVEL and SECURITY, are those of `candor query`.\n"
	"\n"
	"Exit status: 0 something fits, 1 nothing does, 2 trouble: also when there was no\n"
	"statement yet on that date.\n";

static const struct ask_row rows[] = {
	{ "at", "DATE", "YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ", ASK_TEXT },
#include "branches.def"
#include "filters.def"
	{ "text", "WORD", "anywhere in the feature's texts", ASK_LIST, "word" },
	{ 0 },
};

enum exit_status cmd_status(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor status",
		.what = "status",
		.operands = "[FEATURE]...",
		.operand = "feature",
		.epilogue = epilogue,
		.formats = OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML | OUTPUT_CSV | OUTPUT_MARKDOWN,
		.has_style = true,
		.reads_git = true,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}
