/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What statements say, held once: a claim that many statements (or many revisions
 * of one) make in the same words is one fact, so statements compare by pointers,
 * and a thousand revisions need little more memory than one.
 */
#ifndef CANDOR_SUPPORT_QUERY_BOOK_H
#define CANDOR_SUPPORT_QUERY_BOOK_H

#include "model/model.h"

struct book;

/** A claim with what its heading says about it. */
struct fact {
	const char *id; /* of the registry's feature, else the heading's slug */
	bool is_registered;
	const char *section;
	const char *title;
	const char *slug; /* of the heading; the case's own is @claim.slug */
	const char *description;
	const char *caveats;
	/* Without ->heading, ->feature, ->limits, ->next_of_feature and ->at. */
	struct claim claim;
};

/** A fact where one statement has it. */
struct fact_at {
	const struct fact *fact;
	unsigned int line;
};

/** One statement. */
struct snapshot {
	const char *name; /* for people: a file, a revision */
	const char *path;
	const char *version;   /* "4.20", what its release part calls "...-Version"; "" */
	struct fact_at *facts; /* in the statement's order; a heading's stand together */
	size_t nr_facts;
	struct release_key *keys; /* each file name and column cleared */
	size_t nr_keys;
	size_t nr_oddities; /* what a reader may miss; `candor check` tells */
	bool has_features;  /* there is a "# Feature Support" part */
};

/** A statement in a text. Larger ones are not read. */
#define BOOK_TEXT_MAX ((size_t)4 << 20)

/**
 * An empty store. @registry, a linked model or NULL, tells ids, and former titles,
 * from titles; it must outlive the store. NULL when out of memory.
 */
struct book *book_create(const struct model *registry);

/** Free the store and all that came from it. NULL is accepted. */
void book_destroy(struct book *book);

/** The arena that all of the store lives in. */
struct arena *book_arena(struct book *book);

/**
 * Read a statement from its text. Every text is one; a statement of nothing has no
 * facts. Returns 0 with *@ret_snapshot, which lives as long as the store; -EINVAL for
 * data (see exchange.h) that is no statement; or -ENOMEM.
 */
int book_read(struct book *book, const char *name, const char *path, const char *text, size_t size,
	      const struct snapshot **ret_snapshot);

/** The store's own copy of a text, equal texts at equal addresses; NULL: no memory. */
const char *book_intern(struct book *book, const char *text);

/** The value of a release key that ends in @suffix ("-Version"), or NULL. */
const char *book_release(const struct snapshot *s, const char *suffix);

/** The registry's feature that has or had this id, or NULL. */
const struct feature *book_feature(const struct book *book, const char *name);

#endif
