/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op: a guest arranges its own memory. Where the layout of an argument
 * depends on the caller's mode, it is brought to the 64-bit one first.
 */
#include <stdint.h>

#include <xen/memory.h>

#include <hv/frames.h>
#include <hv/gnttab.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "subop.h"

#define MAX_ORDER 9 /* 2 MiB */
/* Pages one call changes at most; the guest goes on from the count it gets. */
#define MAX_PAGES 1024

/* Take RAM page @g from the guest and free it. Nothing is changed on failure. */
static int drop_ram(struct domain *d, gfn_t g, mfn_t m)
{
	int rc;

	if (domain_gfn_pinned(d, g))
		return -XEN_EBUSY;
	rc = arch_p2m_unmap(d, g);
	if (rc)
		return rc;
	arch_domain_flush_tlb(d);
	frame_put(m);
	return 0;
}

/* Empty guest frame @g, whatever it holds. */
static int clear_gfn(struct domain *d, gfn_t g)
{
	enum p2m_type type;
	mfn_t m = arch_p2m_lookup(d, g, &type);
	int rc;

	switch (type) {
	case P2M_NONE:
		return 0;
	case P2M_SHARED:
		rc = arch_p2m_unmap(d, g);
		arch_domain_flush_tlb(d);
		return rc;
	case P2M_FOREIGN:
		rc = arch_p2m_unmap(d, g);
		arch_domain_flush_tlb(d);
		if (!rc)
			frame_put(m);
		return rc;
	case P2M_GRANT:
	case P2M_GRANT_RO:
		return -XEN_EBUSY;
	case P2M_RAM:
		break;
	}
	return drop_ram(d, g, m);
}

/* Show the hypervisor's page @m at @g instead of where it was before (*at). */
static int map_shared(struct domain *d, gfn_t g, mfn_t m, gfn_t *at)
{
	enum p2m_type type;
	int rc = clear_gfn(d, g);

	if (rc)
		return rc;
	rc = arch_p2m_map(d, g, m, 0, P2M_SHARED);
	if (rc)
		return rc;
	if (at->n != GFN_NONE.n && at->n != g.n && arch_p2m_lookup(d, *at, &type).n == m.n)
		rc = arch_p2m_unmap(d, *at);
	*at = g;
	return rc;
}

static long do_add_to_physmap(struct vcpu *v, const struct xen_add_to_physmap *a)
{
	struct domain *d = v->domain;
	gfn_t *at;
	mfn_t m;
	int rc = own_domain(v, a->domid);

	if (rc)
		return rc;
	switch (a->space) {
	case XENMAPSPACE_shared_info:
		if (a->idx)
			return -XEN_EINVAL;
		return map_shared(d, gfn(a->gpfn), d->shared_info_mfn, &d->shared_info_gfn);
	case XENMAPSPACE_grant_table:
		rc = gnttab_get_frame(d, a->idx, &m, &at);
		return rc ? rc : map_shared(d, gfn(a->gpfn), m, at);
	case XENMAPSPACE_gmfn:
	case XENMAPSPACE_gmfn_range:
	case XENMAPSPACE_gmfn_foreign:
	case XENMAPSPACE_dev_mmio:
		return -XEN_ENOSYS;
	default:
		return -XEN_EINVAL;
	}
}

struct compat_add_to_physmap {
	uint16_t domid, size;
	uint32_t space, idx, gpfn;
};

static long add_to_physmap(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct compat_add_to_physmap *c = arg;

	if (call->compat)
		return do_add_to_physmap(v, &(struct xen_add_to_physmap){ .domid = c->domid,
									  .size = c->size,
									  .space = c->space,
									  .idx = c->idx,
									  .gpfn = c->gpfn });
	return do_add_to_physmap(v, arg);
}

struct compat_remove_from_physmap {
	uint16_t domid;
	uint32_t gpfn;
};

