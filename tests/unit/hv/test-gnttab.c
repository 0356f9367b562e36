/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables between two domains: sizes, versions, maps, copies, and what happens to
 * them when either dies. test_domain grants; the peer uses, unless they change places.
 */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <xen/grant_table.h>

#include <candor/support.h>
#include <xen/memory.h>

#include <hv/gnttab.h>

SUPPORT_TEST(gnttab_v1, "unit/hv-gnttab");
SUPPORT_TEST(gnttab_v2, "unit/hv-gnttab");
SUPPORT_TEST(gnttab_domain_limits, "unit/hv-gnttab");

#define TABLE_GFN 200 /* where a domain sees its table */
#define STATUS_GFN 300
#define MAP_GPA (400ull << PAGE_SHIFT)
#define REF 20
#define PAGE_GFN 40 /* the page granted */

static long gnttab_op(unsigned cmd, void *arg, size_t size, unsigned nr)
{
	long rc;

	memcpy(fake_guest(test_domain, ARG), arg, size * nr);
	rc = hc(__HYPERVISOR_grant_table_op, cmd, ARG, nr);
	memcpy(arg, fake_guest(test_domain, ARG), size * nr);
	return rc;
}

static int add_frame(uint64_t idx, uint64_t g)
{
	struct xen_add_to_physmap a = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .idx = idx, .gpfn = g
	};

	return (int)hc_arg(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &a, sizeof(a));
}

static struct grant_entry_v1 *v1(struct domain *d, unsigned ref)
{
	return (struct grant_entry_v1 *)fake_guest(d, (uint64_t)TABLE_GFN << PAGE_SHIFT) + ref;
}

static union grant_entry_v2 *v2(struct domain *d, unsigned ref)
{
	return (union grant_entry_v2 *)fake_guest(d, (uint64_t)TABLE_GFN << PAGE_SHIFT) + ref;
}

static uint16_t *v2_status(struct domain *d, unsigned ref)
{
	return (uint16_t *)fake_guest(d, (uint64_t)STATUS_GFN << PAGE_SHIFT) + ref;
}

static int16_t set_version(unsigned version)
{
	struct gnttab_set_version s = { .version = version };

	return (int16_t)gnttab_op(GNTTABOP_set_version, &s, sizeof(s), 1);
}

static void grant(struct domain *d, domid_t to, unsigned ref, uint64_t g, uint16_t flags)
{
	*v1(d, ref) = (struct grant_entry_v1){ .flags = (uint16_t)(GTF_permit_access | flags),
					       .domid = to,
					       .frame = (uint32_t)g };
}

/* A pair whose first domain sees its table and grants REF to the second. */
static int grant_setup(void **state)
{
	if (pair_setup(state) || add_frame(0, TABLE_GFN))
		return -1;
	grant(test_domain, PEER_DOMID, REF, PAGE_GFN, 0);
	memset(fake_guest(test_domain, PAGE_GFN << PAGE_SHIFT), 0x5a, PAGE_SIZE);
	change_places();
	return 0;
}

static struct gnttab_map_grant_ref map_op(domid_t dom, unsigned ref, uint64_t gpa, uint32_t flags)
{
	struct gnttab_map_grant_ref m = {
		.host_addr = gpa, .flags = GNTMAP_host_map | flags, .ref = ref, .dom = dom
	};

	assert_int_equal(gnttab_op(GNTTABOP_map_grant_ref, &m, sizeof(m), 1), 0);
	return m;
}

static int16_t unmap(uint32_t handle, uint64_t gpa)
{
	struct gnttab_unmap_grant_ref u = { .host_addr = gpa, .handle = handle };

	assert_int_equal(gnttab_op(GNTTABOP_unmap_grant_ref, &u, sizeof(u), 1), 0);
	return u.status;
}

static enum p2m_type type_at(struct domain *d, uint64_t g)
{
	enum p2m_type type;

	arch_p2m_lookup(d, gfn(g), &type);
	return type;
}

static void sizes_and_their_limits(void **state)
{
	struct gnttab_query_size q = { .dom = DOMID_SELF };
	struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 3 };
	uint64_t *list = fake_guest(test_domain, ARG + 256);

	assert_int_equal(gnttab_op(GNTTABOP_query_size, &q, sizeof(q), 1), 0);
	assert_int_equal(q.status, GNTST_okay);
	assert_int_equal(q.nr_frames, 0);
	assert_int_equal(q.max_nr_frames, GNTTAB_DEFAULT_FRAMES);
	assert_int_equal(hc(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, ARG, 2), -XEN_EINVAL);
	q.dom = 77;
	assert_int_equal(gnttab_op(GNTTABOP_query_size, &q, sizeof(q), 1), 0);
	assert_int_equal(q.status, GNTST_bad_domain);
	q.dom = PEER_DOMID;
	assert_int_equal(gnttab_op(GNTTABOP_query_size, &q, sizeof(q), 1), 0);
	assert_int_equal(q.status, GNTST_permission_denied);
	test_domain->privileged = true;
	assert_int_equal(gnttab_op(GNTTABOP_query_size, &q, sizeof(q), 1), 0);
	assert_int_equal(q.status, GNTST_okay);
	s.frame_list.p = (void *)(uintptr_t)(ARG + 256);
	assert_int_equal(gnttab_op(GNTTABOP_setup_table, &s, sizeof(s), 1), 0);
	assert_int_equal(s.status, GNTST_okay);
	assert_int_equal(list[2], GFN_NONE.n);
	assert_int_equal(gnttab_nr_frames(test_domain), 3);
	assert_int_equal(add_frame(2, TABLE_GFN), 0);
	assert_int_equal(gnttab_op(GNTTABOP_setup_table, &s, sizeof(s), 1), 0);
	assert_int_equal(list[2], TABLE_GFN);
	s.nr_frames = GNTTAB_DEFAULT_FRAMES + 1;
	assert_int_equal(gnttab_op(GNTTABOP_setup_table, &s, sizeof(s), 1), 0);
	assert_int_equal(s.status, GNTST_general_error);
	s.nr_frames = 1;
	s.frame_list.p = (void *)(uintptr_t)BAD;
	assert_int_equal(gnttab_op(GNTTABOP_setup_table, &s, sizeof(s), 1), 0);
	assert_int_equal(s.status, GNTST_bad_virt_addr);
	alloc_fail_at(1);
	s.nr_frames = 9;
	assert_int_equal(gnttab_op(GNTTABOP_setup_table, &s, sizeof(s), 1), 0);
	assert_int_equal(s.status, GNTST_no_space);
	assert_int_equal(hc(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, BAD, 1), -XEN_EFAULT);
}

