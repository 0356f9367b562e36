/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How answers leave the program. */
#include "output.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/terminal.h"
#include "base/text.h"

static const struct {
	const char *name;
	enum output_format format;
} formats[] = {
	{ "table", OUTPUT_TEXT }, { "text", OUTPUT_TEXT }, { "json", OUTPUT_JSON },
	{ "yaml", OUTPUT_YAML },  { "csv", OUTPUT_CSV },   { "markdown", OUTPUT_MARKDOWN },
	{ "wiki", OUTPUT_WIKI },
};

bool output_choose(const char *command, const char *name, bool json, unsigned int offered,
		   enum output_format *ret_format)
{
	struct strbuf names = STRBUF_INIT;

	if (!name) {
		*ret_format = json ? OUTPUT_JSON : OUTPUT_TEXT;
		return true;
	}
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!(formats[i].format & offered))
			continue;
		if (!strcmp(formats[i].name, name) && (!json || formats[i].format == OUTPUT_JSON)) {
			*ret_format = formats[i].format;
			strbuf_reset(&names);
			return true;
		}
		strbuf_printf(&names, "%s%s", names.size ? ", " : "", formats[i].name);
	}
	output_say(command, "choose one",
		   json ? "two formats are asked for: --json and '%s'"
			: "no format '%s'; there are: %s",
		   name, strbuf_str(&names) ? strbuf_str(&names) : "");
	strbuf_reset(&names);
	return false;
}

enum doc_format output_doc_format(enum output_format format)
{
	return format == OUTPUT_YAML ? DOC_YAML : DOC_JSON;
}

struct emit_style output_style(void)
{
	struct emit_style style = { EMIT_PLAIN, 0 };
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return style;
	if (terminal_colours(stdout))
		style.colour = EMIT_COLOUR;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		style.width = size.ws_col;
	else if (columns && atoi(columns) > 0)
		style.width = (size_t)atoi(columns);
	return style;
}

enum exit_status output_write(const char *command, const struct strbuf *sb, enum exit_status status)
{
	if (!strbuf_str(sb))
		return output_say(command, "free memory", "out of memory");
	fwrite(strbuf_str(sb), 1, sb->size, stdout);
	/* What fails then, main() says for all commands. */
	return fflush(stdout) ? EXIT_FINDINGS : status;
}

static void print_visible(const char *text)
{
	struct strbuf sb = STRBUF_INIT;

	text_add_visible(&sb, text, strlen(text));
	fputs(strbuf_str(&sb) ? strbuf_str(&sb) : "out of memory", stderr);
	strbuf_reset(&sb);
}

enum exit_status output_complain(const char *command, const struct history_trouble *trouble)
{
	fprintf(stderr, "%s: error: ", command);
	print_visible(trouble->message);
	fputs("\n       = ", stderr);
	print_visible(trouble->remedy);
	fputs("\n", stderr);
	return EXIT_TROUBLE;
}

enum exit_status output_say(const char *command, const char *remedy, const char *fmt, ...)
{
	struct history_trouble trouble;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(trouble.message, sizeof(trouble.message), fmt, ap);
	va_end(ap);
	snprintf(trouble.remedy, sizeof(trouble.remedy), "%s", remedy);
	return output_complain(command, &trouble);
}

#define CPU_SECONDS_MAX 120

static void time_is_up(int signal)
{
	static const char text[] = "candor: error: two minutes of computing are up\n"
				   "       = see what `git fsck` says of the repository\n";

	/* Who does not hear it sees the status. */
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(EXIT_TROUBLE);
	_exit(EXIT_TROUBLE);
}

void output_limit_time(void)
{
	struct sigaction action = { .sa_handler = time_is_up };
	struct rlimit limit;

	if (getrlimit(RLIMIT_CPU, &limit) || limit.rlim_cur <= CPU_SECONDS_MAX)
		return;
	limit.rlim_cur = CPU_SECONDS_MAX;
	/* Where the limit cannot be had, honest repositories are read as well. */
	if (!sigaction(SIGXCPU, &action, NULL))
		setrlimit(RLIMIT_CPU, &limit);
}

void output_remark(const char *command, const char *text)
{
	fprintf(stderr, "%s: warning: ", command);
	print_visible(text);
	fputs("\n", stderr);
}
