/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor join`: all that a tree knows of one feature. */
#include "command.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "engine/suggest.h"
#include "output.h"
#include "query/join.h"
#include "support.h"

static const char command[] = "candor join";

static const char epilogue[] =
	"Joins what the statement, the registry, the code's annotations, the locks, the tests\n"
	"and their last results, git's history of the statement and the documents say of one\n"
	"feature, each with its place. FEATURE is an id, a title or a heading's slug, also a\n"
	"former one. FORMAT is text, json or yaml.\n"
	"\n"
	"Exit status: 0 it is known, 2 trouble: also when nothing has this name.\n";

struct options {
	const char *tree, *registry, *statement, *evidence, *repo, *format_name;
	struct argument_list locks, objects, names;
	char *found[2]; /* registry and statement of the tree; freed */
	glob_t found_locks;
	bool json;
	enum output_format format;
};

/* DIR/NAME if it is there, else NULL. */
static char *find_in_tree(const char *tree, const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", strcmp(tree, ".") ? tree : "", strcmp(tree, ".") ? "/" : "",
		     name) < 0)
		return NULL;
	if (!access(path, F_OK))
		return path;
	free(path);
	return NULL;
}

static void find_locks(struct options *o)
{
	char *pattern;
	bool here = !strcmp(o->tree, ".");

	if (o->locks.nr || asprintf(&pattern, "%s%spolicy/profiles/*.lock", here ? "" : o->tree,
				    here ? "" : "/") < 0)
		return;
	if (!glob(pattern, 0, NULL, &o->found_locks)) {
		for (size_t i = 0; i < o->found_locks.gl_pathc && i < ARGUMENTS_LIST_MAX; i++)
			o->locks.values[o->locks.nr++] = o->found_locks.gl_pathv[i];
	}
	free(pattern);
}

/* What the tree has where no option names another. */
static void find_inputs(struct options *o)
{
	if (!o->registry)
		o->registry = o->found[0] = find_in_tree(o->tree, "support/features.yaml");
	if (!o->statement)
		o->statement = o->found[1] = find_in_tree(o->tree, "SUPPORT.md");
	find_locks(o);
}

static enum exit_status write_join(const struct options *o, const struct model *m,
				   const struct join *join)
{
	const struct emit_style style = output_style();
	struct strbuf sb = STRBUF_INIT;
	enum exit_status status;

	if (o->format == OUTPUT_TEXT)
		emit_join_text(join, &sb, &style);
	else
		emit_join_doc(m, join, &sb, output_doc_format(o->format));
	status = output_write(command, &sb, EXIT_CLEAN);
	strbuf_reset(&sb);
	return status;
}

/*
 * The advisories, if the tree is in a git repository. That it is not, or that its
 * statement is not there, is no trouble unless a repository was named.
 */
static enum exit_status add_history(const struct options *o, struct model *m, struct join *join,
				    struct history_repo **ret_repo, struct timeline **ret_timeline)
{
	static const char *const names[] = { "HEAD" };
	struct history_trouble trouble;
	int rc = history_open(o->repo ? o->repo : o->tree, &trouble, ret_repo);

	if (!rc)
		rc = timeline_create(*ret_repo, names, 1, "SUPPORT.md", m, &trouble, ret_timeline);
	if (rc && (o->repo || rc == -ENOMEM))
		return output_complain(command, &trouble);
	if (!rc && join_add_timeline(m, join, *ret_timeline))
		return output_say(command, "free memory", "out of memory");
	return EXIT_CLEAN;
}

static void offer(const char *name, void *context)
{
	suggest_offer(context, name);
}

static enum exit_status no_such(const struct model *m, const char *name)
{
	struct suggest near;
	const char *best;

	suggest_start(&near, name);
	join_names(m, offer, &near);
	best = suggest_best(&near);
	return output_say(command, "`candor query` lists what is stated", "no feature '%s'%s%s%s",
			  name, best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
}

static enum exit_status join_feature(const struct options *o, struct model *m)
{
	const char *name = o->names.values[0];
	struct history_repo *repo = NULL;
	struct timeline *t = NULL;
	enum exit_status status;
	struct join *join;
	int rc = join_create(m, name, &join);

	if (rc == -ENOENT)
		return no_such(m, name);
	if (!rc)
		rc = join_find_mentions(m, join, o->tree);
	if (rc)
		return output_say(command, "free memory", "out of memory");
	status = add_history(o, m, join, &repo, &t);
	if (status == EXIT_CLEAN)
		status = write_join(o, m, join);
	timeline_destroy(t);
	history_close(repo);
	return status;
}

static enum exit_status run(struct options *o)
{
	struct support_inputs in;
	enum exit_status status;
	struct model *m;
	int rc;

	find_inputs(o);
	in = (struct support_inputs){ .registry = o->registry,
				      .statement = o->statement,
				      .tree = o->tree,
				      .evidence = o->evidence,
				      .locks = o->locks.values,
				      .nr_locks = o->locks.nr,
				      .objects = o->objects.values,
				      .nr_objects = o->objects.nr };
	rc = support_load(&in, &m);
	if (rc)
		return output_say(command, "free memory", "%s", strerror(-rc));
	if (support_is_unread(m)) {
		/* An answer that lacks what was asked for would look like "nothing known". */
		support_print_diagnostics(m, stderr, SUPPORT_PLAIN);
		status = EXIT_TROUBLE;
	} else {
		status = join_feature(o, m);
	}
	model_destroy(m);
	return status;
}

enum exit_status cmd_join(int argc, char **argv)
{
	struct options o = { 0 };
	enum exit_status status;
	const struct argument rows[] = {
		{ "tree", "DIR", "the source tree (default: .)", .text = &o.tree },
		{ "registry", "FILE", "default: DIR/support/features.yaml", .text = &o.registry },
		{ "statement", "FILE", "default: DIR/SUPPORT.md", .text = &o.statement },
		{ "lock", "FILE", "a policy lock; default: DIR/policy/profiles/*.lock",
		  .list = &o.locks },
		{ "object", "FILE", "an ELF object, archive or executable", .list = &o.objects },
		{ "evidence", "FILE", "results of tests, as `candor check` takes them",
		  .text = &o.evidence },
		{ "repo", "DIR", "the git repository (default: the one DIR is in, if any)",
		  .text = &o.repo },
		{ "format", "FORMAT", "text, json or yaml", .text = &o.format_name },
		{ "json", NULL, "the same as --format json", .flag = &o.json },
	};
	const struct argument_table table = { command, "FEATURE", epilogue, rows,
					      sizeof(rows) / sizeof(rows[0]) };

	switch (arguments_parse(&table, argc, argv, &o.names)) {
	case ARGUMENTS_HELP:
		return EXIT_CLEAN;
	case ARGUMENTS_WRONG:
		return EXIT_TROUBLE;
	case ARGUMENTS_OK:
		break;
	}
	if (!output_choose(command, o.format_name, o.json, OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML,
			   &o.format))
		return EXIT_TROUBLE;
	if (o.names.nr != 1)
		return output_say(command, "see `candor join --help`", "name one feature");
	output_limit_time();
	o.tree = o.tree ? o.tree : ".";
	status = run(&o);
	free(o.found[0]);
	free(o.found[1]);
	globfree(&o.found_locks);
	return status;
}
