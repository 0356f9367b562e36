/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_table_op: what the arguments are, who may name which domain, and batches that
 * give way. Transfers, tables of machine frames and cache maintenance are not offered to
 * guests whose memory is translated: -ENOSYS.
 */
#include <stdint.h>

#include <hv/access.h>
#include <hv/errno.h>
#include <hv/nospec.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "gnttab.h"
#include "subop.h"

_Static_assert(sizeof(struct gnttab_copy) == 40, "xen/grant_table.h, 64-bit callers");
_Static_assert(sizeof(struct gnttab_setup_table) == 24, "xen/grant_table.h, 64-bit callers");

/* The result of naming a domain, as a status of the ABI. */
static int16_t status_of(int rc)
{
	switch (rc) {
	case 0:
		return GNTST_okay;
	case -XEN_EPERM:
		return GNTST_permission_denied;
	}
	return GNTST_bad_domain;
}

/* Operations on one structure */

static long query_size(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct gnttab_query_size *q = arg;
	struct domain *d;

	/* The ABI takes an array of one. */
	if ((uint32_t)call->arg[2] != 1)
		return -XEN_EINVAL;
	q->status = status_of(
		access_domain(v, __HYPERVISOR_grant_table_op, GNTTABOP_query_size, q->dom, &d));
	if (q->status)
		return 0;
	q->nr_frames = gnttab_nr_frames(d);
	q->max_nr_frames = gnttab_max_frames(d);
	domain_put(d);
	return 0;
}

static long set_version(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct gnttab_set_version *s = arg;
	int rc;

	if (s->version != 1 && s->version != 2)
		return -XEN_EINVAL;
	if (s->version > v->domain->grants->max_version)
		return -XEN_ENOSYS;
	rc = SUPPORT_ENABLED(gnttab_v2) ? gnttab_set_version(v->domain, s->version) : 0;
	s->version = __atomic_load_n(&v->domain->grants->version, __ATOMIC_RELAXED);
	return rc;
}

static long get_version(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct gnttab_get_version *g = arg;
	struct domain *d;
	int rc = access_domain(v, __HYPERVISOR_grant_table_op, GNTTABOP_get_version, g->dom, &d);

	if (rc)
		return rc;
	g->version = __atomic_load_n(&d->grants->version, __ATOMIC_RELAXED);
	domain_put(d);
	return 0;
}

struct compat_setup_table {
	uint16_t dom;
	uint32_t nr_frames;
	int16_t status;
	uint32_t frame_list;
};

struct compat_get_status_frames {
	uint32_t nr_frames;
	uint16_t dom;
	int16_t status;
	uint32_t frame_list;
};

/* A list of where the guest sees frames, as the caller's mode writes frame numbers. */
static int write_list(struct vcpu *v, struct domain *d, enum gnttab_array array, uint64_t list,
		      unsigned nr, size_t size)
{
	for (unsigned i = 0; i < nr; i++) {
		uint64_t n = gnttab_seen_at(d, array, i).n;

		if (arch_copy_to_guest(v, list + i * size, &n, size))
			return -XEN_EFAULT;
	}
	return 0;
}

static int16_t grow_status(struct domain *d, enum gnttab_array array, uint32_t nr)
{
	if (array == GNTTAB_STATUS)
		return nr <= gnttab_nr_status(d) ? GNTST_okay : GNTST_general_error;
	switch (gnttab_set_size(d, nr)) {
	case 0:
		return GNTST_okay;
	case -XEN_ENOMEM:
		return GNTST_no_space;
	}
	return GNTST_general_error;
}

static int16_t list_frames(struct vcpu *v, enum gnttab_array array, domid_t dom, uint64_t list,
			   uint32_t nr, size_t size)
{
	unsigned op = array == GNTTAB_SHARED ? GNTTABOP_setup_table : GNTTABOP_get_status_frames;
	struct domain *d;
	int16_t status = status_of(access_domain(v, __HYPERVISOR_grant_table_op, op, dom, &d));

	if (status)
		return status;
	status = grow_status(d, array, nr);
	if (!status && write_list(v, d, array, list, nr, size))
		status = GNTST_bad_virt_addr;
	domain_put(d);
	return status;
}

