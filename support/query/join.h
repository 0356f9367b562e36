/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One feature with all that is known of it: what its id (or its name) joins. */
#ifndef CANDOR_SUPPORT_QUERY_JOIN_H
#define CANDOR_SUPPORT_QUERY_JOIN_H

#include "query/timeline.h"

/** A line of a document that names the feature. */
struct mention {
	struct pos at;
	const char *text; /* the line, verbatim */
	const char *name; /* by which it is named: the id, the title, ... */
};

/** A gate's value in one lock. */
struct join_gate {
	const struct lock *lock;
	const struct gate *gate;
	const char *reason; /* the comment behind it; "" */
};

/** A test that names the feature. */
struct join_test {
	const struct annotation *annotation;
	const struct evidence *result; /* NULL: it is not in the evidence */
};

/** An advisory that a change of the feature's statement names. */
struct join_advisory {
	const char *name;
	const struct timeline_step *step;
	const struct event *event;
};

struct join {
	const struct feature *feature; /* NULL: the registry, if any, does not know it */
	const char *id;
	const char *title;
	const char *section;
	const struct claim **claims; /* as the statements have them */
	size_t nr_claims;
	struct join_gate *gates; /* by lock */
	size_t nr_gates;
	const struct annotation **code; /* all but tests, by place */
	size_t nr_code;
	struct join_test *tests;
	size_t nr_tests;
	struct mention *mentions; /* by place */
	size_t nr_mentions;
	struct join_advisory *advisories;
	size_t nr_advisories;
	bool mentions_are_cut; /* there are more than are kept */
};

/**
 * Join what a linked model knows of the feature that @name names: an id, a former
 * one, a title, or without a registry a heading's slug. All lives as long as the
 * model. Returns 0, -ENOENT when nothing has the name, or -ENOMEM.
 */
int join_create(struct model *m, const char *name, struct join **ret_join);

/**
 * Find the lines of documents (Markdown, text, manual pages) under @tree that name
 * the feature. What cannot be read is left out. Returns 0 or -ENOMEM.
 */
int join_find_mentions(struct model *m, struct join *join, const char *tree);

/** Take the advisories from a timeline, which must outlive the join. 0 or -ENOMEM. */
int join_add_timeline(struct model *m, struct join *join, struct timeline *t);

/** Call @take with each name that join_create() would find. */
void join_names(const struct model *m, void (*take)(const char *name, void *context),
		void *context);

#endif
