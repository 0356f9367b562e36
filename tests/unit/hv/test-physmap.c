/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op between domains: a toolstack fills, maps and asks another domain; what it may
 * not do without the right; and what becomes of it when either dies. test_domain is the
 * toolstack, privileged unless a test says otherwise.
 */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <candor/support.h>
#include <xen/memory.h>

#include <hv/gnttab.h>

SUPPORT_TEST(ballooning, "unit/hv-physmap");

#define LIST (ARG + 0x1000)
#define LIST2 (ARG + 0x2000)
#define LIST3 (ARG + 0x3000)

static int toolstack_setup(void **state)
{
	if (pair_setup(state))
		return -1;
	test_domain->privileged = true;
	peer_domain->max_pages = 3000;
	return 0;
}

static long memory_op(unsigned cmd, void *arg, size_t size)
{
	return hc_arg(__HYPERVISOR_memory_op, cmd, arg, size);
}

static enum p2m_type type_at(struct domain *d, uint64_t g)
{
	enum p2m_type type;

	arch_p2m_lookup(d, gfn(g), &type);
	return type;
}

static long reservation(unsigned cmd, domid_t dom, const uint64_t *list, uint64_t nr,
			unsigned order, unsigned flags)
{
	struct xen_memory_reservation r = {
		.nr_extents = nr, .extent_order = order, .mem_flags = flags, .domid = dom
	};

	r.extent_start.p = (void *)(uintptr_t)(list ? LIST : 0);
	if (list)
		memcpy(fake_guest(test_domain, LIST), list, nr * sizeof(*list));
	return memory_op(cmd, &r, sizeof(r));
}

static long populate(domid_t dom, uint64_t g, unsigned order, unsigned flags)
{
	return reservation(XENMEM_populate_physmap, dom, &g, 1, order, flags);
}

static void a_toolstack_fills_a_domain(void **state)
{
	static const uint64_t list[] = { 512, 1024, 1536 };
	uint64_t before = frames_nr_free();

	fake_host.preempt_every = 1;
	assert_int_equal(reservation(XENMEM_populate_physmap, PEER_DOMID, list, 3, 9, 0), 3);
	assert_int_equal(hc_restarts, 2);
	assert_int_equal(peer_domain->nr_pages, TEST_RAM_PAGES + 3 * 512);
	assert_int_equal(
		frame_owner(arch_p2m_lookup(peer_domain, gfn(1540), &(enum p2m_type){ 0 })),
		PEER_DOMID);
	assert_int_equal(reservation(XENMEM_decrease_reservation, PEER_DOMID, list, 3, 9, 0), 3);
	assert_int_equal(frames_nr_free(), before);
	assert_int_equal(populate(77, 512, 0, 0), -XEN_ESRCH);
	test_domain->privileged = false;
	assert_int_equal(populate(PEER_DOMID, 512, 0, 0), -XEN_EPERM);
	assert_int_equal(populate(77, 512, 0, 0), -XEN_ESRCH);
	test_domain->target = PEER_DOMID;
	assert_int_equal(populate(PEER_DOMID, 512, 0, 0), 1);
}

static void nothing_is_given_to_the_dying(void **state)
{
	domain_get(peer_domain);
	peer_domain->vcpu[0]->running = true;
	assert_int_equal(domain_kill(peer_domain), -XEN_ERESTART);
	assert_int_equal(populate(PEER_DOMID, 512, 0, 0), -XEN_EINVAL);
	/* Nor does it end while something is being given. */
	peer_domain->vcpu[0]->running = false;
	peer_domain->p2m_users = 1;
	assert_int_equal(domain_kill(peer_domain), -XEN_ERESTART);
	peer_domain->p2m_users = 0;
	domain_put(peer_domain);
}

