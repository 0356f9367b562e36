/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest-physical memory: nested page tables of four levels, with the type of
 * each page in bits 9 to 11, which the CPU leaves to software.
 */
#include <arch/arch.h>
#include <candor/support.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/hypercall.h>
#include <hv/string.h>

#include "mm.h"
#include "x86.h"

#define NPT_P (1ull << 0)
#define NPT_W (1ull << 1)
#define NPT_U (1ull << 2) /* the CPU walks as a user */
#define NPT_PS (1ull << 7)
#define NPT_ADDR 0x000ffffffffff000ull
#define NPT_TYPE_SHIFT 9
#define NPT_TYPE (7ull << NPT_TYPE_SHIFT)
#define NPT_TABLE (NPT_P | NPT_W | NPT_U)

#define LEVELS 4
#define LEVEL_BITS 9
#define ENTRIES (1u << LEVEL_BITS)
#define MIN_TABLES 128
#define MAX_GFN (1ull << (48 - PAGE_SHIFT))

static unsigned index_at(gfn_t g, unsigned level)
{
	return (g.n >> (LEVEL_BITS * (level - 1))) & (ENTRIES - 1);
}

static uint64_t *table_of(uint64_t entry)
{
	return directmap(maddr(entry & NPT_ADDR));
}

static enum p2m_type type_of(uint64_t entry)
{
	return (enum p2m_type)((entry & NPT_TYPE) >> NPT_TYPE_SHIFT);
}

static uint64_t leaf(mfn_t m, enum p2m_type type, unsigned level)
{
	uint64_t rights = type == P2M_GRANT_RO ? NPT_TABLE & ~NPT_W : NPT_TABLE;

	return mfn_to_maddr(m).a | rights | (uint64_t)type << NPT_TYPE_SHIFT |
	       (level > 1 ? NPT_PS : 0);
}

/*
 * Tables for a domain whose memory is all in 4 KiB pages, and as much again for pages
 * it scatters: a guest that maps one page at ever new places gets -ENOMEM, not the
 * host's memory.
 */
static uint64_t max_tables(const struct domain *d)
{
	return MIN_TABLES + domain_max_pages(d) / (ENTRIES / 2);
}

static uint64_t *table_alloc(struct domain *d)
{
	mfn_t m;

	if (d->arch->nr_tables >= max_tables(d))
		return NULL;
	m = frames_alloc(0);
	if (!mfn_valid(m))
		return NULL;
	d->arch->nr_tables++;
	return memset(arch_frame_map(m), 0, PAGE_SIZE);
}

int p2m_create(struct domain *d)
{
	d->arch->npt = table_alloc(d);
	return d->arch->npt ? 0 : -XEN_ENOMEM;
}

static void free_leaf(uint64_t entry, unsigned level)
{
	mfn_t m = mfn((entry & NPT_ADDR) >> PAGE_SHIFT);

	if (!(entry & NPT_P))
		return;
	if (type_of(entry) == P2M_RAM)
		frames_put(m, LEVEL_BITS * (level - 1));
	else if (type_of(entry) == P2M_FOREIGN)
		frame_put(m);
}

/* How many entries from the @i-th on are RAM that lies side by side and makes an aligned block. */
static unsigned run_order(const uint64_t *table, unsigned i)
{
	const uint64_t same = NPT_ADDR | NPT_P | NPT_TYPE;
	uint64_t first = table[i] & same, n = 1, max;
	unsigned order = 0;

	if (type_of(first) != P2M_RAM)
		return 0;
	/* No longer than its own alignment allows: so nothing is looked at more than twice. */
	max = 1ull << MIN((unsigned)__builtin_ctzll(first >> PAGE_SHIFT | ENTRIES), LEVEL_BITS);
	while (n < max && i + n < ENTRIES && (table[i + n] & same) == first + n * PAGE_SIZE)
		n++;
	while (2ull << order <= n)
		order++;
	return order;
}

/* The lowest level: what lies side by side goes back as one. */
static void empty_leaves(uint64_t *table)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		unsigned order;

		if (!(table[i] & NPT_P))
			continue;
		order = run_order(table, i);
		if (order)
			frames_put(mfn((table[i] & NPT_ADDR) >> PAGE_SHIFT), order);
		else
			free_leaf(table[i], 1);
		memset(&table[i], 0, sizeof(*table) << order);
		i += (1u << order) - 1;
	}
}

/*
 * Empty the tables below @table, keeping them, so that the next call goes on where this one
 * was stopped.
 */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than LEVELS */
