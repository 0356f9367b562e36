/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor check`: holds registry, statement, code, locks and tests together. */
#include "command.h"

#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "check/check.h"
#include "emit/emit.h"
#include "support.h"

#define NR_PATHS_MAX 1024

struct options {
	const char *tree, *registry, *statement, *evidence;
	char date[DATE_SIZE];
	const char *locks[NR_PATHS_MAX], *objects[NR_PATHS_MAX];
	size_t nr_locks, nr_objects;
	bool json;
};

static const char help[] =
	"usage: candor check [OPTION]...\n"
	"\n"
	"Holds against one another, in both directions: the registry of features, the\n"
	"statement SUPPORT.md, the annotations in the sources, policy locks, records in\n"
	"built objects, and results of tests. Findings look like a compiler's.\n"
	"\n"
	"  --tree DIR        the source tree (default: .). Unless named by an option,\n"
	"                    DIR/support/features.yaml, DIR/SUPPORT.md and\n"
	"                    DIR/policy/profiles/*.lock are read if they are there\n"
	"  --registry FILE   the registry\n"
	"  --statement FILE  the statement\n"
	"  --lock FILE...    policy locks\n"
	"  --objects FILE... ELF objects, archives, executables: their records must come\n"
	"                    from these sources, and fit the lock they carry\n"
	"  --evidence FILE   results of tests: lines 'NAME<TAB>passed|failed|skipped', or\n"
	"                    meson's testlog.json; names in SUPPORT_TEST must be there\n"
	"  --date DATE       what day it is, YYYY-MM-DD, for rules about time (default: that\n"
	"                    of SOURCE_DATE_EPOCH, else of the clock)\n"
	"  --json            findings as JSON\n"
	"  --rules           list the rules: id, severity, rationale\n"
	"\n"
	"Of more than 20 findings of one kind in a file the rest are counted, not shown,\n"
	"but for --json.\n"
	"\n"
	"Exit status: 0 no errors (warnings may be shown), 1 errors found, 2 trouble: also\n"
	"when a file is not what it should be, such as no YAML, no policy lock, no ELF.\n";

enum {
	OPTION_TREE = 256,
	OPTION_REGISTRY,
	OPTION_STATEMENT,
	OPTION_LOCK,
	OPTION_OBJECTS,
	OPTION_EVIDENCE,
	OPTION_DATE,
	OPTION_JSON,
	OPTION_RULES,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "tree", required_argument, NULL, OPTION_TREE },
	{ "registry", required_argument, NULL, OPTION_REGISTRY },
	{ "statement", required_argument, NULL, OPTION_STATEMENT },
	{ "lock", required_argument, NULL, OPTION_LOCK },
	{ "objects", required_argument, NULL, OPTION_OBJECTS },
	{ "evidence", required_argument, NULL, OPTION_EVIDENCE },
	{ "date", required_argument, NULL, OPTION_DATE },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "rules", no_argument, NULL, OPTION_RULES },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

static void list_rules(void)
{
	for (const struct rule *rule = check_rules; rule->id; rule++)
		printf("%-24s %-8s %s\n", rule->id,
		       rule->severity == SEVERITY_ERROR ? "error" : "warning", rule->rationale);
}

static bool add_path(const char **paths, size_t *nr, const char *path)
{
	if (*nr == NR_PATHS_MAX) {
		fprintf(stderr, "candor check: more than %d files of a kind\n", NR_PATHS_MAX);
		return false;
	}
	paths[(*nr)++] = path;
	return true;
}

/* The option's own argument and the words behind it, up to the next option. */
static bool add_paths(const char **paths, size_t *nr, char **argv)
{
	if (!add_path(paths, nr, optarg))
		return false;
	while (argv[optind] && argv[optind][0] != '-') {
		if (!add_path(paths, nr, argv[optind++]))
			return false;
	}
	return true;
}

static bool take_date(struct options *o)
{
	if (!date_is_valid(optarg)) {
		fprintf(stderr, "candor check: '%s' is no date: write YYYY-MM-DD\n", optarg);
		return false;
	}
	memcpy(o->date, optarg, sizeof(o->date));
	return true;
}

/* False: stop with *@ret_status. */
static bool parse_options(int argc, char **argv, struct options *o, enum exit_status *ret_status)
{
	int c;
	bool ok = true;

	optind = 1;
	*ret_status = EXIT_TROUBLE;
	while (ok && (c = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		switch (c) {
		case OPTION_TREE:
			o->tree = optarg;
			break;
		case OPTION_REGISTRY:
			o->registry = optarg;
			break;
		case OPTION_STATEMENT:
			o->statement = optarg;
			break;
		case OPTION_EVIDENCE:
			o->evidence = optarg;
			break;
		case OPTION_LOCK:
			ok = add_paths(o->locks, &o->nr_locks, argv);
			break;
		case OPTION_OBJECTS:
			ok = add_paths(o->objects, &o->nr_objects, argv);
			break;
		case OPTION_DATE:
			ok = take_date(o);
			break;
		case OPTION_JSON:
			o->json = true;
			break;
		case OPTION_RULES:
			list_rules();
			*ret_status = EXIT_CLEAN;
			return false;
		case OPTION_HELP:
			fputs(help, stdout);
			*ret_status = EXIT_CLEAN;
			return false;
		default:
			arguments_hint("candor check", long_options, argv);
			return false;
		}
	}
	if (ok && argv[optind]) {
		fprintf(stderr, "candor check: unexpected '%s'; see `candor check --help`\n",
			argv[optind]);
		return false;
	}
	return ok;
}

/* DIR/NAME if it is there, else NULL; caller frees. "./NAME" is shown as NAME. */
static char *find_in_tree(const char *tree, const char *name)
{
	char *path;

	if (!strcmp(tree, "."))
		path = strdup(name);
	else if (asprintf(&path, "%s/%s", tree, name) < 0)
		path = NULL;
	if (path && access(path, F_OK)) {
		free(path);
		path = NULL;
	}
	return path;
}

static bool find_locks(struct options *o, glob_t *found)
{
	char *pattern;
	int r;

	if (o->nr_locks)
		return true;
	if (!strcmp(o->tree, "."))
		pattern = strdup("policy/profiles/*.lock");
	else if (asprintf(&pattern, "%s/policy/profiles/*.lock", o->tree) < 0)
		pattern = NULL;
	if (!pattern)
		return false;
	r = glob(pattern, 0, NULL, found);
	free(pattern);
	if (r)
		return r == GLOB_NOMATCH;
	for (size_t i = 0; i < found->gl_pathc; i++) {
		if (!add_path(o->locks, &o->nr_locks, found->gl_pathv[i]))
			return false;
	}
	return true;
}

static int print(struct model *m, const struct options *o)
{
	struct strbuf sb = STRBUF_INIT;
	int rc = 0;

	if (!o->json) {
		rc = support_print_diagnostics(m, stdout, SUPPORT_COLOUR_ON_TERMINAL);
		printf("%zu features, %zu annotations, %zu errors, %zu warnings\n", m->nr_features,
		       m->nr_annotations, m->nr_errors, m->nr_diagnostics - m->nr_errors);
	} else {
		emit_diagnostics_json(m, &sb);
		rc = strbuf_str(&sb) ? 0 : -ENOMEM;
		if (!rc)
			fputs(strbuf_str(&sb), stdout);
		strbuf_reset(&sb);
	}
	if (!rc && (fflush(stdout) || ferror(stdout)))
		rc = -EIO;
	return rc;
}

static enum exit_status check(const struct options *o)
{
	struct support_inputs in = {
		.registry = o->registry,
		.statement = o->statement,
		.tree = o->tree,
		.evidence = o->evidence,
		.locks = o->locks,
		.nr_locks = o->nr_locks,
		.objects = o->objects,
		.nr_objects = o->nr_objects,
		.date = o->date,
	};
	enum exit_status status = EXIT_TROUBLE;
	struct model *m;
	int rc = support_load(&in, &m);

	if (rc) {
		fprintf(stderr, "candor check: %s\n", strerror(-rc));
		return EXIT_TROUBLE;
	}
	rc = support_check(m);
	if (!rc)
		rc = print(m, o);
	if (rc)
		fprintf(stderr, "candor check: %s\n", strerror(-rc));
	else
		status = m->nr_errors ? EXIT_FINDINGS : EXIT_CLEAN;
	/* An answer about inputs that could not be read is no answer. */
	if (support_is_unread(m))
		status = EXIT_TROUBLE;
	model_destroy(m);
	return status;
}

enum exit_status cmd_check(int argc, char **argv)
{
	struct options *o = calloc(1, sizeof(*o));
	char *registry = NULL, *statement = NULL;
	glob_t found = { 0 };
	enum exit_status status = EXIT_TROUBLE;

	if (!o) {
		fputs("candor check: out of memory\n", stderr);
		return EXIT_TROUBLE;
	}
	o->tree = ".";
	if (!parse_options(argc, argv, o, &status))
		goto out;
	if (!o->registry)
		o->registry = registry = find_in_tree(o->tree, "support/features.yaml");
	if (!o->statement)
		o->statement = statement = find_in_tree(o->tree, "SUPPORT.md");
	status = EXIT_TROUBLE;
	if (!*o->date && date_today(o->date))
		fputs("candor check: SOURCE_DATE_EPOCH is no time: write seconds since 1970\n",
		      stderr);
	else if (!o->registry && !o->statement && !o->nr_objects)
		fprintf(stderr,
			"candor check: %s holds neither SUPPORT.md nor support/features.yaml; name "
			"a tree by --tree or files by --statement and --registry\n",
			o->tree);
	else if (find_locks(o, &found))
		status = check(o);
out:
	globfree(&found);
	free(registry);
	free(statement);
	free(o);
	return status;
}