static void orders_and_flags(void **state)
{
	assert_int_equal(populate(PEER_DOMID, 1024, 18, 0), -XEN_EINVAL); /* not aligned */
	assert_int_equal(populate(PEER_DOMID, 0, 19, 0), -XEN_EINVAL);
	assert_int_equal(populate(PEER_DOMID, 1 << 18, 18, 0), 0); /* more than it may have */
	assert_int_equal(populate(PEER_DOMID, 512, 0, XENMEMF_populate_on_demand), -XEN_EOPNOTSUPP);
	assert_int_equal(populate(PEER_DOMID, 512, 0, XENMEMF_exact_node(0)), 1);
	assert_int_equal(populate(PEER_DOMID, 513, 0, XENMEMF_exact_node(1)), -XEN_EINVAL);
	assert_int_equal(populate(PEER_DOMID, 513, 0, XENMEMF_node(5)), 1); /* only wished */
	assert_int_equal(populate(PEER_DOMID, 514, 0, XENMEMF_vnode | XENMEMF_node(0)), 1);
	assert_int_equal(populate(PEER_DOMID, 515, 0, XENMEMF_vnode | XENMEMF_exact_node(0)),
			 -XEN_EINVAL);
	assert_int_equal(reservation(XENMEM_increase_reservation, PEER_DOMID, NULL, 1, 0, 0),
			 -XEN_EOPNOTSUPP);
}

static void without_memory(void **state)
{
	uint64_t before;

	for (unsigned n = 1; n < 4; n++) {
		alloc_fail_at(n);
		assert_int_equal(populate(PEER_DOMID, 512 * n, 9, 0), n > 1);
		assert_int_equal(alloc_failed(), n == 1);
	}
	alloc_fail_at(0);
	fake_host.fail_p2m_map = 1;
	before = frames_nr_free();
	assert_int_equal(populate(PEER_DOMID, 100, 0, 0), 0);
	assert_int_equal(frames_nr_free(), before);
	assert_int_equal(peer_domain->pages_to_come, 0);
}

static struct xen_add_to_physmap_batch foreign(domid_t from, unsigned nr)
{
	struct xen_add_to_physmap_batch b = { .domid = DOMID_SELF,
					      .space = XENMAPSPACE_gmfn_foreign,
					      .size = (uint16_t)nr,
					      .u.foreign_domid = from };

	b.idxs.p = (void *)(uintptr_t)LIST;
	b.gpfns.p = (void *)(uintptr_t)LIST2;
	b.errs.p = (void *)(uintptr_t)LIST3;
	return b;
}

#define BATCH(b) memory_op(XENMEM_add_to_physmap_batch, &(b), sizeof(b))

static void foreign_pages(void **state)
{
	struct xen_add_to_physmap_batch b = foreign(PEER_DOMID, 5);
	uint64_t *idx = fake_guest(test_domain, LIST), *at = fake_guest(test_domain, LIST2);
	int32_t *err = fake_guest(test_domain, LIST3);
	struct xen_remove_from_physmap r = { .domid = DOMID_SELF, .gpfn = 500 };
	mfn_t m = arch_p2m_lookup(peer_domain, gfn(7), &(enum p2m_type){ 0 });

	for (unsigned i = 0; i < 5; i++) {
		idx[i] = 7 + i;
		at[i] = 500 + i;
		err[i] = 1;
	}
	idx[2] = 999; /* nothing there */
	at[3] = ~0ull;
	fake_host.preempt_every = 1;
	assert_int_equal(BATCH(b), 0);
	assert_int_equal(hc_restarts, 4);
	assert_int_equal(err[0], 0);
	assert_int_equal(err[1], 0);
	assert_int_equal(err[2], -XEN_EINVAL);
	assert_int_equal(err[3], -XEN_EINVAL);
	assert_int_equal(err[4], 0);
	assert_int_equal(type_at(test_domain, 500), P2M_FOREIGN);
	assert_int_equal(frame_refs(m), 2);
	strcpy(fake_guest(test_domain, 500 << PAGE_SHIFT), "written by the toolstack");
	assert_string_equal(fake_guest(peer_domain, 7 << PAGE_SHIFT), "written by the toolstack");
	/* Over one of the same, and then away. */
	b.size = 1;
	idx[0] = 8;
	assert_int_equal(BATCH(b), 0);
	assert_int_equal(err[0], 0);
	assert_int_equal(frame_refs(m), 1);
	assert_int_equal(memory_op(XENMEM_remove_from_physmap, &r, sizeof(r)), 0);
	assert_int_equal(type_at(test_domain, 500), P2M_NONE);
	assert_int_equal(memory_op(XENMEM_remove_from_physmap, &r, sizeof(r)), -XEN_ENOENT);
	/* The page that is mapped outlives its owner, and the owner's shell the page. */
	test_domain_destroy(peer_domain);
	peer_domain = domain_find(PEER_DOMID);
	assert_non_null(peer_domain);
	assert_int_equal(peer_domain->nr_pages, 2);
	domain_put(peer_domain);
	r.gpfn = 501;
	assert_int_equal(memory_op(XENMEM_remove_from_physmap, &r, sizeof(r)), 0);
	r.gpfn = 504;
	assert_int_equal(memory_op(XENMEM_remove_from_physmap, &r, sizeof(r)), 0);
	assert_null(domain_find(PEER_DOMID));
	assert_int_equal(test_domain_create(PEER_DOMID, 1, &peer_domain), 0);
}

