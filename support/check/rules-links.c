/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about where a statement's links lead. */
#include "private.h"

#include <ctype.h>
#include <string.h>

/* How forges write "this file at that branch"; the branch follows. */
static const char *const before_branch[] = { "/blob/", "/tree/",      "/raw/",	  "/src/branch/",
					     ";hb=",   "&hb=",	      "?h=",	  "&h=",
					     ";h=",    "refs/heads/", "/commits/" };

/* Names of branches that move with every commit. */
static const char *const moving[] = {
	"master", "main",     "HEAD", "staging", "devel",  "develop",
	"trunk",  "unstable", "next", "stable",	 "latest", "default"
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* The name of a moving branch that @text starts with, or NULL. */
static const char *find_moving(const char *text)
{
	static const char heads[] = "refs/heads/";

	if (!strncmp(text, heads, sizeof(heads) - 1))
		text += sizeof(heads) - 1;
	for (size_t i = 0; i < NR(moving); i++) {
		size_t n = strlen(moving[i]);

		if (!strncmp(text, moving[i], n) && !isalnum((unsigned char)text[n]) &&
		    text[n] != '-' && text[n] != '_' && text[n] != '.')
			return moving[i];
	}
	return NULL;
}

static const char *find_branch(const char *target)
{
	for (size_t i = 0; i < NR(before_branch); i++) {
		const char *p = strstr(target, before_branch[i]);
		const char *name = p ? find_moving(p + strlen(before_branch[i])) : NULL;

		if (name)
			return name;
	}
	return NULL;
}

void rule_moving_link(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_links; i++) {
		const char *branch = find_branch(m->links[i].target);

		if (branch)
			model_report(m, rule->severity, rule->id, m->links[i].at,
				     "link to a tag, a commit or a release's branch",
				     "the link leads to the branch '%s', which moves on", branch);
	}
}

void rule_dead_link(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_links; i++) {
		if (m->links[i].is_missing)
			model_report(m, rule->severity, rule->id, m->links[i].at,
				     "correct the path, or remove the link",
				     "the link leads to '%s', which is not there",
				     m->links[i].target);
	}
}
