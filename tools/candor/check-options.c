/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `candor check` is asked for on its command line. */
#include "check-options.h"

#include "arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"

static const char help[] =
	"usage: candor check [OPTION]...\n"
	"\n"
	"Holds against one another, in both directions: the registry of features, the\n"
	"statement SUPPORT.md, the annotations in the sources, policy locks, records in\n"
	"built objects, and results of tests. Findings look like a compiler's.\n"
	"\n"
	"  --tree DIR        the source tree (default: .). Unless named by an option,\n"
	"                    DIR/support/features.yaml, DIR/SUPPORT.md,\n"
	"                    DIR/support/waivers.yaml, DIR/candor.yaml and\n"
	"                    DIR/policy/profiles/*.lock are read if they are there\n"
	"  --config FILE     the tree's candor.yaml: where in a tree that is not ours the\n"
	"                    facts stand (`candor init` writes a first one)\n"
	"  --registry FILE   the registry\n"
	"  --statement FILE  the statement\n"
	"  --lock FILE...    policy locks\n"
	"  --objects FILE... ELF objects, archives, executables: their records must come\n"
	"                    from these sources, and fit the lock they carry\n"
	"  --evidence FILE   results of tests: lines 'NAME<TAB>passed|failed|skipped', or\n"
	"                    meson's testlog.json; names in SUPPORT_TEST must be there\n"
	"  --waivers FILE    findings that may stand: whose word, why, until when\n"
	"  --baseline STATE  findings that are known do not fail: those in a file, or all\n"
	"                    that a git revision of the tree has\n"
	"  --write-baseline FILE  write the findings as such a file\n"
	"  --previous STATE  what was stated before, by a file, in a folder with another tree,\n"
	"                    or at a git revision: levels move one step, never silently down\n"
	"  --branch STATE... statements of other branches: support windows must ascend\n"
	"  --channel NAME    unstable, release or security-only (default: as the statement\n"
	"                    tells)\n"
	"  --date DATE       what day it is, YYYY-MM-DD, for rules about time (default: that\n"
	"                    of SOURCE_DATE_EPOCH, else of the clock)\n"
	"  --rule ID...      only findings of these rules\n"
	"  --severity NAME   error: no warnings\n"
	"  --format NAME     text, json, sarif, github (commands of its workflows) or\n"
	"                    gitlab (its code quality report)\n"
	"  --json            the same as --format json\n"
	"  --fix             mend what is mechanical, then check\n"
	"  --dry-run         with --fix: print what it would change, as a unified diff\n"
	"  --rules           list the rules: id, severity, rationale; `candor explain-rule`\n"
	"                    tells more\n"
	"\n"
	"Of more than 20 findings of one kind in a file the rest are counted, not shown,\n"
	"but in the formats for programs.\n"
	"\n"
	"Exit status: 0 no errors (warnings may be shown), 1 errors found, or differences\n"
	"with --dry-run, 2 trouble: also when a file is not what it should be, such as no\n"
	"YAML, no policy lock, no ELF.\n";

enum {
	OPTION_TREE = 256,
	OPTION_REGISTRY,
	OPTION_STATEMENT,
	OPTION_LOCK,
	OPTION_OBJECTS,
	OPTION_EVIDENCE,
	OPTION_WAIVERS,
	OPTION_CONFIG,
	OPTION_BASELINE,
	OPTION_WRITE_BASELINE,
	OPTION_PREVIOUS,
	OPTION_BRANCH,
	OPTION_CHANNEL,
	OPTION_DATE,
	OPTION_RULE,
	OPTION_SEVERITY,
	OPTION_FORMAT,
	OPTION_JSON,
	OPTION_FIX,
	OPTION_DRY_RUN,
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
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "waivers", required_argument, NULL, OPTION_WAIVERS },
	{ "baseline", required_argument, NULL, OPTION_BASELINE },
	{ "write-baseline", required_argument, NULL, OPTION_WRITE_BASELINE },
	{ "previous", required_argument, NULL, OPTION_PREVIOUS },
	{ "branch", required_argument, NULL, OPTION_BRANCH },
	{ "channel", required_argument, NULL, OPTION_CHANNEL },
	{ "date", required_argument, NULL, OPTION_DATE },
	{ "rule", required_argument, NULL, OPTION_RULE },
	{ "severity", required_argument, NULL, OPTION_SEVERITY },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "fix", no_argument, NULL, OPTION_FIX },
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "rules", no_argument, NULL, OPTION_RULES },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

