/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `xl`, with what Candor adds to it. A command that is not in the table, and options before
 * a command, are passed on to the distribution's xl, which sees the same arguments.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xl/xl.h"

static const struct {
	const char *name;
	enum xl_status (*run)(int argc, char **argv);
} commands[] = {
	{ "support", xl_support },
};

/* What `xl help` lists stands above what the distribution's lists. */
static void add_help(void)
{
	puts("Of Candor:\n\n"
	     " support              Show which features this host has, in which state\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return (int)commands[i].run(argc - 1, argv + 1);
	if (argc == 2 && !strcmp(argv[1], "help"))
		add_help();
	return (int)xl_pass_on(argv);
}
