/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeroed memory for the hypervisor's own structures. Small objects share a frame
 * cut into slots of one size class; its first 64 bytes describe it, so a small
 * object is never page-aligned and a large one, which gets frames of its own,
 * always is. That tells heap_free() which of the two it has.
 */
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "frames.h"

#define SLAB_HEADER 64
#define SLOT_NONE 0

struct slab {
	struct slab *next, *prev; /* slabs of the class that have a free slot */
	uint16_t size_class;
	uint16_t nr_used;
	uint16_t first_free; /* offset of a free slot, which holds the next one's; or SLOT_NONE */
};

_Static_assert(sizeof(struct slab) <= SLAB_HEADER, "the header must fit before the slots");

/* Multiples of 64 that leave little of 4096 - 64 unused. */
static const uint16_t class_size[] = { 64, 128, 192, 256, 448, 576, 1344, 1984 };

static struct spinlock lock = SPINLOCK_INIT(LOCK_HEAP);
static struct slab *partial[ARRAY_SIZE(class_size)];

static uint16_t *slot_next(struct slab *s, unsigned offset)
{
	return (uint16_t *)((char *)s + offset);
}

static void partial_add(struct slab *s)
{
	s->prev = NULL;
	s->next = partial[s->size_class];
	if (s->next)
		s->next->prev = s;
	partial[s->size_class] = s;
}

static void partial_del(struct slab *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		partial[s->size_class] = s->next;
	if (s->next)
		s->next->prev = s->prev;
}

static struct slab *slab_create(unsigned size_class)
{
	unsigned size = class_size[size_class];
	mfn_t m = frames_alloc(0);
	struct slab *s;

	if (!mfn_valid(m))
		return NULL;
	s = arch_frame_map(m);
	memset(s, 0, sizeof(*s));
	s->size_class = (uint16_t)size_class;
	for (unsigned at = SLAB_HEADER; at + size <= PAGE_SIZE; at += size) {
		*slot_next(s, at) = s->first_free;
		s->first_free = (uint16_t)at;
	}
	partial_add(s);
	return s;
}

static void *small_alloc(unsigned size_class)
{
	struct slab *s;
	uint16_t *slot;

	spin_lock(&lock);
	s = partial[size_class];
	if (!s)
		s = slab_create(size_class);
	if (!s) {
		spin_unlock(&lock);
		return NULL;
	}
	slot = slot_next(s, s->first_free);
	s->first_free = *slot;
	s->nr_used++;
	if (s->first_free == SLOT_NONE)
		partial_del(s);
	spin_unlock(&lock);
	return memset(slot, 0, class_size[size_class]);
}

static void small_free(void *ptr)
{
	struct slab *s = (struct slab *)ALIGN_DOWN((uintptr_t)ptr, PAGE_SIZE);
	uint16_t *slot = ptr;

	spin_lock(&lock);
	if (s->first_free == SLOT_NONE)
		partial_add(s);
	*slot = s->first_free;
	s->first_free = (uint16_t)((uintptr_t)ptr & PAGE_MASK);
	if (--s->nr_used == 0) {
		partial_del(s);
		frames_free(arch_frame_of(s), 0);
	}
	spin_unlock(&lock);
}

static void *large_alloc(size_t size)
{
	unsigned order = 0;
	mfn_t m;

	while (order <= FRAMES_MAX_ORDER && (PAGE_SIZE << order) < size)
		order++;
	if (order > FRAMES_MAX_ORDER)
		return NULL;
	m = frames_alloc(order);
	if (!mfn_valid(m))
		return NULL;
	return memset(arch_frame_map(m), 0, PAGE_SIZE << order);
}

void *heap_alloc(size_t size)
{
	for (unsigned c = 0; c < ARRAY_SIZE(class_size); c++)
		if (size <= class_size[c])
			return small_alloc(c);
	return large_alloc(size);
}

void heap_free(void *ptr)
{
	mfn_t m;

	if (!ptr)
		return;
	if ((uintptr_t)ptr & PAGE_MASK) {
		small_free(ptr);
		return;
	}
	m = arch_frame_of(ptr);
	frames_free(m, frames_order_of(m));
}