static const char *const format_names[NR_CHECK_FORMATS] = {
	[CHECK_TEXT] = "text",	   [CHECK_JSON] = "json",     [CHECK_SARIF] = "sarif",
	[CHECK_GITHUB] = "github", [CHECK_GITLAB] = "gitlab",
};

static void list_rules(void)
{
	for (const struct rule *rule = check_rules; rule->id; rule++)
		printf("%-24s %-8s %s\n", rule->id,
		       rule->severity == SEVERITY_ERROR ? "error" : "warning", rule->rationale);
}

static bool add(struct check_list *list, const char *value)
{
	if (list->nr == CHECK_PATHS_MAX) {
		fprintf(stderr, "candor check: more than %d of a kind\n", CHECK_PATHS_MAX);
		return false;
	}
	list->values[list->nr++] = value;
	return true;
}

/* The option's own argument and the words behind it, up to the next option. */
static bool add_all(struct check_list *list, char **argv)
{
	if (!add(list, optarg))
		return false;
	while (argv[optind] && argv[optind][0] != '-') {
		if (!add(list, argv[optind++]))
			return false;
	}
	return true;
}

static bool take_date(struct check_options *o)
{
	if (!date_is_valid(optarg)) {
		fprintf(stderr, "candor check: '%s' is no date: write YYYY-MM-DD\n", optarg);
		return false;
	}
	memcpy(o->date, optarg, sizeof(o->date));
	return true;
}

static bool take_channel(struct check_options *o)
{
	for (unsigned int i = CHANNEL_UNSTABLE; i < NR_CHANNELS; i++) {
		if (!strcmp(optarg, model_channel_name((enum channel)i))) {
			o->channel = (enum channel)i;
			return true;
		}
	}
	fprintf(stderr,
		"candor check: no channel '%s'; there are unstable, release and security-only\n",
		optarg);
	return false;
}

static bool take_format(struct check_options *o)
{
	for (unsigned int i = 0; i < NR_CHECK_FORMATS; i++) {
		if (!strcmp(optarg, format_names[i])) {
			o->format = (enum check_format)i;
			return true;
		}
	}
	fprintf(stderr,
		"candor check: no format '%s'; there are text, json, sarif, github and gitlab\n",
		optarg);
	return false;
}

static bool take_severity(struct check_options *o)
{
	bool error = !strcmp(optarg, "error");

	o->severity = error ? SEVERITY_ERROR : SEVERITY_WARNING;
	if (error || !strcmp(optarg, "warning"))
		return true;
	fprintf(stderr, "candor check: no severity '%s'; there are error and warning\n", optarg);
	return false;
}

static bool take_rules(struct check_options *o, char **argv)
{
	size_t nr = o->rules.nr;

	if (!add_all(&o->rules, argv))
		return false;
	for (; nr < o->rules.nr; nr++) {
		const char *id = o->rules.values[nr];
		const char *near = check_suggest_rule(id);

		if (check_find_rule(id))
			continue;
		fprintf(stderr, "candor check: no rule '%s'", id);
		fprintf(stderr, near ? "; did you mean '%s'?\n" : "; see `candor check --rules`\n",
			near);
		return false;
	}
	return true;
}

/* An option whose value is kept as it is; false: it is none of them. */
static bool take_text(struct check_options *o, int c)
{
	const struct {
		int c;
		const char **text;
	} rows[] = {
		{ OPTION_TREE, &o->tree },	     { OPTION_REGISTRY, &o->registry },
		{ OPTION_STATEMENT, &o->statement }, { OPTION_EVIDENCE, &o->evidence },
		{ OPTION_WAIVERS, &o->waivers },     { OPTION_CONFIG, &o->config },
		{ OPTION_BASELINE, &o->baseline },   { OPTION_WRITE_BASELINE, &o->write_baseline },
		{ OPTION_PREVIOUS, &o->previous },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].c == c) {
			*rows[i].text = optarg;
			return true;
		}
	}
	return false;
}