static void limits_of_domain_and_host(void **state)
{
	struct gnttab_limits host = gnttab_get_limits(), l = host;
	struct domain_config c = { .id = 9,
				   .nr_vcpus = 1,
				   .max_grant_frames = 2,
				   .max_maptrack_frames = 1,
				   .max_grant_version = 1 };
	struct domain *d;
	mfn_t m;

	assert_int_equal(domain_create(&c, &d), 0);
	assert_int_equal(gnttab_max_frames(d), 2);
	assert_int_equal(gnttab_get_frame(d, GNTTAB_SHARED, 1, &m), 0);
	frame_put(m);
	assert_int_equal(gnttab_get_frame(d, GNTTAB_SHARED, 2, &m), -XEN_EINVAL);
	assert_int_equal(gnttab_get_frame(d, GNTTAB_STATUS, 0, &m), -XEN_EINVAL);
	test_domain_destroy(d);
	c.max_grant_frames = 0;
	assert_int_equal(domain_create(&c, &d), -XEN_EINVAL);
	c.max_grant_frames = GNTTAB_DEFAULT_FRAMES + 1;
	assert_int_equal(domain_create(&c, &d), -XEN_EINVAL);
	/* The host's limit changes, and what is asked for then counts. */
	l.frames = GNTTAB_DEFAULT_FRAMES + 1;
	l.version = 1;
	assert_int_equal(gnttab_set_limits(l), 0);
	assert_int_equal(domain_create(&c, &d), 0);
	test_domain_destroy(d);
	c.max_grant_version = 2;
	assert_int_equal(domain_create(&c, &d), -XEN_EINVAL);
	c.max_grant_version = 0;
	c.max_maptrack_frames = (int32_t)l.maptrack_frames + 1;
	assert_int_equal(domain_create(&c, &d), -XEN_EINVAL);
	assert_int_equal(gnttab_set_limits(host), 0);
	l.version = 3;
	assert_int_equal(gnttab_set_limits(l), -XEN_EINVAL);
	l = host;
	l.frames = GNTTAB_CEILING_FRAMES + 1;
	assert_int_equal(gnttab_set_limits(l), -XEN_EINVAL);
	assert_int_equal(gnttab_get_limits().frames, host.frames);
	/* A domain of version 1 behaves as if there were no other. */
	c = (struct domain_config){ .id = 9,
				    .nr_vcpus = 1,
				    .max_grant_frames = -1,
				    .max_maptrack_frames = -1,
				    .max_grant_version = 1 };
	test_domain_destroy(test_domain);
	assert_int_equal(domain_create(&c, &test_domain), 0);
	assert_int_equal(fake_ram_add(test_domain, gfn(0), TEST_RAM_PAGES), 0);
	test_vcpu = test_domain->vcpu[0];
	assert_int_equal(set_version(2), -XEN_ENOSYS);
	assert_int_equal(set_version(1), 0);
	assert_int_equal(set_version(3), -XEN_EINVAL);
}

static void a_map_shows_the_page_and_the_use(void **state)
{
	struct gnttab_map_grant_ref m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
	struct domain *granter = peer_domain;

	assert_int_equal(m.status, GNTST_okay);
	assert_int_equal(type_at(test_domain, MAP_GPA >> PAGE_SHIFT), P2M_GRANT);
	assert_int_equal(*(uint8_t *)fake_guest(test_domain, MAP_GPA + 7), 0x5a);
	assert_int_equal(v1(granter, REF)->flags, GTF_permit_access | GTF_reading | GTF_writing);
	/* What the guest writes there is the granter's. */
	memset(fake_guest(test_domain, MAP_GPA), 0x11, 1);
	assert_int_equal(*(uint8_t *)fake_guest(granter, PAGE_GFN << PAGE_SHIFT), 0x11);
	assert_int_equal(unmap(m.handle + 1, MAP_GPA), GNTST_bad_handle);
	assert_int_equal(unmap(~0u, MAP_GPA), GNTST_bad_handle);
	assert_int_equal(unmap(m.handle, MAP_GPA + PAGE_SIZE), GNTST_bad_virt_addr);
	assert_int_equal(unmap(m.handle, MAP_GPA + 1), GNTST_bad_virt_addr);
	test_domain->arch->nr_flushes = 0;
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	assert_int_equal(test_domain->arch->nr_flushes, 1);
	assert_int_equal(type_at(test_domain, MAP_GPA >> PAGE_SHIFT), P2M_NONE);
	assert_int_equal(v1(granter, REF)->flags, GTF_permit_access);
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_bad_handle);
}

