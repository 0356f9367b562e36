/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands of `candor policy` that answer and write nothing. */
#include <string.h>

#include "policy.h"

#define ANSWERED "Exit status: 0 answered, 2 trouble.\n"

enum exit_status policy_explain(int argc, char **argv)
{
	static const struct ask_row rows[] = {
		POLICY_PROFILE_ROW, POLICY_RULES_ROWS, POLICY_TREE_ROW, { 0 }
	};
	static const struct ask ask = {
		.command = "candor policy explain",
		.what = "policy-explain",
		.operands = "FEATURE",
		.operand = "feature",
		.least = 1,
		.most = 1,
		.epilogue = ANSWERED,
		.formats = POLICY_FORMATS,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

enum exit_status policy_list(int argc, char **argv)
{
	static const struct ask_row rows[] = { POLICY_RULES_ROWS, POLICY_TREE_ROW, { 0 } };
	static const struct ask ask = {
		.command = "candor policy list",
		.what = "policy-list",
		.operands = "",
		.epilogue = ANSWERED,
		.formats = POLICY_FORMATS,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

enum exit_status policy_log(int argc, char **argv)
{
	static const struct ask_row rows[] = {
		POLICY_PROFILE_ROW, POLICY_RULES_ROWS, POLICY_TREE_ROW, { 0 }
	};
	static const struct ask ask = {
		.command = "candor policy log",
		.what = "policy-log",
		.format = "jsonl",
		.operands = "",
		.epilogue = ANSWERED,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

enum exit_status policy_words(int argc, char **argv)
{
	static const struct ask_row rows[] = { { 0 } };
	static const struct ask ask = {
		.command = "candor policy words",
		.what = "policy-words",
		.format = "markdown",
		.operands = "",
		.epilogue = ANSWERED,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

enum exit_status policy_diff(int argc, char **argv)
{
	static const struct ask_row rows[] = { POLICY_RULES_ROWS, POLICY_TREE_ROW, { 0 } };
	static const struct ask ask = {
		.command = "candor policy diff",
		.what = "policy-diff",
		.operands = "A B",
		.operand = "side",
		.least = 2,
		.most = 2,
		.epilogue = "A and B are profiles of the tree, locks (NAME.lock) or records "
			    "(ID.json).\n\n"
			    "Exit status: 0 the same, 1 different, 2 trouble.\n",
		.formats = POLICY_FORMATS,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

enum exit_status policy_check(int argc, char **argv)
{
	static const struct ask_row rows[] = {
		{ "kconfig", "FILE", "the .config to hold against the profile", ASK_NEEDED },
		POLICY_PROFILE_ROW,
		{ "map", "FILE", "symbols of features (default: support/xen-kconfig.map)",
		  ASK_TEXT },
		POLICY_TREE_ROW,
		POLICY_RULES_ROWS,
		{ 0 }
	};
	static const struct ask ask = {
		.command = "candor policy check",
		.what = "policy-check",
		.operands = "",
		.epilogue = "Exit status: 0 it agrees, 1 it departs in some feature, 2 trouble.\n",
		.formats = POLICY_FORMATS,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

enum exit_status policy_test(int argc, char **argv)
{
	static const struct ask_row rows[] = { POLICY_RULES_ROWS, POLICY_TREE_ROW, { 0 } };
	static const struct ask ask = {
		.command = "candor policy test",
		.what = "policy-test",
		.operands = "",
		.epilogue = "A rule that decides nothing, in any profile or test, is reported.\n\n"
			    "Exit status: 0 all is as expected, 1 it is not, 2 trouble.\n",
		.formats = POLICY_FORMATS,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

static bool has_word(char **argv, const char *word)
{
	while (*argv && strcmp(*argv, word))
		argv++;
	return *argv;
}

enum exit_status policy_lint(int argc, char **argv)
{
	static const struct ask_row rows[] = {
		{ "date", "DAY", "hold waivers against this day, 2027-06-30 (default: today)",
		  ASK_TEXT },
		{ "rules", NULL, "list what is looked for", ASK_HERE },
		POLICY_RULES_ROWS,
		POLICY_TREE_ROW,
		{ 0 }
	};
	struct ask ask = {
		.command = "candor policy lint",
		.what = "policy-lint",
		.operands = "",
		.epilogue = "Exit status: 0 nothing found, 1 findings, 2 trouble.\n",
		.formats = POLICY_FORMATS,
		.rows = rows,
	};

	if (has_word(argv, "--rules"))
		ask.what = "policy-lint-rules";
	return ask_run(&ask, argc, argv);
}

enum exit_status policy_replay(int argc, char **argv)
{
	static const struct ask_row rows[] = {
		{ "records", "DIR", "where records are (default: policy/records)", ASK_TEXT },
		POLICY_RULES_ROWS,
		POLICY_TREE_ROW,
		{ 0 }
	};
	static const struct ask ask = {
		.command = "candor policy replay",
		.what = "policy-replay",
		.format = "text",
		.operands = "ID|FILE",
		.operand = "decision",
		.least = 1,
		.most = 1,
		.epilogue = "ID is a decision's, or its first 8 digits or more; FILE is a record, "
			    "NAME.json.\n"
			    "A decision whose inputs are still in the tree needs no record.\n\n"
			    "Exit status: 0 the same bytes, 1 others, 2 trouble.\n",
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}

enum exit_status policy_what_if(int argc, char **argv)
{
	static const struct ask_row rows[] = {
		{ "status", "ID=LEVEL",
		  "were it stated so, and built: supported, tech-preview, ...", ASK_LIST },
		{ "feature", "ID=on|off", "did the host layer allow or deny it", ASK_LIST },
		{ "add-rule", "TEXT", "were this said too, as in a rule file", ASK_LIST },
		{ "layer", "LAYER", "where --add-rule says it (default: host)", ASK_TEXT },
		{ "drop-rule", "FILE:LINE", "were what is said there not said", ASK_LIST },
		{ "all", NULL, "under every profile", ASK_FLAG },
		POLICY_PROFILE_ROW,
		POLICY_RULES_ROWS,
		POLICY_TREE_ROW,
		{ 0 }
	};
	static const struct ask ask = {
		.command = "candor policy what-if",
		.what = "policy-what-if",
		.operands = "",
		.epilogue = "Nothing is written.\n\n" ANSWERED,
		.formats = POLICY_FORMATS,
		.rows = rows,
	};

	return ask_run(&ask, argc, argv);
}
