/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nested page tables: a random walk of mapping and unmapping against a plain array, in which pages
 * of 2 MiB are split, and are one again as soon as they are whole; and no table is left behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/hypercall.h>

#include "mm.h"
#include "x86.h"

#define NR_FRAMES 64 /* for tables; what is mapped are numbers beyond them */
#define PAGES_2M 512u
#define NR_REGIONS 20u /* more than tables are kept for */
#define NR_GFNS (NR_REGIONS * PAGES_2M)
#define FIRST_MFN 0x100000ull
#define ROUNDS 200000
#define PRESENT 1u
#define SUPERPAGE 0x80u

static char *arena;
static bool used[NR_FRAMES];
static unsigned nr_used, nr_frames_put;
static struct cpu cpu;

bool spinlock_unfair;

struct cpu *cpu_this(void)
{
	return &cpu;
}

bool hypercall_preempt(void)
{
	return false;
}

mfn_t frames_alloc(unsigned order)
{
	for (unsigned i = 1; i < NR_FRAMES; i++) {
		if (used[i])
			continue;
		used[i] = true;
		nr_used++;
		return mfn(i);
	}
	return MFN_NONE;
}

void frames_free(mfn_t m, unsigned order)
{
	assert_true(m.n < NR_FRAMES && used[m.n] && !order);
	used[m.n] = false;
	nr_used--;
	memset(arena + m.n * PAGE_SIZE, 0xee, PAGE_SIZE); /* nobody may look there any more */
}

void frame_put(mfn_t m)
{
	nr_frames_put++;
}

void frames_put(mfn_t m, unsigned order)
{
	nr_frames_put += 1u << order;
}

void *arch_frame_map(mfn_t m)
{
	assert_true(m.n < NR_FRAMES);
	return arena + m.n * PAGE_SIZE;
}

mfn_t arch_frame_of(const void *ptr)
{
	return mfn((uint64_t)((const char *)ptr - arena) / PAGE_SIZE);
}

static struct domain d;
static struct arch_domain ad;
static uint64_t model[NR_GFNS]; /* machine frame, 0: none */