/* False: no such option, or (said) no such value. */
static bool take(struct check_options *o, int c, char **argv)
{
	switch (c) {
	case OPTION_LOCK:
		return add_all(&o->locks, argv);
	case OPTION_OBJECTS:
		return add_all(&o->objects, argv);
	case OPTION_BRANCH:
		return add_all(&o->branches, argv);
	case OPTION_CHANNEL:
		return take_channel(o);
	case OPTION_DATE:
		return take_date(o);
	case OPTION_RULE:
		return take_rules(o, argv);
	case OPTION_SEVERITY:
		return take_severity(o);
	case OPTION_FORMAT:
		return take_format(o);
	case OPTION_JSON:
		o->format = CHECK_JSON;
		return true;
	case OPTION_FIX:
		return o->fix = true;
	case OPTION_DRY_RUN:
		return o->dry_run = true;
	default:
		break;
	}
	if (take_text(o, c))
		return true;
	arguments_hint("candor check", long_options, argv);
	return false;
}

static bool is_sound(const struct check_options *o)
{
	const char *wrong = o->dry_run && !o->fix ? "--dry-run belongs to --fix"
			    : o->dry_run && o->write_baseline
				    ? "--dry-run writes nothing, --write-baseline a file"
				    : NULL;

	if (wrong)
		fprintf(stderr, "candor check: %s; see `candor check --help`\n", wrong);
	return !wrong;
}

bool check_options_read(int argc, char **argv, struct check_options *o,
			enum exit_status *ret_status)
{
	int c;

	optind = 1;
	*ret_status = EXIT_TROUBLE;
	while ((c = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		if (c == OPTION_RULES || c == OPTION_HELP) {
			if (c == OPTION_RULES)
				list_rules();
			else
				fputs(help, stdout);
			*ret_status = EXIT_CLEAN;
			return false;
		}
		if (!take(o, c, argv))
			return false;
	}
	if (argv[optind]) {
		fprintf(stderr, "candor check: unexpected '%s'; see `candor check --help`\n",
			argv[optind]);
		return false;
	}
	return is_sound(o);
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

static bool find_locks(struct check_options *o)
{
	char *pattern;
	int r;

	if (o->locks.nr)
		return true;
	if (!strcmp(o->tree, "."))
		pattern = strdup("policy/profiles/*.lock");
	else if (asprintf(&pattern, "%s/policy/profiles/*.lock", o->tree) < 0)
		pattern = NULL;
	if (!pattern)
		return false;
	r = glob(pattern, 0, NULL, &o->found_locks);
	free(pattern);
	if (r)
		return r == GLOB_NOMATCH;
	for (size_t i = 0; i < o->found_locks.gl_pathc; i++) {
		if (!add(&o->locks, o->found_locks.gl_pathv[i]))
			return false;
	}
	return true;
}

bool check_options_complete(struct check_options *o)
{
	if (!o->registry)
		o->registry = o->found_registry = find_in_tree(o->tree, "support/features.yaml");
	if (!o->statement)
		o->statement = o->found_statement = find_in_tree(o->tree, "SUPPORT.md");
	if (!o->config)
		o->config = o->found_config = find_in_tree(o->tree, "candor.yaml");
	if (!o->waivers)
		o->waivers = o->found_waivers = find_in_tree(o->tree, "support/waivers.yaml");
	if (!*o->date && date_today(o->date)) {
		fputs("candor check: SOURCE_DATE_EPOCH is no time: write seconds since 1970\n",
		      stderr);
		return false;
	}
	if (o->registry || o->statement || o->config || o->objects.nr)
		return find_locks(o);
	fprintf(stderr,
		"candor check: %s holds neither SUPPORT.md nor support/features.yaml; name "
		"a tree by --tree or files by --statement and --registry\n",
		o->tree);
	return false;
}

void check_options_free(struct check_options *o)
{
	globfree(&o->found_locks);
	free(o->found_registry);
	free(o->found_statement);
	free(o->found_waivers);
	free(o->found_config);
}
