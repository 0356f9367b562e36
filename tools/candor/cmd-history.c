/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor history`: how the statement of a feature changed, by git's history of it. */
#include "command.h"

#include "ask.h"

static const char epilogue[] =
	"Tells each change of what is stated of a feature: when it reached the branch, by\n"
	"which commit, why (the commit's subject), and the advisories (XSA, CVE) that the\n"
	"commit names. FEATURE is an id, a title or a heading's slug, also a former one:\n"
	"features are followed through new titles by the registry's aliases, and where there\n"
	"are none by their texts; the file through new names. Without FEATURE it is the\n"
	"history of the whole statement. FORMAT is table, json, yaml, csv or markdown.\n"
	"\n"
	"Exit status: 0 events were told, 1 there are none, 2 trouble.\n";

static const struct ask_row rows[] = {
#include "branches.def"
	{ "all-branches", NULL, "every branch, local and remote", ASK_FLAG },
	{ 0 },
};

enum exit_status cmd_history(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor history",
		.what = "history",
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
