/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op acquire_resource: pages that the hypervisor keeps for a domain, for its
 * toolstack to map. There are those of its grant table.
 */
#include <hv/frames.h>
#include <hv/gnttab.h>

#include <arch/arch.h>

#include "memory.h"
#include "p2m.h"

_Static_assert(sizeof(struct xen_mem_acquire_resource) == 32, "xen/memory.h, 64-bit callers");
_Static_assert(sizeof(struct compat_acquire_resource) == 28, "xen/memory.h, 32-bit callers");

static struct xen_mem_acquire_resource decode(const struct hypercall *call, const void *arg,
					      uint64_t *ret_list)
{
	const struct compat_acquire_resource *c = arg;
	struct xen_mem_acquire_resource a;

	if (!call->compat) {
		a = *(const struct xen_mem_acquire_resource *)arg;
		*ret_list = (uintptr_t)a.frame_list.p;
		return a;
	}
	*ret_list = c->frame_list;
	return (struct xen_mem_acquire_resource){ .domid = c->domid,
						  .type = c->type,
						  .id = c->id,
						  .nr_frames = c->nr_frames,
						  .pad = c->pad,
						  .frame = c->frame };
}

/* Which frames are meant; -EOPNOTSUPP sends a toolstack to the ways of before. */
static int find_array(const struct xen_mem_acquire_resource *a, enum gnttab_array *ret_array)
{
	if (a->pad)
		return -XEN_EINVAL;
	if (a->type != XENMEM_resource_grant_table || !SUPPORT_ENABLED(gnttab_v1))
		return -XEN_EOPNOTSUPP;
	switch (a->id) {
	case XENMEM_resource_grant_table_id_shared:
		*ret_array = GNTTAB_SHARED;
		return 0;
	case XENMEM_resource_grant_table_id_status:
		*ret_array = GNTTAB_STATUS;
		return 0;
	}
	return -XEN_EINVAL;
}

static int map_frame(struct domain *mapper, struct domain *d, enum gnttab_array array,
		     uint64_t frame, gfn_t g)
{
	mfn_t m;
	int rc = gnttab_get_frame(d, array, frame, &m);

	if (rc)
		return rc;
	rc = p2m_clear(mapper, g);
	if (!rc)
		rc = arch_p2m_map(mapper, g, m, 0, P2M_FOREIGN);
	/* The reference is the mapping's now. */
	if (rc)
		frame_put(m);
	return rc;
}

/* The upper bits of the command count what has been mapped. */
static long map_frames(struct vcpu *v, const struct hypercall *call, struct domain *d,
		       enum gnttab_array array, const struct xen_mem_acquire_resource *a,
		       uint64_t list)
{
	for (uint64_t i = memory_start(call); i < a->nr_frames;) {
		gfn_t g;
		int rc = memory_read_gfn(v, call, list, i, &g);

		if (!rc && a->frame > UINT64_MAX - i)
			rc = -XEN_EINVAL;
		if (!rc)
			rc = map_frame(v->domain, d, array, a->frame + i, g);
		if (rc)
			/* The ABI's word for a part that is mapped. */
			return i ? -XEN_EIO : rc;
		if (++i < a->nr_frames && hypercall_preempt())
			return memory_continue(v, call, i);
	}
	return 0;
}

static long size_of(struct domain *d, enum gnttab_array array, void *arg)
{
	unsigned frames = gnttab_max_frames(d);

	/* nr_frames, in both layouts. */
	((struct compat_acquire_resource *)arg)->nr_frames =
		array == GNTTAB_SHARED ? frames : (frames + 7) / 8;
	return 0;
}

long memory_acquire_resource(struct vcpu *v, const struct hypercall *call, void *arg)
{
	uint64_t list;
	struct xen_mem_acquire_resource a = decode(call, arg, &list);
	enum gnttab_array array;
	struct domain *d;
	long rc = memory_target(v, XENMEM_acquire_resource, a.domid, &d);

	if (rc)
		return rc;
	rc = d == v->domain ? -XEN_EINVAL : find_array(&a, &array);
	if (rc)
		goto put;
	if (!list) {
		rc = a.nr_frames ? -XEN_EINVAL : size_of(d, array, arg);
		goto put;
	}
	rc = p2m_begin(d, 0);
	if (!rc) {
		rc = map_frames(v, call, d, array, &a, list);
		p2m_end(d, 0);
	}
put:
	domain_put(d);
	return rc;
}
