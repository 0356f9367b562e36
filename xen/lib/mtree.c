/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVL trees with unions of sets. Each change walks up to the root once, where heights
 * and unions are made right and what leans is rotated; a tree of n is at most
 * 1.44 log2(n) high.
 */
#include <hv/mtree.h>

static int height(const struct mtree_node *n)
{
	return n ? n->height : 0;
}

static void update(struct mtree_node *n)
{
	const struct mtree_node *l = n->left, *r = n->right;

	n->height = 1 + MAX(height(l), height(r));
	for (unsigned i = 0; i < MTREE_SETS; i++)
		n->any[i] = n->set[i] | (l ? l->any[i] : 0) | (r ? r->any[i] : 0);
}

/* Put @now where @old hangs below @up. */
static void replace(struct mtree *t, struct mtree_node *up, const struct mtree_node *old,
		    struct mtree_node *now)
{
	if (!up)
		t->root = now;
	else if (up->left == old)
		up->left = now;
	else
		up->right = now;
	if (now)
		now->up = up;
}

/* The left child of @n takes its place; the child's right part becomes @n's left. */
static struct mtree_node *rotate_right(struct mtree *t, struct mtree_node *n)
{
	struct mtree_node *l = n->left;

	replace(t, n->up, n, l);
	n->left = l->right;
	if (n->left)
		n->left->up = n;
	l->right = n;
	n->up = l;
	update(n);
	update(l);
	return l;
}

static struct mtree_node *rotate_left(struct mtree *t, struct mtree_node *n)
{
	struct mtree_node *r = n->right;

	replace(t, n->up, n, r);
	n->right = r->left;
	if (n->right)
		n->right->up = n;
	r->left = n;
	n->up = r;
	update(n);
	update(r);
	return r;
}

/* Make all right from @n up to the root. */
static void settle(struct mtree *t, struct mtree_node *n)
{
	for (; n; n = n->up) {
		int lean = height(n->left) - height(n->right);

		update(n);
		if (lean > 1) {
			if (height(n->left->left) < height(n->left->right))
				rotate_left(t, n->left);
			n = rotate_right(t, n);
		} else if (lean < -1) {
			if (height(n->right->right) < height(n->right->left))
				rotate_right(t, n->right);
			n = rotate_left(t, n);
		}
	}
}

void mtree_insert(struct mtree *t, struct mtree_node *n)
{
	struct mtree_node **link = &t->root, *up = NULL;

	while (*link) {
		up = *link;
		link = n->key < up->key ? &up->left : &up->right;
	}
	n->up = up;
	n->left = NULL;
	n->right = NULL;
	*link = n;
	t->nr++;
	settle(t, n);
}

static struct mtree_node *leftmost(struct mtree_node *n)
{
	while (n->left)
		n = n->left;
	return n;
}

void mtree_remove(struct mtree *t, struct mtree_node *n)
{
	struct mtree_node *from = n->up;

	if (!n->left || !n->right) {
		replace(t, n->up, n, n->left ? n->left : n->right);
	} else {
		struct mtree_node *s = leftmost(n->right); /* takes the place of @n */

		from = s->up == n ? s : s->up;
		if (s->up != n) {
			replace(t, s->up, s, s->right);
			s->right = n->right;
			s->right->up = s;
		}
		s->left = n->left;
		s->left->up = s;
		replace(t, n->up, n, s);
	}
	n->height = 0;
	t->nr--;
	settle(t, from);
}

struct mtree_node *mtree_first(const struct mtree *t)
{
	return t->root ? leftmost(t->root) : NULL;
}

static bool below(const struct mtree_node *n, unsigned which, uint64_t bits)
{
	return n && n->any[which] & bits;
}

/* The first of @bits at or below @n, which has one. */
static struct mtree_node *descend(struct mtree_node *n, unsigned which, uint64_t bits)
{
	for (;;) {
		if (below(n->left, which, bits))
			n = n->left;
		else if (n->set[which] & bits)
			return n;
		else
			n = n->right;
	}
}

struct mtree_node *mtree_first_of(const struct mtree *t, unsigned which, uint64_t bits)
{
	return below(t->root, which, bits) ? descend(t->root, which, bits) : NULL;
}

struct mtree_node *mtree_next_of(const struct mtree_node *n, unsigned which, uint64_t bits)
{
	if (below(n->right, which, bits))
		return descend(n->right, which, bits);
	for (; n->up; n = n->up) {
		struct mtree_node *up = n->up;

		if (n == up->right)
			continue;
		if (up->set[which] & bits)
			return up;
		if (below(up->right, which, bits))
			return descend(up->right, which, bits);
	}
	return NULL;
}