static void read_only_maps(void **state)
{
	struct gnttab_map_grant_ref m, w;
	uint8_t byte = 1;

	grant(peer_domain, PEER_DOMID, REF, PAGE_GFN, GTF_readonly);
	m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
	assert_int_equal(m.status, GNTST_general_error);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access | GTF_readonly);
	m = map_op(TEST_DOMID, REF, MAP_GPA, GNTMAP_readonly);
	assert_int_equal(m.status, GNTST_okay);
	assert_int_equal(type_at(test_domain, MAP_GPA >> PAGE_SHIFT), P2M_GRANT_RO);
	assert_int_equal(v1(peer_domain, REF)->flags,
			 GTF_permit_access | GTF_readonly | GTF_reading);
	assert_int_equal(arch_copy_to_guest(test_vcpu, MAP_GPA, &byte, 1), -XEN_EFAULT);
	assert_int_equal(arch_copy_from_guest(test_vcpu, &byte, MAP_GPA, 1), 0);
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	/* A reader and a writer: the use that stays is still shown. */
	grant(peer_domain, PEER_DOMID, REF, PAGE_GFN, 0);
	m = map_op(TEST_DOMID, REF, MAP_GPA, GNTMAP_readonly);
	w = map_op(TEST_DOMID, REF, MAP_GPA + PAGE_SIZE, 0);
	assert_int_equal(w.status, GNTST_okay);
	assert_int_equal(v1(peer_domain, REF)->flags,
			 GTF_permit_access | GTF_reading | GTF_writing);
	assert_int_equal(unmap(w.handle, MAP_GPA + PAGE_SIZE), GNTST_okay);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access | GTF_reading);
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
}

static void maps_that_are_refused(void **state)
{
	struct gnttab_map_grant_ref m;

	assert_int_equal(map_op(77, REF, MAP_GPA, 0).status, GNTST_bad_domain);
	assert_int_equal(map_op(TEST_DOMID, 512, MAP_GPA, 0).status, GNTST_bad_gntref);
	assert_int_equal(map_op(TEST_DOMID, ~0u, MAP_GPA, 0).status, GNTST_bad_gntref);
	assert_int_equal(map_op(TEST_DOMID, REF + 1, MAP_GPA, 0).status, GNTST_bad_gntref);
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA + 8, 0).status, GNTST_bad_virt_addr);
	assert_int_equal(map_op(TEST_DOMID, REF, BAD, 0).status, GNTST_bad_virt_addr);
	assert_int_equal(map_op(TEST_DOMID, REF, 0, 0).status, GNTST_bad_virt_addr); /* RAM */
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, GNTMAP_device_map).status,
			 GNTST_no_device_space);
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, GNTMAP_contains_pte).status,
			 GNTST_general_error);
	m = (struct gnttab_map_grant_ref){ .host_addr = MAP_GPA, .ref = REF, .dom = TEST_DOMID };
	assert_int_equal(gnttab_op(GNTTABOP_map_grant_ref, &m, sizeof(m), 1), 0);
	assert_int_equal(m.status, GNTST_general_error);
	/* Another's grant, no page, the hypervisor's page, transfers and what version 1 lacks. */
	grant(peer_domain, 5, REF, PAGE_GFN, 0);
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_bad_gntref);
	grant(peer_domain, PEER_DOMID, REF, 999, 0);
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_bad_page);
	grant(peer_domain, PEER_DOMID, REF, TABLE_GFN, 0);
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_bad_page);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
	v1(peer_domain, REF)->flags = GTF_accept_transfer;
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_bad_gntref);
	v1(peer_domain, REF)->flags = GTF_transitive;
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_bad_gntref);
	grant(peer_domain, PEER_DOMID, REF, PAGE_GFN, 0);
	fake_host.fail_p2m_map = 1;
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_no_space);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
	assert_int_equal(hc(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, BAD, 1),
			 -XEN_EFAULT);
	assert_int_equal(hc(__HYPERVISOR_grant_table_op, GNTTABOP_transfer, ARG, 1), -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_grant_table_op, GNTTABOP_cache_flush, ARG, 1),
			 -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_grant_table_op, 99, ARG, 1), -XEN_ENOSYS);
}

static void maps_without_memory(void **state)
{
	for (unsigned n = 1;; n++) {
		struct gnttab_map_grant_ref m;

		alloc_fail_at(n);
		m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
		if (!alloc_failed()) {
			assert_int_equal(m.status, GNTST_okay);
			assert_true(n > 2);
			alloc_fail_at(0);
			return;
		}
		assert_int_equal(m.status, GNTST_no_space);
		assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
		assert_int_equal(type_at(test_domain, MAP_GPA >> PAGE_SHIFT), P2M_NONE);
	}
}

