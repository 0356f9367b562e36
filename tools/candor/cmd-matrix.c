/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor matrix`: statements side by side, as a page and as JSON. */
#include "command.h"

#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "emit/emit.h"
#include "statement/statement.h"

#define NR_COLUMNS_MAX 256

static const char help[] =
	"usage: candor matrix [--html FILE] [--json FILE] SUPPORT.md...\n"
	"\n"
	"Writes the support matrix of the statements: a column for each, in the order\n"
	"given; a row for each case that any of them states. The same statements give\n"
	"the same bytes.\n"
	"\n"
	"  --html FILE  a page that needs nothing else; '-' is standard output\n"
	"  --json FILE  the same, and more, for programs\n"
	"\n"
	"Exit status: 0 written, 2 not (nothing is left half-written).\n";

enum {
	OPTION_HTML = 256,
	OPTION_JSON,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "html", required_argument, NULL, OPTION_HTML },
	{ "json", required_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

static int complain(const char *path, const char *what, int rc, const char *remedy)
{
	fprintf(stderr, "%s: error: %s: %s\n       = %s\n", path, what, strerror(-rc), remedy);
	return rc;
}

static int no_memory(void)
{
	return complain("candor matrix", "cannot go on", -ENOMEM, "free memory");
}

static int cannot_write(const char *path, int rc)
{
	return complain(path, "cannot write", rc, "name a file you may write, or make room");
}

static int write_text(const char *path, const struct strbuf *sb)
{
	int rc;

	if (!strbuf_str(sb))
		return no_memory();
	if (!strcmp(path, "-")) {
		fwrite(strbuf_str(sb), 1, sb->size, stdout);
		return fflush(stdout) ? cannot_write("standard output", -EIO) : 0;
	}
	rc = file_write_atomic(path, strbuf_str(sb), sb->size);
	return rc ? cannot_write(path, rc) : 0;
}

static int read_statements(struct model *m, char **paths)
{
	for (char **path = paths; *path; path++) {
		int rc = statement_read(m, *path);

		if (rc)
			return complain(*path, "cannot read", rc,
					"name a statement that is there and can be read");
		if (!m->statements[m->nr_statements - 1]->nr_claims) {
			fprintf(stderr,
				"%s: error: it states nothing under '# Feature Support'\n"
				"       = see what `candor check --statement %s` finds\n",
				*path, *path);
			return -EINVAL;
		}
	}
	return 0;
}

static int write_matrix(struct model *m, const char *html, const char *json)
{
	struct matrix *matrix = matrix_create(m);
	struct strbuf page = STRBUF_INIT, data = STRBUF_INIT;
	int rc = 0;

	if (!matrix)
		return no_memory();
	if (html) {
		matrix_emit_html(matrix, &page);
		rc = write_text(html, &page);
	}
	if (json && !rc) {
		matrix_emit_json(matrix, &data);
		rc = write_text(json, &data);
	}
	strbuf_reset(&page);
	strbuf_reset(&data);
	return rc;
}

static enum exit_status make_matrix(char **paths, const char *html, const char *json)
{
	struct model *m = model_create();
	int rc;

	if (!m) {
		no_memory();
		return EXIT_TROUBLE;
	}
	rc = read_statements(m, paths);
	if (!rc)
		rc = write_matrix(m, html, json);
	model_destroy(m);
	return rc ? EXIT_TROUBLE : EXIT_CLEAN;
}

enum exit_status cmd_matrix(int argc, char **argv)
{
	const char *html = NULL, *json = NULL;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case OPTION_HTML:
			html = optarg;
			break;
		case OPTION_JSON:
			json = optarg;
			break;
		case OPTION_HELP:
			fputs(help, stdout);
			return EXIT_CLEAN;
		default:
			arguments_hint("candor matrix", long_options, argv);
			return EXIT_TROUBLE;
		}
	}
	if ((!html && !json) || optind == argc || argc - optind > NR_COLUMNS_MAX) {
		fprintf(stderr,
			"candor matrix: name --html or --json, and 1 to %d statements; see "
			"`candor matrix --help`\n",
			NR_COLUMNS_MAX);
		return EXIT_TROUBLE;
	}
	return make_matrix(argv + optind, html, json);
}
