/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op: its table, and what only asks or tells. What depends on tables of machine
 * frames, on memory shared between domains or not there until it is touched, is not
 * offered: such a guest has neither.
 */
#include <stdint.h>

#include <hv/frames.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "memory.h"
#include "p2m.h"

#define MAX_MEMORY_MAP 128 /* entries of a guest's map */

_Static_assert(sizeof(struct xen_foreign_memory_map) == 24, "xen/memory.h, 64-bit callers");

int memory_read_gfn(struct vcpu *v, const struct hypercall *call, uint64_t list, uint64_t i,
		    gfn_t *ret_g)
{
	size_t size = call->compat ? sizeof(uint32_t) : sizeof(uint64_t);
	uint64_t n = 0;

	if (arch_copy_from_guest(v, &n, list + i * size, size))
		return -XEN_EFAULT;
	*ret_g = gfn(n);
	return 0;
}

struct compat_memory_map {
	uint32_t nr_entries, buffer;
};

struct compat_foreign_memory_map {
	uint16_t domid;
	struct compat_memory_map map;
};

/* What the toolstack set, or the architecture has built. */
static unsigned find_map(struct domain *d, const struct arch_e820_entry **ret_map)
{
	if (!d->memory_map)
		return arch_memory_map(d, ret_map);
	*ret_map = d->memory_map;
	return d->nr_memory_map;
}

/* Copied under the lock, written without it: the toolstack may set another meanwhile. */
static long memory_map(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct compat_memory_map *c = arg;
	struct xen_memory_map *m = arg;
	uint64_t buffer = call->compat ? c->buffer : (uintptr_t)m->buffer.p;
	struct arch_e820_entry copy[MAX_MEMORY_MAP];
	const struct arch_e820_entry *map;
	unsigned nr;

	spin_lock(&v->domain->lock);
	nr = MIN(find_map(v->domain, &map), m->nr_entries);
	nr = MIN(nr, MAX_MEMORY_MAP);
	if (nr)
		memcpy(copy, map, nr * sizeof(*map));
	spin_unlock(&v->domain->lock);
	if (arch_copy_to_guest(v, buffer, copy, nr * sizeof(*copy)))
		return -XEN_EFAULT;
	m->nr_entries = nr; /* first in both layouts */
	return 0;
}

static int replace_map(struct vcpu *v, struct domain *d, uint64_t buffer, unsigned nr)
{
	struct arch_e820_entry *map = heap_alloc(nr * sizeof(*map)), *old;

	if (!map)
		return -XEN_ENOMEM;
	if (arch_copy_from_guest(v, map, buffer, nr * sizeof(*map))) {
		heap_free(map);
		return -XEN_EFAULT;
	}
	spin_lock(&d->lock);
	old = d->memory_map;
	d->memory_map = map;
	d->nr_memory_map = nr;
	spin_unlock(&d->lock);
	heap_free(old);
	return 0;
}

static long set_memory_map(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct compat_foreign_memory_map *c = arg;
	const struct xen_foreign_memory_map *m = arg;
	uint64_t buffer = call->compat ? c->map.buffer : (uintptr_t)m->map.buffer.p;
	unsigned nr = call->compat ? c->map.nr_entries : m->map.nr_entries;
	struct domain *d;
	long rc;

	if (!nr || nr > MAX_MEMORY_MAP)
		return -XEN_EINVAL;
	rc = memory_target(v, XENMEM_set_memory_map, m->domid, &d);
	if (rc)
		return rc;
	rc = replace_map(v, d, buffer, nr);
	domain_put(d);
	return rc;
}

static long maximum_ram_page(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return (long)frames_highest().n;
}

/* A number that @get knows of the domain the caller names. */
static long ask(struct vcpu *v, unsigned op, const void *arg, uint64_t (*get)(struct domain *d))
{
	const struct xen_memory_domain *m = arg;
	struct domain *d;
	long rc = memory_target(v, op, m->domid, &d);

	if (rc)
		return rc;
	rc = (long)get(d);
	domain_put(d);
	return rc;
}

static uint64_t get_pages(struct domain *d)
{
	return __atomic_load_n(&d->nr_pages, __ATOMIC_RELAXED);
}

static uint64_t get_max_pages(struct domain *d)
{
	return domain_max_pages(d);
}

static uint64_t get_max_gfn(struct domain *d)
{
	return arch_p2m_max(d).n;
}

static long current_reservation(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return ask(v, XENMEM_current_reservation, arg, get_pages);
}

static long maximum_reservation(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return ask(v, XENMEM_maximum_reservation, arg, get_max_pages);
}

static long maximum_gpfn(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return ask(v, XENMEM_maximum_gpfn, arg, get_max_gfn);
}

/* Nothing is populated on demand: the target is met by the guest's balloon alone. */
static long pod_target(struct vcpu *v, unsigned op, struct xen_pod_target *t)
{
	struct domain *d;
	long rc = memory_target(v, op, t->domid, &d);

	if (rc)
		return rc;
	t->tot_pages = get_pages(d);
	t->pod_cache_pages = 0;
	t->pod_entries = 0;
	domain_put(d);
	return 0;
}