/* A domain's own grant to itself. */
static void own_grants(void **state)
{
	struct gnttab_map_grant_ref m;

	change_places();
	grant(test_domain, TEST_DOMID, REF, PAGE_GFN, 0);
	m = map_op(DOMID_SELF, REF, MAP_GPA, 0);
	assert_int_equal(m.status, GNTST_okay);
	assert_int_equal(*(uint8_t *)fake_guest(test_domain, MAP_GPA), 0x5a);
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
	assert_int_equal(m.status, GNTST_okay);
}

#define MANY 100

static void batches_flush_once_and_give_way(void **state)
{
	static struct gnttab_map_grant_ref m[MANY];
	static struct gnttab_unmap_grant_ref u[MANY];

	for (unsigned i = 0; i < MANY; i++)
		m[i] = (struct gnttab_map_grant_ref){ .host_addr = MAP_GPA + i * PAGE_SIZE,
						      .flags = GNTMAP_host_map,
						      .ref = i == 50 ? REF + 1 : REF,
						      .dom = TEST_DOMID };
	fake_host.preempt_every = 1;
	assert_int_equal(gnttab_op(GNTTABOP_map_grant_ref, m, sizeof(m[0]), MANY), 0);
	assert_int_equal(hc_restarts, 3);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(m[i].status, i == 50 ? GNTST_bad_gntref : GNTST_okay);
		u[i] = (struct gnttab_unmap_grant_ref){ .host_addr = m[i].host_addr,
							.handle = m[i].handle };
	}
	u[50] = u[49]; /* the same handle twice in a batch */
	test_domain->arch->nr_flushes = 0;
	assert_int_equal(gnttab_op(GNTTABOP_unmap_grant_ref, u, sizeof(u[0]), MANY), 0);
	assert_int_equal(hc_restarts, 3);
	assert_int_equal(test_domain->arch->nr_flushes, 4);
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(u[i].status, i == 50 ? GNTST_bad_handle : GNTST_okay);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
}

/* The granter gives the page back, and dies; what is mapped stays until it is unmapped. */
static void a_dying_granter(void **state)
{
	uint64_t g = PAGE_GFN, before;
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };
	struct gnttab_map_grant_ref m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
	struct domain *d;

	change_places();
	r.extent_start.p = (void *)(uintptr_t)(ARG + 256);
	memcpy(fake_guest(test_domain, ARG + 256), &g, sizeof(g));
	before = frames_nr_free();
	assert_int_equal(hc_arg(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r, sizeof(r)),
			 1);
	assert_int_equal(frames_nr_free(), before);
	change_places();
	test_domain_destroy(peer_domain);
	assert_int_equal(*(uint8_t *)fake_guest(test_domain, MAP_GPA), 0x5a);
	d = domain_find(TEST_DOMID);
	assert_non_null(d);
	assert_int_equal(d->state, DOMAIN_DEAD);
	domain_put(d);
	/* Nothing more is to be had from it. */
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA + PAGE_SIZE, 0).status, GNTST_bad_domain);
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	assert_null(domain_find(TEST_DOMID));
	assert_int_equal(test_domain_create(TEST_DOMID, 1, &peer_domain), 0);
}

static void a_dying_mapper(void **state)
{
	struct domain *mapper = test_domain;

	for (unsigned i = 0; i < 600; i++)
		assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA + i * PAGE_SIZE, 0).status,
				 GNTST_okay);
	assert_int_equal(v1(peer_domain, REF)->flags,
			 GTF_permit_access | GTF_reading | GTF_writing);
	mapper->vcpu[0]->running = false;
	assert_int_equal(domain_kill(mapper), -XEN_ERESTART); /* a part at a time */
	test_domain_destroy(mapper);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
	assert_null(domain_find(PEER_DOMID));
	assert_int_equal(test_domain_create(PEER_DOMID, 1, &test_domain), 0);
}

static void handles_are_limited(void **state)
{
	struct gnttab_limits host = gnttab_get_limits(), l = host;
	unsigned n = 0;

	/* One frame of handles for a new mapper. */
	test_domain_destroy(test_domain);
	l.maptrack_frames = 1;
	assert_int_equal(gnttab_set_limits(l), 0);
	assert_int_equal(test_domain_create(PEER_DOMID, 1, &test_domain), 0);
	assert_int_equal(gnttab_set_limits(host), 0);
	assert_int_equal(fake_ram_add(test_domain, gfn(0), TEST_RAM_PAGES), 0);
	test_vcpu = test_domain->vcpu[0];
	for (;;) {
		int16_t status = map_op(TEST_DOMID, REF, MAP_GPA + n * PAGE_SIZE, 0).status;

		if (status) {
			assert_int_equal(status, GNTST_no_space);
			break;
		}
		n++;
	}
	assert_true(n >= 128 && n <= 256);
	assert_int_equal(unmap(0, MAP_GPA), GNTST_okay);
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).handle, 0);
}

static int16_t copy(struct gnttab_copy c)
{
	assert_int_equal(gnttab_op(GNTTABOP_copy, &c, sizeof(c), 1), 0);
	return c.status;
}

static struct gnttab_copy from_grant(unsigned offset, uint64_t own, unsigned own_offset,
				     unsigned len)
{
	return (struct gnttab_copy){
		.source = { .u.ref = REF, .domid = TEST_DOMID, .offset = (uint16_t)offset },
		.dest = { .u.gmfn = own, .domid = DOMID_SELF, .offset = (uint16_t)own_offset },
		.len = (uint16_t)len,
		.flags = GNTCOPY_source_gref
	};
}