/* RAM is given back to the host: it could not be reached again. */
static long remove_from_physmap(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct compat_remove_from_physmap *c = arg;
	const struct xen_remove_from_physmap *r = arg;
	gfn_t g = gfn(call->compat ? c->gpfn : r->gpfn);
	enum p2m_type type;
	int rc = own_domain(v, r->domid);

	if (rc)
		return rc;
	arch_p2m_lookup(v->domain, g, &type);
	return type == P2M_NONE ? -XEN_ENOENT : clear_gfn(v->domain, g);
}

struct compat_memory_map {
	uint32_t nr_entries, buffer;
};

static long memory_map(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct compat_memory_map *c = arg;
	struct xen_memory_map *m = arg;
	uint64_t buffer = call->compat ? c->buffer : (uintptr_t)m->buffer.p;
	const struct arch_e820_entry *map;
	unsigned nr = MIN(arch_memory_map(v->domain, &map), m->nr_entries);

	if (arch_copy_to_guest(v, buffer, map, nr * sizeof(*map)))
		return -XEN_EFAULT;
	m->nr_entries = nr; /* first in both layouts */
	return 0;
}

static long current_reservation(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct xen_memory_domain *m = arg;

	return own_domain(v, m->domid) ?: (long)v->domain->nr_pages;
}

static long maximum_reservation(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct xen_memory_domain *m = arg;

	return own_domain(v, m->domid) ?: (long)v->domain->max_pages;
}

static long maximum_gpfn(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct xen_memory_domain *m = arg;

	return own_domain(v, m->domid) ?: (long)arch_p2m_max(v->domain).n;
}

/* struct xen_memory_reservation without its dependence on the caller's mode. */
struct extents {
	uint64_t list; /* guest address of frame numbers */
	uint64_t nr;
	uint32_t order;
	domid_t domid;
};

struct compat_memory_reservation {
	uint32_t extent_start, nr_extents, extent_order, mem_flags;
	uint16_t domid;
};

static struct extents decode_extents(const struct hypercall *call, const void *arg)
{
	const struct compat_memory_reservation *c = arg;
	const struct xen_memory_reservation *r = arg;

	if (call->compat)
		return (struct extents){ c->extent_start, c->nr_extents, c->extent_order,
					 c->domid };
	return (struct extents){ (uintptr_t)r->extent_start.p, r->nr_extents, r->extent_order,
				 r->domid };
}

static int read_extent(struct vcpu *v, const struct hypercall *call, const struct extents *e,
		       uint64_t i, gfn_t *ret_g)
{
	size_t size = call->compat ? sizeof(uint32_t) : sizeof(uint64_t);
	uint64_t n = 0;

	if (arch_copy_from_guest(v, &n, e->list + i * size, size))
		return -XEN_EFAULT;
	if (n & ((1ull << e->order) - 1))
		return -XEN_EINVAL;
	*ret_g = gfn(n);
	return 0;
}

/* An extent is given back whole or not at all, but for want of memory to split a 2 MiB page. */
static int decrease_extent(struct domain *d, gfn_t g, unsigned order)
{
	enum p2m_type type;

	for (uint64_t i = 0; i < 1ull << order; i++) {
		arch_p2m_lookup(d, gfn_add(g, i), &type);
		if (type != P2M_RAM)
			return -XEN_EINVAL;
		if (domain_gfn_pinned(d, gfn_add(g, i)))
			return -XEN_EBUSY;
	}
	for (uint64_t i = 0; i < 1ull << order; i++) {
		mfn_t m = arch_p2m_lookup(d, gfn_add(g, i), &type);
		int rc = drop_ram(d, gfn_add(g, i), m);

		if (rc)
			return rc;
	}
	return 0;
}

/* Map frames [m, m + 1 << order), in one piece if the architecture can. */
static int map_block(struct domain *d, gfn_t g, mfn_t m, unsigned order)
{
	uint64_t i;
	int rc;

	if (order == MAX_ORDER)
		return arch_p2m_map(d, g, m, order, P2M_RAM);
	for (i = 0; i < 1ull << order; i++) {
		rc = arch_p2m_map(d, gfn_add(g, i), mfn_add(m, i), 0, P2M_RAM);
		if (rc)
			goto unmap;
	}
	return 0;
unmap:
	while (i--)
		if (arch_p2m_unmap(d, gfn_add(g, i)))
			panic("p2m: page just mapped at %#lx is not there", g.n + i);
	return rc;
}

