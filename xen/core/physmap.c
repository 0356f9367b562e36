/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op: what a guest, or a toolstack for it, makes appear in guest-physical memory:
 * pages of the hypervisor, its own pages elsewhere, and pages of domains that the
 * caller may control.
 */
#include <hv/frames.h>
#include <hv/gnttab.h>
#include <hv/trace.h>

#include <arch/arch.h>

#include "memory.h"
#include "p2m.h"

_Static_assert(sizeof(struct xen_add_to_physmap) == 24, "xen/memory.h, 64-bit callers");
_Static_assert(sizeof(struct xen_add_to_physmap_batch) == 32, "xen/memory.h, 64-bit callers");
_Static_assert(sizeof(struct compat_add_to_physmap_batch) == 20, "xen/memory.h, 32-bit callers");

/* Map @m at @g, whatever was there. */
static int show(struct domain *d, gfn_t g, mfn_t m, enum p2m_type type)
{
	int rc = p2m_clear(d, g);

	return rc ? rc : arch_p2m_map(d, g, m, 0, type);
}

/* The hypervisor's page @m is not shown at @g any more. */
static void hide(struct domain *d, gfn_t g, mfn_t m)
{
	struct p2m_page page;

	if (g.n != GFN_NONE.n && !p2m_take(d, g, 1u << P2M_SHARED, m, &page))
		arch_domain_flush_tlb(d);
}

static int add_shared_info(struct domain *d, gfn_t g)
{
	gfn_t old;
	int rc = show(d, g, d->shared_info_mfn, P2M_SHARED);

	if (rc)
		return rc;
	spin_lock(&d->lock);
	old = d->shared_info_gfn;
	d->shared_info_gfn = g;
	spin_unlock(&d->lock);
	if (old.n != g.n)
		hide(d, old, d->shared_info_mfn);
	return 0;
}

int physmap_add_grant_frame(struct domain *d, uint64_t idx, gfn_t g)
{
	bool is_status = idx & XENMAPIDX_grant_table_status;
	enum gnttab_array array = is_status ? GNTTAB_STATUS : GNTTAB_SHARED;
	gfn_t old = GFN_NONE;
	mfn_t m;
	int rc;

	idx &= ~(uint64_t)XENMAPIDX_grant_table_status;
	rc = gnttab_get_frame(d, array, idx, &m);
	if (rc)
		return rc;
	rc = show(d, g, m, P2M_SHARED);
	if (rc)
		goto put;
	rc = gnttab_moved(d, array, idx, m, g, &old);
	if (rc)
		old = g;
	if (rc || old.n != g.n)
		hide(d, old, m);
put:
	frame_put(m);
	return rc;
}

/* The page at @from goes to @to. */
static int move(struct domain *d, gfn_t from, gfn_t to)
{
	struct p2m_page page;
	int rc;

	if (from.n == to.n)
		return 0;
	rc = p2m_take(d, from, 1u << P2M_RAM, MFN_NONE, &page);
	if (rc)
		return rc == -XEN_ENOENT ? -XEN_EINVAL : rc;
	arch_domain_flush_tlb(d);
	rc = show(d, to, page.m, P2M_RAM);
	/* Back to where it was, or away if meanwhile that place was filled. */
	if (rc && arch_p2m_map(d, from, page.m, 0, P2M_RAM))
		p2m_let_go(&page);
	return rc;
}

static int add_foreign(struct domain *d, struct domain *owner, gfn_t from, gfn_t to)
{
	mfn_t m;
	int rc;

	if (owner == d)
		return -XEN_EINVAL;
	rc = p2m_get_ram(owner, from, &m);
	if (rc)
		return rc;
	rc = show(d, to, m, P2M_FOREIGN);
	if (rc)
		frame_put(m);
	return rc;
}

/* A frame of the hypervisor's own that it means to be read: those of trace records. */
static int add_hypervisor(struct domain *d, mfn_t m, gfn_t to)
{
	int rc;

	if (!SUPPORT_ENABLED(tracing) || !trace_shares_frame(m) || !frame_get(m, DOMID_XEN))
		return -XEN_EINVAL;
	rc = show(d, to, m, P2M_FOREIGN);
	if (rc)
		frame_put(m);
	return rc;
}

static int add_one(struct domain *d, struct domain *owner, unsigned space, uint64_t idx, gfn_t g)
{
	switch (space) {
	case XENMAPSPACE_shared_info:
		return idx ? -XEN_EINVAL : add_shared_info(d, g);
	case XENMAPSPACE_grant_table:
		return SUPPORT_ENABLED(gnttab_v1) ? physmap_add_grant_frame(d, idx, g)
						  : -XEN_EOPNOTSUPP;
	case XENMAPSPACE_gmfn:
	case XENMAPSPACE_gmfn_range:
		return move(d, gfn(idx), g);
	case XENMAPSPACE_gmfn_foreign:
		return owner ? add_foreign(d, owner, gfn(idx), g) : add_hypervisor(d, mfn(idx), g);
	case XENMAPSPACE_dev_mmio:
		return -XEN_ENOSYS;
	default:
		return -XEN_EINVAL;
	}
}

static struct xen_add_to_physmap decode_add(const struct hypercall *call, const void *arg)
{
	const struct compat_add_to_physmap *c = arg;
	const struct xen_add_to_physmap *a = arg;

