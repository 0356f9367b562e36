/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buddy allocator of frames. One state byte a frame says what its block is; free
 * blocks of each order form a list through their own first bytes.
 */
#include <hv/domain.h>
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
/*
 * Of each frame that holds a domain's memory: its owner's id in the upper half, and its
 * references in the lower. 0: nobody's. Atomic, without the lock.
 */
static uint32_t *owners;
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
	return ALIGN_UP(nr, sizeof(*owners)) + nr * sizeof(*owners);
}

void frames_init(void *table, uint64_t nr)
{
	state = table;
	owners = (uint32_t *)((char *)table + ALIGN_UP(nr, sizeof(*owners)));
	memset(owners, 0, nr * sizeof(*owners));
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

#define OWNER_SHIFT 16
#define REFS_MASK 0xffffu
#define REFS_MAX 0xfffeu

void frames_assign(mfn_t start, unsigned order, struct domain *owner)
{
	uint64_t nr = 1ull << order;

	for (uint64_t i = 0; i < nr; i++)
		__atomic_store_n(&owners[start.n + i], (uint32_t)owner->id << OWNER_SHIFT | 1,
				 __ATOMIC_RELEASE);
	/* Its pages, together, hold one reference to the domain. */
	if (!__atomic_fetch_add(&owner->nr_pages, nr, __ATOMIC_ACQ_REL))
		domain_get(owner);
}

domid_t frame_owner(mfn_t m)
{
	uint32_t o = m.n < nr_frames ? __atomic_load_n(&owners[m.n], __ATOMIC_ACQUIRE) : 0;

	return o ? (domid_t)(o >> OWNER_SHIFT) : DOMID_INVALID;
}

unsigned frame_refs(mfn_t m)
{
	return __atomic_load_n(&owners[m.n], __ATOMIC_RELAXED) & REFS_MASK;
}

bool frame_get(mfn_t m, domid_t owner)
{
	uint32_t o;

	if (m.n >= nr_frames)
		return false;
	o = __atomic_load_n(&owners[m.n], __ATOMIC_RELAXED);
	do {
		unsigned refs = o & REFS_MASK;

		if (!refs || refs == REFS_MAX || o >> OWNER_SHIFT != owner)
			return false;
	} while (!__atomic_compare_exchange_n(&owners[m.n], &o, o + 1, true, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return true;
}

/* @nr frames that were @owner's are free. */
static void disown(domid_t owner, uint64_t nr)
{
	struct domain *d = domain_of_frame_owner(owner);

	if (!__atomic_sub_fetch(&d->nr_pages, nr, __ATOMIC_ACQ_REL))
		domain_put(d);
}

void frame_put(mfn_t m)
{
	uint32_t o = __atomic_sub_fetch(&owners[m.n], 1, __ATOMIC_ACQ_REL);

	ASSERT((o & REFS_MASK) != REFS_MASK);
	if (o & REFS_MASK)
		return;
	__atomic_store_n(&owners[m.n], 0, __ATOMIC_RELEASE);
	frames_free(m, 0);
	disown((domid_t)(o >> OWNER_SHIFT), 1);
}

void frames_put(mfn_t start, unsigned order)
{
	uint64_t nr = 1ull << order, done = 0;
	domid_t owner = frame_owner(start);
	uint32_t alone = (uint32_t)owner << OWNER_SHIFT | 1;

	/* A frame whose word went from one reference to none can get no other. */
	while (done < nr) {
		uint32_t o = alone;

		if (!__atomic_compare_exchange_n(&owners[start.n + done], &o, 0, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			break;
		done++;
	}
	if (done == nr) {
		frames_free(start, order);
		disown(owner, nr);
		return;
	}
	for (uint64_t i = 0; i < done; i++)
		frames_free(mfn_add(start, i), 0);
	for (uint64_t i = done; i < nr; i++)
		frame_put(mfn_add(start, i));
	if (done)
		disown(owner, done);
}
