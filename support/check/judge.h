/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of findings once all are there: which feature each is about, which
 * are waived, which are old, and which were asked for at all.
 */
#ifndef CANDOR_SUPPORT_CHECK_JUDGE_H
#define CANDOR_SUPPORT_CHECK_JUDGE_H

#include "model/model.h"

/** Sort the findings by place, rule and text, and drop what is said twice. */
void judge_sort(struct model *m);

/**
 * judge_sort(), then find the feature of each by its place, and give each a fingerprint: of rule,
 * file, message without line numbers, and text of the line, with a count of those that share all of
 * it. It stays when lines are added above.
 */
void judge_name(struct model *m);

/**
 * Let waivers excuse findings; those no longer count as errors. An expired waiver
 * excuses nothing and is an error, one that excuses nothing else a warning, both as
 * findings. Call after judge_name() and call that again.
 */
void judge_waive(struct model *m);

/** Which findings were asked for. */
struct selection {
	const char *const *rules; /* none: all */
	size_t nr_rules;
	enum severity severity; /* this and graver */
};

/** Drop the others. */
void judge_select(struct model *m, const struct selection *selection);

/** Findings by what becomes of them. */
struct tally {
	size_t nr_errors, nr_warnings; /* new and not waived: only these errors fail */
	size_t nr_old, nr_waived;
	size_t nr_fixable; /* of the first two */
};

struct tally judge_count(const struct model *m);

/** Mark as old what is in a baseline, and there what is met. Returns 0 or -ENOMEM. */
int judge_compare(struct model *m, struct baseline *baseline);

#endif
