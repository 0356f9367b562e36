/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed in meaning between two statements. */
#ifndef CANDOR_SUPPORT_QUERY_DIFF_H
#define CANDOR_SUPPORT_QUERY_DIFF_H

#include "query/book.h"

/** Kinds of change, what matters most first. */
enum change_kind {
	CHANGE_LOST,	    /* a case is stated no more */
	CHANGE_DOWN,	    /* to a weaker level, or less security support */
	CHANGE_LIMIT,	    /* how far the promise reaches */
	CHANGE_STATUS,	    /* other words; which way is not known, or it is the same */
	CHANGE_SCOPE,	    /* the same promise for another set of cases */
	CHANGE_UP,	    /* to a stronger level, or more security support */
	CHANGE_GAINED,	    /* a case that was not stated */
	CHANGE_RENAMED,	    /* the feature has another title */
	CHANGE_MOVED,	    /* the feature stands in another section */
	CHANGE_CAVEAT,	    /* what is said behind the status */
	CHANGE_DESCRIPTION, /* what is said before it */
	CHANGE_RELEASE,	    /* a line of the release part: dates, version */
	NR_CHANGE_KINDS
};

enum direction {
	DIRECTION_NONE,
	DIRECTION_RAISED,
	DIRECTION_LOWERED,
};

/** One change. Of changes of a case @before and @after are facts; else texts differ. */
struct change {
	enum change_kind kind;
	enum direction direction; /* of CHANGE_LIMIT, and of dates */
	const char *id;		  /* the feature's now, or was; "" of CHANGE_RELEASE */
	const char *former_id;	  /* of CHANGE_RENAMED: the one it had; else NULL */
	struct fact_at before;	  /* ->fact is NULL where nothing was, or no case is meant */
	struct fact_at after;
	const char *what;     /* "supported", "security supported", a release key; "" */
	const char *was, *is; /* texts: titles, sections, values, words of a limit; "" */
	const char *scope;    /* the cases it is about, where that is not a qualifier's; "" */
	bool before_stands;   /* @after is an exception to @before, which is still stated */
	bool after_stands;    /* @before was an exception to @after, which was stated already */
	bool is_inferred;     /* CHANGE_RENAMED: no alias says so, the texts do */
};

struct diff {
	const struct snapshot *before, *after;
	struct change *changes; /* by kind, then as @after (of what is lost: @before) has them */
	size_t nr_changes;
	size_t nr_of_kind[NR_CHANGE_KINDS];
};

/**
 * Compare two statements of one store; NULL for @before or @after is an empty one.
 * Every case that only one of them states, or that both state otherwise, is in
 * some change. Returns 0 with *@ret_diff, which lives as long as the store, or -ENOMEM.
 */
int diff_create(struct book *book, const struct snapshot *before, const struct snapshot *after,
		const struct diff **ret_diff);

/** "gained", "lost", "down": the kind as files and programs have it. */
const char *diff_kind_name(enum change_kind kind);

/** "raised", "lowered"; NULL for none. */
const char *diff_direction_name(enum direction direction);

#endif
