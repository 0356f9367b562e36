/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor init`: a first candor.yaml for a tree that knows nothing of us. */
#include "command.h"

#include "arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "output.h"

static enum exit_status fail(const char *path, int error)
{
	fprintf(stderr, "candor init: %s: %s\n", path, strerror(error));
	return EXIT_TROUBLE;
}

/* The tree's own path of a file, "./" left out; caller frees. */
static char *path_in(const char *tree, const char *name)
{
	char *path;

	if (!strcmp(tree, "."))
		return strdup(name);
	return asprintf(&path, "%s/%s", tree, name) < 0 ? NULL : path;
}

static int look(const char *tree, struct strbuf *sb)
{
	struct candor_error error;
	struct candor *c;
	int rc = candor_create(NULL, &c);

	if (rc)
		return rc;
	rc = candor_set(c, "tree", tree, &error);
	if (!rc)
		rc = candor_render(c, "first-config", "yaml", NULL, output_keep, sb, &error);
	candor_destroy(c);
	return rc;
}

static enum exit_status write_out(const char *path, const struct strbuf *sb, bool force)
{
	int rc;

	if (!strcmp(path, "-"))
		return fputs(strbuf_str(sb), stdout) < 0 || fflush(stdout) ? fail("-", EIO)
									   : EXIT_CLEAN;
	if (!force && !access(path, F_OK)) {
		fprintf(stderr, "candor init: %s is there already; --force replaces it\n", path);
		return EXIT_TROUBLE;
	}
	rc = file_write_atomic(path, sb->data, sb->size);
	if (rc)
		return fail(path, -rc);
	printf("wrote %s; read it, then `candor check`\n", path);
	return EXIT_CLEAN;
}

enum exit_status cmd_init(int argc, char **argv)
{
	const char *tree = NULL, *out = NULL;
	bool force = false;
	const struct argument rows[] = {
		{ "tree", "DIR", "the tree (default: .)", &tree, NULL, NULL },
		{ "out", "FILE", "where to write; - is standard output (default: DIR/candor.yaml)",
		  &out, NULL, NULL },
		{ "force", NULL, "replace a file that is there", NULL, NULL, &force },
	};
	const struct argument_table table = {
		"candor init", "",
		"Looks through a tree and writes a first candor.yaml, with comments: where its\n"
		"statement, Kconfig, architectures and documents are, and which symbols look like\n"
		"which headings. What only looks alike stays a comment.\n"
		"\n"
		"Exit status: 0 written, 2 trouble.\n",
		rows, sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	enum arguments_result result = arguments_parse(&table, argc, argv, &operands);
	struct strbuf sb = STRBUF_INIT;
	enum exit_status status;
	char *path;
	int rc;

	if (result != ARGUMENTS_OK)
		return result == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	tree = tree ? tree : ".";
	path = out ? strdup(out) : path_in(tree, "candor.yaml");
	rc = path ? look(tree, &sb) : -ENOMEM;
	status = rc ? fail(tree, -rc) : write_out(path, &sb, force);
	strbuf_reset(&sb);
	free(path);
	return status;
}
