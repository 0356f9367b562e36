/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grants mapped into a domain's guest-physical memory. Each mapping has a handle, an entry
 * of the mapper's maptrack, which holds a reference to the granter; so a granter that dies
 * stays as a shell until the last of its pages is let go.
 */
#include "gnttab.h"

#include <hv/errno.h>
#include <hv/cpu.h>
#include <hv/printk.h>
#include <hv/trace.h>

#include <arch/arch.h>

#define RELEASE_AT_ONCE 256u

_Static_assert(sizeof(struct gnttab_map_grant_ref) == 32, "xen/grant_table.h");
_Static_assert(sizeof(struct gnttab_unmap_grant_ref) == 24, "xen/grant_table.h");

/* Handles */

static struct maptrack *handle_entry(const struct grant_table *t, grant_handle_t handle)
{
	if (handle >= t->nr_maptrack_frames * MAPTRACK_PER_FRAME)
		return NULL;
	return &t->maptrack[handle / MAPTRACK_PER_FRAME][handle % MAPTRACK_PER_FRAME];
}

static void push_free(struct grant_table *t, grant_handle_t handle)
{
	*handle_entry(t, handle) = (struct maptrack){ .ref = t->free_handle };
	t->free_handle = handle;
}

static bool more_handles(struct grant_table *t)
{
	struct maptrack *frame;
	grant_handle_t first;

	if (t->nr_maptrack_frames == t->max_maptrack_frames)
		return false;
	if (!t->maptrack)
		t->maptrack = heap_alloc(t->max_maptrack_frames * sizeof(*t->maptrack));
	frame = t->maptrack ? heap_alloc(MAPTRACK_PER_FRAME * sizeof(*frame)) : NULL;
	if (!frame)
		return false;
	first = t->nr_maptrack_frames * (grant_handle_t)MAPTRACK_PER_FRAME;
	t->maptrack[t->nr_maptrack_frames++] = frame;
	/* Given out in ascending order. */
	for (grant_handle_t i = MAPTRACK_PER_FRAME; i--;)
		push_free(t, first + i);
	return true;
}

static grant_handle_t handle_alloc(struct grant_table *t)
{
	grant_handle_t handle = HANDLE_NONE;

	spin_lock(&t->maptrack_lock);
	if (t->free_handle != HANDLE_NONE || more_handles(t)) {
		handle = t->free_handle;
		t->free_handle = handle_entry(t, handle)->ref;
	}
	spin_unlock(&t->maptrack_lock);
	return handle;
}

static void handle_free(struct grant_table *t, grant_handle_t handle)
{
	spin_lock(&t->maptrack_lock);
	push_free(t, handle);
	spin_unlock(&t->maptrack_lock);
}

/* From now on the guest can unmap it. */
static void handle_publish(struct grant_table *t, grant_handle_t handle, struct maptrack as)
{
	spin_lock(&t->maptrack_lock);
	*handle_entry(t, handle) = as;
	spin_unlock(&t->maptrack_lock);
}

/* Domains named by a batch */

struct domain *gnttab_peer_get(struct gnttab_peer *peer, struct vcpu *v, domid_t id)
{
	if (peer->d && peer->id == id)
		return peer->d;
	gnttab_peer_put(peer);
	ASSERT(v->domain);
	if (id == DOMID_SELF || id == v->domain->id) {
		domain_get(v->domain);
		peer->d = v->domain;
	} else {
		peer->d = domain_find(id);
	}
	peer->id = id;
	return peer->d;
}

void gnttab_peer_put(struct gnttab_peer *peer)
{
	domain_put(peer->d);
	peer->d = NULL;
}

/* Map */

static int16_t check_map(const struct gnttab_map_grant_ref *op)
{
	/* No device sees guest-physical memory: there is no IOMMU to map it in. */
	if (op->flags & GNTMAP_device_map)
		return GNTST_no_device_space;
	if (!(op->flags & GNTMAP_host_map) || (op->flags & GNTMAP_contains_pte))
		return GNTST_general_error;
	if (op->host_addr & PAGE_MASK)
		return GNTST_bad_virt_addr;
	return GNTST_okay;
}

static int16_t map_page(struct domain *d, gfn_t g, mfn_t m, bool readonly)
{
	switch (arch_p2m_map(d, g, m, 0, readonly ? P2M_GRANT_RO : P2M_GRANT)) {
	case 0:
		return GNTST_okay;
	case -XEN_ENOMEM:
		return GNTST_no_space;
	}
	/* Beyond what it can address, or something is there. */
	return GNTST_bad_virt_addr;
}