static struct gnttab_copy to_grant(uint64_t own, unsigned own_offset, unsigned offset, unsigned len)
{
	return (struct gnttab_copy){
		.source = { .u.gmfn = own, .domid = DOMID_SELF, .offset = (uint16_t)own_offset },
		.dest = { .u.ref = REF, .domid = TEST_DOMID, .offset = (uint16_t)offset },
		.len = (uint16_t)len,
		.flags = GNTCOPY_dest_gref
	};
}

static void copies_both_ways(void **state)
{
	char *own = fake_guest(test_domain, 50 << PAGE_SHIFT);
	char *granted = fake_guest(peer_domain, PAGE_GFN << PAGE_SHIFT);
	struct gnttab_copy c;

	strcpy(granted + 100, "granted");
	assert_int_equal(copy(from_grant(100, 50, 8, 8)), GNTST_okay);
	assert_string_equal(own + 8, "granted");
	strcpy(own, "mine");
	assert_int_equal(copy(to_grant(50, 0, PAGE_SIZE - 5, 5)), GNTST_okay);
	assert_string_equal(granted + PAGE_SIZE - 5, "mine");
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
	/* Between two own pages, and within one. */
	c = (struct gnttab_copy){ .source = { .u.gmfn = 50, .domid = DOMID_SELF },
				  .dest = { .u.gmfn = 51, .domid = PEER_DOMID },
				  .len = 5 };
	assert_int_equal(copy(c), GNTST_okay);
	assert_string_equal(fake_guest(test_domain, 51 << PAGE_SHIFT), "mine");
	c.dest.u.gmfn = 50;
	c.dest.offset = 2;
	assert_int_equal(copy(c), GNTST_okay);
	assert_string_equal(own, "mimine");
	/* A whole page, nothing at all, and what does not fit. */
	assert_int_equal(copy(from_grant(0, 50, 0, PAGE_SIZE)), GNTST_okay);
	assert_memory_equal(own, granted, PAGE_SIZE);
	assert_int_equal(copy(from_grant(PAGE_SIZE, 50, 0, 0)), GNTST_okay);
	assert_int_equal(copy(from_grant(1, 50, 0, PAGE_SIZE)), GNTST_bad_copy_arg);
	assert_int_equal(copy(from_grant(0, 50, 1, PAGE_SIZE)), GNTST_bad_copy_arg);
	assert_int_equal(copy(from_grant(0, 50, 0, 0xffff)), GNTST_bad_copy_arg);
	assert_int_equal(copy(from_grant(0xffff, 50, 0, 1)), GNTST_bad_copy_arg);
}

static void copies_that_are_refused(void **state)
{
	struct gnttab_copy c = from_grant(0, 50, 0, 8);

	alloc_fail_at(1);
	assert_int_equal(copy(c), GNTST_no_space);
	c.source.domid = 77;
	assert_int_equal(copy(c), GNTST_bad_domain);
	c = from_grant(0, 999, 0, 8);
	assert_int_equal(copy(c), GNTST_bad_page);
	/* Another domain's page without a grant. */
	c = from_grant(0, 50, 0, 8);
	c.flags = 0;
	c.source.u.gmfn = PAGE_GFN;
	assert_int_equal(copy(c), GNTST_permission_denied);
	c = from_grant(0, 50, 0, 8);
	c.dest.domid = TEST_DOMID;
	assert_int_equal(copy(c), GNTST_permission_denied);
	grant(peer_domain, PEER_DOMID, REF, PAGE_GFN, GTF_readonly);
	assert_int_equal(copy(to_grant(50, 0, 0, 8)), GNTST_general_error);
	assert_int_equal(copy(from_grant(0, 50, 0, 8)), GNTST_okay);
	grant(peer_domain, 9, REF, PAGE_GFN, 0);
	assert_int_equal(copy(from_grant(0, 50, 0, 8)), GNTST_bad_gntref);
	/* The table's own page is not RAM of the granter's to give. */
	grant(peer_domain, PEER_DOMID, REF, TABLE_GFN, 0);
	assert_int_equal(copy(from_grant(0, 50, 0, 8)), GNTST_bad_page);
}

static void many_copies_look_up_once(void **state)
{
	static struct gnttab_copy c[MANY];

	for (unsigned i = 0; i < MANY; i++) {
		c[i] = i % 2 ? from_grant(i * 8, 50, i * 8, 8) : to_grant(51, i * 8, i * 8, 8);
		if (i >= 32)
			c[i] = from_grant(i * 8, 50 + i % 3, 0, 8);
	}
	c[40].source.u.ref = REF + 1;
	fake_host.preempt_every = 1;
	memcpy(fake_guest(test_domain, ARG), c, sizeof(c));
	assert_int_equal(hc(__HYPERVISOR_grant_table_op, GNTTABOP_copy, ARG, MANY), 0);
	assert_int_equal(hc_restarts, 3);
	memcpy(c, fake_guest(test_domain, ARG), sizeof(c));
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(c[i].status, i == 40 ? GNTST_bad_gntref : GNTST_okay);
	assert_int_equal(v1(peer_domain, REF)->flags, GTF_permit_access);
}

struct compat_copy {
	struct {
		uint32_t where;
		uint16_t domid, offset;
	} source, dest;
	uint16_t len, flags;
	int16_t status;
};

