/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory by NUMA node, and which of it is zero already. */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <hv/sched.h>

#define NR 4096
#define SPLIT 1500 /* frames below are of node 0; it is no edge of a block */

static struct domain *d;

static int nodes_setup(void **state)
{
	static uint32_t table[2 * NR];

	fake_host_create(NR);
	if (frames_table_size(NR) > sizeof(table))
		return -1;
	frames_init(table, NR);
	if (frames_set_node(mfn(0), SPLIT, 0) || frames_set_node(mfn(SPLIT), NR - SPLIT, 2))
		return -1;
	frames_give(mfn(0), NR);
	if (sched_init(NULL) || sched_cpu_online(cpu_get(0)))
		return -1;
	return test_domain_create(3, 1, &d);
}

static int nodes_teardown(void **state)
{
	test_domain_destroy(d);
	return machine_teardown(state);
}

static void memory_is_counted_by_node(void **state)
{
	uint64_t nr_free = frames_node_free(2);
	mfn_t m;

	assert_int_equal(frames_nr_nodes(), 3);
	assert_int_equal(frames_node_total(0), SPLIT);
	assert_int_equal(frames_node_total(1), 0);
	assert_int_equal(frames_node_total(2), NR - SPLIT);
	assert_int_equal(frames_node_total(3), 0);
	assert_int_equal(frames_node_free(3), 0);
	assert_int_equal(frames_node_free(0) + frames_node_free(2), frames_nr_free());
	assert_int_equal(frames_highest().n, NR - 1);
	m = frames_alloc_domain(d, 3, 2, NODE_EXACT);
	assert_true(mfn_valid(m));
	assert_int_equal(frames_node_of(m), 2);
	assert_int_equal(frames_node_free(2), nr_free - 8);
	frames_put(m, 3);
	assert_int_equal(frames_node_free(2), nr_free);
	/* Too late, and what overlaps. */
	assert_int_equal(frames_set_node(mfn(5000), 10, 1), -XEN_EINVAL);
}

static void nodes_do_not_overlap(void **state)
{
	static uint32_t table[2 * NR];

	frames_init(table, NR);
	assert_int_equal(frames_set_node(mfn(0), 100, 0), 0);
	assert_int_equal(frames_set_node(mfn(99), 2, 1), -XEN_EINVAL);
	assert_int_equal(frames_set_node(mfn(100), 2, FRAMES_MAX_NODES), -XEN_EINVAL);
	assert_int_equal(frames_set_node(mfn(100), 2, 1), 0);
	assert_int_equal(frames_node_of(mfn(101)), 1);
	assert_int_equal(frames_node_of(mfn(102)), 0);
	for (unsigned i = 0; i < 62; i++)
		assert_int_equal(frames_set_node(mfn(200 + i), 1, 1), 0);
	assert_int_equal(frames_set_node(mfn(300), 1, 1), -XEN_EINVAL);
}

/* A wish is met until the node is empty; then another serves, unless it must not. */
static void one_node_runs_out(void **state)
{
	static mfn_t taken[NR];
	unsigned n = 0;
	mfn_t m;

	for (;;) {
		m = frames_alloc_domain(d, 0, 0, NODE_EXACT);
		if (!mfn_valid(m))
			break;
		assert_int_equal(frames_node_of(m), 0);
		taken[n++] = m;
	}
	assert_int_equal(frames_node_free(0), 0);
	m = frames_alloc_domain(d, 0, 0, NODE_PREFER);
	assert_int_equal(frames_node_of(m), 2);
	taken[n++] = m;
	assert_false(mfn_valid(frames_alloc_domain(d, 0, 1, NODE_EXACT)));
	m = frames_alloc_domain(d, 0, 99, NODE_PREFER); /* there is no such node */
	assert_true(mfn_valid(m));
	taken[n++] = m;
	while (n)
		frame_put(taken[--n]);
	/* Blocks are whole again, and none reaches over the edge. */
	m = frames_alloc_domain(d, 9, 0, NODE_EXACT);
	assert_true(mfn_valid(m));
	assert_int_equal(m.n % 512, 0);
	assert_int_equal(frames_node_of(mfn_add(m, 511)), 0);
	frames_put(m, 9);
}

static bool is_zero(mfn_t m, unsigned order)
{
	const char *p = arch_frame_map(m);

	for (size_t i = 0; i < PAGE_SIZE << order; i++)
		if (p[i])
			return false;
	return true;
}