	if (!call->compat)
		return *a;
	return (struct xen_add_to_physmap){ .domid = c->domid,
					    .size = c->size,
					    .space = c->space,
					    .idx = c->idx,
					    .gpfn = c->gpfn };
}

/* A range is at most 65535 pages; each may be the last before a continuation. */
static long add_range(struct vcpu *v, const struct hypercall *call, struct domain *d,
		      const struct xen_add_to_physmap *a)
{
	uint64_t nr = a->space == XENMAPSPACE_gmfn_range ? a->size : 1;

	for (uint64_t i = memory_start(call); i < nr;) {
		int rc = add_one(d, NULL, a->space, a->idx + i, gfn(a->gpfn + i));

		if (rc)
			return rc;
		if (++i < nr && hypercall_preempt())
			return memory_continue(v, call, i);
	}
	return 0;
}

long memory_add_to_physmap(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct xen_add_to_physmap a = decode_add(call, arg);
	struct domain *d;
	long rc;

	/* Whose frame it is, only a batch can say. */
	if (a.space == XENMAPSPACE_gmfn_foreign)
		return -XEN_ENOSYS;
	rc = memory_target(v, XENMEM_add_to_physmap, a.domid, &d);
	if (rc)
		return rc;
	rc = p2m_begin(d, 0);
	if (!rc) {
		rc = add_range(v, call, d, &a);
		p2m_end(d, 0);
	}
	domain_put(d);
	return rc;
}

/* struct xen_add_to_physmap_batch without its dependence on the caller's mode. */
struct batch {
	struct domain *d, *owner;
	domid_t domid, owner_id;
	unsigned space;
	uint64_t size, idxs, gpfns, errs;
};

static struct batch decode_batch(const struct hypercall *call, const void *arg)
{
	const struct compat_add_to_physmap_batch *c = arg;
	const struct xen_add_to_physmap_batch *a = arg;

	if (call->compat)
		return (struct batch){ .domid = c->domid,
				       .owner_id = c->extra,
				       .space = c->space,
				       .size = c->size,
				       .idxs = c->idxs,
				       .gpfns = c->gpfns,
				       .errs = c->errs };
	return (struct batch){ .domid = a->domid,
			       .owner_id = a->u.foreign_domid,
			       .space = a->space,
			       .size = a->size,
			       .idxs = (uintptr_t)a->idxs.p,
			       .gpfns = (uintptr_t)a->gpfns.p,
			       .errs = (uintptr_t)a->errs.p };
}

/* Each entry has an error of its own; the call fails only where its lists cannot be reached. */
static long run_batch(struct vcpu *v, const struct hypercall *call, const struct batch *b)
{
	for (uint64_t i = memory_start(call); i < b->size;) {
		gfn_t idx, g;
		int32_t err;

		if (memory_read_gfn(v, call, b->idxs, i, &idx) ||
		    memory_read_gfn(v, call, b->gpfns, i, &g))
			return -XEN_EFAULT;
		err = add_one(b->d, b->owner, b->space, idx.n, g);
		if (arch_copy_to_guest(v, b->errs + i * sizeof(err), &err, sizeof(err)))
			return -XEN_EFAULT;
		if (++i < b->size && hypercall_preempt())
			return memory_continue(v, call, i);
	}
	return 0;
}

static long with_owner(struct vcpu *v, const struct hypercall *call, struct batch *b)
{
	long rc;

	if (b->space != XENMAPSPACE_gmfn_foreign)
		return b->owner_id ? -XEN_EINVAL : run_batch(v, call, b);
	/* No domain: its frames are named by their numbers. */
	if (b->owner_id == DOMID_XEN) {
		rc = access_check(v, __HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, NULL);
		return rc ? rc : run_batch(v, call, b);
	}
	rc = memory_target(v, XENMEM_add_to_physmap_batch, b->owner_id, &b->owner);
	if (rc)
		return rc;
	rc = run_batch(v, call, b);
	domain_put(b->owner);
	return rc;
}

long memory_add_to_physmap_batch(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct batch b = decode_batch(call, arg);
	long rc;

	if (b.space == XENMAPSPACE_gmfn_range)
		return -XEN_EINVAL;
	rc = memory_target(v, XENMEM_add_to_physmap_batch, b.domid, &b.d);
	if (rc)
		return rc;
	rc = p2m_begin(b.d, 0);
	if (!rc) {
		rc = with_owner(v, call, &b);
		p2m_end(b.d, 0);
	}
	domain_put(b.d);
	return rc;
}

/* RAM is given back to the host: it could not be reached again. */
long memory_remove_from_physmap(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct compat_remove_from_physmap *c = arg;
	const struct xen_remove_from_physmap *r = arg;
	gfn_t g = gfn(call->compat ? c->gpfn : r->gpfn);
	struct domain *d;
	enum p2m_type type;
	long rc = memory_target(v, XENMEM_remove_from_physmap, r->domid, &d);

	if (rc)
		return rc;
	rc = p2m_begin(d, 0);
	if (!rc) {
		arch_p2m_lookup(d, g, &type);
		rc = type == P2M_NONE ? -XEN_ENOENT : p2m_clear(d, g);
		p2m_end(d, 0);
	}
	domain_put(d);
	return rc;
}
