/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op: what its files have in common. */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <candor/support.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/memory.h>

#include <hv/access.h>
#include <hv/errno.h>

#include "subop.h"

/* The upper bits of the command say where a continuation goes on (xen/memory.h leaves them). */
#define MEMOP_EXTENT_SHIFT 6
#define MEMOP_CMD_MASK ((1u << MEMOP_EXTENT_SHIFT) - 1)

static inline uint64_t memory_start(const struct hypercall *call)
{
	return (call->compat ? (uint32_t)call->arg[0] : call->arg[0]) >> MEMOP_EXTENT_SHIFT;
}

/** Go on with entry @next when @v runs again. */
static inline long memory_continue(struct vcpu *v, const struct hypercall *call, uint64_t next)
{
	return hypercall_continue(v, __HYPERVISOR_memory_op,
				  (call->arg[0] & MEMOP_CMD_MASK) | next << MEMOP_EXTENT_SHIFT,
				  call->arg[1], 0, 0, 0);
}

/** The domain that sub-operation @op names; see access_domain(). */
static inline int memory_target(struct vcpu *v, unsigned op, domid_t id, struct domain **ret_d)
{
	return access_domain(v, __HYPERVISOR_memory_op, op, id, ret_d);
}

/** Entry @i of a list of frame numbers, as wide as the caller's mode has them. */
int memory_read_gfn(struct vcpu *v, const struct hypercall *call, uint64_t list, uint64_t i,
		    gfn_t *ret_g) __must_check;

/* Layouts of a 32-bit caller. */
struct compat_memory_reservation {
	uint32_t extent_start, nr_extents, extent_order, mem_flags;
	uint16_t domid;
};

struct compat_add_to_physmap {
	uint16_t domid, size;
	uint32_t space, idx, gpfn;
};

struct compat_add_to_physmap_batch {
	uint16_t domid, space, size, extra;
	uint32_t idxs, gpfns, errs;
};

struct compat_remove_from_physmap {
	uint16_t domid;
	uint32_t gpfn;
};

struct compat_acquire_resource {
	uint16_t domid, type;
	uint32_t id, nr_frames, pad;
	uint64_t frame;
	uint32_t frame_list;
} __attribute__((packed));

/* reservation.c */
subop_fn memory_increase_reservation, memory_decrease_reservation, memory_populate_physmap,
	memory_claim_pages, memory_exchange;
/** A domain that ends has no use any more for what was being zeroed for it. Nobody else uses it. */
void reservation_relinquish(struct domain *d);
/* physmap.c */
subop_fn memory_add_to_physmap, memory_add_to_physmap_batch, memory_remove_from_physmap;
/* resource.c */
subop_fn memory_acquire_resource;

/**
 * Show frame @idx of @d's grant table (enum gnttab_array by XENMAPIDX_grant_table_status) at @g.
 */
int physmap_add_grant_frame(struct domain *d, uint64_t idx, gfn_t g) __must_check;

#endif
