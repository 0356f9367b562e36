/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hv/mtree.h against an array: order, searches by sets, heights. */
#include "simtest.h"

#include <hv/mtree.h>

#define NR 600

static struct mtree_node nodes[NR], *order[NR];
static unsigned nr;
static struct mtree tree;
static uint32_t seed = 1;

static uint32_t rnd(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

/* Behind all of the same key. */
static void model_insert(struct mtree_node *n)
{
	unsigned at = nr++;

	for (; at && order[at - 1]->key > n->key; at--)
		order[at] = order[at - 1];
	order[at] = n;
}

static void model_remove(const struct mtree_node *n)
{
	unsigned at = 0;

	while (order[at] != n)
		at++;
	for (nr--; at < nr; at++)
		order[at] = order[at + 1];
}

static struct mtree_node *model_first(unsigned from, unsigned which, uint64_t bits)
{
	for (unsigned i = from; i < nr; i++)
		if (order[i]->set[which] & bits)
			return order[i];
	return NULL;
}

static unsigned bound(unsigned n)
{
	unsigned h = 0;

	/* 1.44 log2(n + 2) */
	for (; n; n /= 2)
		h++;
	return h * 3 / 2 + 1;
}

static void compare(void)
{
	unsigned which = rnd() % MTREE_SETS;
	uint64_t bits = 1ull << rnd() % 64;
	struct mtree_node *n;

	bits |= 1ull << rnd() % 64;
	n = mtree_first_of(&tree, which, bits);
	sim_check_tree(&tree);
	assert_int_equal(tree.nr, nr);
	assert_ptr_equal(mtree_first(&tree), nr ? order[0] : NULL);
	assert_ptr_equal(n, model_first(0, which, bits));
	for (unsigned i = 0; n; i++) {
		while (order[i] != n)
			i++;
		n = mtree_next_of(n, which, bits);
		assert_ptr_equal(n, model_first(i + 1, which, bits));
	}
	assert_true(!tree.root || (unsigned)tree.root->height <= bound(nr));
}

static void random_walk(void **state)
{
	for (unsigned step = 0; step < 6000; step++) {
		struct mtree_node *n = &nodes[rnd() % NR];

		if (mtree_linked(n)) {
			mtree_remove(&tree, n);
			model_remove(n);
		} else {
			n->key = (int64_t)(rnd() % 50) - 25;
			for (unsigned i = 0; i < MTREE_SETS; i++)
				n->set[i] = 1ull << rnd() % 64;
			mtree_insert(&tree, n);
			model_insert(n);
		}
		compare();
	}
}

static void in_order(void **state)
{
	static struct mtree_node many[4096];
	struct mtree t = { 0 };

	for (unsigned i = 0; i < 4096; i++) {
		many[i].key = i;
		mtree_insert(&t, &many[i]);
	}
	assert_int_equal(t.root->height, 13);
	for (unsigned i = 0; i < 4096; i++) {
		assert_ptr_equal(mtree_first(&t), &many[i]);
		mtree_remove(&t, &many[i]);
	}
	assert_null(t.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_walk),
		cmocka_unit_test(in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
