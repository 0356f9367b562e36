/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buddy allocator of frames. One state byte a frame says what its block is; free
 * blocks of each order form a list through their own first bytes.
 */
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "frames.h"

/* State of a frame; the order of the block is in the low bits of the two heads. */
enum {
	STATE_FREE = 0x80,     /* first frame of a free block */
	STATE_USED = 0x40,     /* first frame of an allocated block */
	STATE_TAIL = 0xfe,     /* any further frame of a block */
	STATE_NOT_OURS = 0xff, /* never given to the allocator */
	STATE_ORDER = 0x1f,
};

#define NR_ORDERS (FRAMES_MAX_ORDER + 1)
#define LINK_END (~0ull)

/* At the start of each free block. */
struct link {
	uint64_t next, prev;
};

static struct spinlock lock; /* guards all below */
static uint8_t *state;
static uint64_t nr_frames; /* size of state[] */
static uint64_t nr_free, nr_total;
static uint64_t heads[NR_ORDERS];

static struct link *link_of(uint64_t n)
{
	return arch_frame_map(mfn(n));
}

static void list_add(uint64_t n, unsigned order)
{
	struct link *l = link_of(n);

	l->prev = LINK_END;
	l->next = heads[order];
	if (l->next != LINK_END)
		link_of(l->next)->prev = n;
	heads[order] = n;
	state[n] = (uint8_t)(STATE_FREE | order);
}

static void list_del(uint64_t n, unsigned order)
{
	const struct link *l = link_of(n);

	if (l->prev == LINK_END)
		heads[order] = l->next;
	else
		link_of(l->prev)->next = l->next;
	if (l->next != LINK_END)
		link_of(l->next)->prev = l->prev;
	state[n] = STATE_TAIL;
}

size_t frames_table_size(uint64_t nr)
{
	return nr;
}

void frames_init(void *table, uint64_t nr)
{
	state = table;
	nr_frames = nr;
	nr_free = 0;
	nr_total = 0;
	memset(state, STATE_NOT_OURS, nr);
	for (unsigned o = 0; o < NR_ORDERS; o++)
		heads[o] = LINK_END;
}

/* Free one aligned block, joining it with its free buddies. */
static void give_block(uint64_t n, unsigned order)
{
	nr_free += 1ull << order;
	for (; order < FRAMES_MAX_ORDER; order++) {
		uint64_t buddy = n ^ (1ull << order);

		if (buddy >= nr_frames || state[buddy] != (STATE_FREE | order))
			break;
		list_del(buddy, order);
		state[n] = STATE_TAIL;
		n = MIN(n, buddy);
	}
	list_add(n, order);
}

void frames_give(mfn_t start, uint64_t nr)
{
	uint64_t n = start.n;
	uint64_t end = MIN(n + nr, nr_frames);

	spin_lock(&lock);
	if (n < end) {
		memset(state + n, STATE_TAIL, end - n);
		nr_total += end - n;
	}
	while (n < end) {
		unsigned order = n ? (unsigned)__builtin_ctzll(n) : FRAMES_MAX_ORDER;

		order = MIN(order, FRAMES_MAX_ORDER);
		while ((1ull << order) > end - n)
			order--;
		give_block(n, order);
		n += 1ull << order;
	}
	spin_unlock(&lock);
}

/* A block of exactly @order out of the smallest free one that holds it. */
static uint64_t take_block(unsigned order)
{
	unsigned from = order;
	uint64_t n;

	while (from < NR_ORDERS && heads[from] == LINK_END)
		from++;
	if (from == NR_ORDERS)
		return LINK_END;
	n = heads[from];
	list_del(n, from);
	while (from > order) {
		from--;
		list_add(n + (1ull << from), from);
	}
	state[n] = (uint8_t)(STATE_USED | order);
	nr_free -= 1ull << order;
	return n;
}

mfn_t frames_alloc(unsigned order)
{
	uint64_t n;

	if (order > FRAMES_MAX_ORDER)
		return MFN_NONE;
	spin_lock(&lock);
	n = take_block(order);
	spin_unlock(&lock);
	return n == LINK_END ? MFN_NONE : mfn(n);
}

/* Whether frame @n lies in a free block: a second free of it would corrupt the lists. */
static bool is_free(uint64_t n)
{
	for (unsigned o = 0; o < NR_ORDERS; o++) {
		uint8_t s = state[ALIGN_DOWN(n, 1ull << o)];

		if ((s & 0xe0) == STATE_FREE && (s & STATE_ORDER) >= o)
			return true;
	}
	return false;
}

void frames_free(mfn_t start, unsigned order)
{
	uint64_t n = start.n;

	spin_lock(&lock);
	ASSERT(order <= FRAMES_MAX_ORDER && n < nr_frames && !(n & ((1ull << order) - 1)));
	ASSERT(state[n] != STATE_NOT_OURS && !is_free(n));
	give_block(n, order);
	spin_unlock(&lock);
}

unsigned frames_order_of(mfn_t start)
{
	ASSERT(start.n < nr_frames && (state[start.n] & 0xe0) == STATE_USED);
	return state[start.n] & STATE_ORDER;
}

uint64_t frames_nr_free(void)
{
	return nr_free;
}

uint64_t frames_nr_total(void)
{
	return nr_total;
}