static void the_mapper_of_foreign_pages_dies(void **state)
{
	struct xen_add_to_physmap_batch b = foreign(PEER_DOMID, 1);
	mfn_t m = arch_p2m_lookup(peer_domain, gfn(7), &(enum p2m_type){ 0 });

	*(uint64_t *)fake_guest(test_domain, LIST) = 7;
	*(uint64_t *)fake_guest(test_domain, LIST2) = 500;
	assert_int_equal(BATCH(b), 0);
	assert_int_equal(frame_refs(m), 2);
	test_domain_destroy(test_domain);
	assert_int_equal(frame_refs(m), 1);
	assert_int_equal(test_domain_create(TEST_DOMID, 1, &test_domain), 0);
}

static void foreign_pages_that_are_refused(void **state)
{
	struct xen_add_to_physmap_batch b = foreign(77, 1);
	struct xen_add_to_physmap a = { .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign };
	int32_t *err = fake_guest(test_domain, LIST3);

	assert_int_equal(BATCH(b), -XEN_ESRCH);
	b = foreign(PEER_DOMID, 1);
	test_domain->privileged = false;
	assert_int_equal(BATCH(b), -XEN_EPERM);
	test_domain->target = PEER_DOMID;
	*(uint64_t *)fake_guest(test_domain, LIST) = 7;
	*(uint64_t *)fake_guest(test_domain, LIST2) = 500;
	assert_int_equal(BATCH(b), 0);
	assert_int_equal(*err, 0);
	test_domain->privileged = true;
	b = foreign(TEST_DOMID, 1); /* its own */
	assert_int_equal(BATCH(b), 0);
	assert_int_equal(*err, -XEN_EINVAL);
	b = foreign(PEER_DOMID, 1);
	b.space = XENMAPSPACE_gmfn_range;
	assert_int_equal(BATCH(b), -XEN_EINVAL);
	b.space = XENMAPSPACE_shared_info;
	assert_int_equal(BATCH(b), -XEN_EINVAL); /* the spare field is not 0 */
	b = foreign(PEER_DOMID, 1);
	b.errs.p = (void *)(uintptr_t)BAD;
	assert_int_equal(BATCH(b), -XEN_EFAULT);
	b.idxs.p = (void *)(uintptr_t)BAD;
	assert_int_equal(BATCH(b), -XEN_EFAULT);
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), -XEN_ENOSYS);
	/* A page that is not RAM of that domain's own is not mapped. */
	a = (struct xen_add_to_physmap){ .domid = PEER_DOMID,
					 .space = XENMAPSPACE_shared_info,
					 .gpfn = 90 };
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), 0);
	assert_int_equal(type_at(peer_domain, 90), P2M_SHARED);
	b = foreign(PEER_DOMID, 1);
	*(uint64_t *)fake_guest(test_domain, LIST) = 90;
	assert_int_equal(BATCH(b), 0);
	assert_int_equal(*err, -XEN_EINVAL);
}

/* A page of its own moves, alone or with others; a pinned one does not. */
static void pages_move(void **state)
{
	struct xen_add_to_physmap a = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn, .idx = 20, .gpfn = 300
	};
	uint64_t before = frames_nr_free();

	strcpy(fake_guest(test_domain, 20 << PAGE_SHIFT), "moved");
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), 0);
	assert_int_equal(type_at(test_domain, 20), P2M_NONE);
	assert_string_equal(fake_guest(test_domain, 300 << PAGE_SHIFT), "moved");
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), -XEN_EINVAL);
	a = (struct xen_add_to_physmap){ .domid = DOMID_SELF,
					 .space = XENMAPSPACE_gmfn_range,
					 .size = 4,
					 .idx = 40,
					 .gpfn = 301 };
	fake_host.preempt_every = 1;
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), 0);
	assert_int_equal(hc_restarts, 3);
	assert_int_equal(type_at(test_domain, 304), P2M_RAM);
	assert_int_equal(type_at(test_domain, 43), P2M_NONE);
	assert_int_equal(frames_nr_free(), before);
	/* Over another page of its own, which goes; and back if it cannot be mapped. */
	a = (struct xen_add_to_physmap){
		.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn, .idx = 301, .gpfn = 302
	};
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), 0);
	assert_int_equal(frames_nr_free(), before + 1);
	a.idx = 302;
	a.gpfn = 301;
	fake_host.fail_p2m_map = 1;
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), -XEN_ENOMEM);
	assert_int_equal(type_at(test_domain, 302), P2M_RAM);
	assert_int_equal(domain_pin_gfn(test_domain, gfn(302)), 0);
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), -XEN_EBUSY);
	domain_unpin_gfn(test_domain, gfn(302));
	a.gpfn = a.idx;
	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), 0);
}

