/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands of `candor policy`; one row each in cmd-policy.c. */
#ifndef CANDOR_TOOLS_POLICY_H
#define CANDOR_TOOLS_POLICY_H

#include "ask.h"
#include "command.h"

/* Rows that most of them have. */
/* clang-format off */
#define POLICY_TREE_ROW { "tree", "DIR", "the source tree (default: .)", ASK_SET }
#define POLICY_PROFILE_ROW { "profile", "NAME", "the profile (default: supported)", ASK_TEXT }
#define POLICY_RULES_ROWS \
	{ "site", "FILE", "rules of the site, behind the profile's", ASK_LIST }, \
	{ "host", "FILE", "rules of the host, behind all others", ASK_LIST }
/* clang-format on */

/** For programs as well. */
#define POLICY_FORMATS (OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML)

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
