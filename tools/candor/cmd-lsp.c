/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor lsp`: the language server, on standard input and output. */
#include "command.h"

#include "arguments.h"
#include "lsp/loop.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char epilogue[] =
	"Speaks the Language Server Protocol, version 3.17, on standard input and output: an\n"
	"editor starts it. Findings of `candor check` while typing, in sources, SUPPORT.md and\n"
	"the registry; what is claimed of an id under the cursor; from an annotation to the\n"
	"statement and back; ids to complete. docs/editors.md has settings for editors.\n\n"
	"Exit status: 0 the editor shut it down, 1 it went without, 2 trouble.\n";

enum exit_status cmd_lsp(int argc, char **argv)
{
	struct lsp_config config = { .version = CANDOR_VERSION };
	bool on_stdio = false;
	const struct argument rows[] = {
		{ "tree", "DIR", "the source tree (default: what the editor has open)",
		  .text = &config.tree },
		{ "stdio", NULL, "as ever; editors like to say so", .flag = &on_stdio },
	};
	const struct argument_table table = {
		.command = "candor lsp",
		.operands = "",
		.epilogue = epilogue,
		.rows = rows,
		.nr_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct argument_list operands = { 0 };
	enum arguments_result parsed = arguments_parse(&table, argc, argv, &operands);
	int status;

	if (parsed != ARGUMENTS_OK)
		return parsed == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	/* An editor that goes while we write is no reason to die of a signal. */
	signal(SIGPIPE, SIG_IGN);
	status = loop_run(&config, STDIN_FILENO, STDOUT_FILENO);
	if (status < 0)
		fprintf(stderr, "candor lsp: %s\n", strerror(-status));
	return status < 0 ? EXIT_TROUBLE : status ? EXIT_FINDINGS : EXIT_CLEAN;
}