static long claim(domid_t dom, uint64_t pages)
{
	return reservation(XENMEM_claim_pages, dom, NULL, pages, 0, 0);
}

static void claims(void **state)
{
	uint64_t nr_free = frames_nr_free();
	mfn_t m;

	assert_int_equal(claim(PEER_DOMID, TEST_RAM_PAGES + 1024), 0);
	assert_int_equal(frames_nr_claimed(), 1024);
	assert_int_equal(frames_nr_free(), nr_free);
	assert_int_equal(claim(PEER_DOMID, TEST_RAM_PAGES + 1024), -XEN_EINVAL); /* one at a time */
	assert_int_equal(claim(PEER_DOMID, 0), 0);
	assert_int_equal(frames_nr_claimed(), 0);
	assert_int_equal(claim(PEER_DOMID, TEST_RAM_PAGES - 1), -XEN_EINVAL);
	assert_int_equal(claim(PEER_DOMID, 3001), -XEN_EINVAL); /* more than it may have */
	peer_domain->max_pages = 1 << 20;
	assert_int_equal(claim(PEER_DOMID, nr_free + TEST_RAM_PAGES + 1), -XEN_ENOMEM);
	/* All there is, for the peer: nobody else gets a page of it. */
	assert_int_equal(claim(PEER_DOMID, nr_free + TEST_RAM_PAGES), 0);
	m = frames_alloc(0);
	assert_false(mfn_valid(m));
	test_domain->max_pages = 3000;
	assert_int_equal(populate(DOMID_SELF, 512, 0, 0), 0);
	assert_int_equal(populate(PEER_DOMID, 512, 9, 0), 1);
	assert_int_equal(frames_nr_claimed(), nr_free - 512);
	test_domain->privileged = false;
	assert_int_equal(claim(PEER_DOMID, 0), -XEN_EPERM);
	assert_int_equal(claim(DOMID_SELF, 0), -XEN_EPERM);
	/* What it was promised is everybody's again when it dies. */
	test_domain_destroy(peer_domain);
	assert_int_equal(frames_nr_claimed(), 0);
	assert_int_equal(test_domain_create(PEER_DOMID, 1, &peer_domain), 0);
}

static void the_toolstack_sets_a_map(void **state)
{
	static const struct arch_e820_entry map[] = { { 0, 0x40000, 1 }, { 0xfc000000, 4096, 3 } };
	struct xen_foreign_memory_map f = { .domid = PEER_DOMID, .map = { .nr_entries = 2 } };
	struct xen_memory_map m = { .nr_entries = 10 };

	f.map.buffer.p = (void *)(uintptr_t)LIST;
	memcpy(fake_guest(test_domain, LIST), map, sizeof(map));
#define SET() memory_op(XENMEM_set_memory_map, &f, sizeof(f))
	assert_int_equal(SET(), 0);
	assert_int_equal(SET(), 0); /* instead of the first */
	f.map.nr_entries = 129;
	assert_int_equal(SET(), -XEN_EINVAL);
	f.map.nr_entries = 0;
	assert_int_equal(SET(), -XEN_EINVAL);
	f.map.nr_entries = 2;
	f.map.buffer.p = (void *)(uintptr_t)BAD;
	assert_int_equal(SET(), -XEN_EFAULT);
	alloc_fail_at(1);
	assert_int_equal(SET(), -XEN_ENOMEM);
	alloc_fail_at(0);
	test_domain->privileged = false;
	assert_int_equal(SET(), -XEN_EPERM);
	change_places();
	m.buffer.p = (void *)(uintptr_t)LIST;
	assert_int_equal(memory_op(XENMEM_memory_map, &m, sizeof(m)), 0);
	assert_int_equal(m.nr_entries, 2);
	assert_memory_equal(fake_guest(test_domain, LIST), map, sizeof(map));
}

