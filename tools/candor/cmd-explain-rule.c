/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor explain-rule`: what a rule of the check wants, with examples. */
#include "command.h"

#include "arguments.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "emit/rule.h"

static enum exit_status list_rules(void)
{
	for (const struct rule *rule = check_rules; rule->id; rule++)
		printf("%-24s %-8s %s\n", rule->id, rule_severity_name(rule->severity),
		       rule->rationale);
	return EXIT_CLEAN;
}

static enum exit_status explain(const struct rule *rule, bool json)
{
	struct strbuf sb = STRBUF_INIT;
	enum exit_status status = EXIT_TROUBLE;

	if (json && emit_rule_json(rule, &sb))
		sb.failed = true;
	else if (!json)
		emit_rule(rule, &sb);
	if (strbuf_str(&sb) && fputs(strbuf_str(&sb), stdout) >= 0)
		status = EXIT_CLEAN;
	else
		fprintf(stderr, "candor explain-rule: cannot write the answer\n");
	strbuf_reset(&sb);
	return status;
}

static enum exit_status write_examples(const struct rule *rule, const char *folder)
{
	int rc = rule_write_examples(rule, folder);

	if (rc)
		fprintf(stderr,
			"candor explain-rule: cannot write to %s: %s\n       = name a folder that "
			"can be written\n",
			folder, strerror(-rc));
	return rc ? EXIT_TROUBLE : EXIT_CLEAN;
}

enum exit_status cmd_explain_rule(int argc, char **argv)
{
	const char *folder = NULL;
	bool json = false;
	const struct argument rows[] = {
		{ "json", NULL, "the answer as JSON", NULL, NULL, &json },
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
	const struct rule *rule;
	const char *near;

	if (result != ARGUMENTS_OK)
		return result == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (!operands.nr && !json && !folder)
		return list_rules();
	rule = operands.nr == 1 ? check_find_rule(operands.values[0]) : NULL;
	if (rule)
		return folder ? write_examples(rule, folder) : explain(rule, json);
	near = operands.nr == 1 ? check_suggest_rule(operands.values[0]) : NULL;
	if (operands.nr != 1)
		fputs("candor explain-rule: name one rule", stderr);
	else
		fprintf(stderr, "candor explain-rule: no rule '%s'", operands.values[0]);
	fprintf(stderr, near ? "; did you mean '%s'?\n" : "; see `candor explain-rule`\n", near);
	return EXIT_TROUBLE;
}
