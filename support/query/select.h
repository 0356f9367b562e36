/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a statement's cases a question is about. */
#ifndef CANDOR_SUPPORT_QUERY_SELECT_H
#define CANDOR_SUPPORT_QUERY_SELECT_H

#include "history/history.h"
#include "query/book.h"

struct select_list {
	const char *const *values;
	size_t nr;
};

/**
 * A question. Of a list one value must fit, of the words all; what is empty or 0
 * asks for nothing. All that is asked for must fit.
 */
struct selection {
	struct select_list ids;		    /* or a heading's slug, or a case's, or a former id */
	struct select_list titles;	    /* part of it */
	struct select_list sections;	    /* part of it */
	struct select_list implementations; /* part of it */
	struct select_list words;	    /* anywhere in the texts of the feature */
	unsigned int archs, guests, roles, widths; /* a case fits that covers one of them */
	unsigned int levels;			   /* set of 1 << enum level */
	unsigned int securities;		   /* set of 1 << enum security */
};

/** The axes of a selection, whose words people give. */
enum select_axis {
	SELECT_ARCH,
	SELECT_GUEST,
	SELECT_ROLE,
	SELECT_WIDTH,
	SELECT_LEVEL,
	SELECT_SECURITY,
};

/**
 * Add what @word means on an axis ("arm", "pvh", "tech-preview", "deprecated+" for that
 * level or a stronger one). False with *@trouble when it means nothing there.
 */
bool select_add(struct selection *selection, enum select_axis axis, const char *word,
		struct history_trouble *trouble);

/** Does the question ask for this fact? */
bool select_fits(const struct selection *selection, const struct book *book,
		 const struct fact *fact);

/** A release at a time, as its own dates have it. */
enum release_window {
	WINDOW_UNKNOWN, /* no date that can be read */
	WINDOW_UNRELEASED,
	WINDOW_SUPPORTED,
	WINDOW_SECURITY_ONLY,
	WINDOW_ENDED,
};

/** What the release part of a statement means at @time. */
enum release_window select_window(const struct snapshot *s, long long time);

/** "supported", "security-only", ... */
const char *select_window_name(enum release_window window);

/** A statement that was asked, and what fits of it. */
struct answer {
	const struct snapshot *statement;
	const char *branch;		 /* NULL: it is a file or a revision */
	const struct history_step *step; /* with @branch */
	bool has_time;
	long long time; /* asked for, if @has_time */
	const struct fact_at **facts;
	size_t nr_facts;
};

/** Fill in ->facts from ->statement. Returns 0 or -ENOMEM. */
int select_answer(const struct selection *selection, struct book *book, struct answer *answer);

#endif
