/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor fleet report`: the states of many hosts in one table. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "host-session.h"
#include "host/fleet.h"
#include "output.h"

#define MAX_AGE_DAYS 7
#define MAX_AGE_LIMIT 36500

static const char report_status[] =
	"A folder stands for all *.json in it. Exit status: 0 all hosts are within policy; 1 one "
	"is\n"
	"not, each is named; 2 trouble: a file is no host's state (the others are reported).\n";

struct fleet_options {
	const char *policy, *format, *max_age;
	bool json;
};

/* ---- input ---- */

static int is_json(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && !strcmp(dot, ".json");
}

static int add_folder(struct fleet *fleet, const char *folder)
{
	struct dirent **names = NULL;
	int nr = scandir(folder, &names, is_json, alphasort);
	int rc = nr < 0 ? -errno : 0;

	for (int i = 0; i < nr; i++) {
		char path[PATH_MAX];

		if (snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name) >=
		    (int)sizeof(path))
			rc = rc ? rc : -ENAMETOOLONG;
		else if (!rc)
			rc = fleet_add(fleet, path);
		free(names[i]);
	}
	free(names);
	return rc;
}

static int add_operand(struct fleet *fleet, const char *path)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return add_folder(fleet, path);
	return fleet_add(fleet, path);
}

/* The options, and the lock all are held against. */
static enum exit_status prepare(const char *command, const struct fleet_options *o,
				struct fleet *fleet, struct known *known)
{
	struct strbuf err = STRBUF_INIT;
	char *end = NULL;
	long age = o->max_age ? strtol(o->max_age, &end, 10) : MAX_AGE_DAYS;

	if (o->max_age && (!o->max_age[0] || *end || age < 0 || age > MAX_AGE_LIMIT))
		return output_say(command, "give a number of days", "--max-age '%s' is no age",
				  o->max_age);
	fleet->max_age = (unsigned int)age;
	if (date_today(fleet->today))
		return output_say(command, "unset it, or set it to seconds since 1970",
				  "SOURCE_DATE_EPOCH is no time");
	if (o->policy) {
		int rc = known_read_lock(known, o->policy, &err);

		if (rc)
			return host_trouble(command, rc, &err);
		fleet->policy = known;
	}
	return EXIT_CLEAN;
}

/* ---- output ---- */

static void add_text(const struct fleet *fleet, struct strbuf *out)
{
	struct candor_option style[OUTPUT_STYLE_MAX];
	enum emit_colour colour = EMIT_PLAIN;
	size_t width = 0;
	char columns[16];

	for (size_t i = output_style(style, columns); i > 0; i--) {
		if (!strcmp(style[i - 1].name, "colour"))
			colour = EMIT_COLOUR;
		else
			width = (size_t)atol(style[i - 1].value);
	}
	fleet_text(fleet, out, width, colour);
}

static enum exit_status print(const struct fleet *fleet, const char *format)
{
	struct strbuf out = STRBUF_INIT;

	if (!strcmp(format, "json"))
		fleet_document(fleet, &out, DOC_JSON);
	else if (!strcmp(format, "yaml"))
		fleet_document(fleet, &out, DOC_YAML);
	else if (!strcmp(format, "csv"))
		fleet_csv(fleet, &out);
	else if (!strcmp(format, "markdown"))
		fleet_markdown(fleet, &out);
	else if (!strcmp(format, "html"))
		fleet_html(fleet, &out);
	else
		add_text(fleet, &out);
	return host_print(&out);
}

static enum exit_status tell(const struct fleet *fleet, const char *format)
{
	enum exit_status status = print(fleet, format);

	for (size_t i = 0; i < fleet->nr_faults; i++)
		fputs(fleet->faults[i].complaint, stderr);
	if (status)
		return status;
	if (fleet->nr_faults)
		return EXIT_TROUBLE;
	return fleet_nr_outside(fleet) ? EXIT_FINDINGS : EXIT_CLEAN;
}

static enum exit_status report(const char *command, const struct fleet_options *o,
			       const char *const *paths, size_t nr)
{
	struct fleet fleet = { 0 };
	struct known known = { 0 };
	const char *format = output_choose(command, o->format, o->json,
					   OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML | OUTPUT_CSV |
						   OUTPUT_MARKDOWN | OUTPUT_HTML);
	enum exit_status status = format ? prepare(command, o, &fleet, &known) : EXIT_TROUBLE;
	int rc = 0;

	for (size_t i = 0; i < nr && !rc && !status; i++) {
		rc = add_operand(&fleet, paths[i]);
		if (rc)
			status = output_say(command, "name files and folders that can be read",
					    "%s: %s", paths[i], strerror(-rc));
	}
	if (!status) {
		rc = fleet_judge(&fleet);
		status = rc ? output_say(command, "free memory", "%s", strerror(-rc))
			    : tell(&fleet, format);
	}
	fleet_reset(&fleet);
	known_reset(&known);
	return status;
}

static enum exit_status fleet_report(int argc, char **argv)
{
	struct fleet_options o = { 0 };
	const struct argument rows[] = {
		{ "policy", "LOCK", "hold all hosts against this lock, not their own",
		  .text = &o.policy },
		{ "max-age", "DAYS", "a state older than that is stale (default: 7)",
		  .text = &o.max_age },
		{ "format", "NAME", "table, json, yaml, csv, markdown or html", .text = &o.format },
		HOST_JSON_ROW(&o),
	};
	const char **operands = calloc((size_t)argc + 1, sizeof(*operands));
	struct argument_table table = { argv[0],
					"HOST.json...",
					report_status,
					rows,
					sizeof(rows) / sizeof(rows[0]),
					.many = operands };
	struct argument_list list = { 0 };
	enum exit_status status = EXIT_TROUBLE;
	enum arguments_result result;

	if (!operands)
		return output_say(argv[0], "free memory", "out of memory");
	result = arguments_parse(&table, argc, argv, &list);
	if (result == ARGUMENTS_HELP)
		status = EXIT_CLEAN;
	else if (result == ARGUMENTS_OK && !list.nr)
		output_say(argv[0], "name what `candor host status --json` wrote on each host",
			   "no host is named");
	else if (result == ARGUMENTS_OK)
		status = report(argv[0], &o, operands, list.nr);
	free(operands);
	return status;
}

/* ---- the subcommand ---- */

static const char usage_text[] =
	"usage: candor fleet report HOST.json... [--policy LOCK] [--max-age DAYS]\n"
	"           [--format table|json|yaml|csv|markdown|html] [--json]\n"
	"\n"
	"Merges what `candor host status --json` wrote on each host into one table, and names\n"
	"the hosts outside policy: with features active that the lock has off, opt-ins that\n"
	"are expired or on nobody's record, another decision than the others, an old state.\n"
	"\n"
	"`candor fleet report --help` tells more. Exit status: 0 all within policy, 1 not all,\n"
	"2 trouble.\n";

enum exit_status cmd_fleet(int argc, char **argv)
{
	char name[] = "candor fleet report";

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(usage_text, stdout);
		return EXIT_CLEAN;
	}
	if (argc > 1 && !strcmp(argv[1], "report")) {
		argv[1] = name;
		return fleet_report(argc - 1, argv + 1);
	}
	if (argc < 2)
		fputs("candor fleet: wants a subcommand", stderr);
	else
		fprintf(stderr, "candor fleet: no subcommand '%s'; did you mean '%s'?", argv[1],
			argv[1][0] == '-' ? "--help" : "report");
	fputs("\n       = see `candor fleet --help`\n", stderr);
	return EXIT_TROUBLE;
}
