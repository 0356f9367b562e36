/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the subcommand that argv[1] names. */
#include "family.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

static void usage(const struct family *family)
{
	printf("usage: %s SUBCOMMAND [ARGUMENTS]\n\n%s\nsubcommands:\n", family->command,
	       family->about);
	for (const struct command *c = family->members; c->name; c++)
		printf("  %-*s %s\n   %*s%s\n", family->width, c->name, c->synopsis, family->width,
		       "", c->summary);
	printf("\n%s", family->epilogue);
}

static enum exit_status no_subcommand(const struct family *family, const char *name)
{
	struct suggest near;

	suggest_start(&near, name);
	for (const struct command *c = family->members; c->name; c++)
		suggest_offer(&near, c->name);
	if (name[0] == '-')
		suggest_offer(&near, "--help");
	fprintf(stderr, "%s: %s '%s'", family->command,
		name[0] == '-' ? "no subcommand before" : "no subcommand", name);
	if (suggest_best(&near))
		fprintf(stderr, "; did you mean '%s'?", suggest_best(&near));
	fprintf(stderr, "\n       = see `%s --help`\n", family->command);
	return EXIT_TROUBLE;
}

enum exit_status family_run(const struct family *family, int argc, char **argv)
{
	char name[48];

	if (argc < 2) {
		fprintf(stderr, "%s: wants a subcommand\n       = see `%s --help`\n",
			family->command, family->command);
		return EXIT_TROUBLE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(family);
		return EXIT_CLEAN;
	}
	for (const struct command *c = family->members; c->name; c++) {
		if (strcmp(argv[1], c->name) != 0)
			continue;
		snprintf(name, sizeof(name), "%s %s", family->command, c->name);
		argv[1] = name;
		return c->run(argc - 1, argv + 1);
	}
	return no_subcommand(family, argv[1]);
}
