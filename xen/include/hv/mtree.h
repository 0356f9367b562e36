/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Balanced trees ordered by a number, whose nodes carry sets of 64 bits; each node knows
 * the union of the sets below it. So "the first that may run on this CPU" is found in
 * O(log n), however many before it may not. Intrusive, no allocation; the owner locks.
 */
#ifndef HV_MTREE_H
#define HV_MTREE_H

#include <hv/types.h>

#define MTREE_SETS 3

struct mtree_node {
	struct mtree_node *up, *left, *right;
	int64_t key;		  /* ascending; equal ones stay in the order they came */
	uint64_t set[MTREE_SETS]; /* the node's own; not to be changed while it is in a tree */
	uint64_t any[MTREE_SETS]; /* the union over it and all below it */
	int height;		  /* 0: in no tree */
};

struct mtree {
	struct mtree_node *root;
	unsigned nr;
};

void mtree_insert(struct mtree *t, struct mtree_node *n);
void mtree_remove(struct mtree *t, struct mtree_node *n);

static inline bool mtree_linked(const struct mtree_node *n)
{
	return n->height;
}

/** The first by key, NULL if the tree is empty. */
struct mtree_node *mtree_first(const struct mtree *t);
/** The first by key whose set @which has a bit of @bits; NULL. */
struct mtree_node *mtree_first_of(const struct mtree *t, unsigned which, uint64_t bits);
/** The next such one behind @n. */
struct mtree_node *mtree_next_of(const struct mtree_node *n, unsigned which, uint64_t bits);
/** The union of set @which over the whole tree. */
static inline uint64_t mtree_union(const struct mtree *t, unsigned which)
{
	return t->root ? t->root->any[which] : 0;
}

#endif
