/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor statement`: a statement as data. */
#include "command.h"

#include "ask.h"

static const char epilogue[] =
	"Writes all that is read of a statement, verbatim and understood, with its places. The\n"
	"answer, kept as a file that ends in .json, .yaml or .yml, is taken by every command\n"
	"that takes a statement, and gives the same answers as the SUPPORT.md it is of; of\n"
	"`candor check` all but what it finds in the form of the Markdown.\n"
	"\n"
	"Exit status: 0 written, 2 trouble.\n";

static const struct ask_row rows[] = { { 0 } };

enum exit_status cmd_statement(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor statement",
		.what = "statement",
		.operands = "SUPPORT.md",
		.operand = "statement",
		.least = 1,
		.most = 1,
		.epilogue = epilogue,
		.formats = OUTPUT_JSON | OUTPUT_YAML,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}
