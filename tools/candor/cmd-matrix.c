/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor matrix`: statements side by side, as a page and as JSON. */
#include "command.h"

#include "arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "output.h"

#define NR_COLUMNS_MAX 256

static const char help[] =
	"usage: candor matrix [--html FILE] [--json FILE] [--yaml FILE]\n"
	"                     [--xen-table FILE] [--link URL]\n"
	"                     [--evidence FILE [--tree DIR]] SUPPORT.md...\n"
	"\n"
	"Writes the support matrix of the statements: a column for each, in the order\n"
	"given; a row for each case that any of them states. The same statements give\n"
	"the same bytes.\n"
	"\n"
	"  --html FILE       a page that needs nothing else; '-' is standard output\n"
	"  --json FILE       the same, and more, for programs\n"
	"  --yaml FILE       the same as YAML\n"
	"  --xen-table FILE  the table alone, in the layout and with the ids that the\n"
	"                    Xen Project publishes; give the newest statement first\n"
	"  --link URL        where cells lead: {version} and {file} stand for the column's;\n"
	"                    '{file}' in the table alone unless given, nowhere in the page\n"
	"  --evidence FILE   what tests came to, as `candor check` takes it, for the page:\n"
	"                    of the first statement, of tests that DIR's annotations name\n"
	"  --tree DIR        the tree these are in (default: .)\n"
	"\n"
	"Exit status: 0 written, 2 not (nothing is left half-written).\n";

struct outputs {
	const char *html, *json, *yaml, *xen_table; /* NULL: not wanted */
	const char *link, *tree, *evidence;
};

enum {
	OPTION_HTML = 256,
	OPTION_JSON,
	OPTION_YAML,
	OPTION_XEN_TABLE,
	OPTION_LINK,
	OPTION_TREE,
	OPTION_EVIDENCE,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "html", required_argument, NULL, OPTION_HTML },
	{ "json", required_argument, NULL, OPTION_JSON },
	{ "yaml", required_argument, NULL, OPTION_YAML },
	{ "xen-table", required_argument, NULL, OPTION_XEN_TABLE },
	{ "link", required_argument, NULL, OPTION_LINK },
	{ "tree", required_argument, NULL, OPTION_TREE },
	{ "evidence", required_argument, NULL, OPTION_EVIDENCE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

static int complain(const char *path, const char *what, const char *remedy)
{
	fprintf(stderr, "%s: error: %s\n       = %s\n", path, what, remedy);
	return -1;
}

static int write_text(const char *path, const struct strbuf *sb)
{
	char what[128];
	int rc;

	if (!strcmp(path, "-"))
		return output_take(stdout, sb->data, sb->size);
	rc = file_write_atomic(path, sb->data, sb->size);
	snprintf(what, sizeof(what), "cannot write: %s", strerror(-rc));
	return rc ? complain(path, what, "name a file you may write, or make room") : 0;
}

static bool states_something(const struct candor *c, const char *path)
{
	struct candor_claim claim;

	for (size_t i = 0; candor_claim_at(c, i, &claim); i++) {
		if (!strcmp(claim.at.file, path))
			return true;
	}
	return false;
}

/* Not Markdown, but what `candor statement` wrote. */
static bool is_data(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".json") || !strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

/* What keeps a statement from being a column. */
static int judge(const struct candor *c, const char *path)
{
	struct candor_diagnostic d;

	for (size_t i = 0; candor_diagnostic_at(c, i, &d); i++) {
		if (!strcmp(d.rule, "unreadable") && d.at.file && !strcmp(d.at.file, path))
			return complain(path, d.message,
					"name a statement that is there and can be read");
	}
	/* What a statement that is data states, it states of another file. */
	if (is_data(path) || states_something(c, path))
		return 0;
	fprintf(stderr,
		"%s: error: it states nothing under '# Feature Support'\n"
		"       = see what `candor check --statement %s` finds\n",
		path, path);
	return -1;
}

/* The tree whose tests are the evidence for the first statement. */
static int set_evidence(struct candor *c, const struct outputs *out, struct candor_error *error)
{
	const char *tree = out->tree ? out->tree : ".";
	char registry[4096];
	int rc;

	if (!out->evidence)
		return 0;
	snprintf(registry, sizeof(registry), "%s%ssupport/features.yaml",
		 strcmp(tree, ".") ? tree : "", strcmp(tree, ".") ? "/" : "");
	rc = candor_set(c, "tree", tree, error);
	if (!rc)
		rc = candor_set(c, "registry", registry, error);
	return rc ? rc : candor_set(c, "evidence", out->evidence, error);
}

/* What is asked for and cannot be read would look like no evidence. */
static int judge_evidence(const struct candor *c, const struct outputs *out)
{
	struct candor_diagnostic d;

	for (size_t i = 0; out->evidence && candor_diagnostic_at(c, i, &d); i++) {
		if (!strcmp(d.rule, "unreadable") && d.at.file)
			return complain(d.at.file, d.message, d.remedy ? d.remedy : "correct it");
	}
	return 0;
}

static int read_statements(struct candor *c, char **paths, const struct outputs *out,
			   struct candor_error *error)
{
	int rc = set_evidence(c, out, error);

	for (char **path = paths; *path && !rc; path++)
		rc = candor_set(c, "statement", *path, error);
	if (!rc)
		rc = candor_load(c, error);
	if (rc) {
		output_complain("candor matrix", error);
		return rc;
	}
	for (char **path = paths; *path && !rc; path++)
		rc = judge(c, *path);
	return rc ? rc : judge_evidence(c, out);
}

static int write_one(struct candor *c, const char *path, const char *what, const char *format,
		     const char *link)
{
	const struct candor_option options[] = { { .name = link ? "link" : NULL, .value = link },
						 { 0 } };
	struct strbuf sb = STRBUF_INIT;
	struct candor_error error;
	int rc;

	if (!path)
		return 0;
	rc = candor_render(c, what, format, options, output_keep, &sb, &error);
	if (rc)
		output_complain("candor matrix", &error);
	else
		rc = write_text(path, &sb);
	strbuf_reset(&sb);
	return rc;
}

static enum exit_status make_matrix(char **paths, const struct outputs *out)
{
	struct candor_error error;
	struct candor *c;
	int rc;

	if (candor_create(NULL, &c))
		return output_say("candor matrix", "free memory", "out of memory");
	rc = read_statements(c, paths, out, &error);
	if (!rc)
		rc = write_one(c, out->html, "matrix", "html", out->link);
	if (!rc)
		rc = write_one(c, out->json, "matrix", "json", NULL);
	if (!rc)
		rc = write_one(c, out->yaml, "matrix", "yaml", NULL);
	if (!rc)
		rc = write_one(c, out->xen_table, "xen-table", "html", out->link);
	candor_destroy(c);
	return rc ? EXIT_TROUBLE : EXIT_CLEAN;
}

enum exit_status cmd_matrix(int argc, char **argv)
{
	struct outputs out = { 0 };
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case OPTION_HTML:
			out.html = optarg;
			break;
		case OPTION_JSON:
			out.json = optarg;
			break;
		case OPTION_YAML:
			out.yaml = optarg;
			break;
		case OPTION_XEN_TABLE:
			out.xen_table = optarg;
			break;
		case OPTION_LINK:
			out.link = optarg;
			break;
		case OPTION_TREE:
			out.tree = optarg;
			break;
		case OPTION_EVIDENCE:
			out.evidence = optarg;
			break;
		case OPTION_HELP:
			fputs(help, stdout);
			return EXIT_CLEAN;
		default:
			arguments_hint("candor matrix", long_options, argv);
			return EXIT_TROUBLE;
		}
	}
	if ((!out.html && !out.json && !out.yaml && !out.xen_table) || optind == argc ||
	    argc - optind > NR_COLUMNS_MAX) {
		fprintf(stderr,
			"candor matrix: name --html, --json, --yaml or --xen-table, and 1 to %d "
			"statements; see "
			"`candor matrix --help`\n",
			NR_COLUMNS_MAX);
		return EXIT_TROUBLE;
	}
	return make_matrix(argv + optind, &out);
}
