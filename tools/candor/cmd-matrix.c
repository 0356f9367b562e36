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
	"usage: candor matrix [--html FILE] [--json FILE] [--xen-table FILE [--link URL]]\n"
	"                     SUPPORT.md...\n"
	"\n"
	"Writes the support matrix of the statements: a column for each, in the order\n"
	"given; a row for each case that any of them states. The same statements give\n"
	"the same bytes.\n"
	"\n"
	"  --html FILE       a page that needs nothing else; '-' is standard output\n"
	"  --json FILE       the same, and more, for programs\n"
	"  --xen-table FILE  the table alone, in the layout and with the ids that the\n"
	"                    Xen Project publishes; give the newest statement first\n"
	"  --link URL        where that table's links lead: {version} and {file} stand for\n"
	"                    the column's; '{file}' unless given\n"
	"\n"
	"Exit status: 0 written, 2 not (nothing is left half-written).\n";

struct outputs {
	const char *html, *json, *xen_table; /* NULL: not wanted */
	const char *link;
};

enum {
	OPTION_HTML = 256,
	OPTION_JSON,
	OPTION_XEN_TABLE,
	OPTION_LINK,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "html", required_argument, NULL, OPTION_HTML },
	{ "json", required_argument, NULL, OPTION_JSON },
	{ "xen-table", required_argument, NULL, OPTION_XEN_TABLE },
	{ "link", required_argument, NULL, OPTION_LINK },
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

static int write_pages(struct model *m, const struct outputs *out)
{
	struct matrix *matrix = matrix_create(m, MATRIX_MERGED);
	struct strbuf page = STRBUF_INIT, data = STRBUF_INIT;
	int rc = 0;

	if (!matrix)
		return no_memory();
	if (out->html) {
		matrix_emit_html(matrix, &page);
		rc = write_text(out->html, &page);
	}
	if (out->json && !rc) {
		matrix_emit_json(matrix, &data);
		rc = write_text(out->json, &data);
	}
	strbuf_reset(&page);
	strbuf_reset(&data);
	return rc;
}

static int write_xen_table(struct model *m, const struct outputs *out)
{
	struct matrix *matrix = matrix_create(m, MATRIX_APPENDED);
	struct strbuf table = STRBUF_INIT;
	int rc;

	if (!matrix)
		return no_memory();
	matrix_emit_xen_table(matrix, out->link, &table);
	rc = write_text(out->xen_table, &table);
	strbuf_reset(&table);
	return rc;
}

static enum exit_status make_matrix(char **paths, const struct outputs *out)
{
	struct model *m = model_create();
	int rc;

	if (!m) {
		no_memory();
		return EXIT_TROUBLE;
	}
	rc = read_statements(m, paths);
	if (!rc && (out->html || out->json))
		rc = write_pages(m, out);
	if (!rc && out->xen_table)
		rc = write_xen_table(m, out);
	model_destroy(m);
	return rc ? EXIT_TROUBLE : EXIT_CLEAN;
}

enum exit_status cmd_matrix(int argc, char **argv)
{
	struct outputs out = { .link = "{file}" };
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
		case OPTION_XEN_TABLE:
			out.xen_table = optarg;
			break;
		case OPTION_LINK:
			out.link = optarg;
			break;
		case OPTION_HELP:
			fputs(help, stdout);
			return EXIT_CLEAN;
		default:
			arguments_hint("candor matrix", long_options, argv);
			return EXIT_TROUBLE;
		}
	}
	if ((!out.html && !out.json && !out.xen_table) || optind == argc ||
	    argc - optind > NR_COLUMNS_MAX) {
		fprintf(stderr,
			"candor matrix: name --html, --json or --xen-table, and 1 to %d "
			"statements; see "
			"`candor matrix --help`\n",
			NR_COLUMNS_MAX);
		return EXIT_TROUBLE;
	}
	return make_matrix(argv + optind, &out);
}
