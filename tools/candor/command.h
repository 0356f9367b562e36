/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of `candor`: one cmd-NAME.c each, one row each in main.c. */
#ifndef CANDOR_COMMAND_H
#define CANDOR_COMMAND_H

/** What every command returns to the shell. */
enum exit_status {
	EXIT_CLEAN = 0,	   /* done, nothing to complain of */
	EXIT_FINDINGS = 1, /* the answer is "no": findings, differences, bad signature */
	EXIT_TROUBLE = 2,  /* no answer: usage, unreadable input, unwritable output */
};

struct command {
	const char *name;     /* "check" */
	const char *synopsis; /* "[--json] [--tree DIR]" */
	const char *summary;  /* one line for `candor --help` */
	/* argv[0] is the command's name; prints its own help for --help. */
	enum exit_status (*run)(int argc, char **argv);
};

enum exit_status cmd_check(int argc, char **argv);
enum exit_status cmd_explain_rule(int argc, char **argv);
enum exit_status cmd_init(int argc, char **argv);
enum exit_status cmd_inspect(int argc, char **argv);
enum exit_status cmd_policy(int argc, char **argv);
enum exit_status cmd_matrix(int argc, char **argv);
enum exit_status cmd_release(int argc, char **argv);
enum exit_status cmd_verify(int argc, char **argv);
enum exit_status cmd_query(int argc, char **argv);
enum exit_status cmd_statement(int argc, char **argv);
enum exit_status cmd_status(int argc, char **argv);
enum exit_status cmd_history(int argc, char **argv);
enum exit_status cmd_join(int argc, char **argv);
enum exit_status cmd_diff(int argc, char **argv);
enum exit_status cmd_evidence(int argc, char **argv);
enum exit_status cmd_lsp(int argc, char **argv);

#endif
