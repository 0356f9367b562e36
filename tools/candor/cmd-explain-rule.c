/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor explain-rule`: what a rule of the check wants, with examples. */
#include "command.h"

#include "arguments.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "output.h"

static const char command[] = "candor explain-rule";

static enum exit_status complain(const struct candor_error *error)
{
	bool is_answered = strstr(error->message, "did you mean");

	fprintf(stderr, "%s: %s%s%s\n", command, error->message, is_answered ? "" : "; ",
		is_answered ? "" : error->remedy);
	return EXIT_TROUBLE;
}

static enum exit_status explain(struct candor *c, const char *rule, const char *format,
				const char *folder)
{
	const struct candor_option options[] = { { .name = "rule", .value = rule }, { 0 } };
	struct candor_error error;
	int rc;

	if (!folder)
		rc = candor_render(c, "rule", format, options, output_take, stdout, &error);
	else
		rc = candor_write_examples(c, rule, folder, &error);
	if (rc && error.file[0])
		return output_complain(command, &error);
	return rc ? complain(&error) : EXIT_CLEAN;
}

enum exit_status cmd_explain_rule(int argc, char **argv)
{
	const char *folder = NULL;
	const char *name = NULL, *format;
	bool json = false;
	const struct argument rows[] = {
		{ "format", "FORMAT", "text, json or yaml", &name, NULL, NULL },
		{ "json", NULL, "the same as --format json", NULL, NULL, &json },
		{ "write", "DIR", "write the examples as trees, DIR/bad and DIR/good", &folder,
		  NULL, NULL },
	};
	const struct argument_table table = {
		"candor explain-rule", "[RULE]",
		"Without a rule all are listed: id, severity, rationale. In a written tree 'args'\n"
		"holds the options to check it with.\n"
		"\n"
		"Exit status: 0 explained, 2 no such rule or other trouble.\n",
		rows, sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	enum arguments_result result = arguments_parse(&table, argc, argv, &operands);
	enum exit_status status;
	struct candor *c;

	if (result != ARGUMENTS_OK)
		return result == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (operands.nr != 1 && (operands.nr || json || name || folder)) {
		fputs("candor explain-rule: name one rule; see `candor explain-rule`\n", stderr);
		return EXIT_TROUBLE;
	}
	format = output_choose(command, name, json, OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML);
	if (!format)
		return EXIT_TROUBLE;
	if (candor_create(NULL, &c))
		return output_say(command, "free memory", "out of memory");
	if (!operands.nr)
		status = output_render(command, c, "rules", "text", NULL);
	else
		status = explain(c, operands.values[0], format, folder);
	candor_destroy(c);
	return status;
}
