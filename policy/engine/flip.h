/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small changes that flip a verdict, each of them tried, the smallest first. */
#ifndef CANDOR_POLICY_FLIP_H
#define CANDOR_POLICY_FLIP_H

#include "engine/policy.h"

enum flip_kind {
	FLIP_ADD,     /* say one sentence more, in the host layer */
	FLIP_DROP,    /* take one sentence back */
	FLIP_LEVEL,   /* state another level in SUPPORT.md */
	FLIP_PROFILE, /* build under another profile */
	FLIP_STATE,   /* implement it, and state it at that level */
	NR_FLIP_KINDS
};

/** "add", "drop", "level", "profile", "implement". */
const char *flip_kind_name(enum flip_kind kind);

#define FLIP_FEATURES_MAX 8

/** A change after which the feature's verdict is the other one. */
struct flip {
	enum flip_kind kind;
	const char *value; /* level, profile, or the sentence's word; borrowed */
	/* The feature itself, or what it needs, by index: what is said or stated of. */
	size_t features[FLIP_FEATURES_MAX];
	size_t nr_features;
	struct place at;  /* drop: of the sentence */
	struct place by;  /* what decides then; file NULL: what was changed itself */
	size_t nr_others; /* other features whose verdict changes with it */
};

#define FLIPS_MAX 12

struct flips {
	struct flip list[FLIPS_MAX];
	size_t nr;
};

/**
 * Try changes out, in a dry run each, and keep those that flip @feature of @r:
 * first those that speak of or move the fewest features, then those with the fewest
 * consequences. 0 or -errno. A change that cannot be resolved flips nothing.
 */
int flip_search(const struct resolution *r, size_t feature, struct flips *ret_flips);

/** Add the change in words that can be followed: "add allow { feature ... }". */
void flip_describe(const struct resolution *r, const struct flip *flip, struct strbuf *out);

#endif