static int setup(void **state)
{
	arena = mmap(directmap(maddr(0)), NR_FRAMES * PAGE_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (arena != directmap(maddr(0)))
		return -1;
	memset(used, 0, sizeof(used));
	memset(model, 0, sizeof(model));
	memset(&ad, 0, sizeof(ad));
	nr_used = nr_frames_put = 0;
	d = (struct domain){ .arch = &ad, .max_pages = 1 << 20 };
	return p2m_create(&d);
}

static int teardown(void **state)
{
	p2m_destroy(&d);
	munmap(arena, NR_FRAMES * PAGE_SIZE);
	return nr_used ? -1 : 0;
}

static unsigned nr_superpages(void)
{
	const uint64_t *top = arch_frame_map(mfn(ad.npt[0] >> PAGE_SHIFT & 0xff));
	const uint64_t *table = arch_frame_map(mfn(top[0] >> PAGE_SHIFT & 0xff));
	unsigned n = 0;

	for (unsigned i = 0; i < 512; i++)
		n += (table[i] & (PRESENT | SUPERPAGE)) == (PRESENT | SUPERPAGE);
	return n;
}

static void check(unsigned g)
{
	enum p2m_type type;
	mfn_t m = arch_p2m_lookup(&d, gfn(g), &type);

	assert_int_equal(type, model[g] ? P2M_RAM : P2M_NONE);
	if (model[g])
		assert_int_equal(m.n, model[g]);
}

static void map_page(unsigned g, uint64_t m)
{
	int rc = arch_p2m_map(&d, gfn(g), mfn(m), 0, P2M_RAM);

	assert_int_equal(rc, model[g] ? -XEN_EEXIST : 0);
	if (!rc)
		model[g] = m;
}

static void map_region(unsigned region)
{
	uint64_t m = FIRST_MFN + region * PAGES_2M;
	int rc = arch_p2m_map(&d, gfn(region * PAGES_2M), mfn(m), 9, P2M_RAM);

	assert_int_equal(rc, 0);
	for (unsigned i = 0; i < PAGES_2M; i++)
		model[region * PAGES_2M + i] = m + i;
}

static void unmap_page(unsigned g)
{
	assert_int_equal(arch_p2m_unmap(&d, gfn(g)), model[g] ? 0 : -XEN_ENOENT);
	model[g] = 0;
}

/* One page out and in again: split, and one again; and the table is there for the next time. */
static void split_and_joined(void **state)
{
	uint64_t tables;

	map_region(2);
	assert_int_equal(nr_superpages(), 1);
	tables = ad.nr_tables;
	for (unsigned round = 0; round < 1000; round++) {
		unsigned g = 2 * PAGES_2M + (unsigned)rand() % PAGES_2M;

		unmap_page(g);
		assert_int_equal(nr_superpages(), 0);
		assert_int_equal(ad.nr_tables, tables + 1);
		for (unsigned i = 0; i < PAGES_2M; i++)
			check(2 * PAGES_2M + i);
		map_page(g, FIRST_MFN + g);
		assert_int_equal(nr_superpages(), 1);
		assert_int_equal(ad.nr_tables, tables + 1);
	}
}

/* Whole, but not of one piece, of one kind, or aligned. */
static void not_joined(void **state)
{
	static const unsigned odd[] = { 0, 1, 255, 256, 257, 300, 510, 511, 5 };

	map_region(1);
	for (unsigned i = 0; i < ARRAY_SIZE(odd); i++) {
		unsigned g = PAGES_2M + odd[i];

		unmap_page(g);
		map_page(g, FIRST_MFN);
		assert_int_equal(nr_superpages(), 0);
		unmap_page(g);
		map_page(g, FIRST_MFN + g);
		assert_int_equal(nr_superpages(), 1);
	}
	unmap_page(PAGES_2M + 5);
	assert_int_equal(
		arch_p2m_map(&d, gfn(PAGES_2M + 5), mfn(FIRST_MFN + PAGES_2M + 5), 0, P2M_SHARED),
		0);
	assert_int_equal(nr_superpages(), 0);
	for (unsigned i = 0; i < PAGES_2M; i++)
		map_page(i, FIRST_MFN + 1 + i);
	assert_int_equal(nr_superpages(), 0);
}

/* Page by page, in any order, it becomes one. */
static void built_of_pages(void **state)
{
	for (unsigned i = 0; i < PAGES_2M; i++)
		map_page(i, FIRST_MFN + i);
	assert_int_equal(nr_superpages(), 1);
	for (unsigned i = PAGES_2M; i-- > 0;)
		map_page(3 * PAGES_2M + i, FIRST_MFN + 3 * PAGES_2M + i);
	assert_int_equal(nr_superpages(), 2);
	for (unsigned i = 0; i < NR_GFNS; i++)
		check(i);
	/* Each page of what it owns is given back once. */
	while (arch_domain_relinquish(&d))
		;
	assert_int_equal(nr_frames_put, 2 * PAGES_2M);
}

/* Tables are kept for so many and no more; the others stay split, and work all the same. */
static void more_than_are_kept(void **state)
{
	for (unsigned region = 0; region < NR_REGIONS; region++) {
		map_region(region);
		unmap_page(region * PAGES_2M);
	}
	assert_int_equal(nr_superpages(), 0);
	for (unsigned region = 0; region < NR_REGIONS; region++)
		map_page(region * PAGES_2M, FIRST_MFN + region * PAGES_2M);
	assert_int_equal(nr_superpages(), P2M_NR_KEPT);
	assert_int_equal(ad.nr_kept, P2M_NR_KEPT);
	for (unsigned region = NR_REGIONS; region-- > 0;)
		unmap_page(region * PAGES_2M + region);
	assert_int_equal(nr_superpages(), 0);
	assert_int_equal(ad.nr_kept, 0);
	for (unsigned g = 0; g < NR_GFNS; g++)
		check(g);
}

static void random_walk(void **state)
{
	unsigned joined = 0;

	srand(7);
	for (unsigned region = 0; region < NR_REGIONS; region++)
		map_region(region);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned g = (unsigned)rand() % NR_GFNS;
		unsigned before = nr_superpages();

		/* Few pages are out at a time, or hardly anything would be whole. */
		if (model[g] == FIRST_MFN + g && g % PAGES_2M > 1) {
			unmap_page(g);
			check(g);
			map_page(g, FIRST_MFN + g);
			g = g / PAGES_2M * PAGES_2M + g % 2;
		}
		if (model[g])
			unmap_page(g);
		else
			map_page(g, rand() % 8 ? FIRST_MFN + g : FIRST_MFN + NR_GFNS + g);
		assert_true(ad.nr_kept <= P2M_NR_KEPT);
		joined += nr_superpages() > before;
		check(g);
		check((unsigned)rand() % NR_GFNS);
	}
	for (unsigned g = 0; g < NR_GFNS; g++)
		check(g);
	assert_true(joined > 1000);
	assert_true(ad.nr_kept <= P2M_NR_KEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(split_and_joined, setup, teardown),
		cmocka_unit_test_setup_teardown(not_joined, setup, teardown),
		cmocka_unit_test_setup_teardown(built_of_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(more_than_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(random_walk, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
