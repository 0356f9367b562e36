/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the subcommands of `candor policy` share; one row each in cmd-policy.c. */
#ifndef CANDOR_POLICY_SESSION_H
#define CANDOR_POLICY_SESSION_H

#include "arguments.h"
#include "command.h"

#include "engine/policy.h"

/** Options that most subcommands have. Zero-initialise. */
struct policy_options {
	const char *tree, *profile;
	struct argument_list site, host; /* rule files from outside the tree */
	bool json;
};

/* Rows for an argument table. */
#define POLICY_TREE_ROW(o)                                                        \
	{                                                                         \
		"tree", "DIR", "the source tree (default: .)", .text = &(o)->tree \
	}
#define POLICY_PROFILE_ROW(o)                                                                \
	{                                                                                    \
		"profile", "NAME", "the profile (default: supported)", .text = &(o)->profile \
	}
#define POLICY_SITE_ROW(o)                                                                    \
	{                                                                                     \
		"site", "FILE", "rules of the site, behind the profile's", .list = &(o)->site \
	}
#define POLICY_HOST_ROW(o)                                                                 \
	{                                                                                  \
		"host", "FILE", "rules of the host, behind all others", .list = &(o)->host \
	}
#define POLICY_JSON_ROW(o)                                       \
	{                                                        \
		"json", NULL, "for programs", .flag = &(o)->json \
	}

/** What a subcommand works on. */
struct policy_session {
	const struct policy_options *options;
	const char *tree, *profile; /* with the defaults */
	struct facts *facts;
	struct policy *policy;
	struct strbuf err;
};

/** Read tree and policy. On failure everything is said, and the status is EXIT_TROUBLE. */
enum exit_status policy_session_open(struct policy_session *s, const struct policy_options *o,
				     enum facts_depth depth);

void policy_session_close(struct policy_session *s);

/** Print what went wrong: the collected complaints, or @rc. Returns EXIT_TROUBLE. */
enum exit_status policy_session_trouble(const struct policy_session *s, int rc);

/** Print an answer; EXIT_CLEAN or EXIT_TROUBLE. Resets @text. */
enum exit_status policy_print(struct strbuf *text);

/**
 * Read arguments and check the number of operands. False: stop with *@ret_status.
 */
bool policy_arguments(const struct argument_table *table, int argc, char **argv, size_t least,
		      size_t most, struct argument_list *ret_operands,
		      enum exit_status *ret_status);

enum exit_status policy_check(int argc, char **argv);
enum exit_status policy_diff(int argc, char **argv);
enum exit_status policy_explain(int argc, char **argv);
enum exit_status policy_export(int argc, char **argv);
enum exit_status policy_lint(int argc, char **argv);
enum exit_status policy_list(int argc, char **argv);
enum exit_status policy_lock(int argc, char **argv);
enum exit_status policy_log(int argc, char **argv);
enum exit_status policy_page(int argc, char **argv);
enum exit_status policy_replay(int argc, char **argv);
enum exit_status policy_test(int argc, char **argv);
enum exit_status policy_what_if(int argc, char **argv);
enum exit_status policy_words(int argc, char **argv);

#endif
