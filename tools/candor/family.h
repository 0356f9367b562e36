/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that are a family of subcommands: `candor policy`, `candor host`. */
#ifndef CANDOR_FAMILY_H
#define CANDOR_FAMILY_H

#include "command.h"

struct family {
	const char *command; /* "candor host" */
	const char *about;   /* what help begins with, and ends with */
	const char *epilogue;
	int width;		       /* of the column of names in the help */
	const struct command *members; /* ended by one without a name */
};

/** Run the member that argv[1] names, with "candor host NAME" as its argv[0]; or tell of them. */
enum exit_status family_run(const struct family *family, int argc, char **argv);

#endif
