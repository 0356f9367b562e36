/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command `candor`: finds the row of its table that argv[1] names. */
#include "command.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

static const struct command commands[] = {
	{ "check", "[OPTION]...", "hold statement, registry, code, locks and tests together",
	  cmd_check },
	{ "explain-rule", "[RULE]", "say what a rule of the check wants, with examples",
	  cmd_explain_rule },
	{ "init", "[--tree DIR]", "write a first candor.yaml for a tree of others", cmd_init },
	{ "policy", "SUBCOMMAND [OPTION]...", "decide what a build contains, and say why",
	  cmd_policy },
	{ "inspect", "IMAGE [--lock FILE] [OPTION]...",
	  "prove that an image holds what its lock says", cmd_inspect },
	{ "matrix", "[--html FILE] [--json FILE] SUPPORT.md...", "print statements side by side",
	  cmd_matrix },
	{ "query", "[OPTION]... [WORD]...", "list what a statement states, by any property",
	  cmd_query },
	{ "status", "[OPTION]... [FEATURE]...", "what a branch's statement said on a date",
	  cmd_status },
	{ "history", "[OPTION]... [FEATURE]...", "how what is stated of a feature changed, and why",
	  cmd_history },
	{ "diff", "[OPTION]... A B...", "what changed in meaning between statements", cmd_diff },
	{ "join", "[OPTION]... FEATURE", "all that a tree knows of one feature", cmd_join },
	{ "release", "--out DIR [OPTION]...", "write a signed release", cmd_release },
	{ "verify", "[OPTION]... DIR", "check a release's files and signatures", cmd_verify },
	{ "evidence", "--testlog FILE --out FILE", "turn test logs into evidence", cmd_evidence },
	{ "lsp", "[--tree DIR]", "serve an editor while it edits the tree", cmd_lsp },
	{ 0 },
};

static void usage(FILE *out)
{
	fputs("usage: candor COMMAND [ARGUMENTS]\n\ncommands:\n", out);
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-14s %s\n", c->name, c->summary);
	fputs("\n`candor COMMAND --help` tells more. Exit status: 0 clean, 1 findings, "
	      "2 trouble.\n",
	      out);
}

static enum exit_status no_command(const char *name)
{
	struct suggest near;

	suggest_start(&near, name);
	for (const struct command *c = commands; c->name; c++)
		suggest_offer(&near, c->name);
	suggest_offer(&near, "--help");
	suggest_offer(&near, "--version");
	fprintf(stderr, "candor: no command '%s'", name);
	if (suggest_best(&near))
		fprintf(stderr, "; did you mean '%s'?\n", suggest_best(&near));
	else
		fputs("; `candor --help` lists them\n", stderr);
	return EXIT_TROUBLE;
}

/* Run the command that argv[0] names. */
static enum exit_status run(int argc, char **argv)
{
	char name[32];

	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(argv[0], c->name))
			continue;
		/* What getopt_long() calls the program in its messages. */
		snprintf(name, sizeof(name), "candor %s", c->name);
		argv[0] = name;
		return c->run(argc, argv);
	}
	return no_command(argv[0]);
}

static enum exit_status dispatch(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_TROUBLE;
	}
	if (!strcmp(argv[1], "help") && argc > 2) {
		char option[] = "--help";
		char *words[] = { argv[2], option, NULL };

		return run(2, words);
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return EXIT_CLEAN;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("candor " CANDOR_VERSION);
		return EXIT_CLEAN;
	}
	return run(argc - 1, argv + 1);
}

/* A program that is over soon asks the kernel for memory in few and large steps. */
static void ask_for_memory_seldom(void)
{
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

int main(int argc, char **argv)
{
	enum exit_status status;

	ask_for_memory_seldom();
	status = dispatch(argc, argv);
	if ((fflush(stdout) || ferror(stdout)) && status != EXIT_TROUBLE) {
		fputs("candor: cannot write to standard output\n       = make room where it "
		      "goes\n",
		      stderr);
		status = EXIT_TROUBLE;
	}
	return (int)status;
}
