/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long options from one table that also prints a command's help. */
#ifndef CANDOR_ARGUMENTS_H
#define CANDOR_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option;

#define ARGUMENTS_LIST_MAX 64

struct argument_list {
	const char *values[ARGUMENTS_LIST_MAX];
	size_t nr;
};

/** One option; exactly one of the targets is set. */
struct argument {
	const char *name;  /* "out", without the dashes */
	const char *value; /* "DIR" in the help; NULL for a flag */
	const char *help;
	const char **text;	    /* given at most once */
	struct argument_list *list; /* given any number of times */
	bool *flag;
};

struct argument_table {
	const char *command;  /* "candor release" */
	const char *operands; /* "DIR", after the options in the usage line; "" for none */
	const char *epilogue; /* exit status and the like */
	const struct argument *rows;
	size_t nr_rows;
	/* Where operands go of a command that takes many: room for all of argv. NULL: the list. */
	const char **many;
};

enum arguments_result {
	ARGUMENTS_OK,
	ARGUMENTS_HELP,	 /* --help was asked for and printed */
	ARGUMENTS_WRONG, /* said so on standard error */
};

/**
 * Read options and operands, in any order; behind "--" all are operands. Values
 * are borrowed from @argv. Only whole names are options, so that a script means
 * the same with a later version.
 */
enum arguments_result arguments_parse(const struct argument_table *table, int argc, char **argv,
				      struct argument_list *ret_operands);

/**
 * Are there from @least to @most operands? If not, that is said on standard error; @operands
 * is how the help calls them.
 */
bool arguments_count(const char *command, const char *operands, const struct argument_list *list,
		     size_t least, size_t most);

/**
 * Say on standard error, behind getopt_long()'s own words about an option of
 * @command ("candor check"), which one of @options was perhaps meant, and where
 * to read on.
 */
void arguments_hint(const char *command, const struct option *options, char **argv);

#endif