static long setup_table(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct compat_setup_table *c = arg;
	struct gnttab_setup_table *s = arg;
	uint64_t list = call->compat ? c->frame_list : (uintptr_t)s->frame_list.p;

	if ((uint32_t)call->arg[2] != 1)
		return -XEN_EINVAL;
	/* Up to the list both layouts are one. */
	s->status = list_frames(v, GNTTAB_SHARED, s->dom, list, s->nr_frames,
				call->compat ? sizeof(uint32_t) : sizeof(xen_pfn_t));
	return 0;
}

static long get_status_frames(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct compat_get_status_frames *c = arg;
	struct gnttab_get_status_frames *s = arg;
	uint64_t list = call->compat ? c->frame_list : (uintptr_t)s->frame_list.p;

	if (!SUPPORT_ACTIVE(gnttab_v2))
		return -XEN_ENOSYS;
	if ((uint32_t)call->arg[2] != 1)
		return -XEN_EINVAL;
	s->status = list_frames(v, GNTTAB_STATUS, s->dom, list, s->nr_frames, sizeof(uint64_t));
	return 0;
}

#define V2_OP(fn) (SUPPORT_ENABLED(gnttab_v2) ? (fn) : NULL)

static const struct subop gnttab_ops[] = {
	[GNTTABOP_query_size] = SUBOP_OUT(query_size, struct gnttab_query_size),
	[GNTTABOP_set_version] = SUBOP_OUT(set_version, struct gnttab_set_version),
	[GNTTABOP_get_version] = SUBOP_OUT(get_version, struct gnttab_get_version),
	[GNTTABOP_setup_table] = { .fn = setup_table,
				   .in = sizeof(struct gnttab_setup_table),
				   .in_compat = sizeof(struct compat_setup_table),
				   .out = offsetof(struct compat_setup_table, frame_list) },
	[GNTTABOP_get_status_frames] = { .fn = V2_OP(get_status_frames),
					 .in = sizeof(struct gnttab_get_status_frames),
					 .in_compat = sizeof(struct compat_get_status_frames),
					 .out = offsetof(struct compat_get_status_frames,
							 frame_list) },
};

/* Operations on arrays of structures */

union chunk {
	struct gnttab_map_grant_ref map[GNTTAB_CHUNK];
	struct gnttab_unmap_grant_ref unmap[GNTTAB_CHUNK];
	struct gnttab_unmap_and_replace replace[GNTTAB_CHUNK];
	struct gnttab_copy copy[GNTTAB_CHUNK];
	struct gnttab_swap_grant_ref swap[GNTTAB_CHUNK];
	char bytes[1];
};

static void map_chunk(struct vcpu *v, union chunk *c, unsigned nr)
{
	gnttab_map(v, c->map, nr);
}

static void unmap_chunk(struct vcpu *v, union chunk *c, unsigned nr)
{
	gnttab_unmap(v, c->unmap, nr);
}

/* With no page to put there it is an unmap; another is for guests with page tables of ours. */
static void replace_chunk(struct vcpu *v, union chunk *c, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		struct gnttab_unmap_and_replace *op = &c->replace[i];
		struct gnttab_unmap_grant_ref u = { .host_addr = op->host_addr,
						    .handle = op->handle };

		op->status = GNTST_general_error;
		if (op->new_addr)
			continue;
		gnttab_unmap(v, &u, 1);
		op->status = u.status;
	}
}

static void copy_chunk(struct vcpu *v, union chunk *c, unsigned nr)
{
	gnttab_copy(v, c->copy, nr);
}

static void swap_chunk(struct vcpu *v, union chunk *c, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		c->swap[i].status = gnttab_swap(v->domain, c->swap[i].ref_a, c->swap[i].ref_b);
}

static const struct array_op {
	void (*fn)(struct vcpu *v, union chunk *c, unsigned nr);
	unsigned size;
} array_ops[] = {
	[GNTTABOP_map_grant_ref] = { map_chunk, sizeof(struct gnttab_map_grant_ref) },
	[GNTTABOP_unmap_grant_ref] = { unmap_chunk, sizeof(struct gnttab_unmap_grant_ref) },
	[GNTTABOP_copy] = { copy_chunk, sizeof(struct gnttab_copy) },
	[GNTTABOP_unmap_and_replace] = { replace_chunk, sizeof(struct gnttab_unmap_and_replace) },
	[GNTTABOP_swap_grant_ref] = { swap_chunk, sizeof(struct gnttab_swap_grant_ref) },
};

