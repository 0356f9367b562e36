/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long options from one table that also prints a command's help. */
#include "arguments.h"

#include <getopt.h>
#include <string.h>

#include "base/suggest.h"

#define NAME_MAX_BYTES 64

static void print_help(const struct argument_table *table)
{
	printf("usage: %s [OPTION]...%s%s\n\n", table->command, table->operands[0] ? " " : "",
	       table->operands);
	for (size_t i = 0; i < table->nr_rows; i++) {
		const struct argument *a = &table->rows[i];
		int width = printf("  --%s%s%s", a->name, a->value ? " " : "",
				   a->value ? a->value : "");

		printf("%*s %s\n", width < 22 ? 22 - width : 0, "", a->help);
	}
	printf("  %-20s %s\n\n%s", "--help", "show this", table->epilogue);
}

/* The name in "--NAME" or "--NAME=VALUE"; "" when it is none, or too long for one. */
static void cut_name(const char *option, char ret_name[NAME_MAX_BYTES])
{
	size_t size = strncmp(option, "--", 2) ? 0 : strcspn(option + 2, "=");

	size = size < NAME_MAX_BYTES ? size : 0;
	memcpy(ret_name, option + 2, size);
	ret_name[size] = '\0';
}

static enum arguments_result wrong(const struct argument_table *table, const char *option,
				   const char *why)
{
	fprintf(stderr, "%s: %s %s\n       = see `%s --help`\n", table->command, option, why,
		table->command);
	return ARGUMENTS_WRONG;
}

/* "--NAME" or "--NAME=VALUE" */
static const struct argument *find(const struct argument_table *table, const char *option)
{
	size_t size = strcspn(option + 2, "=");

	for (size_t i = 0; i < table->nr_rows; i++) {
		const char *name = table->rows[i].name;

		if (strlen(name) == size && !strncmp(name, option + 2, size))
			return &table->rows[i];
	}
	return NULL;
}

static enum arguments_result unknown(const struct argument_table *table, const char *option)
{
	char name[NAME_MAX_BYTES], why[NAME_MAX_BYTES + 64];
	struct suggest near;

	cut_name(option, name);
	suggest_start(&near, name);
	for (size_t i = 0; i < table->nr_rows; i++)
		suggest_offer(&near, table->rows[i].name);
	suggest_offer(&near, "help");
	snprintf(why, sizeof(why), "is no option of this command%s%s%s",
		 suggest_best(&near) ? "; did you mean '--" : "",
		 suggest_best(&near) ? suggest_best(&near) : "", suggest_best(&near) ? "'?" : "");
	return wrong(table, option, why);
}

void arguments_hint(const char *command, const struct option *options, char **argv)
{
	char name[NAME_MAX_BYTES];
	struct suggest near;

	cut_name(argv[optind - 1], name);
	suggest_start(&near, name);
	for (const struct option *o = options; o->name; o++)
		suggest_offer(&near, o->name);
	/* A right name is here for another reason: it lacks its value, or has one too many. */
	if (suggest_best(&near) && strcmp(suggest_best(&near), name))
		fprintf(stderr, "%s: did you mean '--%s'?\n", command, suggest_best(&near));
	fprintf(stderr, "%s: see `%s --help`\n", command, command);
}

static enum arguments_result add(const struct argument_table *table, struct argument_list *list,
				 const char *option, const char *value)
{
	if (list->nr == ARGUMENTS_LIST_MAX)
		return wrong(table, option, "is once too often");
	list->values[list->nr++] = value;
	return ARGUMENTS_OK;
}

static enum arguments_result add_operand(const struct argument_table *table,
					 struct argument_list *list, const char *value)
{
	if (!table->operands[0])
		return wrong(table, value, "is no option");
	if (!table->many)
		return add(table, list, value, value);
	table->many[list->nr++] = value;
	return ARGUMENTS_OK;
}

/* Option argv[*i]; moves *i to the last argument it took. */
static enum arguments_result take(const struct argument_table *table, int argc, char **argv, int *i)
{
	const char *option = argv[*i], *equals = strchr(option, '=');
	const struct argument *a = option[1] == '-' ? find(table, option) : NULL;
	const char *value;

	if (!a)
		return unknown(table, option);
	if (a->flag) {
		*a->flag = true;
		return equals ? wrong(table, option, "takes no value") : ARGUMENTS_OK;
	}
	if (!equals && *i + 1 == argc)
		return wrong(table, option, "needs a value");
	value = equals ? equals + 1 : argv[++*i];
	if (a->list)
		return add(table, a->list, option, value);
	if (*a->text)
		return wrong(table, option, "is given twice");
	*a->text = value;
	return ARGUMENTS_OK;
}

enum arguments_result arguments_parse(const struct argument_table *table, int argc, char **argv,
				      struct argument_list *ret_operands)
{
	enum arguments_result result = ARGUMENTS_OK;
	bool operands_only = false;

	for (int i = 1; result == ARGUMENTS_OK && i < argc; i++) {
		if (operands_only || argv[i][0] != '-' || !argv[i][1]) {
			result = add_operand(table, ret_operands, argv[i]);
		} else if (!strcmp(argv[i], "--")) {
			operands_only = true;
		} else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			print_help(table);
			result = ARGUMENTS_HELP;
		} else {
			result = take(table, argc, argv, &i);
		}
	}
	return result;
}

bool arguments_count(const char *command, const char *operands, const struct argument_list *list,
		     size_t least, size_t most)
{
	if (list->nr >= least && list->nr <= most)
		return true;
	if (list->nr < least)
		fprintf(stderr, "%s: wants %s\n", command, operands);
	else
		fprintf(stderr, "%s: unexpected '%s'\n", command, list->values[most]);
	fprintf(stderr, "       = see `%s --help`\n", command);
	return false;
}