static int empty_level(uint64_t *table, unsigned level)
{
	if (level == 1)
		empty_leaves(table);
	for (unsigned i = 0; i < ENTRIES; i++) {
		int rc = 0;

		if (!(table[i] & NPT_P))
			continue;
		if (level > 1 && !(table[i] & NPT_PS)) {
			rc = empty_level(table_of(table[i]), level - 1);
		} else {
			free_leaf(table[i], level);
			table[i] = 0;
			if (level > 1 && hypercall_preempt())
				rc = -XEN_ERESTART;
		}
		if (rc)
			return rc;
	}
	return level == 1 && hypercall_preempt() ? -XEN_ERESTART : 0;
}

int arch_domain_relinquish(struct domain *d)
{
	return d->arch->npt ? empty_level(d->arch->npt, LEVELS) : 0;
}

/* Bounded: one call per level, each over 512 entries. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than LEVELS */
static void free_level(struct arch_domain *ad, uint64_t *table, unsigned level)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		if (level > 1 && (table[i] & NPT_P) && !(table[i] & NPT_PS))
			free_level(ad, table_of(table[i]), level - 1);
		else
			free_leaf(table[i], level);
	}
	frames_free(arch_frame_of(table), 0);
	ad->nr_tables--;
}

void p2m_destroy(struct domain *d)
{
	struct arch_domain *ad = d->arch;

	if (ad->npt)
		free_level(ad, ad->npt, LEVELS);
	ad->npt = NULL;
	while (ad->nr_kept) {
		frames_free(mfn(ad->kept[--ad->nr_kept].table), 0);
		ad->nr_tables--;
	}
}

/*
 * The entry of @g at the lowest level present, or at @level. Without the lock another CPU may
 * change the entry any time: who has not the lock reads it once (lookup()).
 */
static uint64_t *walk(const struct arch_domain *ad, gfn_t g, unsigned level, unsigned *ret_level)
{
	uint64_t *table = ad->npt;
	unsigned l = LEVELS;

	for (;;) {
		uint64_t *e = &table[index_at(g, l)];
		uint64_t value = __atomic_load_n(e, __ATOMIC_ACQUIRE);

		if (l == level || !(value & NPT_P) || (value & NPT_PS)) {
			*ret_level = l;
			return e;
		}
		table = table_of(value);
		l--;
	}
}

/* The value of the entry that maps @g, 0 if none does. Takes no lock. */
static uint64_t lookup(const struct arch_domain *ad, gfn_t g, unsigned *ret_level)
{
	uint64_t *table = ad->npt;

	for (unsigned l = LEVELS;; l--) {
		uint64_t e = __atomic_load_n(&table[index_at(g, l)], __ATOMIC_ACQUIRE);

		if (!(e & NPT_P))
			return 0;
		if (l == 1 || (e & NPT_PS)) {
			*ret_level = l;
			return e;
		}
		table = table_of(e);
	}
}

static mfn_t frame_in(uint64_t e, gfn_t g, unsigned level)
{
	return mfn(((e & NPT_ADDR) >> PAGE_SHIFT) +
		   (g.n & ((1ull << (LEVEL_BITS * (level - 1))) - 1)));
}

/*
 * A page of 2 MiB that was split and is whole again becomes one entry again. The table it was
 * split into is kept for when it is split once more: lookups without the lock, and CPUs that
 * cache where tables are, may still go through it, and what they find in it is always what
 * the same 2 MiB were or are. If too many are kept, others stay split.
 */
static __attribute__((noinline)) void join(struct arch_domain *ad, gfn_t g, const uint64_t *table)
{
	unsigned level;
	uint64_t *e;

	if (ad->nr_kept == P2M_NR_KEPT || run_order(table, 0) != LEVEL_BITS)
		return;
	e = walk(ad, g, 2, &level);
	ad->kept[ad->nr_kept++] = (struct p2m_kept){ (uint32_t)(g.n >> LEVEL_BITS),
						     (uint32_t)arch_frame_of(table).n };
	__atomic_store_n(e, leaf(mfn((table[0] & NPT_ADDR) >> PAGE_SHIFT), P2M_RAM, 2),
			 __ATOMIC_RELEASE);
}

/* The table kept for the 2 MiB that @g is in; NULL if there is none. */
static uint64_t *take_kept(struct arch_domain *ad, gfn_t g)
{
	for (unsigned i = 0; i < ad->nr_kept; i++) {
		mfn_t table = mfn(ad->kept[i].table);

		if (ad->kept[i].region != g.n >> LEVEL_BITS)
			continue;
		ad->kept[i] = ad->kept[--ad->nr_kept];
		return arch_frame_map(table);
	}
	return NULL;
}

