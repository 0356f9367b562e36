/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a policy is told: the registry's features and what SUPPORT.md claims of
 * each for the target. This is the boundary between the support model and the
 * policy engine: nothing else of the model reaches a rule.
 */
#ifndef CANDOR_POLICY_FACTS_H
#define CANDOR_POLICY_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complain.h"
#include "base/strbuf.h"

/** The only target there is so far; written as lock.target. */
#define FACTS_TARGET "x86_64"

/** One status line of SUPPORT.md that covers the target. */
struct fact_claim {
	const char *scope;    /* the status line's qualifier; "" for none */
	const char *level;    /* "Supported", "Tech Preview", ... */
	const char *security; /* "yes", "no", "caveats", ... */
	struct place at;
};

/** Another feature by id; the place is the registry line that names it. */
struct fact_ref {
	const char *id;
	struct place at;
};

struct fact_feature {
	const char *id;
	const char *title;
	const char *section;
	const char *owner;
	const char *state; /* "built", "planned", "removed" */
	const char *gate;  /* name of the build gate */
	bool built;
	bool in_image;	      /* some code of it is in the hypervisor image */
	const char *level;    /* the weakest claim's; "not stated" without one */
	const char *security; /* the weakest claim's; "unknown" without one */
	const char *since;    /* version since which it is stated so; NULL: not said */
	struct place stated;  /* the weakest claim; file NULL without one */
	struct place at;      /* registry */
	struct fact_claim *claims;
	size_t nr_claims;
	struct fact_ref *needs;
	size_t nr_needs;
	struct fact_ref *conflicts;
	size_t nr_conflicts;
	struct fact_ref *implies;
	size_t nr_implies;
	bool has_bound; /* the statement names the greatest number of it, ... */
	uint64_t bound; /* ... a count or bytes */
	struct place bounded;
	struct place *gates; /* where code asks SUPPORT_ENABLED(id) */
	size_t nr_gates;
};

/** All features, sorted by id. Strings are borrowed from @owner. */
struct facts {
	struct fact_feature *features;
	size_t nr_features;
	void *owner; /* the support model, or NULL */
	void (*owner_destroy)(void *owner);
};

/** How much of the tree facts_load() reads. */
enum facts_depth {
	FACTS_STATED, /* registry and statement: all that decides */
	FACTS_CODE,   /* and the sources: gates, and what is in the image */
};

/**
 * Read support/features.yaml and SUPPORT.md below @tree. Returns 0 with
 * *@ret_facts (caller: facts_destroy()), or -errno with the complaint, one or
 * more whole lines, added to @err.
 */
int facts_load(const char *tree, enum facts_depth depth, struct facts **ret_facts,
	       struct strbuf *err);

/** Free facts and their owner. NULL is accepted. */
void facts_destroy(struct facts *f);

/** Index of the feature, or -1. */
long facts_find(const struct facts *f, const char *id);

/** The id nearest to a misspelt one, or NULL when none is near; borrowed. */
const char *facts_suggest(const struct facts *f, const char *id);

/** The words that levels, securities and states can be; NULL-ended, borrowed. */
const char *const *facts_levels(void);
const char *const *facts_securities(void);
const char *const *facts_states(void);

/** What goes with a level unless an exception is stated: "yes" with "Supported". */
const char *facts_usual_security(const char *level);

/**
 * Add the canonical text of all that rules can see, and so of all that decides.
 * Prose and line numbers are left out: editing them changes no lock.
 */
void facts_canon(const struct facts *f, struct strbuf *out);

/**
 * Read that text back: facts that decide the same. @name is for messages.
 * Returns 0 with *@ret_facts (facts_destroy() it), -EINVAL with a complaint in
 * @err, or -ENOMEM.
 */
int facts_parse(const char *name, const char *text, size_t size, struct facts **ret_facts,
		struct strbuf *err);

#endif
