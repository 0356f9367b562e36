/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small machine for tests of the domain builder: see mock.h. */
#include "mock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/arch.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>

#define SUPERPAGE 512u
#define MAX_MAPPINGS (1u << 18)

static struct {
	uint8_t *memory; /* nr_backed frames, then a superpage shared by the rest */
	uint64_t nr_backed, nr_frames, next;
	uint64_t nr_live_frames;
	unsigned nr_live_heap;
	unsigned nr_allocations, fail_at;
	uint64_t fail_gfn;
	int fail_map_rc;
	bool no_superpages;
	struct domain *owner;
	struct mapping {
		uint64_t gfn, mfn;
		unsigned order;
	} * mapping;
	unsigned nr_mappings;
} mock;

void mock_start(uint64_t nr_backed, uint64_t nr_frames)
{
	memset(&mock, 0, sizeof(mock));
	mock.nr_backed = ALIGN_UP(nr_backed, (uint64_t)SUPERPAGE);
	mock.nr_frames = ALIGN_UP(nr_frames, (uint64_t)SUPERPAGE);
	mock.memory = malloc((mock.nr_backed + SUPERPAGE) * PAGE_SIZE);
	mock.mapping = calloc(MAX_MAPPINGS, sizeof(*mock.mapping));
	assert_non_null(mock.memory);
	assert_non_null(mock.mapping);
	memset(mock.memory, 0xa5, (mock.nr_backed + SUPERPAGE) * PAGE_SIZE);
}

void mock_stop(struct domain *d)
{
	uint64_t nr_pages = 0;

	for (unsigned i = 0; i < mock.nr_mappings; i++)
		nr_pages += 1ull << mock.mapping[i].order;
	assert_int_equal(d->nr_pages, nr_pages);
	assert_int_equal(mock.nr_live_frames, nr_pages);
	assert_int_equal(mock.nr_live_heap, 0);
	free(mock.memory);
	free(mock.mapping);
}

void mock_fail(unsigned nth)
{
	mock.fail_at = nth ? mock.nr_allocations + nth : 0;
}

void mock_fail_map(uint64_t gfn_nr, int rc)
{
	mock.fail_gfn = gfn_nr;
	mock.fail_map_rc = rc;
}

void mock_no_superpages(void)
{
	mock.no_superpages = true;
}

unsigned mock_nr_allocations(void)
{
	return mock.nr_allocations;
}

unsigned mock_nr_mappings(unsigned order)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < mock.nr_mappings; i++)
		nr += mock.mapping[i].order == order;
	return nr;
}

static bool allocation_fails(void)
{
	return ++mock.nr_allocations == mock.fail_at;
}

mfn_t frames_alloc(unsigned order)
{
	uint64_t nr = 1ull << order, start = ALIGN_UP(mock.next, nr);

	if (allocation_fails() || (order && mock.no_superpages) || start + nr > mock.nr_frames)
		return MFN_NONE;
	mock.next = start + nr;
	mock.nr_live_frames += nr;
	return mfn(start);
}

void frames_free(mfn_t start, unsigned order)
{
	mock.nr_live_frames -= 1ull << order;
}

void frames_assign(mfn_t start, unsigned order, struct domain *owner)
{
	if (owner)
		owner->nr_pages += 1ull << order;
	mock.owner = owner;
}

void frames_put(mfn_t start, unsigned order)
{
	mock.owner->nr_pages -= 1ull << order;
	frames_free(start, order);
}

uint64_t frames_nr_free(void)
{
	return mock.nr_frames - mock.nr_live_frames;
}

void *heap_alloc(size_t size)
{
	void *ptr = allocation_fails() ? NULL : calloc(1, size);

	mock.nr_live_heap += ptr != NULL;
	return ptr;
}

void heap_free(void *ptr)
{
	mock.nr_live_heap -= ptr != NULL;
	free(ptr);
}

void *arch_frame_map(mfn_t m)
{
	uint64_t n = m.n < mock.nr_backed ? m.n : mock.nr_backed + m.n % SUPERPAGE;

	assert_true(m.n < mock.nr_frames);
	return mock.memory + n * PAGE_SIZE;
}

static const struct mapping *find_mapping(uint64_t g)
{
	for (unsigned i = 0; i < mock.nr_mappings; i++) {
		const struct mapping *m = &mock.mapping[i];

		if (g >= m->gfn && g - m->gfn < 1ull << m->order)
			return m;
	}
	return NULL;
}

int arch_p2m_map(struct domain *d, gfn_t g, mfn_t m, unsigned order, enum p2m_type type)
{
	if (mock.fail_map_rc && g.n == mock.fail_gfn)
		return mock.fail_map_rc;
	assert_int_equal(type, P2M_RAM);
	assert_int_equal((g.n | m.n) & ((1ull << order) - 1), 0);
	/* Quadratic, so only for maps of a size at which it does not matter. */
	if (mock.nr_mappings < 4096)
		assert_null(find_mapping(g.n));
	assert_true(mock.nr_mappings < MAX_MAPPINGS);
	mock.mapping[mock.nr_mappings++] = (struct mapping){ g.n, m.n, order };
	return 0;
}

mfn_t arch_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *ret_type)
{
	const struct mapping *m = find_mapping(g.n);

	*ret_type = m ? P2M_RAM : P2M_NONE;
	return m ? mfn(m->mfn + (g.n - m->gfn)) : MFN_NONE;
}

void mock_read(struct domain *d, uint64_t addr, void *ret_data, size_t size)
{
	uint8_t *to = ret_data;

	while (size) {
		size_t offset = addr & PAGE_MASK, chunk = MIN(size, PAGE_SIZE - offset);
		enum p2m_type type;
		mfn_t m = arch_p2m_lookup(d, gpa_to_gfn(gpa(addr)), &type);

		assert_true(mfn_valid(m));
		memcpy(to, (uint8_t *)arch_frame_map(m) + offset, chunk);
		addr += chunk;
		to += chunk;
		size -= chunk;
	}
}

void printk(enum loglevel level, const char *fmt, ...)
{
	va_list ap;

	if (level != LOG_DEBUG || !getenv("DOMBUILD_VERBOSE"))
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}
