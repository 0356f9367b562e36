/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single changes that flip a verdict, each of them tried. */
#ifndef CANDOR_POLICY_FLIP_H
#define CANDOR_POLICY_FLIP_H

#include "engine/policy.h"

enum flip_kind {
	FLIP_LEVEL,   /* state another level in SUPPORT.md */
	FLIP_PROFILE, /* build under another profile */
	FLIP_STATE,   /* implement it, and state it at that level */
};

/** A change after which the feature's verdict is the other one. */
struct flip {
	enum flip_kind kind;
	const char *value; /* level or profile; borrowed from constants or the policy */
	size_t feature;	   /* whose level or state: the feature's own, or its need's */
	struct place by;   /* what decides then */
	size_t nr_others;  /* other features whose verdict changes with it */
};

#define FLIPS_MAX 8

/**
 * Try changes out, in a dry run each, and keep those that flip @feature of @r,
 * the one that touches the fewest other features first. 0 with @ret_list and
 * *@ret_nr, or -errno. A profile that cannot be resolved flips nothing.
 */
int flip_search(const struct resolution *r, size_t feature, struct flip ret_list[FLIPS_MAX],
		size_t *ret_nr);

#endif
