/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy export`: a decision for other build systems. */
#include <stdio.h>
#include <string.h>

#include "policy.h"

#include "base/suggest.h"

/* In the order of the help. */
static const char *const formats[] = { "kconfig", "meson", "ansible", "preset" };

#define NR_FORMATS (sizeof(formats) / sizeof(formats[0]))

/* The format among the arguments: the last word behind "--format", or NULL. */
static const char *named_format(char **argv)
{
	static const char option[] = "--format";
	const char *found = NULL;

	for (; *argv; argv++) {
		if (!strncmp(*argv, option, sizeof(option) - 1) && (*argv)[8] == '=')
			found = *argv + sizeof(option);
		else if (!strcmp(*argv, option))
			found = argv[1];
	}
	return found;
}

static enum exit_status no_format(const char *name)
{
	struct suggest near;

	if (!name) {
		fputs("candor policy export: wants --format kconfig|meson|ansible|preset\n"
		      "       = see `candor policy export --help`\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	suggest_start(&near, name);
	for (size_t k = 0; k < NR_FORMATS; k++)
		suggest_offer(&near, formats[k]);
	fprintf(stderr, "candor policy export: no format '%s'", name);
	if (suggest_best(&near))
		fprintf(stderr, "; did you mean '%s'?", suggest_best(&near));
	fputs("\n       = see `candor policy export --help`\n", stderr);
	return EXIT_TROUBLE;
}

static enum exit_status judge_format(const struct ask *ask, struct candor *c, size_t nr_operands)
{
	(void)c;
	(void)nr_operands;
	for (size_t i = 0; ask->format && i < NR_FORMATS; i++) {
		if (!strcmp(formats[i], ask->format))
			return EXIT_CLEAN;
	}
	return no_format(ask->format);
}

enum exit_status policy_export(int argc, char **argv)
{
	static const struct ask_row rows[] = {
		{ "format", "NAME",
		  "kconfig: a fragment for the Xen tree; meson: meson.options;\n"
		  "                      ansible: variables; preset: enable and disable lines",
		  ASK_HERE },
		POLICY_PROFILE_ROW,
		{ "map", "FILE", "symbols of features (default: support/xen-kconfig.map)",
		  ASK_TEXT },
		POLICY_TREE_ROW,
		POLICY_RULES_ROWS,
		{ 0 }
	};
	const struct ask ask = {
		.command = "candor policy export",
		.what = "policy-export",
		.format = named_format(argv),
		.operands = "",
		.epilogue = "Exit status: 0 written, 2 trouble.\n",
		.rows = rows,
		.prepare = judge_format,
	};

	return ask_run(&ask, argc, argv);
}
