/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op: giving memory to a domain and taking it back. An extent is 1 << order
 * pages; those of 2 MiB and 1 GiB are mapped in one piece where nothing smaller was before.
 */
#include <hv/frames.h>
#include <hv/printk.h>

#include <arch/arch.h>

#include "memory.h"
#include "p2m.h"

SUPPORT_PROVIDES(ballooning, "common");

#define ORDER_2M 9
#define ORDER_1G 18
#define PAGES_2M (1ull << ORDER_2M)
/* Pages taken out for one flush. */
#define BATCH 64u

_Static_assert(sizeof(struct xen_memory_reservation) == 32, "xen/memory.h, 64-bit callers");
_Static_assert(sizeof(struct compat_memory_reservation) == 20, "xen/memory.h, 32-bit callers");

/* struct xen_memory_reservation without its dependence on the caller's mode. */
struct extents {
	uint64_t list; /* guest address of frame numbers */
	uint64_t nr;
	uint32_t order, flags;
	domid_t domid;
};

static struct extents decode_extents(const struct hypercall *call, const void *arg)
{
	const struct compat_memory_reservation *c = arg;
	const struct xen_memory_reservation *r = arg;

	if (call->compat)
		return (struct extents){ c->extent_start, c->nr_extents, c->extent_order,
					 c->mem_flags, c->domid };
	return (struct extents){ (uintptr_t)r->extent_start.p, r->nr_extents, r->extent_order,
				 r->mem_flags, r->domid };
}

/* One extent of a call. */
struct extent {
	struct domain *d;
	gfn_t g;
	unsigned order;
	unsigned node;
	enum node_rule rule;
};

/* Taking memory back */

/* Bounded by the order; the p2m would say the same, but only page by page. */
static int check_ram(const struct extent *e)
{
	for (uint64_t i = 0; i < 1ull << e->order; i++) {
		enum p2m_type type;

		arch_p2m_lookup(e->d, gfn_add(e->g, i), &type);
		if (type != P2M_RAM)
			return -XEN_EINVAL;
		if (domain_gfn_pinned(e->d, gfn_add(e->g, i)))
			return -XEN_EBUSY;
	}
	return 0;
}

/* Whole or not at all, but for want of memory to split a larger page. */
static int decrease_extent(const struct extent *e)
{
	uint64_t nr = 1ull << e->order;
	int rc = check_ram(e);

	for (uint64_t i = 0; i < nr && !rc; i += BATCH) {
		struct p2m_page page[BATCH];
		unsigned n = 0;

		while (!rc && n < BATCH && i + n < nr) {
			rc = p2m_take(e->d, gfn_add(e->g, i + n), 1u << P2M_RAM, MFN_NONE,
				      &page[n]);
			n += !rc;
		}
		arch_domain_flush_tlb(e->d);
		while (n)
			p2m_let_go(&page[--n]);
	}
	return rc == -XEN_ENOENT ? -XEN_EINVAL : rc;
}

/* Single pages: as many as fit a batch for one flush. *ret_done: how many of them. */
static int decrease_pages(struct domain *d, const gfn_t *g, unsigned nr, unsigned *ret_done)
{
	struct p2m_page page[BATCH];
	unsigned n = 0;
	int rc = 0;

	while (n < nr && !rc) {
		rc = p2m_take(d, g[n], 1u << P2M_RAM, MFN_NONE, &page[n]);
		n += !rc;
	}
	*ret_done = n;
	if (n)
		arch_domain_flush_tlb(d);
	while (n)
		p2m_let_go(&page[--n]);
	return rc == -XEN_ENOENT ? -XEN_EINVAL : rc;
}

/* Giving memory */

static void unmap_pages(struct domain *d, gfn_t g, uint64_t nr)
{
	while (nr--)
		if (arch_p2m_unmap(d, gfn_add(g, nr)))
			panic("p2m: page just mapped at %#lx is not there", g.n + nr);
	arch_domain_flush_tlb(d);
}

static int map_pages(struct domain *d, gfn_t g, mfn_t m, uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++) {
		int rc = arch_p2m_map(d, gfn_add(g, i), mfn_add(m, i), 0, P2M_RAM);

		if (rc) {
			unmap_pages(d, g, i);
			return rc;
		}
	}
	return 0;
}

/* In one piece if the architecture can, and nothing smaller was there. */
static int map_2m(struct domain *d, gfn_t g, mfn_t m)
{
	int rc = arch_p2m_map(d, g, m, ORDER_2M, P2M_RAM);

	return rc == -XEN_EEXIST ? map_pages(d, g, m, PAGES_2M) : rc;
}

