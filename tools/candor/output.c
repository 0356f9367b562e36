/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How answers leave the program. */
#include "output.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/terminal.h"
#include "base/text.h"
#include "interrupt.h"

static const struct {
	const char *name;
	enum output_format format;
	const char *rendering;
} formats[] = {
	{ "table", OUTPUT_TEXT, "text" },      { "text", OUTPUT_TEXT, "text" },
	{ "json", OUTPUT_JSON, "json" },       { "yaml", OUTPUT_YAML, "yaml" },
	{ "csv", OUTPUT_CSV, "csv" },	       { "markdown", OUTPUT_MARKDOWN, "markdown" },
	{ "wiki", OUTPUT_WIKI, "wiki" },       { "sarif", OUTPUT_SARIF, "sarif" },
	{ "github", OUTPUT_GITHUB, "github" }, { "gitlab", OUTPUT_GITLAB, "gitlab" },
};

const char *output_choose(const char *command, const char *name, bool json, unsigned int offered)
{
	struct strbuf names = STRBUF_INIT;
	const char *found = NULL;

	if (!name)
		return json || !(offered & OUTPUT_TEXT) ? "json" : "text";
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && !found; i++) {
		if (!(formats[i].format & offered))
			continue;
		if (!strcmp(formats[i].name, name) && (!json || formats[i].format == OUTPUT_JSON))
			found = formats[i].rendering;
		strbuf_printf(&names, "%s%s", names.size ? ", " : "", formats[i].name);
	}
	if (!found && json)
		output_say(command, "choose one", "two formats are asked for: --json and '%s'",
			   name);
	else if (!found)
		output_say(command, "choose one", "no format '%s'; there are: %s", name,
			   strbuf_str(&names) ? strbuf_str(&names) : "");
	strbuf_reset(&names);
	return found;
}

const char *output_formats(unsigned int offered, char text[OUTPUT_FORMATS_SIZE])
{
	const char *last = NULL;
	size_t size = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!(formats[i].format & offered) || !strcmp(formats[i].name, "text"))
			continue;
		if (last)
			size += (size_t)snprintf(text + size, OUTPUT_FORMATS_SIZE - size, "%s%s",
						 size ? ", " : "", last);
		last = formats[i].name;
	}
	if (last)
		snprintf(text + size, OUTPUT_FORMATS_SIZE - size, "%s%s", size ? " or " : "", last);
	return text;
}

int output_take(void *context, const char *data, size_t size)
{
	/* What fails then, main() says for all commands. */
	(void)fwrite(data, 1, size, context);
	return 0;
}

int output_keep(void *context, const char *data, size_t size)
{
	strbuf_add(context, data, size);
	return ((struct strbuf *)context)->failed ? -ENOMEM : 0;
}

static unsigned int find_columns(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return columns && atoi(columns) > 0 ? (unsigned int)atoi(columns) : 0;
}

size_t output_style(struct candor_option options[OUTPUT_STYLE_MAX], char columns[16])
{
	unsigned int width;
	size_t nr = 0;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (terminal_colours(stdout))
		options[nr++] = (struct candor_option){ .name = "colour" };
	width = find_columns();
	if (width) {
		snprintf(columns, 16, "%u", width);
		options[nr++] = (struct candor_option){ .name = "columns", .value = columns };
	}
	return nr;
}

static void print_visible(const char *text)
{
	struct strbuf sb = STRBUF_INIT;

	text_add_visible(&sb, text, strlen(text));
	fputs(strbuf_str(&sb) ? strbuf_str(&sb) : "out of memory", stderr);
	strbuf_reset(&sb);
}

enum exit_status output_complain(const char *command, const struct candor_error *error)
{
	print_visible(error->file[0] ? error->file : command);
	if (error->line)
		fprintf(stderr, ":%u", error->line);
	if (error->line && error->column)
		fprintf(stderr, ":%u", error->column);
	fputs(": error: ", stderr);
	print_visible(error->message);
	if (error->remedy[0]) {
		fputs("\n       = ", stderr);
		print_visible(error->remedy);
	}
	fputs("\n", stderr);
	return EXIT_TROUBLE;
}

enum exit_status output_fail(const char *command, const struct candor *c,
			     const struct candor_error *error)
{
	if (interrupt_say())
		return EXIT_TROUBLE;
	if (!*candor_complaints(c))
		return output_complain(command, error);
	/* Made of complaints that show what they quote escaped. */
	fputs(candor_complaints(c), stderr);
	return EXIT_TROUBLE;
}

enum exit_status output_say(const char *command, const char *remedy, const char *fmt, ...)
{
	struct candor_error error = { 0 };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error.message, sizeof(error.message), fmt, ap);
	va_end(ap);
	snprintf(error.remedy, sizeof(error.remedy), "%s", remedy);
	return output_complain(command, &error);
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

void output_remarks(const char *command, const struct candor *c)
{
	const char *remark;

	for (size_t i = 0; (remark = candor_remark_at(c, i)); i++) {
		fprintf(stderr, "%s: warning: ", command);
		print_visible(remark);
		fputs("\n", stderr);
	}
}

enum exit_status output_render(const char *command, struct candor *c, const char *what,
			       const char *format, const struct candor_option *options)
{
	struct candor_error error;
	int rc = candor_render(c, what, format, options, output_take, stdout, &error);

	output_remarks(command, c);
	if (rc < 0)
		return output_fail(command, c, &error);
	return rc == CANDOR_NO ? EXIT_FINDINGS : EXIT_CLEAN;
}
