/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy`: writes and checks locks, explains decisions, lists profiles. */
#include "command.h"

#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "engine/explain.h"
#include "engine/policy.h"
#include "engine/suggest.h"
#include "engine/difference.h"

#define DEFAULT_PROFILE "supported"

static const char help[] =
	"usage: candor policy lock [--profile NAME | --all] [--check] [--tree DIR]\n"
	"       candor policy explain FEATURE [--profile NAME] [--json] [--tree DIR]\n"
	"       candor policy list [--json] [--tree DIR]\n"
	"\n"
	"Decides which features a build contains. A profile, policy/profiles/NAME.lua,\n"
	"lists rule files, policy/rules/NAME.lua; their verdicts on the facts of\n"
	"support/features.yaml and SUPPORT.md become policy/profiles/NAME.lock, from\n"
	"which alone the build is configured.\n"
	"\n"
	"  lock             write the lock of a profile, or of all\n"
	"  explain          one feature: verdict, rule, statement, needs, gate, and the\n"
	"                   smallest change that flips the verdict, tried out\n"
	"  list             the profiles, and what each has on\n"
	"\n"
	"  --profile NAME   the profile (default: supported)\n"
	"  --all            every profile; nothing is written unless all succeed\n"
	"  --check          write nothing; show how the locks on disk differ, exit 1 if so\n"
	"  --tree DIR       the source tree (default: .)\n"
	"  --json           for programs\n"
	"\n"
	"Exit status: 0 done, 1 locks differ (--check), 2 trouble; nothing is written then.\n";

struct options {
	const char *tree, *profile, *feature;
	bool all, check, json;
};

enum {
	OPTION_PROFILE = 256,
	OPTION_ALL,
	OPTION_CHECK,
	OPTION_TREE,
	OPTION_JSON,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "profile", required_argument, NULL, OPTION_PROFILE },
	{ "all", no_argument, NULL, OPTION_ALL },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "tree", required_argument, NULL, OPTION_TREE },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

/* What a subcommand works on. */
struct session {
	const struct options *options;
	struct facts *facts;
	struct policy *policy;
	struct strbuf err;
};

/* Print what went wrong; the status for it. */
static enum exit_status trouble(const struct session *s, int rc)
{
	const char *text = strbuf_str(&s->err);

	if (text && *text)
		fputs(text, stderr);
	else
		fprintf(stderr, "candor policy: %s\n", strerror(-rc));
	return EXIT_TROUBLE;
}

static enum exit_status print_text(const struct strbuf *text)
{
	if (!strbuf_str(text) || fputs(strbuf_str(text), stdout) < 0 || fflush(stdout)) {
		fputs("candor policy: cannot write the answer\n", stderr);
		return EXIT_TROUBLE;
	}
	return EXIT_CLEAN;
}

/* ---- lock ---- */

/* A lock as it should be. */
struct made_lock {
	char *path; /* where it goes */
	struct strbuf text;
};

static int make_lock(struct session *s, const char *profile, struct made_lock *ret_made)
{
	struct resolution *r;
	struct lockfile *lock;
	int rc = policy_resolve(s->policy, profile, NULL, &r, &s->err);

	if (rc)
		return rc;
	rc = resolution_lock(r, &lock);
	resolution_free(r);
	if (rc)
		return rc;
	ret_made->path = policy_path(s->options->tree, lock->path);
	lockfile_write(lock, &ret_made->text);
	lockfile_destroy(lock);
	return ret_made->path && !ret_made->text.failed ? 0 : -ENOMEM;
}

static int make_locks(struct session *s, struct made_lock *list, size_t *ret_nr)
{
	int rc = 0;

	*ret_nr = s->options->all ? s->policy->nr_profiles : 1;
	if (!s->options->all)
		return make_lock(s, s->options->profile, &list[0]);
	for (size_t i = 0; !rc && i < *ret_nr; i++)
		rc = make_lock(s, s->policy->profiles[i], &list[i]);
	return rc;
}

static bool is_on_disk(const struct made_lock *made)
{
	char *text;
	size_t size;
	bool same;

	if (file_read(made->path, LOCKFILE_SIZE_MAX, &text, &size))
		return false;
	same = size == made->text.size && !memcmp(text, made->text.data, size);
	free(text);
	return same;
}

/* A lock that is right is left alone: writing it would configure the build again. */
static enum exit_status write_locks(const struct made_lock *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		int rc;

		if (is_on_disk(&list[i])) {
			printf("kept %s\n", list[i].path);
			continue;
		}
		rc = file_write_atomic(list[i].path, list[i].text.data, list[i].text.size);
		if (rc) {
			fprintf(stderr,
				"%s: error: cannot be written: %s\n"
				"       = make its folder writable, or free space on its disk\n",
				list[i].path, strerror(-rc));
			return EXIT_TROUBLE;
		}
		printf("wrote %s\n", list[i].path);
	}
	return EXIT_CLEAN;
}

static enum exit_status compare_lock(const struct made_lock *made, struct strbuf *out)
{
	char *text;
	size_t size;
	int rc = file_read(made->path, LOCKFILE_SIZE_MAX, &text, &size);
	bool same;

	if (rc == -ENOENT) {
		strbuf_printf(out, "%s: error: there is no such lock\n", made->path);
		return EXIT_FINDINGS;
	}
	if (rc) {
		fprintf(stderr, "%s: error: cannot be read: %s\n       = make it readable\n",
			made->path, strerror(-rc));
		return EXIT_TROUBLE;
	}
	same = size == made->text.size && !memcmp(text, made->text.data, size);
	if (same)
		printf("%s is what the policy decides\n", made->path);
	else
		difference_add(out, made->path, text, made->text.data);
	free(text);
	return same ? EXIT_CLEAN : EXIT_FINDINGS;
}

static enum exit_status check_locks(const struct made_lock *list, size_t nr)
{
	struct strbuf out = STRBUF_INIT;
	enum exit_status status = EXIT_CLEAN, one;

	for (size_t i = 0; i < nr && status != EXIT_TROUBLE; i++) {
		one = compare_lock(&list[i], &out);
		if (one > status)
			status = one;
	}
	if (status == EXIT_FINDINGS)
		strbuf_puts(&out,
			    "       = run `candor policy lock --all` and review the change\n");
	if (print_text(&out))
		status = EXIT_TROUBLE;
	strbuf_reset(&out);
	return status;
}

static enum exit_status run_lock(struct session *s)
{
	struct made_lock *list = calloc(s->policy->nr_profiles + 1, sizeof(*list));
	enum exit_status status;
	size_t nr = 0;
	int rc = list ? make_locks(s, list, &nr) : -ENOMEM;

	if (rc)
		status = trouble(s, rc);
	else
		status = s->options->check ? check_locks(list, nr) : write_locks(list, nr);
	for (size_t i = 0; i < nr; i++) {
		free(list[i].path);
		strbuf_reset(&list[i].text);
	}
	free(list);
	return status;
}

/* ---- explain, list ---- */

static enum exit_status run_explain(struct session *s)
{
	struct strbuf out = STRBUF_INIT;
	enum exit_status status;
	int rc = explain_feature(s->policy, s->options->profile, s->options->feature,
				 s->options->json ? EXPLAIN_JSON : EXPLAIN_TEXT, &out, &s->err);

	status = rc ? trouble(s, rc) : print_text(&out);
	strbuf_reset(&out);
	return status;
}

static enum exit_status run_list(struct session *s)
{
	struct strbuf out = STRBUF_INIT;
	enum exit_status status;
	int rc = explain_profiles(s->policy, s->options->json ? EXPLAIN_JSON : EXPLAIN_TEXT, &out,
				  &s->err);

	status = rc ? trouble(s, rc) : print_text(&out);
	strbuf_reset(&out);
	return status;
}

static const struct subcommand {
	const char *name;
	enum facts_depth depth;
	bool wants_feature;
	enum exit_status (*run)(struct session *s);
} subcommands[] = {
	{ "lock", FACTS_STATED, false, run_lock },
	{ "explain", FACTS_CODE, true, run_explain },
	{ "list", FACTS_STATED, false, run_list },
};

static enum exit_status run(const struct subcommand *c, const struct options *o)
{
	struct session s = { .options = o, .err = STRBUF_INIT };
	enum exit_status status;
	int rc = facts_load(o->tree, c->depth, &s.facts, &s.err);

	if (!rc)
		rc = policy_open(o->tree, s.facts, &s.policy, &s.err);
	status = rc ? trouble(&s, rc) : c->run(&s);
	policy_close(s.policy);
	facts_destroy(s.facts);
	strbuf_reset(&s.err);
	return status;
}

/* False: stop with *@ret_status. */
static bool parse_options(int argc, char **argv, struct options *o, enum exit_status *ret_status)
{
	int c;

	optind = 1;
	*ret_status = EXIT_TROUBLE;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case OPTION_PROFILE:
			o->profile = optarg;
			break;
		case OPTION_ALL:
			o->all = true;
			break;
		case OPTION_CHECK:
			o->check = true;
			break;
		case OPTION_TREE:
			o->tree = optarg;
			break;
		case OPTION_JSON:
			o->json = true;
			break;
		case OPTION_HELP:
			fputs(help, stdout);
			*ret_status = EXIT_CLEAN;
			return false;
		default:
			arguments_hint("candor policy", long_options, argv);
			return false;
		}
	}
	if (o->all && o->profile) {
		fputs("candor policy: --all and --profile exclude each other\n", stderr);
		return false;
	}
	return true;
}

static const struct subcommand *find_subcommand(const char *name)
{
	struct suggest near;

	for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++) {
		if (name && !strcmp(subcommands[i].name, name))
			return &subcommands[i];
	}
	if (!name) {
		fputs("candor policy: no subcommand", stderr);
	} else {
		fprintf(stderr, "candor policy: no subcommand '%s'", name);
		suggest_start(&near, name);
		for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++)
			suggest_offer(&near, subcommands[i].name);
		if (suggest_best(&near)) {
			fprintf(stderr, "; did you mean '%s'?\n", suggest_best(&near));
			return NULL;
		}
	}
	fputs("; there are lock, explain and list; see `candor policy --help`\n", stderr);
	return NULL;
}

enum exit_status cmd_policy(int argc, char **argv)
{
	struct options o = { .tree = "." };
	enum exit_status status;
	const struct subcommand *c;

	if (!parse_options(argc, argv, &o, &status))
		return status;
	c = find_subcommand(argv[optind]);
	if (!c)
		return EXIT_TROUBLE;
	o.feature = c->wants_feature ? argv[optind + 1] : NULL;
	if (c->wants_feature && !o.feature) {
		fprintf(stderr, "candor policy: %s wants a feature's id\n", c->name);
		return EXIT_TROUBLE;
	}
	if (argv[optind + (c->wants_feature ? 2 : 1)]) {
		fprintf(stderr, "candor policy: unexpected '%s'; see `candor policy --help`\n",
			argv[optind + (c->wants_feature ? 2 : 1)]);
		return EXIT_TROUBLE;
	}
	if ((o.check || o.all) && c->run != run_lock) {
		fputs("candor policy: --all and --check belong to lock\n", stderr);
		return EXIT_TROUBLE;
	}
	if ((o.json && c->run == run_lock) || (o.profile && c->run == run_list)) {
		fprintf(stderr, "candor policy: %s does not belong to %s\n",
			c->run == run_lock ? "--json" : "--profile", c->name);
		return EXIT_TROUBLE;
	}
	if (!o.profile)
		o.profile = DEFAULT_PROFILE;
	return run(c, &o);
}
