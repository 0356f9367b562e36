/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `candor check` is asked for on its command line. */
#include "check-options.h"

#include "arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "output.h"

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
	"  --format NAME     text, json, yaml, sarif, github (commands of its workflows) or\n"
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
	OPTION_SET = 256, /* an option of libcandor's */
	OPTION_SET_LIST,  /* likewise; the words behind it belong to it too */
	OPTION_WRITE_BASELINE,
	OPTION_FORMAT,
	OPTION_JSON,
	OPTION_FIX,
	OPTION_DRY_RUN,
	OPTION_RULES,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "tree", required_argument, NULL, OPTION_SET },
	{ "registry", required_argument, NULL, OPTION_SET },
	{ "statement", required_argument, NULL, OPTION_SET },
	{ "lock", required_argument, NULL, OPTION_SET_LIST },
	{ "objects", required_argument, NULL, OPTION_SET_LIST },
	{ "evidence", required_argument, NULL, OPTION_SET },
	{ "config", required_argument, NULL, OPTION_SET },
	{ "waivers", required_argument, NULL, OPTION_SET },
	{ "baseline", required_argument, NULL, OPTION_SET },
	{ "write-baseline", required_argument, NULL, OPTION_WRITE_BASELINE },
	{ "previous", required_argument, NULL, OPTION_SET },
	{ "branch", required_argument, NULL, OPTION_SET_LIST },
	{ "channel", required_argument, NULL, OPTION_SET },
	{ "date", required_argument, NULL, OPTION_SET },
	{ "rule", required_argument, NULL, OPTION_SET_LIST },
	{ "severity", required_argument, NULL, OPTION_SET },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "fix", no_argument, NULL, OPTION_FIX },
	{ "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	{ "rules", no_argument, NULL, OPTION_RULES },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

static bool set(const struct check_options *o, const char *name, const char *value)
{
	struct candor_error error;
	bool is_answered;

	if (!candor_set(o->c, strcmp(name, "objects") ? name : "object", value, &error))
		return true;
	is_answered = strstr(error.message, "did you mean");
	fprintf(stderr, "candor check: %s%s%s\n", error.message, is_answered ? "" : "; ",
		is_answered ? "" : error.remedy);
	return false;
}

/* The option's own argument and the words behind it, up to the next option. */
static bool set_all(const struct check_options *o, const char *name, char **argv)
{
	if (!set(o, name, optarg))
		return false;
	while (argv[optind] && argv[optind][0] != '-') {
		if (!set(o, name, argv[optind++]))
			return false;
	}
	return true;
}

static bool take_format(struct check_options *o)
{
	static const char *const formats[] = {
		"text", "json", "yaml", "sarif", "github", "gitlab"
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!strcmp(optarg, formats[i])) {
			o->format = formats[i];
			return true;
		}
	}
	fprintf(stderr,
		"candor check: no format '%s'; there are text, json, yaml, sarif, github and "
		"gitlab\n",
		optarg);
	return false;
}

/* False: no such option, or (said) no such value. */
static bool take(struct check_options *o, int c, int index, char **argv)
{
	switch (c) {
	case OPTION_SET:
		return set(o, long_options[index].name, optarg);
	case OPTION_SET_LIST:
		return set_all(o, long_options[index].name, argv);
	case OPTION_WRITE_BASELINE:
		o->write_baseline = optarg;
		return true;
	case OPTION_FORMAT:
		return take_format(o);
	case OPTION_JSON:
		o->format = "json";
		return true;
	case OPTION_FIX:
		return o->fix = true;
	case OPTION_DRY_RUN:
		return o->dry_run = true;
	default:
		arguments_hint("candor check", long_options, argv);
		return false;
	}
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
	int c, index = 0;

	optind = 1;
	*ret_status = EXIT_TROUBLE;
	o->format = "text";
	while ((c = getopt_long(argc, argv, "+", long_options, &index)) != -1) {
		if (c == OPTION_RULES || c == OPTION_HELP) {
			*ret_status = EXIT_CLEAN;
			if (c == OPTION_HELP)
				fputs(help, stdout);
			else
				*ret_status =
					output_render("candor check", o->c, "rules", "text", NULL);
			return false;
		}
		if (!take(o, c, index, argv))
			return false;
	}
	if (argv[optind]) {
		fprintf(stderr, "candor check: unexpected '%s'; see `candor check --help`\n",
			argv[optind]);
		return false;
	}
	return is_sound(o);
}
