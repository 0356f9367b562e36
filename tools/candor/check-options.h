/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `candor check` is asked for on its command line. */
#ifndef CANDOR_CHECK_OPTIONS_H
#define CANDOR_CHECK_OPTIONS_H

#include <stdbool.h>

#include <candor/candor.h>

#include "command.h"

struct check_options {
	struct candor *c; /* told what to read */
	const char *write_baseline;
	const char *format; /* as candor_render() has it */
	bool fix, dry_run;
};

/** Read the command line into @o->c and @o. False: it is answered, with *@ret_status. */
bool check_options_read(int argc, char **argv, struct check_options *o,
			enum exit_status *ret_status);

#endif