static void domains_get_zeroed_memory(void **state)
{
	mfn_t m;

	for (unsigned round = 0; round < 200; round++) {
		unsigned order = (unsigned)rand() % 6;

		m = frames_alloc_domain(d, order, NODE_ANY, NODE_PREFER);
		assert_true(is_zero(m, order));
		memset(arch_frame_map(m), 0xcc, PAGE_SIZE << order);
		frames_put(m, order);
		if (round % 10 == 0)
			frames_scrub();
	}
}

/* All free memory is zeroed a part at a time, and only once. */
static void scrubbing_ends(void **state)
{
	uint64_t nr_free = frames_nr_free();
	unsigned n = 0;
	mfn_t m;

	while (frames_scrub())
		n++;
	assert_true(n >= NR / 512);
	assert_int_equal(frames_nr_free(), nr_free);
	assert_false(frames_scrub());
	/* Clean memory is not written again: a mark set behind the allocator's back stays. */
	m = frames_alloc_domain(d, 0, NODE_ANY, NODE_PREFER);
	assert_true(is_zero(m, 0));
	frame_put(m);
	assert_true(frames_scrub());
	m = frames_alloc_domain(d, 4, 2, NODE_EXACT);
	assert_true(is_zero(m, 4));
	frames_put(m, 4);
}

/* What takes too long to zero at once is given from clean memory only. */
static void huge_blocks_are_clean(void **state)
{
	mfn_t m = frames_alloc_domain(d, 10, NODE_ANY, NODE_PREFER);

	assert_false(mfn_valid(m));
	while (frames_scrub())
		;
	m = frames_alloc_domain(d, 10, NODE_ANY, NODE_PREFER);
	assert_true(mfn_valid(m));
	assert_true(is_zero(m, 10));
	frames_put(m, 10);
}

static unsigned nr_zero_frames(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < NR; i++) {
		/* But for the link of a free block. */
		const char *p = arch_frame_map(mfn(i));
		unsigned at = 16;

		while (at < PAGE_SIZE && !p[at])
			at++;
		n += at == PAGE_SIZE;
	}
	return n;
}

/* As much as was freed is zeroed ahead, and counts as free meanwhile; no more is written. */
static void idle_cpus_scrub_as_much_as_was_freed(void **state)
{
	uint64_t nr_free = frames_nr_free();
	unsigned before, after;
	mfn_t freed[40];

	assert_false(frames_scrub_freed());
	for (unsigned i = 0; i < ARRAY_SIZE(freed); i++) {
		freed[i] = frames_alloc_domain(d, 0, NODE_ANY, NODE_PREFER);
		assert_true(mfn_valid(freed[i]));
		memset(arch_frame_map(freed[i]), 0xcc, PAGE_SIZE);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(freed); i++)
		frame_put(freed[i]);
	before = nr_zero_frames();
	while (frames_scrub_freed())
		assert_int_equal(frames_nr_free(), nr_free);
	after = nr_zero_frames();
	assert_in_range(after - before, ARRAY_SIZE(freed), ARRAY_SIZE(freed) + 63);
}

/* A page with one domain's secret, freed, is another's next; no CPU was idle in between. */
static void nobody_meets_anothers_data(void **state)
{
	uint64_t nr = frames_nr_free();

	for (unsigned round = 0; round < 3; round++) {
		uint64_t taken = 0;
		mfn_t m, first = MFN_NONE;

		/* All there is, so that each frame comes round. */
		while (mfn_valid(m = frames_alloc_domain(d, 0, NODE_ANY, NODE_PREFER))) {
			if (!is_zero(m, 0))
				fail_msg("round %u: frame %lu holds what was there before", round,
					 (unsigned long)m.n);
			memset(arch_frame_map(m), 0x5e, PAGE_SIZE);
			memcpy(arch_frame_map(m), &first, sizeof(first));
			first = m;
			taken++;
		}
		assert_int_equal(taken, nr);
		while (mfn_valid(first)) {
			m = first;
			memcpy(&first, arch_frame_map(m), sizeof(first));
			frame_put(m);
			/* Now and then a CPU is. */
			if (round && m.n % 7 == 0)
				frames_scrub_freed();
		}
	}
}

#define N(f) cmocka_unit_test_setup_teardown(f, nodes_setup, nodes_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		N(memory_is_counted_by_node),
		N(one_node_runs_out),
		N(domains_get_zeroed_memory),
		N(scrubbing_ends),
		N(idle_cpus_scrub_as_much_as_was_freed),
		N(nobody_meets_anothers_data),
		N(huge_blocks_are_clean),
		cmocka_unit_test(nodes_do_not_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
