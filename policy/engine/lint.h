/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with rules that can be evaluated, and all unknown ids at once. */
#ifndef CANDOR_POLICY_LINT_H
#define CANDOR_POLICY_LINT_H

#include <jansson.h>

#include "engine/coverage.h"

/** Kinds of findings, each with a row in a table that also is the help. */
enum lint_kind {
	LINT_UNKNOWN_ID,
	LINT_WRONG_PROFILE,
	LINT_UNUSED_FILE,
	LINT_DEAD_RULE,
	LINT_SHADOWED_RULE,
	LINT_NEEDLESS_OVERRIDE,
	LINT_EXPIRED_WAIVER,
	LINT_IDLE_WAIVER,
	NR_LINT_KINDS
};

struct lint_rule {
	const char *id;
	const char *text; /* what it finds, and why that matters */
};

extern const struct lint_rule lint_rules[NR_LINT_KINDS];

struct lint_finding {
	enum lint_kind kind;
	char *file; /* places outlive what they are in */
	unsigned int line;
	char *message;
	char *remedy;
};

struct lint {
	struct lint_finding *list; /* by file, line, kind */
	size_t nr;
};

/**
 * Look at all profiles and rules. @today, "2026-11-22", is what waivers are held
 * against. Returns 0 with *@ret_lint (lint_reset()), or -errno with complaints.
 */
int lint_run(const struct policy *p, const char *today, struct lint *ret_lint, struct strbuf *err);

void lint_reset(struct lint *l);

/** Add the findings as a compiler would print them, or as JSON. */
void lint_text(const struct lint *l, struct strbuf *out);
void lint_json(const struct lint *l, struct strbuf *out);

#endif
