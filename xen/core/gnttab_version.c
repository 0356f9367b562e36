/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The version of a grant table. A change empties the table but for the entries the ABI
 * reserves for the toolstack, which it has filled before the guest chose.
 */
#include "gnttab.h"

#include <hv/errno.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "p2m.h"

SUPPORT_PROVIDES(gnttab_v2, "common");

#define KEPT GNTTAB_NR_RESERVED_ENTRIES
#define IN_USE (GTF_reading | GTF_writing)

/* What both versions can say of a reserved entry. */
struct kept {
	uint16_t flags;
	domid_t domid;
	uint64_t frame;
};

static struct kept read_v1(const struct grant_table *t, unsigned ref)
{
	const struct grant_entry_v1 *table = arch_frame_map(t->shared.frame[0]);
	struct grant_entry_v1 e = table[ref];

	return (struct kept){ e.flags, e.domid, e.frame };
}

static struct kept read_v2(const struct grant_table *t, unsigned ref)
{
	const union grant_entry_v2 *table = arch_frame_map(t->shared.frame[0]);
	const grant_status_t *status = arch_frame_map(t->status.frame[0]);
	union grant_entry_v2 e = table[ref];

	return (struct kept){ (uint16_t)((e.hdr.flags & ~IN_USE) | (status[ref] & IN_USE)),
			      e.hdr.domid, e.full_page.frame };
}

/* Keep a full page with a number that fits; anything else is forgotten. */
static bool can_keep(const struct kept *k, unsigned version)
{
	return (k->flags & (GTF_type_mask | GTF_sub_page)) == GTF_permit_access &&
	       (version == 2 || k->frame == (uint32_t)k->frame);
}

static void write_kept(const struct grant_table *t, unsigned ref, const struct kept *k)
{
	void *table = arch_frame_map(t->shared.frame[0]);

	if (t->version == 1) {
		struct grant_entry_v1 *e = (struct grant_entry_v1 *)table + ref;

		e->frame = (uint32_t)k->frame;
		e->domid = k->domid;
		__atomic_store_n(&e->flags, k->flags, __ATOMIC_RELEASE);
	} else {
		union grant_entry_v2 *e = (union grant_entry_v2 *)table + ref;
		grant_status_t *status = arch_frame_map(t->status.frame[0]);

		status[ref] = k->flags & IN_USE;
		e->full_page.frame = k->frame;
		e->hdr.domid = k->domid;
		__atomic_store_n(&e->hdr.flags, (uint16_t)(k->flags & ~IN_USE), __ATOMIC_RELEASE);
	}
}

/* -EBUSY if a grant is in use that the change would break. */
static int read_all(const struct grant_table *t, unsigned version, struct kept *ret_kept)
{
	unsigned nr_active = 0;

	for (unsigned ref = 0; ref < KEPT; ref++) {
		struct kept k = { 0 };

		if (t->shared.nr)
			k = t->version == 1 ? read_v1(t, ref) : read_v2(t, ref);
		if (!can_keep(&k, version))
			k = (struct kept){ 0 };
		if (grant_is_active(t, ref) && k.flags)
			nr_active++;
		ret_kept[ref] = k;
	}
	return nr_active == t->nr_active ? 0 : -XEN_EBUSY;
}

/* The guest sees no status frame any more, and the hypervisor needs none. */
static void drop_status(struct domain *d)
{
	struct grant_table *t = d->grants;
	struct grant_array *a = &t->status;

	for (;;) {
		struct p2m_page shown;
		gfn_t at = GFN_NONE;
		mfn_t m = MFN_NONE;

		spin_lock(&t->lock);
		if (t->version == 1 && a->nr) {
			at = a->at[a->nr - 1];
			m = a->frame[a->nr - 1];
			__atomic_store_n(&a->nr, a->nr - 1, __ATOMIC_RELAXED);
		}
		spin_unlock(&t->lock);
		if (!mfn_valid(m))
			return;
		if (at.n != GFN_NONE.n && !p2m_take(d, at, 1u << P2M_SHARED, m, &shown))
			arch_domain_flush_tlb(d);
		frame_put(m);
	}
}

int gnttab_set_version(struct domain *d, unsigned version)
{
	struct grant_table *t = d->grants;
	struct kept kept[KEPT];
	unsigned old;
	int rc = 0;

	spin_lock(&t->lock);
	old = t->version;
	if (version == old)
		goto unlock;
	rc = read_all(t, version, kept);
	if (rc)
		goto unlock;
	__atomic_store_n(&t->version, version, __ATOMIC_RELAXED);
	/* More status frames than entries need now, and none for version 1. */
	rc = gnttab_grow(d, t->shared.nr);
	if (rc) {
		__atomic_store_n(&t->version, old, __ATOMIC_RELAXED);
		goto unlock;
	}
	for (unsigned i = 0; i < t->shared.nr; i++)
		memset(arch_frame_map(t->shared.frame[i]), 0, PAGE_SIZE);
	for (unsigned i = 0; i < t->status.nr; i++)
		memset(arch_frame_map(t->status.frame[i]), 0, PAGE_SIZE);
	for (unsigned ref = 0; ref < KEPT && t->shared.nr; ref++)
		write_kept(t, ref, &kept[ref]);
unlock:
	spin_unlock(&t->lock);
	if (!rc && version == 1)
		drop_status(d);
	return rc;
}
