/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that are a rendering of libcandor's with its options. */
#include "ask.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"

#define ROWS_MAX 32
#define OPTIONS_MAX (ROWS_MAX * ARGUMENTS_LIST_MAX + OUTPUT_STYLE_MAX + 1)

/* What the command line says of each row. */
struct given {
	const char *text;
	struct argument_list list;
	bool flag;
};

struct session {
	const struct ask *ask;
	struct given given[ROWS_MAX];
	struct argument rows[ROWS_MAX + 2];
	size_t nr_rows, nr_arguments;
	char format_names[OUTPUT_FORMATS_SIZE];
	const char *format_name;
	bool json;
	struct argument_list operands;
	struct candor_option options[OPTIONS_MAX];
	size_t nr_options;
	char columns[16];
};

static void make_rows(struct session *s)
{
	const struct ask_row *row = s->ask->rows;

	for (; row->name; row++, s->nr_rows++) {
		struct given *g = &s->given[s->nr_rows];
		bool is_list = row->kind == ASK_LIST || row->kind == ASK_SET_LIST;

		s->rows[s->nr_rows] = (struct argument){
			.name = row->name,
			.value = row->value,
			.help = row->help,
			.text = is_list || !row->value ? NULL : &g->text,
			.list = is_list ? &g->list : NULL,
			.flag = row->value ? NULL : &g->flag,
		};
	}
	s->nr_arguments = s->nr_rows;
	if (!s->ask->formats)
		return;
	s->rows[s->nr_arguments++] = (struct argument){
		.name = "format",
		.value = "FORMAT",
		.help = output_formats(s->ask->formats, s->format_names),
		.text = &s->format_name,
	};
	s->rows[s->nr_arguments++] = (struct argument){ .name = "json",
							.help = "the same as --format json",
							.flag = &s->json };
}

/* What is given too often or not at all. */
static bool is_complete(const struct session *s)
{
	const struct ask *ask = s->ask;

	if (!arguments_count(ask->command, ask->operands, &s->operands, ask->least,
			     ask->most ? ask->most : SIZE_MAX))
		return false;
	for (size_t i = 0; i < s->nr_rows; i++) {
		if (ask->rows[i].kind != ASK_NEEDED || s->given[i].text)
			continue;
		fprintf(stderr, "%s: wants --%s %s\n       = see `%s --help`\n", ask->command,
			ask->rows[i].name, ask->rows[i].value, ask->command);
		return false;
	}
	return true;
}

static void add_option(struct session *s, const char *name, const char *value)
{
	s->options[s->nr_options++] = (struct candor_option){ .name = name, .value = value };
}

static const char *name_of(const struct ask_row *row)
{
	return row->option ? row->option : row->name;
}

static void add_options(struct session *s, const char *format)
{
	for (size_t i = 0; i < s->nr_rows; i++) {
		const struct ask_row *row = &s->ask->rows[i];
		const struct given *g = &s->given[i];

		if ((row->kind == ASK_TEXT || row->kind == ASK_NEEDED) && g->text)
			add_option(s, name_of(row), g->text);
		if (row->kind == ASK_FLAG && g->flag)
			add_option(s, name_of(row), NULL);
		for (size_t k = 0; row->kind == ASK_LIST && k < g->list.nr; k++)
			add_option(s, name_of(row), g->list.values[k]);
	}
	for (size_t i = 0; i < s->operands.nr; i++)
		add_option(s, s->ask->operand, s->operands.values[i]);
	if (!strcmp(format, "text") && s->ask->has_style)
		s->nr_options += output_style(s->options + s->nr_options, s->columns);
}

static int set_options(const struct session *s, struct candor *c, struct candor_error *error)
{
	int rc = 0;

	for (size_t i = 0; i < s->nr_rows && !rc; i++) {
		const struct ask_row *row = &s->ask->rows[i];
		const struct given *g = &s->given[i];

		if (row->kind == ASK_SET && g->text)
			rc = candor_set(c, name_of(row), g->text, error);
		for (size_t k = 0; row->kind == ASK_SET_LIST && k < g->list.nr && !rc; k++)
			rc = candor_set(c, name_of(row), g->list.values[k], error);
	}
	return rc;
}

static enum exit_status render(struct session *s, struct candor *c, const char *format)
{
	const struct ask *ask = s->ask;
	enum exit_status status = EXIT_CLEAN;
	struct candor_error error;

	if (set_options(s, c, &error))
		return output_complain(ask->command, &error);
	if (ask->prepare)
		status = ask->prepare(ask, c, s->operands.nr);
	if (status != EXIT_CLEAN)
		return status;
	add_options(s, format);
	return output_render(ask->command, c, ask->what, format, s->options);
}

static enum exit_status answer(struct session *s)
{
	const char *format = s->ask->format;
	enum exit_status status;
	struct candor *c;

	if (s->ask->formats)
		format = output_choose(s->ask->command, s->format_name, s->json, s->ask->formats);
	if (s->ask->formats && !format)
		return EXIT_TROUBLE;
	if (candor_create(NULL, &c))
		return output_say(s->ask->command, "free memory", "out of memory");
	if (s->ask->reads_git)
		output_limit_time();
	status = render(s, c, format);
	candor_destroy(c);
	return status;
}

enum exit_status ask_run(const struct ask *ask, int argc, char **argv)
{
	struct session *s = calloc(1, sizeof(*s));
	enum exit_status status = EXIT_TROUBLE;
	struct argument_table table = { .command = ask->command,
					.operands = ask->operands,
					.epilogue = ask->epilogue };

	if (!s)
		return output_say(ask->command, "free memory", "out of memory");
	s->ask = ask;
	make_rows(s);
	table.rows = s->rows;
	table.nr_rows = s->nr_arguments;
	switch (arguments_parse(&table, argc, argv, &s->operands)) {
	case ARGUMENTS_HELP:
		status = EXIT_CLEAN;
		break;
	case ARGUMENTS_WRONG:
		break;
	case ARGUMENTS_OK:
		if (is_complete(s))
			status = answer(s);
		break;
	}
	free(s);
	return status;
}
