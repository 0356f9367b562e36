/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor inspect`: holds an image against the policy lock it was built from. */
#include "command.h"

#include "ask.h"

static const char epilogue[] =
	"Reads the annotation records and the policy lock that the ELF file IMAGE carries\n"
	"and compares them with the lock on disk: every feature that is on must have code\n"
	"in the image, every feature that is off must have none, and the lock carried must\n"
	"be the one on disk. Features whose code lies in the tools alone are left out: the\n"
	"tree's annotations tell which; it is not needed with --lock.\n"
	"\n"
	"Exit status: 0 the image holds what the lock says, 1 it differs, 2 trouble.\n";

static const struct ask_row rows[] = {
	{ "lock", "FILE", "default: DIR/policy/profiles/NAME.lock of the profile it names",
	  ASK_SET },
	{ "tree", "DIR", "the source tree (default: .)", ASK_SET },
	{ 0 },
};

enum exit_status cmd_inspect(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor inspect",
		.what = "inspection",
		.operands = "IMAGE",
		.operand = "image",
		.least = 1,
		.most = 1,
		.epilogue = epilogue,
		.formats = OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}