static int16_t map_one(struct domain *d, struct domain *granter, struct gnttab_map_grant_ref *op)
{
	struct grant_table *t = d->grants;
	bool readonly = op->flags & GNTMAP_readonly;
	struct grant_use use = { granter, op->ref, readonly ? GRANT_READ : GRANT_WRITE };
	gfn_t g = gfn(op->host_addr >> PAGE_SHIFT);
	grant_handle_t handle;
	struct grant_page page;
	int16_t status = check_map(op);

	if (status)
		return status;
	handle = handle_alloc(t);
	if (handle == HANDLE_NONE)
		return GNTST_no_space;
	status = grant_begin(&use, d->id, GRANT_MAP, &page);
	if (status)
		goto free_handle;
	status = map_page(d, g, page.m, readonly);
	if (status)
		goto end_use;
	domain_get(granter);
	handle_publish(t, handle,
		       (struct maptrack){ .granter = granter,
					  .g = g,
					  .ref = op->ref,
					  .flags = readonly ? GNTMAP_readonly : 0 });
	perfc(grant_maps);
	trace(TRC_MEM_PAGE_GRANT_MAP, granter->id);
	op->handle = handle;
	op->dev_bus_addr = 0;
	return GNTST_okay;
end_use:
	grant_end(&use);
free_handle:
	handle_free(t, handle);
	return status;
}

void gnttab_map(struct vcpu *v, struct gnttab_map_grant_ref *op, unsigned nr)
{
	struct gnttab_peer peer = { 0 };

	for (unsigned i = 0; i < nr; i++) {
		struct domain *granter = gnttab_peer_get(&peer, v, op[i].dom);

		op[i].status = granter ? map_one(v->domain, granter, &op[i]) : GNTST_bad_domain;
	}
	gnttab_peer_put(&peer);
}

/* Unmap */

/* Take handle @handle, mapped at @g, out of the table: nobody else can unmap it now. */
static int16_t take_handle(struct grant_table *t, grant_handle_t handle, gfn_t g,
			   struct maptrack *ret_was)
{
	int16_t status = GNTST_bad_handle;
	struct maptrack *e;

	spin_lock(&t->maptrack_lock);
	e = handle_entry(t, handle);
	if (e && e->granter) {
		status = e->g.n == g.n ? GNTST_okay : GNTST_bad_virt_addr;
		if (!status) {
			*ret_was = *e;
			e->granter = NULL;
		}
	}
	spin_unlock(&t->maptrack_lock);
	return status;
}

/* Nothing else takes a grant's page from its place, and it is no part of a larger one. */
static void unmap_page(struct domain *d, gfn_t g)
{
	int rc = arch_p2m_unmap(d, g);

	ASSERT(!rc);
}

/* After the flush: the granter hears of it, the page is let go. */
static void end_mapping(struct grant_table *t, grant_handle_t handle, const struct maptrack *was)
{
	struct grant_use use = { was->granter, was->ref,
				 (was->flags & GNTMAP_readonly) ? GRANT_READ : GRANT_WRITE };

	perfc(grant_unmaps);
	trace(TRC_MEM_PAGE_GRANT_UNMAP, was->granter->id);
	grant_end(&use);
	domain_put(was->granter);
	handle_free(t, handle);
}

void gnttab_unmap(struct vcpu *v, struct gnttab_unmap_grant_ref *op, unsigned nr)
{
	struct domain *d = v->domain;
	struct maptrack was[GNTTAB_CHUNK];
	bool any = false;

	for (unsigned i = 0; i < nr; i++) {
		/* Nothing was mapped for devices. */
		op[i].status = op[i].dev_bus_addr ? GNTST_bad_dev_addr : GNTST_bad_virt_addr;
		if (!op[i].dev_bus_addr && !(op[i].host_addr & PAGE_MASK))
			op[i].status = take_handle(d->grants, op[i].handle,
						   gfn(op[i].host_addr >> PAGE_SHIFT), &was[i]);
		if (op[i].status)
			continue;
		unmap_page(d, was[i].g);
		any = true;
	}
	/* Once for all of them. */
	if (any)
		arch_domain_flush_tlb(d);
	for (unsigned i = 0; i < nr; i++)
		if (!op[i].status)
			end_mapping(d->grants, op[i].handle, &was[i]);
}

/* The end of the mapper */

int gnttab_relinquish(struct domain *d)
{
	struct grant_table *t = d->grants;
	unsigned done = 0;

	if (!t)
		return 0;
	for (; t->released < t->nr_maptrack_frames * MAPTRACK_PER_FRAME; t->released++) {
		struct maptrack was = *handle_entry(t, t->released);

		if (!was.granter)
			continue;
		if (done++ == RELEASE_AT_ONCE)
			return -XEN_ERESTART;
		/* It does not run: nothing is cached that a flush would drop. */
		unmap_page(d, was.g);
		end_mapping(t, t->released, &was);
	}
	return 0;
}