static int map_block(struct domain *d, gfn_t g, mfn_t m, unsigned order)
{
	if (order == ORDER_1G)
		return arch_p2m_map(d, g, m, order, P2M_RAM);
	if (order < ORDER_2M)
		return map_pages(d, g, m, 1ull << order);
	for (uint64_t i = 0; i < 1ull << order; i += PAGES_2M) {
		int rc = map_2m(d, gfn_add(g, i), mfn_add(m, i));

		if (rc) {
			unmap_pages(d, g, i);
			return rc;
		}
	}
	return 0;
}

/*
 * What is larger than 2 MiB takes long to zero: that is done in pieces, with others' turns
 * between, and what is not finished waits with the domain for the call to go on.
 */

static struct domain_clearing take_waiting(const struct extent *e)
{
	struct domain_clearing c;

	spin_lock(&e->d->lock);
	c = e->d->clearing;
	e->d->clearing.nr = 0;
	spin_unlock(&e->d->lock);
	/* Another call's, for something else. */
	if (c.nr && (c.nr != 1ull << e->order ||
		     (e->rule == NODE_EXACT && frames_node_of(c.start) != e->node))) {
		frames_free(c.start, (unsigned)__builtin_ctzll(c.nr));
		c.nr = 0;
	}
	return c;
}

static int let_wait(struct domain *d, const struct domain_clearing *c)
{
	bool kept = false;

	spin_lock(&d->lock);
	if (!d->clearing.nr) {
		d->clearing = *c;
		kept = true;
	}
	spin_unlock(&d->lock);
	if (!kept)
		frames_free(c->start, (unsigned)__builtin_ctzll(c->nr));
	return -XEN_ERESTART;
}

void reservation_relinquish(struct domain *d)
{
	if (d->clearing.nr)
		frames_free(d->clearing.start, (unsigned)__builtin_ctzll(d->clearing.nr));
	d->clearing.nr = 0;
}

/* -XEN_ERESTART: some of it has been done. */
static __attribute__((cold, noinline)) int alloc_large(const struct extent *e, mfn_t *ret_m)
{
	struct domain_clearing c = take_waiting(e);
	enum frames_content content;

	if (!c.nr) {
		c.start = frames_take(e->d, e->order, e->node, e->rule, &content);
		if (!mfn_valid(c.start))
			return -XEN_ENOMEM;
		c.nr = 1ull << e->order;
		c.done = content == FRAMES_ZERO ? c.nr : 0;
	}
	while (c.done < c.nr) {
		arch_clear_frames(arch_frame_map(mfn_add(c.start, c.done)), PAGES_2M * PAGE_SIZE);
		c.done += PAGES_2M;
		if (c.done < c.nr && hypercall_preempt())
			return let_wait(e->d, &c);
	}
	frames_assign(c.start, e->order, e->d);
	*ret_m = c.start;
	return 0;
}

static int populate_locked(const struct extent *e)
{
	mfn_t m = MFN_NONE;
	int rc = 0;

	if (unlikely(e->order > ORDER_2M))
		rc = alloc_large(e, &m);
	else
		m = frames_alloc_domain(e->d, e->order, e->node, e->rule);
	if (rc || !mfn_valid(m))
		return rc ? rc : -XEN_ENOMEM;
	rc = map_block(e->d, e->g, m, e->order);
	if (rc)
		frames_put(m, e->order);
	return rc;
}

static int populate_extent(const struct extent *e)
{
	uint64_t nr = 1ull << e->order;
	int rc = p2m_begin(e->d, nr);

	if (rc)
		return rc;
	rc = populate_locked(e);
	p2m_end(e->d, nr);
	return rc;
}

/* Lists */

/* The domain whose memory changes. Without ballooning none changes its own. */
static int find_target(struct vcpu *v, unsigned op, domid_t id, struct domain **ret_d)
{
	int rc = memory_target(v, op, id, ret_d);

	if (!rc && !SUPPORT_ENABLED(ballooning) && *ret_d == v->domain) {
		domain_put(*ret_d);
		rc = -XEN_ENOSYS;
	}
	return rc;
}

/* Orders a caller may use: a guest gives back and takes again in pieces of 2 MiB. */
static unsigned max_order(const struct vcpu *v)
{
	return v->domain->privileged ? ORDER_1G : ORDER_2M;
}

static int read_extent(struct vcpu *v, const struct hypercall *call, const struct extents *l,
		       uint64_t i, gfn_t *ret_g)
{
	int rc = memory_read_gfn(v, call, l->list, i, ret_g);

	if (!rc && (ret_g->n & ((1ull << l->order) - 1)))
		rc = -XEN_EINVAL;
	return rc;
}

