/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds what a model's sources say against one another: one rule, one function. */
#ifndef CANDOR_SUPPORT_CHECK_CHECK_H
#define CANDOR_SUPPORT_CHECK_CHECK_H

#include "model/model.h"

struct rule {
	const char *id;
	enum severity severity;
	const char *rationale; /* one line */
	/* Reports findings by model_report(); NULL: the readers report them. */
	void (*run)(struct model *m, const struct rule *rule);
};

/** All rules, ended by one without an id. */
extern const struct rule check_rules[];

/** The rule of this id, or NULL; and the id nearest to a misspelt one, or NULL. */
const struct rule *check_find_rule(const char *id);
const char *check_suggest_rule(const char *id);

/**
 * Run every rule over a linked model; findings join the model's diagnostics.
 * Rules that need what the model was not given (a tree, a registry, evidence)
 * stay silent. Returns 0 or -ENOMEM.
 */
int check_run(struct model *m);

#endif
