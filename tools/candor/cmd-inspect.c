/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor inspect`: proves that an image holds what its policy lock says. */
#include "command.h"

#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/complain.h"
#include "engine/inspect.h"
#include "engine/policy.h"

static const char help[] =
	"usage: candor inspect IMAGE [--lock FILE] [--json] [--tree DIR]\n"
	"\n"
	"Reads the annotation records and the policy lock that the ELF file IMAGE carries\n"
	"and compares them with the lock on disk: every feature that is on must have code\n"
	"in the image, every feature that is off must have none, and the lock carried must\n"
	"be the one on disk. Features whose code lies in the tools alone are left out.\n"
	"\n"
	"  --lock FILE  the lock (default: DIR/policy/profiles/NAME.lock of the profile\n"
	"               the image names)\n"
	"  --tree DIR   the source tree (default: .); its annotations tell which features\n"
	"               belong to the tools. Not needed with --lock\n"
	"  --json       for programs\n"
	"\n"
	"Exit status: 0 the image holds what the lock says, 1 it differs, 2 trouble.\n";

struct options {
	const char *image, *lock, *tree;
	enum inspect_format format;
};

enum {
	OPTION_LOCK = 256,
	OPTION_TREE,
	OPTION_JSON,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "lock", required_argument, NULL, OPTION_LOCK },
	{ "tree", required_argument, NULL, OPTION_TREE },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

struct session {
	const struct options *options;
	struct image *image;
	struct lockfile *lock;
	struct facts *facts;
	struct inspection *inspection;
	struct strbuf err;
};

static int read_lock(struct session *s, const char *path)
{
	char *text;
	size_t size;
	int rc = file_read(path, LOCKFILE_SIZE_MAX, &text, &size);

	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		complain(&s->err, (struct place){ path, 0 },
			 "name the lock with --lock FILE, or the tree with --tree DIR",
			 "cannot be read: %s", strerror(-rc));
		return -EINVAL;
	}
	rc = lockfile_parse(path, text, size, &s->lock, &s->err);
	free(text);
	return rc;
}

/* The lock named, or the tree's for the profile that the image names. */
static int find_lock(struct session *s)
{
	char *below, *path;
	int rc;

	if (s->options->lock)
		return read_lock(s, s->options->lock);
	if (!s->image->lock) {
		complain(&s->err, (struct place){ s->image->path, 0 },
			 "name an image of this project, or the lock with --lock FILE",
			 s->image->has_lock ? "carries a broken lock" : "carries no policy lock");
		if (strbuf_str(&s->image->lock_wrong))
			strbuf_puts(&s->err, strbuf_str(&s->image->lock_wrong));
		return -EINVAL;
	}
	below = policy_lock_path(s->image->lock->profile);
	path = below ? policy_path(s->options->tree ? s->options->tree : ".", below) : NULL;
	rc = path ? read_lock(s, path) : -ENOMEM;
	free(below);
	free(path);
	return rc;
}

/* Without a tree every feature is expected in the image. */
static int find_facts(struct session *s)
{
	const char *tree = s->options->tree;

	if (!tree && access("support/features.yaml", R_OK))
		return 0;
	return facts_load(tree ? tree : ".", FACTS_CODE, &s->facts, &s->err);
}

static enum exit_status print(struct session *s)
{
	struct strbuf out = STRBUF_INIT;
	enum exit_status status = s->inspection->nr_findings ? EXIT_FINDINGS : EXIT_CLEAN;

	inspect_print(s->inspection, s->options->format, &out);
	if (!strbuf_str(&out) || fputs(strbuf_str(&out), stdout) < 0 || fflush(stdout)) {
		fputs("candor inspect: cannot write the answer\n", stderr);
		status = EXIT_TROUBLE;
	}
	strbuf_reset(&out);
	return status;
}

static enum exit_status inspect(const struct options *o)
{
	struct session s = { .options = o, .err = STRBUF_INIT };
	enum exit_status status = EXIT_TROUBLE;
	int rc = image_open(o->image, &s.image, &s.err);

	if (!rc)
		rc = find_lock(&s);
	if (!rc)
		rc = find_facts(&s);
	if (!rc)
		rc = inspect_compare(s.image, s.lock, s.facts, &s.inspection);
	if (!rc)
		status = print(&s);
	else if (s.err.size && strbuf_str(&s.err))
		fputs(strbuf_str(&s.err), stderr);
	else
		fprintf(stderr, "candor inspect: %s\n", strerror(-rc));
	inspect_free(s.inspection);
	facts_destroy(s.facts);
	lockfile_destroy(s.lock);
	image_close(s.image);
	strbuf_reset(&s.err);
	return status;
}

enum exit_status cmd_inspect(int argc, char **argv)
{
	struct options o = { .format = INSPECT_TEXT };
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case OPTION_LOCK:
			o.lock = optarg;
			break;
		case OPTION_TREE:
			o.tree = optarg;
			break;
		case OPTION_JSON:
			o.format = INSPECT_JSON;
			break;
		case OPTION_HELP:
			fputs(help, stdout);
			return EXIT_CLEAN;
		default:
			arguments_hint("candor inspect", long_options, argv);
			return EXIT_TROUBLE;
		}
	}
	o.image = argv[optind];
	if (!o.image || argv[optind + 1]) {
		fputs("candor inspect: want one image; see `candor inspect --help`\n", stderr);
		return EXIT_TROUBLE;
	}
	return inspect(&o);
}
