/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that are a rendering of libcandor's with its options, from one table. */
#ifndef CANDOR_ASK_H
#define CANDOR_ASK_H

#include "output.h"

enum ask_kind {
	ASK_TEXT,     /* a rendering's option, once */
	ASK_LIST,     /* likewise, any number of times */
	ASK_FLAG,     /* likewise, without a value */
	ASK_NEEDED,   /* once, and it must be */
	ASK_HERE,     /* taken by the command itself */
	ASK_SET,      /* of candor_set(), once */
	ASK_SET_LIST, /* likewise, any number of times */
};

struct ask_row {
	const char *name;  /* of the command line */
	const char *value; /* "DIR" in the help; NULL for a flag */
	const char *help;
	enum ask_kind kind;
	const char *option; /* libcandor's name of it; NULL: the same */
};

struct ask {
	const char *command;  /* "candor query" */
	const char *what;     /* the rendering */
	const char *operands; /* "[WORD]..." */
	const char *operand;  /* option that each operand is a value of */
	size_t least, most;   /* operands; @most 0: as many as there are */
	const char *epilogue;
	unsigned int formats;	    /* of enum output_format: --format and --json choose one */
	const char *format;	    /* the only one; NULL: one of @formats */
	bool has_style;		    /* its text is made for a terminal's width and colours */
	bool reads_git;		    /* a repository may be made to keep it busy for ever */
	const struct ask_row *rows; /* ended by one without a name */
	/* Before it is rendered; NULL: nothing. Trouble ends the command. */
	enum exit_status (*prepare)(const struct ask *ask, struct candor *c, size_t nr_operands);
};

/** Run the command. */
enum exit_status ask_run(const struct ask *ask, int argc, char **argv);

#endif
