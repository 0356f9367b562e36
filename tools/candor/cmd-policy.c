/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy`: its subcommands. */
#include "family.h"
#include "policy.h"

static const struct command subcommands[] = {
	{ "check", "--kconfig FILE [--profile NAME] [--json]",
	  "how far a configuration departs from a profile", policy_check },
	{ "diff", "A B [--json]", "what two profiles, locks or records decide otherwise",
	  policy_diff },
	{ "explain", "FEATURE [--profile NAME] [--json]",
	  "why a feature is on or off, and what would change it", policy_explain },
	{ "export", "--format kconfig|meson|ansible|preset [--profile NAME] [--map FILE]",
	  "a profile's decision for other build systems", policy_export },
	{ "lint", "[--date DAY] [--rules] [--json]", "dead, shadowed and misspelt rules",
	  policy_lint },
	{ "list", "[--json]", "the profiles, and what each has on", policy_list },
	{ "lock", "[--profile NAME | --all] [--check] [--record DIR]",
	  "write the lock of a profile, or of all", policy_lock },
	{ "log", "[--profile NAME]", "every decision as a line of JSON", policy_log },
	{ "page", "PROFILE [--image FILE --against FILE] | --all --out DIR",
	  "what a profile contains and why; measured, if given images", policy_page },
	{ "replay", "ID|FILE [--records DIR]", "decide again, from the recorded inputs",
	  policy_replay },
	{ "test", "[--json]", "hold policy/tests/*.lua against the decisions", policy_test },
	{ "what-if",
	  "--status ID=LEVEL | --feature ID=on|off | --drop-rule FILE:LINE |\n"
	  "           --add-rule TEXT [--layer LAYER] [--profile NAME | --all] [--json]",
	  "what such a change would do, in a dry run", policy_what_if },
	{ "words", "", "the reference of the policy language", policy_words },
	{ 0 },
};

static const char about[] =
	"Decides which features a build contains. A profile, policy/profiles/NAME.lua,\n"
	"lists rule files, policy/rules/NAME.lua, by layer: vendor, distribution, site,\n"
	"host. What they say on the facts of support/features.yaml and SUPPORT.md becomes\n"
	"policy/profiles/NAME.lock, from which alone the build is configured.\n";

static const char epilogue[] =
	"`candor policy SUBCOMMAND --help` tells more. --tree DIR is the source tree; --site\n"
	"FILE and --host FILE are rules from outside the tree, which speak behind the\n"
	"profile's.\n"
	"\n"
	"Exit status: 0 done, 1 findings or differences, 2 trouble; nothing is written then.\n";

enum exit_status cmd_policy(int argc, char **argv)
{
	static const struct family family = { "candor policy", about, epilogue, 8, subcommands };

	return family_run(&family, argc, argv);
}