/* The one of these that looks different to a 32-bit caller. */
struct compat_copy {
	struct compat_copy_ptr {
		uint32_t where;
		uint16_t domid, offset;
	} source, dest;
	uint16_t len, flags;
	int16_t status;
};

static struct gnttab_copy_ptr widen_ptr(struct compat_copy_ptr p, bool is_grant)
{
	struct gnttab_copy_ptr w = { .u.gmfn = p.where, .domid = p.domid, .offset = p.offset };

	if (is_grant)
		w.u.ref = p.where;
	return w;
}

static int read_compat_copies(struct vcpu *v, uint64_t ptr, union chunk *c, unsigned nr)
{
	struct compat_copy in[GNTTAB_CHUNK];

	if (arch_copy_from_guest(v, in, ptr, nr * sizeof(in[0])))
		return -XEN_EFAULT;
	for (unsigned i = 0; i < nr; i++)
		c->copy[i] = (struct gnttab_copy){
			.source = widen_ptr(in[i].source, in[i].flags & GNTCOPY_source_gref),
			.dest = widen_ptr(in[i].dest, in[i].flags & GNTCOPY_dest_gref),
			.len = in[i].len,
			.flags = in[i].flags,
		};
	return 0;
}

static int write_compat_copies(struct vcpu *v, uint64_t ptr, const union chunk *c, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		if (arch_copy_to_guest(v,
				       ptr + i * sizeof(struct compat_copy) +
					       offsetof(struct compat_copy, status),
				       &c->copy[i].status, sizeof(c->copy[i].status)))
			return -XEN_EFAULT;
	return 0;
}

static long run_chunk(struct vcpu *v, const struct array_op *op, bool compat_copy, uint64_t ptr,
		      unsigned nr)
{
	union chunk c;

	if (compat_copy) {
		if (read_compat_copies(v, ptr, &c, nr))
			return -XEN_EFAULT;
		op->fn(v, &c, nr);
		return write_compat_copies(v, ptr, &c, nr);
	}
	if (arch_copy_from_guest(v, &c, ptr, (size_t)nr * op->size))
		return -XEN_EFAULT;
	op->fn(v, &c, nr);
	return arch_copy_to_guest(v, ptr, &c, (size_t)nr * op->size);
}

/*
 * An array, a chunk at a time: one chunk copies 128 KiB or changes 32 mappings at most, and
 * then another's turn may come; the rest is a shorter array further on.
 */
static long run_array(struct vcpu *v, const struct hypercall *call, uint32_t cmd)
{
	const struct array_op *op = &array_ops[cmd];
	bool compat_copy = call->compat && cmd == GNTTABOP_copy;
	size_t size = compat_copy ? sizeof(struct compat_copy) : op->size;
	uint64_t ptr = guest_ptr(call, call->arg[1]);
	uint32_t nr = (uint32_t)call->arg[2];

	while (nr) {
		unsigned n = MIN(nr, GNTTAB_CHUNK);
		long rc = run_chunk(v, op, compat_copy, ptr, n);

		if (rc)
			return rc;
		nr -= n;
		ptr += n * size;
		if (nr && hypercall_preempt())
			return hypercall_continue(v, __HYPERVISOR_grant_table_op, cmd, ptr, nr, 0,
						  0);
	}
	return 0;
}

hypercall_fn hc_grant_table_op;
long hc_grant_table_op(struct vcpu *v, const struct hypercall *call)
{
	uint32_t cmd = (uint32_t)call->arg[0];

	if (cmd < ARRAY_SIZE(array_ops)) {
		cmd = (uint32_t)nospec_index(cmd, ARRAY_SIZE(array_ops));
		if (array_ops[cmd].fn)
			return run_array(v, call, cmd);
	}
	return subop_call(v, call, gnttab_ops, ARRAY_SIZE(gnttab_ops), call->arg[0], call->arg[1]);
}