static int populate_extent(struct domain *d, gfn_t g, unsigned order)
{
	uint64_t nr = 1ull << order;
	enum p2m_type type;
	mfn_t m;
	int rc;

	if (d->nr_pages > d->max_pages || nr > d->max_pages - d->nr_pages)
		return -XEN_ENOMEM;
	for (uint64_t i = 0; i < nr; i++) {
		arch_p2m_lookup(d, gfn_add(g, i), &type);
		if (type != P2M_NONE)
			return -XEN_EEXIST;
	}
	m = frames_alloc(order);
	if (!mfn_valid(m))
		return -XEN_ENOMEM;
	memset(arch_frame_map(m), 0, PAGE_SIZE << order);
	frames_assign(m, order, d);
	rc = map_block(d, g, m, order);
	if (rc)
		frames_put(m, order);
	return rc;
}

/*
 * Do each extent until one fails. As the ABI wants it, the result is how many were
 * done; the error only if that is none, and of errors that more memory would cure
 * not even that.
 */
static long each_extent(struct vcpu *v, const struct hypercall *call, void *arg,
			int (*fn)(struct domain *d, gfn_t g, unsigned order))
{
	struct extents e = decode_extents(call, arg);
	int rc = own_domain(v, e.domid);
	uint64_t i, nr;

	if (rc)
		return rc;
	if (e.order > MAX_ORDER)
		return -XEN_EINVAL;
	nr = MIN(e.nr, (uint64_t)MAX_PAGES >> e.order);
	for (i = 0; i < nr; i++) {
		gfn_t g;

		rc = read_extent(v, call, &e, i, &g);
		if (!rc)
			rc = fn(v->domain, g, e.order);
		if (rc)
			break;
	}
	return i || rc == -XEN_ENOMEM ? (long)i : rc;
}

static long decrease_reservation(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return each_extent(v, call, arg, decrease_extent);
}

static long populate_physmap(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return each_extent(v, call, arg, populate_extent);
}

#define SUBOP_BOTH(f, type, compat_type)                                        \
	{                                                                       \
		.fn = (f), .in = sizeof(type), .in_compat = sizeof(compat_type) \
	}

static const struct subop memory_ops[] = {
	[XENMEM_decrease_reservation] =
		SUBOP_BOTH(decrease_reservation, struct xen_memory_reservation,
			   struct compat_memory_reservation),
	[XENMEM_current_reservation] = SUBOP(current_reservation, struct xen_memory_domain),
	[XENMEM_maximum_reservation] = SUBOP(maximum_reservation, struct xen_memory_domain),
	[XENMEM_populate_physmap] = SUBOP_BOTH(populate_physmap, struct xen_memory_reservation,
					       struct compat_memory_reservation),
	[XENMEM_add_to_physmap] =
		SUBOP_BOTH(add_to_physmap, struct xen_add_to_physmap, struct compat_add_to_physmap),
	[XENMEM_memory_map] = { .fn = memory_map,
				.in = sizeof(struct xen_memory_map),
				.in_compat = sizeof(struct compat_memory_map),
				.out = sizeof(uint32_t) },
	[XENMEM_maximum_gpfn] = SUBOP(maximum_gpfn, struct xen_memory_domain),
	[XENMEM_remove_from_physmap] =
		SUBOP_BOTH(remove_from_physmap, struct xen_remove_from_physmap,
			   struct compat_remove_from_physmap),
};

hypercall_fn hc_memory_op;
long hc_memory_op(struct vcpu *v, const struct hypercall *call)
{
	return subop_call(v, call, memory_ops, ARRAY_SIZE(memory_ops), call->arg[0], call->arg[1]);
}