/* NUMA: virtual nodes are not offered, so one that must be met cannot be. */
static int choose_node(struct extent *e, uint32_t flags)
{
	unsigned node = XENMEMF_get_node(flags);

	e->node = NODE_ANY;
	e->rule = NODE_PREFER;
	if (flags & XENMEMF_vnode)
		return flags & XENMEMF_exact_node_request ? -XEN_EINVAL : 0;
	if (node != XENMEMF_get_node(0))
		e->node = node;
	if (!(flags & XENMEMF_exact_node_request))
		return 0;
	e->rule = NODE_EXACT;
	return e->node < frames_nr_nodes() ? 0 : -XEN_EINVAL;
}

/*
 * The result is how many extents were done in all; an error only if that is none, and of
 * errors that more memory would cure not even that.
 */
static long result(uint64_t done, int rc)
{
	return done || rc == -XEN_ENOMEM ? (long)done : rc;
}

/* Do each extent until one fails. Between any two, another's turn may come. */
static long each_extent(struct vcpu *v, const struct hypercall *call, const struct extents *l,
			struct extent *e, int (*fn)(const struct extent *e))
{
	uint64_t i = memory_start(call);
	int rc = 0;

	if (i > l->nr)
		return -XEN_EINVAL;
	while (i < l->nr) {
		rc = read_extent(v, call, l, i, &e->g);
		if (!rc)
			rc = fn(e);
		if (rc == -XEN_ERESTART)
			return memory_continue(v, call, i);
		if (rc)
			break;
		if (++i < l->nr && hypercall_preempt())
			return memory_continue(v, call, i);
	}
	return result(i, rc);
}

static long decrease_list(struct vcpu *v, const struct hypercall *call, const struct extents *l,
			  struct domain *d)
{
	uint64_t i = memory_start(call);
	int rc = 0;

	if (i > l->nr)
		return -XEN_EINVAL;
	while (i < l->nr && !rc) {
		gfn_t g[BATCH];
		unsigned n = 0, done = 0;
		int read_rc = 0;

		while (n < BATCH && i + n < l->nr && !read_rc) {
			read_rc = read_extent(v, call, l, i + n, &g[n]);
			n += !read_rc;
		}
		rc = decrease_pages(d, g, n, &done);
		i += done;
		if (!rc)
			rc = read_rc;
		if (!rc && i < l->nr && hypercall_preempt())
			return memory_continue(v, call, i);
	}
	return result(i, rc);
}

long memory_decrease_reservation(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct extents l = decode_extents(call, arg);
	struct extent e = { .order = l.order };
	long rc;

	/* Page by page, whoever asks. */
	if (l.order > ORDER_2M)
		return -XEN_EINVAL;
	rc = find_target(v, XENMEM_decrease_reservation, l.domid, &e.d);
	if (rc)
		return rc;
	rc = p2m_begin(e.d, 0);
	if (!rc) {
		rc = l.order ? each_extent(v, call, &l, &e, decrease_extent)
			     : decrease_list(v, call, &l, e.d);
		p2m_end(e.d, 0);
	}
	domain_put(e.d);
	return rc;
}

long memory_populate_physmap(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct extents l = decode_extents(call, arg);
	struct extent e = { .order = l.order };
	long rc;

	if (l.order > max_order(v))
		return -XEN_EINVAL;
	/* Memory that is not there until it is touched is not offered. */
	if (l.flags & XENMEMF_populate_on_demand)
		return -XEN_EOPNOTSUPP;
	rc = choose_node(&e, l.flags);
	if (!rc)
		rc = find_target(v, XENMEM_populate_physmap, l.domid, &e.d);
	if (rc)
		return rc;
	rc = each_extent(v, call, &l, &e, populate_extent);
	domain_put(e.d);
	return rc;
}

/* Memory without a place in the guest's map could never be reached. */
long memory_increase_reservation(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return -XEN_EOPNOTSUPP;
}

/* For guests that know machine frames: the header says so. */
long memory_exchange(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return -XEN_EOPNOTSUPP;
}

long memory_claim_pages(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct extents l = decode_extents(call, arg);
	struct domain *d;
	long rc;

	rc = memory_target(v, XENMEM_claim_pages, l.domid, &d);
	if (rc)
		return rc;
	rc = l.list || l.order || l.flags ? -XEN_EINVAL : p2m_begin(d, 0);
	if (!rc) {
		rc = frames_claim(d, l.nr);
		p2m_end(d, 0);
	}
	domain_put(d);
	return rc;
}