static void copies_of_a_32_bit_guest(void **state)
{
	struct compat_copy *c = fake_guest(test_domain, ARG);
	struct {
		uint16_t dom;
		uint32_t nr;
		int16_t status;
		uint32_t list;
	} *s = (void *)c;

	assert_int_equal(sizeof(*c), 24);
	for (unsigned i = 0; i < 2; i++)
		c[i] = (struct compat_copy){ .source = { REF, TEST_DOMID, 0 },
					     .dest = { 50, DOMID_SELF, (uint16_t)(i * 16) },
					     .len = 16,
					     .flags = GNTCOPY_source_gref,
					     .status = 77 };
	assert_int_equal(hc32(__HYPERVISOR_grant_table_op, GNTTABOP_copy, ARG, 2), 0);
	assert_int_equal(c[0].status, GNTST_okay);
	assert_int_equal(c[1].status, GNTST_okay);
	assert_int_equal(*(uint8_t *)fake_guest(test_domain, (50 << PAGE_SHIFT) + 31), 0x5a);
	s->dom = DOMID_SELF;
	s->nr = 2;
	s->list = ARG + 512;
	assert_int_equal(hc32(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, ARG, 1), 0);
	assert_int_equal(s->status, GNTST_okay);
	assert_int_equal(s->list, ARG + 512);
	assert_int_equal(gnttab_nr_frames(test_domain), 2);
}

static void swapped_entries(void **state)
{
	struct gnttab_swap_grant_ref s = { .ref_a = REF, .ref_b = 30 };
	struct gnttab_map_grant_ref m;

	change_places();
	grant(test_domain, PEER_DOMID, 30, 7, GTF_readonly);
	assert_int_equal(gnttab_op(GNTTABOP_swap_grant_ref, &s, sizeof(s), 1), 0);
	assert_int_equal(s.status, GNTST_okay);
	assert_int_equal(v1(test_domain, REF)->frame, 7);
	assert_int_equal(v1(test_domain, 30)->frame, PAGE_GFN);
	s.ref_b = 512;
	assert_int_equal(gnttab_op(GNTTABOP_swap_grant_ref, &s, sizeof(s), 1), 0);
	assert_int_equal(s.status, GNTST_bad_gntref);
	change_places();
	m = map_op(TEST_DOMID, 30, MAP_GPA, 0);
	assert_int_equal(m.status, GNTST_okay);
	change_places();
	s.ref_b = 30;
	assert_int_equal(gnttab_op(GNTTABOP_swap_grant_ref, &s, sizeof(s), 1), 0);
	assert_int_equal(s.status, GNTST_eagain);
}

static void unmap_and_replace(void **state)
{
	struct gnttab_map_grant_ref m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
	struct gnttab_unmap_and_replace u = { .host_addr = MAP_GPA,
					      .new_addr = 0x5000,
					      .handle = m.handle };

	assert_int_equal(gnttab_op(GNTTABOP_unmap_and_replace, &u, sizeof(u), 1), 0);
	assert_int_equal(u.status, GNTST_general_error);
	u.new_addr = 0;
	assert_int_equal(gnttab_op(GNTTABOP_unmap_and_replace, &u, sizeof(u), 1), 0);
	assert_int_equal(u.status, GNTST_okay);
	assert_int_equal(type_at(test_domain, MAP_GPA >> PAGE_SHIFT), P2M_NONE);
}

/* The granter's vCPUs may switch only what nobody uses; what a toolstack seeded stays. */
static void versions(void **state)
{
	struct gnttab_get_version g = { .dom = DOMID_SELF };
	struct gnttab_map_grant_ref m;
	uint64_t free_frames;

	change_places();
	grant(test_domain, PEER_DOMID, 1, 9, GTF_readonly);
	free_frames = frames_nr_free();
	assert_int_equal(set_version(2), 0);
	assert_int_equal(frames_nr_free(), free_frames - 1); /* a status frame */
	assert_int_equal(gnttab_op(GNTTABOP_get_version, &g, sizeof(g), 1), 0);
	assert_int_equal(g.version, 2);
	assert_int_equal(v2(test_domain, 1)->full_page.frame, 9);
	assert_int_equal(v2(test_domain, 1)->hdr.flags, GTF_permit_access | GTF_readonly);
	assert_int_equal(v2(test_domain, 1)->hdr.domid, PEER_DOMID);
	assert_int_equal(v2(test_domain, REF)->hdr.flags, 0);
	assert_int_equal(add_frame(XENMAPIDX_grant_table_status, STATUS_GFN), 0);
	assert_int_equal(add_frame(XENMAPIDX_grant_table_status | 8, 301), -XEN_EINVAL);
	/* In use: the status word says so, and the version stays. */
	change_places();
	m = map_op(TEST_DOMID, 1, MAP_GPA, GNTMAP_readonly);
	assert_int_equal(m.status, GNTST_okay);
	change_places();
	assert_int_equal(*v2_status(test_domain, 1), GTF_reading);
	assert_int_equal(v2(test_domain, 1)->hdr.flags, GTF_permit_access | GTF_readonly);
	/* A reserved one may be in use, and keeps its marks. */
	free_frames = frames_nr_free();
	assert_int_equal(set_version(1), 0);
	assert_int_equal(v1(test_domain, 1)->flags, GTF_permit_access | GTF_readonly | GTF_reading);
	assert_int_equal(type_at(test_domain, STATUS_GFN), P2M_NONE);
	assert_int_equal(frames_nr_free(), free_frames + 1);
	change_places();
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	assert_int_equal(v1(peer_domain, 1)->flags, GTF_permit_access | GTF_readonly);
	/* Any other may not. */
	grant(peer_domain, PEER_DOMID, REF, PAGE_GFN, 0);
	m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
	change_places();
	assert_int_equal(set_version(2), -XEN_EBUSY);
	assert_int_equal(v1(test_domain, REF)->frame, PAGE_GFN);
	change_places();
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	change_places();
	alloc_fail_at(1);
	assert_int_equal(set_version(2), -XEN_ENOMEM);
	alloc_fail_at(0);
	assert_int_equal(v1(test_domain, REF)->frame, PAGE_GFN);
	assert_int_equal(set_version(2), 0);
	/* What the other version cannot say is forgotten. */
	v2(test_domain, 2)->full_page.frame = 1ull << 40;
	v2(test_domain, 2)->hdr.flags = GTF_permit_access;
	v2(test_domain, 3)->hdr.flags = GTF_transitive;
	assert_int_equal(set_version(1), 0);
	assert_int_equal(v1(test_domain, 2)->flags, 0);
	assert_int_equal(v1(test_domain, 3)->flags, 0);
}

