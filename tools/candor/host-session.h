/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the subcommands of `candor host` share; one row each in cmd-host.c. */
#ifndef CANDOR_HOST_SESSION_H
#define CANDOR_HOST_SESSION_H

#include <limits.h>

#include "arguments.h"
#include "command.h"

#include "host/status.h"

/** Options that most subcommands have. Zero-initialise. */
struct host_options {
	const char *root, *state, *lock, *tree;
	bool json, yaml;
	bool is_quiet; /* whether what runs is known does not matter much */
};

/* Rows for an argument table. */
#define HOST_ROOT_ROW(o)                                                                           \
	{                                                                                          \
		"root", "DIR", "the system's files are below DIR (default: /)", .text = &(o)->root \
	}
#define HOST_STATE_ROW(o)                                                            \
	{                                                                            \
		"state", "FILE", "what runs is told by FILE, not by the hypervisor", \
			.text = &(o)->state                                          \
	}
#define HOST_LOCK_ROW(o)                                                              \
	{                                                                             \
		"lock", "FILE", "the lock of the build (default: the installed one)", \
			.text = &(o)->lock                                            \
	}
#define HOST_TREE_ROW(o)                                                             \
	{                                                                            \
		"tree", "DIR", "SUPPORT.md and support/features.yaml are below DIR", \
			.text = &(o)->tree                                           \
	}
#define HOST_JSON_ROW(o)                                         \
	{                                                        \
		"json", NULL, "for programs", .flag = &(o)->json \
	}
#define HOST_YAML_ROW(o)                                             \
	{                                                            \
		"yaml", NULL, "the same as YAML", .flag = &(o)->yaml \
	}

/**
 * Read all there is of a host. On failure everything is said, and the status is
 * EXIT_TROUBLE. @command is for messages. status_input_reset() @ret_in.
 */
enum exit_status host_read(const char *command, const struct host_options *o,
			   struct status_input *ret_in);

/** The root as the library wants it: "" for the system itself. @buffer may be used. */
const char *host_root(const struct host_options *o, char buffer[PATH_MAX]);

/** Write @text to standard output and reset it; a failure is said, and EXIT_TROUBLE. */
enum exit_status host_print(struct strbuf *text);

/**
 * Parse the arguments, which have from @least to @most operands. False: *@ret_status is what
 * the program ends with, all is said.
 */
bool host_arguments(const struct argument_table *table, int argc, char **argv, size_t least,
		    size_t most, struct argument_list *ret_operands, enum exit_status *ret_status);

/** Is the root the system that runs? */
bool host_is_here(const struct host_options *o);

/** Say what was collected in @err, and reset it. Returns EXIT_TROUBLE. */
enum exit_status host_trouble(const char *command, int rc, struct strbuf *err);

enum exit_status host_enable(int argc, char **argv);
enum exit_status host_disable(int argc, char **argv);
enum exit_status host_apply(int argc, char **argv);

#endif
