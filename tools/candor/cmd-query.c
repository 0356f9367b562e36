/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor query`: which features a statement states, and how. */
#include "command.h"

#include "ask.h"

static const char epilogue[] =
	"Lists the cases of a statement that fit. Of one option given several times one value\n"
	"must fit, of different options each; a WORD stands anywhere in a feature's texts, and\n"
	"all must. A case that names no architecture is for all of them, and likewise for\n"
	"guest types (pv, pvh, hvm), roles (dom0, domu) and widths (32, 64).\n"
	"\n"
	"LEVEL is not-supported, experimental, tech-preview, deprecated, supported, list or\n"
	"unknown; 'deprecated+' is that or stronger. SECURITY is no, caveats, external, yes or\n"
	"unknown. --statement takes files and git revisions, as `candor diff` does.\n"
	"FORMAT is table, json, yaml, csv or markdown. For a date see `candor status`, which\n"
	"takes all of these options too.\n"
	"\n"
	"Exit status: 0 something fits, 1 nothing does, 2 trouble.\n";

static const struct ask_row rows[] = {
	{ "id", "ID", "the feature's id, or its heading's, or a case's", ASK_LIST },
#include "filters.def"
	{ "statement", "FILE|REV", "what to ask (default: SUPPORT.md)", ASK_LIST },
	{ "repo", "DIR", "the git repository of revisions (default: .)", ASK_TEXT },
	{ "path", "FILE", "the statement in it (default: SUPPORT.md)", ASK_TEXT },
	{ "registry", "FILE", "ids (default without --statement: support/features.yaml)",
	  ASK_TEXT },
	{ 0 },
};

enum exit_status cmd_query(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor query",
		.what = "query",
		.operands = "[WORD]...",
		.operand = "word",
		.epilogue = epilogue,
		.formats = OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML | OUTPUT_CSV | OUTPUT_MARKDOWN,
		.has_style = true,
		.reads_git = true,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}
