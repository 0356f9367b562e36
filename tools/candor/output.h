/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How answers leave the program: formats, the terminal, complaints. */
#ifndef CANDOR_OUTPUT_H
#define CANDOR_OUTPUT_H

#include <stdbool.h>

#include <candor/candor.h>

#include "command.h"

/** Formats as bits, so that a command says which it has. */
enum output_format {
	OUTPUT_TEXT = 1 << 0,
	OUTPUT_JSON = 1 << 1,
	OUTPUT_YAML = 1 << 2,
	OUTPUT_CSV = 1 << 3,
	OUTPUT_MARKDOWN = 1 << 4,
	OUTPUT_WIKI = 1 << 5,
	OUTPUT_SARIF = 1 << 6,
	OUTPUT_GITHUB = 1 << 7,
	OUTPUT_GITLAB = 1 << 8,
};

/**
 * The format that `--format NAME` and `--json` ask for, of those in @offered, as
 * candor_render() has it; "text" when neither does. NULL, and said so, when there is none.
 */
const char *output_choose(const char *command, const char *name, bool json, unsigned int offered);

#define OUTPUT_FORMATS_SIZE 96

/** The names of formats, "table, json or yaml", in @text; returns it. */
const char *output_formats(unsigned int offered, char text[OUTPUT_FORMATS_SIZE]);

/** candor_write_fn: to the stream @context. */
int output_take(void *context, const char *data, size_t size);

/** candor_write_fn: behind what the strbuf @context has. */
int output_keep(void *context, const char *data, size_t size);

/** Options for text on standard output: "colour" and "columns", where it is a terminal. */
#define OUTPUT_STYLE_MAX 2
size_t output_style(struct candor_option options[OUTPUT_STYLE_MAX], char columns[16]);

/** Say why a call failed, with what is dangerous escaped. Always trouble. */
enum exit_status output_complain(const char *command, const struct candor_error *error);

/**
 * Say why a call with a handle failed: all that it complained of, where that is more.
 * Always trouble.
 */
enum exit_status output_fail(const char *command, const struct candor *c,
			     const struct candor_error *error);

/** The same with a cause of our own. */
enum exit_status output_say(const char *command, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * From now on end the program, saying so, when it has computed for two minutes: a
 * repository made to keep libgit2 busy for ever does not.
 */
void output_limit_time(void);

/** What the last rendering remarked. */
void output_remarks(const char *command, const struct candor *c);

/** Write a rendering to standard output. CANDOR_NO: findings. */
enum exit_status output_render(const char *command, struct candor *c, const char *what,
			       const char *format, const struct candor_option *options);

#endif
