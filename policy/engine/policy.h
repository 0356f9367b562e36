/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policies of a tree: profiles in policy/profiles/NAME.lua, rules in
 * policy/rules/NAME.lua, and what they decide about the tree's facts.
 */
#ifndef CANDOR_POLICY_POLICY_H
#define CANDOR_POLICY_POLICY_H

#include "engine/decide.h"
#include "engine/lockfile.h"

#define POLICY_FILE_MAX (256u << 10)
#define POLICY_PROFILES_MAX 256u

/** The policy files of a tree, and the facts they are applied to. */
struct policy {
	char *tree;
	const struct facts *facts; /* borrowed */
	char facts_hash[LOCK_HASH_SIZE];
	char **profiles; /* names, sorted */
	size_t nr_profiles;
	struct host_source *rules; /* sorted by name; behind them, those that joined */
	size_t nr_rules;
	struct host_source *given; /* the one profile of a record; NULL: read from the tree */
};

/** What a dry run changes. Zero-initialise; everything is borrowed. */
struct variation {
	const struct facts *facts;	 /* instead of the policy's; NULL: those */
	const struct host_source *extra; /* rule files that join in, as policy_join() does */
	size_t nr_extra;
	const struct place *drop; /* what is said at this place is not; NULL */
	bool lenient;		  /* as host_input.lenient */
};

/** A profile, evaluated. Its verdicts and decisions borrow from the policy. */
struct resolution {
	const struct policy *policy;
	const char *profile; /* borrowed from the policy */
	struct host_input in;
	struct answers answers;
	struct decision *list;	     /* parallel to the facts' features */
	struct ruling ruling;	     /* all three of these */
	char *path;		     /* of the profile, below the tree */
	char *text;		     /* of the profile */
	struct host_source *sources; /* of a variation with extra ones; NULL */
};

/**
 * Read the names of profiles and the text of rules below @tree. Returns 0 with
 * *@ret_policy (caller: policy_close(), before the facts go), -EINVAL with
 * complaints in @err, or -ENOMEM.
 */
int policy_open(const char *tree, const struct facts *facts, struct policy **ret_policy,
		struct strbuf *err);

/** NULL is accepted. */
void policy_close(struct policy *p);

/**
 * Let a rule file from outside the tree, a site's or a host's, take part in
 * every profile, behind the listed files of its layer. Returns as policy_open().
 */
int policy_join(struct policy *p, enum layer layer, const char *path, struct strbuf *err);

/**
 * Evaluate a profile in a confined child and decide. @variation, or NULL, is
 * what a dry run changes. Returns 0 with *@ret_resolution (caller:
 * resolution_free()), -EINVAL with complaints in @err, or another -errno.
 */
int policy_resolve(const struct policy *p, const char *profile, const struct variation *variation,
		   struct resolution **ret_resolution, struct strbuf *err);

/** NULL is accepted. */
void resolution_free(struct resolution *r);

/** The sealed lock of a resolution; caller destroys. 0 or -ENOMEM. */
int resolution_lock(const struct resolution *r, struct lockfile **ret_lock);

/**
 * Read all NAME.lua of a folder below the tree, sorted by name. Returns 0 with a
 * list (policy_free_sources()), -EINVAL with complaints in @err, or -ENOMEM.
 */
int policy_read_sources(const char *tree, const char *dir, struct host_source **ret_list,
			size_t *ret_nr, struct strbuf *err);
void policy_free_sources(struct host_source *list, size_t nr);

/** The digest that a lock gives of its facts. 0 or -ENOMEM. */
int policy_hash_facts(const struct facts *facts, char ret_hash[LOCK_HASH_SIZE]);

/** The profile of that name, borrowed, or NULL with a complaint in @err. */
const char *policy_profile(const struct policy *p, const char *name, struct strbuf *err);

/** Path of a profile's lock below the tree, malloc'ed; NULL when out of memory. */
char *policy_lock_path(const char *profile);

/** "TREE/BELOW", or "BELOW" alone for the tree ".", malloc'ed; NULL when out of memory. */
char *policy_path(const char *tree, const char *below);

#endif
