/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the comparison share. */
#ifndef CANDOR_SUPPORT_QUERY_DIFF_PRIVATE_H
#define CANDOR_SUPPORT_QUERY_DIFF_PRIVATE_H

#include "query/diff.h"
#include "query/scope.h"

/** The claims under one heading. */
struct diff_group {
	const struct fact *head; /* any of them: for what they share */
	size_t first, nr;	 /* among the snapshot's facts */
	struct diff_group *peer; /* on the other side; NULL */
	bool is_inferred;	 /* @peer has another name, and no alias says so */
};

struct diff_side {
	const struct snapshot *s;
	struct diff_group *groups;
	size_t nr_groups;
	bool *is_paired; /* by fact: it was compared with one of the other side */
	scope_t *rest;	 /* by fact: cases that nothing on the other side took over */
};

struct diff_maker {
	struct book *book;
	struct arena *scratch; /* of what nobody needs afterwards */
	struct diff *diff;
	struct diff_side a, b;
	size_t capacity;
};

/** Add a change; -ENOMEM or 0. */
int diff_add(struct diff_maker *d, const struct change *change);

/** Which of two compared cases is still, or was already, there besides. */
enum diff_standing {
	DIFF_NONE_STANDS,
	DIFF_BEFORE_STANDS,
	DIFF_AFTER_STANDS,
};

/** Compare a case before with the same one, or one it covers, after. */
int diff_compare(struct diff_maker *d, struct fact_at before, struct fact_at after,
		 const char *scope, enum diff_standing standing);

/** Pair the groups that are left over and are the same feature under another name. */
int diff_infer_renames(struct diff_maker *d);

/** How far a promise reaches, in words; NULL when out of memory. */
const char *diff_bound_text(struct book *book, const struct bound *b);

#endif
