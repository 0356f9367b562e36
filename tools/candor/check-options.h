/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `candor check` is asked for on its command line. */
#ifndef CANDOR_CHECK_OPTIONS_H
#define CANDOR_CHECK_OPTIONS_H

#include <glob.h>
#include <stdbool.h>

#include "base/date.h"
#include "command.h"
#include "model/model.h"

#define CHECK_PATHS_MAX 1024

/** An option that may have many values. */
struct check_list {
	const char *values[CHECK_PATHS_MAX];
	size_t nr;
};

enum check_format {
	CHECK_TEXT,
	CHECK_JSON,
	CHECK_SARIF,
	CHECK_GITHUB,
	CHECK_GITLAB,
	NR_CHECK_FORMATS
};

struct check_options {
	const char *tree, *registry, *statement, *evidence, *waivers, *config;
	const char *baseline, *write_baseline, *previous;
	struct check_list locks, objects, branches, rules;
	char date[DATE_SIZE];
	enum channel channel;
	enum check_format format;
	enum severity severity;
	bool fix, dry_run;
	/* What was found in the tree, for what no option names. */
	char *found_registry, *found_statement, *found_waivers, *found_config;
	glob_t found_locks;
};

/** Read the command line. False: it is answered, with *@ret_status. */
bool check_options_read(int argc, char **argv, struct check_options *o,
			enum exit_status *ret_status);

/** Look in the tree for what no option names. False, and said so, when nothing is to check. */
bool check_options_complete(struct check_options *o);

void check_options_free(struct check_options *o);

#endif