/* With the lock held; @level is that of a mapping of 1 << @order frames. */
static int map(struct domain *d, gfn_t g, mfn_t m, unsigned level, enum p2m_type type)
{
	gfn_t last = gfn_add(g, (1ull << (LEVEL_BITS * (level - 1))) - 1);
	unsigned l;
	uint64_t *e, *table;

	for (;;) {
		e = walk(d->arch, g, level, &l);
		if (*e & NPT_P)
			return -XEN_EEXIST;
		if (l == level)
			break;
		table = table_alloc(d);
		if (!table)
			return -XEN_ENOMEM;
		__atomic_store_n(e, mfn_to_maddr(arch_frame_of(table)).a | NPT_TABLE,
				 __ATOMIC_RELEASE);
	}
	__atomic_store_n(e, leaf(m, type, level), __ATOMIC_RELEASE);
	if (last.n > d->arch->max_gfn.n)
		d->arch->max_gfn = last;
	/* One that is filled from the first entry on is looked through once, in the end. */
	table = (uint64_t *)ALIGN_DOWN((uintptr_t)e, PAGE_SIZE);
	if (level == 1 && type == P2M_RAM && unlikely(table[ENTRIES - 1] & NPT_P))
		join(d->arch, g, table);
	return 0;
}

int arch_p2m_map(struct domain *d, gfn_t g, mfn_t m, unsigned order, enum p2m_type type)
{
	unsigned level = order / LEVEL_BITS + 1;
	int rc;

	if (order % LEVEL_BITS || level > 3 || g.n >= MAX_GFN ||
	    (g.n | m.n) & ((1ull << order) - 1))
		return -XEN_EINVAL;
	spin_lock(&d->arch->p2m_lock);
	rc = map(d, g, m, level, type);
	spin_unlock(&d->arch->p2m_lock);
	return rc;
}

/* Replace superpage entry @e of @level, which maps @g, by a table of the next level. */
static int split(struct domain *d, gfn_t g, uint64_t *e, unsigned level)
{
	uint64_t *table = level == 2 ? take_kept(d->arch, g) : NULL;
	mfn_t m = mfn((*e & NPT_ADDR) >> PAGE_SHIFT);

	if (!table)
		table = table_alloc(d);
	if (!table)
		return -XEN_ENOMEM;
	for (unsigned i = 0; i < ENTRIES; i++)
		__atomic_store_n(&table[i],
				 leaf(mfn_add(m, (uint64_t)i << (LEVEL_BITS * (level - 2))),
				      type_of(*e), level - 1),
				 __ATOMIC_RELAXED);
	__atomic_store_n(e, mfn_to_maddr(arch_frame_of(table)).a | NPT_TABLE, __ATOMIC_RELEASE);
	return 0;
}

/* With the lock held. */
static int unmap(struct domain *d, gfn_t g)
{
	unsigned level;
	uint64_t *e;

	for (;;) {
		int rc;

		e = walk(d->arch, g, 1, &level);
		if (!(*e & NPT_P))
			return -XEN_ENOENT;
		if (level == 1)
			break;
		rc = split(d, g, e, level);
		if (rc)
			return rc;
	}
	__atomic_store_n(e, 0, __ATOMIC_RELEASE);
	return 0;
}

int arch_p2m_unmap(struct domain *d, gfn_t g)
{
	int rc;

	if (g.n >= MAX_GFN)
		return -XEN_EINVAL;
	spin_lock(&d->arch->p2m_lock);
	rc = unmap(d, g);
	spin_unlock(&d->arch->p2m_lock);
	return rc;
}

mfn_t arch_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *ret_type)
{
	unsigned level;
	uint64_t e = g.n < MAX_GFN ? lookup(d->arch, g, &level) : 0;

	if (!e) {
		*ret_type = P2M_NONE;
		return MFN_NONE;
	}
	*ret_type = type_of(e);
	return frame_in(e, g, level);
}

void p2m_drop_hints(struct arch_vcpu *av)
{
	for (unsigned i = 0; i < P2M_NR_HINTS; i++)
		av->hint[i].gfn = GFN_NONE;
}

void *p2m_page(struct arch_vcpu *av, gfn_t g, enum access access)
{
	unsigned level;
	uint64_t e;
	char *page;

	if (unlikely(g.n >= MAX_GFN))
		return NULL;
	e = lookup(av->vcpu->domain->arch, g, &level);
	if (unlikely(!e))
		return NULL;
	page = arch_frame_map(frame_in(e, g, level));
	/* A hint would serve writes as well. */
	if (unlikely(!(e & NPT_W)))
		return access == ACCESS_WRITE ? NULL : page;
	/* Hints are for the CPU that runs it. */
	if (likely(cpu_this()->current == av->vcpu))
		av->hint[g.n % P2M_NR_HINTS] = (struct p2m_hint){ g, page };
	return page;
}

gfn_t arch_p2m_max(const struct domain *d)
{
	return d->arch->max_gfn;
}