static void version_2_setup(void)
{
	change_places();
	assert_int_equal(set_version(2), 0);
	assert_int_equal(add_frame(XENMAPIDX_grant_table_status, STATUS_GFN), 0);
	*v2(test_domain, REF) =
		(union grant_entry_v2){ .full_page = { .hdr = { GTF_permit_access, PEER_DOMID },
						       .frame = PAGE_GFN } };
	change_places();
}

static void version_2_maps(void **state)
{
	struct gnttab_map_grant_ref m;

	version_2_setup();
	m = map_op(TEST_DOMID, REF, MAP_GPA, 0);
	assert_int_equal(m.status, GNTST_okay);
	assert_int_equal(*v2_status(peer_domain, REF), GTF_reading | GTF_writing);
	assert_int_equal(v2(peer_domain, REF)->hdr.flags, GTF_permit_access);
	assert_int_equal(unmap(m.handle, MAP_GPA), GNTST_okay);
	assert_int_equal(*v2_status(peer_domain, REF), 0);
	assert_int_equal(map_op(TEST_DOMID, 256, MAP_GPA, 0).status, GNTST_bad_gntref);
	v2(peer_domain, REF)->hdr.flags = GTF_permit_access | GTF_sub_page;
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_general_error);
	v2(peer_domain, REF)->hdr.flags = GTF_transitive;
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_general_error);
	v2(peer_domain, REF)->hdr.flags = GTF_permit_access | GTF_readonly;
	assert_int_equal(map_op(TEST_DOMID, REF, MAP_GPA, 0).status, GNTST_general_error);
	assert_int_equal(*v2_status(peer_domain, REF), 0);
}

static void parts_of_pages(void **state)
{
	union grant_entry_v2 *e;

	version_2_setup();
	e = v2(peer_domain, REF);
	e->sub_page.page_off = 128;
	e->sub_page.length = 64;
	e->hdr.flags = GTF_permit_access | GTF_sub_page;
	assert_int_equal(copy(from_grant(128, 50, 0, 64)), GNTST_okay);
	assert_int_equal(copy(to_grant(50, 0, 191, 1)), GNTST_okay);
	assert_int_equal(copy(from_grant(127, 50, 0, 64)), GNTST_general_error);
	assert_int_equal(copy(from_grant(129, 50, 0, 64)), GNTST_general_error);
	assert_int_equal(copy(to_grant(50, 0, 192, 1)), GNTST_general_error);
	e->sub_page.length = PAGE_SIZE;
	assert_int_equal(copy(from_grant(128, 50, 0, 1)), GNTST_bad_copy_arg);
	e->sub_page.length = 0;
	assert_int_equal(copy(from_grant(128, 50, 0, 0)), GNTST_bad_copy_arg);
	assert_int_equal(*v2_status(peer_domain, REF), 0);
}