static void what_a_toolstack_asks(void **state)
{
	struct xen_memory_domain peer = { .domid = PEER_DOMID };
	struct xen_pod_target t = { .target_pages = 32,
				    .tot_pages = 1,
				    .pod_cache_pages = 1,
				    .pod_entries = 1,
				    .domid = PEER_DOMID };
	struct xen_reserved_device_memory_map rdm = { .flags = 1, .nr_entries = 9 };
	struct xen_vnuma_topology_info vnuma = { .domid = PEER_DOMID };

	assert_int_equal(memory_op(XENMEM_current_reservation, &peer, sizeof(peer)),
			 TEST_RAM_PAGES);
	assert_int_equal(memory_op(XENMEM_maximum_reservation, &peer, sizeof(peer)), 3000);
	assert_int_equal(memory_op(XENMEM_maximum_gpfn, &peer, sizeof(peer)), TEST_RAM_PAGES - 1);
	assert_int_equal(memory_op(XENMEM_maximum_ram_page, &peer, 0), 4095);
	assert_int_equal(memory_op(XENMEM_get_sharing_freed_pages, &peer, 0), 0);
	assert_int_equal(memory_op(XENMEM_get_sharing_shared_pages, &peer, 0), 0);
	assert_int_equal(memory_op(XENMEM_set_pod_target, &t, sizeof(t)), 0);
	assert_int_equal(t.tot_pages, TEST_RAM_PAGES);
	assert_int_equal(t.pod_cache_pages, 0);
	assert_int_equal(t.pod_entries, 0);
	assert_int_equal(memory_op(XENMEM_get_pod_target, &t, sizeof(t)), 0);
	assert_int_equal(memory_op(XENMEM_reserved_device_memory_map, &rdm, sizeof(rdm)), 0);
	assert_int_equal(rdm.nr_entries, 0);
	assert_int_equal(memory_op(XENMEM_get_vnumainfo, &vnuma, sizeof(vnuma)), -XEN_EOPNOTSUPP);
	test_domain->privileged = false;
	assert_int_equal(memory_op(XENMEM_set_pod_target, &t, sizeof(t)), -XEN_EPERM);
	assert_int_equal(memory_op(XENMEM_reserved_device_memory_map, &rdm, sizeof(rdm)),
			 -XEN_EPERM);
	assert_int_equal(memory_op(XENMEM_current_reservation, &peer, sizeof(peer)), -XEN_EPERM);
}

/* Domains come, fill up, map one another, and go: ten thousand times, and nothing is lost. */
static void ten_thousand_domains(void **state)
{
	struct xen_add_to_physmap_batch b = foreign(9, 1);
	struct xen_remove_from_physmap r = { .domid = DOMID_SELF, .gpfn = 500 };
	uint64_t before = 0;

	for (unsigned i = 0; i < 10000; i++) {
		struct domain *d;
		mfn_t m;

		assert_int_equal(test_domain_create(9, 1 + i % 3, &d), 0);
		d->max_pages = 600;
		assert_int_equal(populate(9, i % 64, 0, 0), 1);
		if (i % 50 == 0)
			assert_int_equal(populate(9, 512, 9, 0), 1);
		assert_int_equal(gnttab_get_frame(d, GNTTAB_SHARED, i % 4, &m), 0);
		frame_put(m);
		*(uint64_t *)fake_guest(test_domain, LIST) = i % 64;
		*(uint64_t *)fake_guest(test_domain, LIST2) = 500;
		assert_int_equal(BATCH(b), 0);
		assert_int_equal(type_at(test_domain, 500), P2M_FOREIGN);
		test_domain_destroy(d);
		assert_int_equal(memory_op(XENMEM_remove_from_physmap, &r, sizeof(r)), 0);
		if (i == 100)
			before = frames_nr_free();
		else if (i > 100)
			assert_int_equal(frames_nr_free(), before);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, toolstack_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_toolstack_fills_a_domain),
		T(nothing_is_given_to_the_dying),
		T(orders_and_flags),
		T(without_memory),
		T(foreign_pages),
		T(the_mapper_of_foreign_pages_dies),
		T(foreign_pages_that_are_refused),
		T(pages_move),
		T(claims),
		T(the_toolstack_sets_a_map),
		T(what_a_toolstack_asks),
		T(ten_thousand_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
