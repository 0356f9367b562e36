/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands that answer questions share: formats, the terminal, complaints. */
#ifndef CANDOR_OUTPUT_H
#define CANDOR_OUTPUT_H

#include "base/strbuf.h"
#include "command.h"
#include "emit/questions.h"
#include "history/history.h"

/** Formats as bits, so that a command says which it has. */
enum output_format {
	OUTPUT_TEXT = 1 << 0,
	OUTPUT_JSON = 1 << 1,
	OUTPUT_YAML = 1 << 2,
	OUTPUT_CSV = 1 << 3,
	OUTPUT_MARKDOWN = 1 << 4,
	OUTPUT_WIKI = 1 << 5,
};

/**
 * The format that `--format NAME` and `--json` ask for, of those in @offered; text
 * when neither does. False, and said so, when there is none.
 */
bool output_choose(const char *command, const char *name, bool json, unsigned int offered,
		   enum output_format *ret_format);

/** JSON or YAML, for a format that is one of them. */
enum doc_format output_doc_format(enum output_format format);

/** Colours and width of standard output. */
struct emit_style output_style(void);

/** Write the text to standard output; @status unless that fails, which is said. */
enum exit_status output_write(const char *command, const struct strbuf *sb,
			      enum exit_status status);

/** Say what went wrong, and what to do, with what is dangerous escaped. Always trouble. */
enum exit_status output_complain(const char *command, const struct history_trouble *trouble);

/** The same with a cause of our own. */
enum exit_status output_say(const char *command, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * From now on end the program, saying so, when it has computed for two minutes: a
 * repository made to keep libgit2 busy for ever does not.
 */
void output_limit_time(void);

/** Likewise, but a remark that does not end the command. */
void output_remark(const char *command, const char *text);

#endif