/* The peer's peer: 9 grants to 1, and 1 passes that on to 2. */
static void grants_of_grants(void **state)
{
	struct domain *middle, *last;
	union grant_entry_v2 *e;

	version_2_setup();
	middle = peer_domain;
	e = v2(middle, REF);
	e->transitive.trans_domid = 9;
	e->transitive.gref = 33;
	e->hdr.flags = GTF_transitive;
	assert_int_equal(copy(from_grant(0, 50, 0, 8)), GNTST_bad_domain);
	assert_int_equal(*v2_status(middle, REF), 0);
	assert_int_equal(test_domain_create(9, 1, &last), 0);
	assert_int_equal(fake_ram_add(last, gfn(0), TEST_RAM_PAGES), 0);
	/* The last one sets up its table. */
	test_domain_destroy(NULL);
	struct domain *user = test_domain;
	struct vcpu *user_vcpu = test_vcpu;

	test_domain = last;
	test_vcpu = last->vcpu[0];
	assert_int_equal(add_frame(0, TABLE_GFN), 0);
	grant(last, TEST_DOMID, 33, 12, GTF_readonly);
	strcpy(fake_guest(last, 12 << PAGE_SHIFT), "far away");
	test_domain = user;
	test_vcpu = user_vcpu;
	assert_int_equal(copy(from_grant(0, 50, 0, 9)), GNTST_okay);
	assert_string_equal(fake_guest(test_domain, 50 << PAGE_SHIFT), "far away");
	assert_int_equal(copy(to_grant(50, 0, 0, 8)), GNTST_general_error); /* read-only there */
	assert_int_equal(*v2_status(middle, REF), 0);
	assert_int_equal(v1(last, 33)->flags, GTF_permit_access | GTF_readonly);
	/* It was granted to 1, not to 2. */
	grant(last, PEER_DOMID, 33, 12, 0);
	assert_int_equal(copy(from_grant(0, 50, 0, 9)), GNTST_bad_gntref);
	/* And not one further on. */
	test_domain = last;
	test_vcpu = last->vcpu[0];
	assert_int_equal(set_version(2), 0);
	*v2(last, 33) =
		(union grant_entry_v2){ .transitive = { .hdr = { GTF_transitive, TEST_DOMID },
							.trans_domid = 2 } };
	test_domain = user;
	test_vcpu = user_vcpu;
	assert_int_equal(copy(from_grant(0, 50, 0, 9)), GNTST_general_error);
	e->transitive.trans_domid = DOMID_SELF;
	assert_int_equal(copy(from_grant(0, 50, 0, 9)), GNTST_bad_domain);
	test_domain_destroy(last);
}

/* A frame that a toolstack has mapped lives on when the table's domain is gone. */
static void resources(void **state)
{
	struct xen_mem_acquire_resource a = { .domid = TEST_DOMID,
					      .type = XENMEM_resource_grant_table };
	uint64_t *list = fake_guest(test_domain, ARG + 256);

#define ACQUIRE() hc_arg(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &a, sizeof(a))
	assert_int_equal(ACQUIRE(), -XEN_EPERM);
	test_domain->privileged = true;
	assert_int_equal(ACQUIRE(), 0);
	assert_int_equal(a.nr_frames, GNTTAB_DEFAULT_FRAMES);
	a.id = 1;
	a.nr_frames = 0;
	assert_int_equal(ACQUIRE(), 0);
	assert_int_equal(a.nr_frames, GNTTAB_DEFAULT_FRAMES / 8);
	assert_int_equal(ACQUIRE(), -XEN_EINVAL); /* frames, but no list */
	a.frame_list.p = (void *)(uintptr_t)(ARG + 256);
	a.nr_frames = 1;
	list[0] = 600;
	assert_int_equal(ACQUIRE(), -XEN_EINVAL); /* version 1 */
	a.id = 2;
	assert_int_equal(ACQUIRE(), -XEN_EINVAL);
	a.id = 0;
	a.pad = 1;
	assert_int_equal(ACQUIRE(), -XEN_EINVAL);
	a.pad = 0;
	a.type = XENMEM_resource_ioreq_server;
	assert_int_equal(ACQUIRE(), -XEN_EOPNOTSUPP);
	a.type = XENMEM_resource_grant_table;
	a.frame = GNTTAB_DEFAULT_FRAMES;
	assert_int_equal(ACQUIRE(), -XEN_EINVAL);
	a.frame = ~0ull;
	a.nr_frames = 2;
	assert_int_equal(ACQUIRE(), -XEN_EINVAL);
	a.frame = 0;
	list[1] = ~0ull;
	assert_int_equal(ACQUIRE(), -XEN_EIO); /* the first is there */
	assert_int_equal(type_at(test_domain, 600), P2M_FOREIGN);
	a.nr_frames = 3;
	list[1] = 601;
	list[2] = 602;
	fake_host.preempt_every = 1;
	assert_int_equal(ACQUIRE(), 0);
	assert_int_equal(hc_restarts, 2);
	/* As a domain builder seeds entry 1. */
	((struct grant_entry_v1 *)fake_guest(test_domain, 600 << PAGE_SHIFT))[1].frame = 4711;
	assert_int_equal(v1(peer_domain, 1)->frame, 4711);
	test_domain_destroy(peer_domain);
	assert_null(domain_find(TEST_DOMID));
	assert_int_equal(
		((struct grant_entry_v1 *)fake_guest(test_domain, 600 << PAGE_SHIFT))[1].frame,
		4711);
	assert_int_equal(ACQUIRE(), -XEN_ESRCH);
	assert_int_equal(test_domain_create(TEST_DOMID, 1, &peer_domain), 0);
}

#define G(f) cmocka_unit_test_setup_teardown(f, grant_setup, pair_teardown)
#define P(f) cmocka_unit_test_setup_teardown(f, pair_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		P(sizes_and_their_limits),
		P(limits_of_domain_and_host),
		G(a_map_shows_the_page_and_the_use),
		G(read_only_maps),
		G(maps_that_are_refused),
		G(maps_without_memory),
		G(own_grants),
		G(batches_flush_once_and_give_way),
		G(a_dying_granter),
		G(a_dying_mapper),
		G(handles_are_limited),
		G(copies_both_ways),
		G(copies_that_are_refused),
		G(many_copies_look_up_once),
		G(copies_of_a_32_bit_guest),
		G(swapped_entries),
		G(unmap_and_replace),
		G(versions),
		G(version_2_maps),
		G(parts_of_pages),
		G(grants_of_grants),
		G(resources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