static long set_pod_target(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return pod_target(v, XENMEM_set_pod_target, arg);
}

static long get_pod_target(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return pod_target(v, XENMEM_get_pod_target, arg);
}

/* No page is shared, and so none is saved: the calls that count them never fail. */
static long no_pages(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return 0;
}

/* A guest without virtual NUMA nodes. */
static long get_vnumainfo(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct xen_memory_domain *i = arg; /* how that begins */
	struct domain *d;
	long rc = memory_target(v, XENMEM_get_vnumainfo, i->domid, &d);

	if (rc)
		return rc;
	domain_put(d);
	return -XEN_EOPNOTSUPP;
}

/* No device has memory set aside: there is no IOMMU that says so. */
static long reserved_device_memory_map(struct vcpu *v, const struct hypercall *call, void *arg)
{
	int rc = access_check(v, __HYPERVISOR_memory_op, XENMEM_reserved_device_memory_map, NULL);

	/* Second in both layouts. */
	((uint32_t *)arg)[1] = 0;
	return rc;
}

#define SUBOP_BOTH(f, type, compat_type)                                        \
	{                                                                       \
		.fn = (f), .in = sizeof(type), .in_compat = sizeof(compat_type) \
	}
#define RESERVATION(f) \
	SUBOP_BOTH(f, struct xen_memory_reservation, struct compat_memory_reservation)

/* A structure of 36 bytes for a 32-bit caller, where eight bytes are aligned to four. */
#define POD_TARGET(f)                                                            \
	{                                                                        \
		.fn = (f), .in = sizeof(struct xen_pod_target), .in_compat = 36, \
		.out = offsetof(struct xen_pod_target, domid)                    \
	}

static const struct subop memory_ops[] = {
	[XENMEM_increase_reservation] = RESERVATION(memory_increase_reservation),
	[XENMEM_decrease_reservation] = RESERVATION(memory_decrease_reservation),
	[XENMEM_populate_physmap] = RESERVATION(memory_populate_physmap),
	[XENMEM_claim_pages] = RESERVATION(memory_claim_pages),
	[XENMEM_maximum_ram_page] = SUBOP_NOARG(maximum_ram_page),
	[XENMEM_current_reservation] = SUBOP(current_reservation, struct xen_memory_domain),
	[XENMEM_maximum_reservation] = SUBOP(maximum_reservation, struct xen_memory_domain),
	[XENMEM_maximum_gpfn] = SUBOP(maximum_gpfn, struct xen_memory_domain),
	[XENMEM_exchange] = SUBOP_NOARG(memory_exchange),
	[XENMEM_add_to_physmap] = SUBOP_BOTH(memory_add_to_physmap, struct xen_add_to_physmap,
					     struct compat_add_to_physmap),
	[XENMEM_add_to_physmap_batch] =
		SUBOP_BOTH(memory_add_to_physmap_batch, struct xen_add_to_physmap_batch,
			   struct compat_add_to_physmap_batch),
	[XENMEM_remove_from_physmap] =
		SUBOP_BOTH(memory_remove_from_physmap, struct xen_remove_from_physmap,
			   struct compat_remove_from_physmap),
	[XENMEM_memory_map] = { .fn = memory_map,
				.in = sizeof(struct xen_memory_map),
				.in_compat = sizeof(struct compat_memory_map),
				.out = sizeof(uint32_t) },
	[XENMEM_set_memory_map] = SUBOP_BOTH(set_memory_map, struct xen_foreign_memory_map,
					     struct compat_foreign_memory_map),
	[XENMEM_set_pod_target] = POD_TARGET(set_pod_target),
	[XENMEM_get_pod_target] = POD_TARGET(get_pod_target),
	[XENMEM_get_sharing_freed_pages] = SUBOP_NOARG(no_pages),
	[XENMEM_get_sharing_shared_pages] = SUBOP_NOARG(no_pages),
	[XENMEM_get_vnumainfo] = SUBOP(get_vnumainfo, struct xen_memory_domain),
	[XENMEM_reserved_device_memory_map] = { .fn = reserved_device_memory_map,
						.in = 2 * sizeof(uint32_t),
						.in_compat = 2 * sizeof(uint32_t),
						.out = 2 * sizeof(uint32_t) },
	[XENMEM_acquire_resource] = { .fn = memory_acquire_resource,
				      .in = sizeof(struct xen_mem_acquire_resource),
				      .in_compat = sizeof(struct compat_acquire_resource),
				      .out = offsetof(struct compat_acquire_resource, pad) },
};

hypercall_fn hc_memory_op;
long hc_memory_op(struct vcpu *v, const struct hypercall *call)
{
	return subop_call(v, call, memory_ops, ARRAY_SIZE(memory_ops),
			  call->arg[0] & MEMOP_CMD_MASK, call->arg[1]);
}
