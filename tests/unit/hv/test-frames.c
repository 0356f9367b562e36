/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The buddy allocator and the heap: random walks against a model. */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#define NR 4096

static uint8_t owner[NR]; /* model: 0 = free, else who has the frame */

static void take(mfn_t m, unsigned order, uint8_t who)
{
	assert_int_equal(m.n & ((1ull << order) - 1), 0);
	for (uint64_t i = m.n; i < m.n + (1ull << order); i++) {
		assert_true(i < NR);
		assert_int_equal(owner[i], 0);
		owner[i] = who;
	}
}

static void give(mfn_t m, unsigned order)
{
	memset(owner + m.n, 0, 1ull << order);
	frames_free(m, order);
}

static uint64_t model_nr_free(void)
{
	uint64_t nr = 0;

	for (unsigned i = 0; i < NR; i++)
		nr += owner[i] == 0;
	return nr;
}

/* Blocks never overlap, never leave memory, and all comes together again. */
static void random_walk(void **state)
{
	struct {
		mfn_t m;
		unsigned order;
	} held[100];
	unsigned nr = 0;

	srand(2);
	memset(owner, 0, sizeof(owner));
	for (unsigned round = 0; round < 50000; round++) {
		if (nr < ARRAY_SIZE(held) && rand() % 2) {
			unsigned order = (unsigned)rand() % 8;
			mfn_t m = frames_alloc(order);

			if (!mfn_valid(m))
				continue;
			take(m, order, 1);
			memset(arch_frame_map(m), 0x5a, PAGE_SIZE << order);
			held[nr].m = m;
			held[nr++].order = order;
		} else if (nr) {
			unsigned i = (unsigned)rand() % nr;

			if (held[i].order && rand() % 2) {
				/* Only the upper half. */
				held[i].order--;
				give(mfn_add(held[i].m, 1ull << held[i].order), held[i].order);
				continue;
			}
			give(held[i].m, held[i].order);
			held[i] = held[--nr];
		}
		assert_int_equal(frames_nr_free(), model_nr_free());
	}
	while (nr--)
		give(held[nr].m, held[nr].order);
	assert_int_equal(frames_nr_free(), NR);
	/* One block again: nothing was left apart. */
	held[0].m = frames_alloc(12);
	assert_true(mfn_valid(held[0].m));
	frames_free(held[0].m, 12);
}

static void exhaustion(void **state)
{
	mfn_t whole = frames_alloc(12);

	assert_true(mfn_valid(whole));
	assert_false(mfn_valid(frames_alloc(0)));
	assert_null(heap_alloc(64));
	assert_null(heap_alloc(100000));
	for (uint64_t i = 0; i < NR; i++)
		frames_free(mfn_add(whole, i), 0);
	assert_false(mfn_valid(frames_alloc(13)));
	assert_false(mfn_valid(frames_alloc(FRAMES_MAX_ORDER + 1)));
	assert_null(heap_alloc(SIZE_MAX));
}

/* Regions with a hole, at odd edges: the hole is never handed out. */
static void regions_with_holes(void **state)
{
	static uint32_t table[2 * NR];
	uint64_t nr = 0;
	mfn_t m;

	assert_true(frames_table_size(NR) <= sizeof(table));
	frames_init(table, NR);
	frames_give(mfn(3), 70);
	frames_give(mfn(101), 1);
	frames_give(mfn(NR - 5), 100); /* beyond the end: cut */
	frames_give(mfn(NR + 5), 1);
	assert_int_equal(frames_nr_total(), 76);
	memset(owner, 1, sizeof(owner));
	memset(owner + 3, 0, 70);
	owner[101] = 0;
	memset(owner + NR - 5, 0, 5);
	while (mfn_valid(m = frames_alloc(0))) {
		take(m, 0, 1);
		nr++;
	}
	assert_int_equal(nr, 76);
	for (uint64_t i = 3; i < 73; i++)
		frames_free(mfn(i), 0);
	frames_free(mfn(101), 0);
	for (uint64_t i = NR - 5; i < NR; i++)
		frames_free(mfn(i), 0);
}

static bool free_panics(mfn_t m, unsigned order)
{
	jmp_buf stop;

	fake_host.on_stop = &stop;
	if (!setjmp(stop)) {
		frames_free(m, order);
		return false;
	}
	return fake_host.stop_status == HOST_EXIT_PANIC;
}

/* Each is caught before it damages the lists. The lock is held then: last in its process. */
/* What was taken frame by frame goes back as one block, and can be taken apart again. */
static void neighbours_go_back_as_one(void **state)
{
	uint64_t free = frames_nr_free();
	mfn_t block = frames_alloc(4), m;

	assert_true(mfn_valid(block));
	for (unsigned i = 0; i < 16; i++)
		frames_free(mfn_add(block, i), 0);
	for (unsigned round = 0; round < 3; round++) {
		mfn_t first = frames_alloc(0);

		/* The smallest block that fits is the one just made. */
		assert_int_equal(first.n % 16, 0);
		for (unsigned i = 1; i < 16; i++) {
			m = frames_alloc(0);
			assert_int_equal(m.n, first.n + i);
		}
		assert_int_equal(frames_nr_free(), free - 16);
		frames_free(first, 4);
		assert_int_equal(frames_nr_free(), free);
	}
	m = frames_alloc(4);
	assert_true(mfn_valid(m));
	frames_free(mfn_add(m, 8), 3);
	frames_free(m, 3);
	assert_int_equal(frames_nr_free(), free);
}

static void wrong_frees_panic(void **state)
{
	mfn_t m = frames_alloc(3);

	frames_free(m, 3);
	assert_true(free_panics(m, 3));
}

static void heap_walk(void **state)
{
	struct {
		uint8_t *p;
		size_t size;
	} held[64] = { 0 };

	srand(3);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned i = (unsigned)rand() % ARRAY_SIZE(held);

		if (held[i].p) {
			for (size_t k = 0; k < held[i].size; k++)
				assert_int_equal(held[i].p[k], i);
			heap_free(held[i].p);
			held[i].p = NULL;
			continue;
		}
		held[i].size = 1 + (size_t)rand() % (rand() % 8 ? 2200 : 20000);
		held[i].p = heap_alloc(held[i].size);
		assert_non_null(held[i].p);
		assert_int_equal((uintptr_t)held[i].p % 64, 0);
		for (size_t k = 0; k < held[i].size; k++)
			assert_int_equal(held[i].p[k], 0);
		memset(held[i].p, (int)i, held[i].size);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(held); i++)
		heap_free(held[i].p);
	heap_free(NULL);
	assert_int_equal(frames_nr_free(), NR);
}

/* Memory alone: nobody else takes any. */
static int memory_setup(void **state)
{
	fake_host_create(NR);
	return 0;
}

static int memory_teardown(void **state)
{
	alloc_fail_at(0);
	fake_host_destroy();
	return 0;
}

#define MACHINE_TEST(f) cmocka_unit_test_setup_teardown(f, memory_setup, memory_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(random_walk),
		MACHINE_TEST(exhaustion),
		MACHINE_TEST(regions_with_holes),
		MACHINE_TEST(heap_walk),
		MACHINE_TEST(neighbours_go_back_as_one),
		MACHINE_TEST(wrong_frees_panic), /* leaves the lock held: the last */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
