/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op: what a guest may do to its own memory, and what it may not. */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <xen/memory.h>

#include <hv/gnttab.h>
#include <hv/pvconsole.h>

#define LIST 0x11000ull /* guest address of frame lists */

static long memory_op(uint32_t cmd, void *arg, size_t size)
{
	return hc_arg(__HYPERVISOR_memory_op, cmd, arg, size);
}

static long add_to_physmap(unsigned space, uint64_t idx, uint64_t gpfn)
{
	struct xen_add_to_physmap a = {
		.domid = DOMID_SELF, .space = space, .idx = idx, .gpfn = gpfn
	};

	return memory_op(XENMEM_add_to_physmap, &a, sizeof(a));
}

static long remove_from_physmap(uint64_t gpfn)
{
	struct xen_remove_from_physmap r = { .domid = DOMID_SELF, .gpfn = gpfn };

	return memory_op(XENMEM_remove_from_physmap, &r, sizeof(r));
}

static enum p2m_type type_of(uint64_t g)
{
	enum p2m_type type;

	arch_p2m_lookup(test_domain, gfn(g), &type);
	return type;
}

static long reservation(uint32_t cmd, const uint64_t *list, uint64_t nr, unsigned order)
{
	struct xen_memory_reservation r = { .nr_extents = nr,
					    .extent_order = order,
					    .domid = DOMID_SELF };

	r.extent_start.p = (void *)(uintptr_t)LIST;
	if (list)
		memcpy(fake_guest(test_domain, LIST), list, MIN(nr, 512) * sizeof(*list));
	return memory_op(cmd, &r, sizeof(r));
}

static void shared_info_replaces_ram_and_moves(void **state)
{
	uint64_t free_frames = frames_nr_free();

	test_domain->shared_info->wc_nsec = 4711;
	assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 0, 5), 0);
	assert_int_equal(type_of(5), P2M_SHARED);
	assert_int_equal(((struct shared_info *)fake_guest(test_domain, 0x5000))->wc_nsec, 4711);
	/* The RAM that was there is back with the host. */
	assert_int_equal(frames_nr_free(), free_frames + 1);
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES - 1);
	/* A second place takes the first one's turn; a hole serves as well as RAM. */
	assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 0, 100), 0);
	assert_int_equal(type_of(100), P2M_SHARED);
	assert_int_equal(type_of(5), P2M_NONE);
	assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 0, 100), 0);
	assert_int_equal(type_of(100), P2M_SHARED);
	/* Removed, then shown again. */
	assert_int_equal(remove_from_physmap(100), 0);
	assert_int_equal(type_of(100), P2M_NONE);
	assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 0, 6), 0);
	assert_int_equal(frames_nr_free(), free_frames + 2);
}

static void add_to_physmap_refuses(void **state)
{
	struct xen_add_to_physmap a = { .domid = 9, .space = XENMAPSPACE_shared_info };

	assert_int_equal(memory_op(XENMEM_add_to_physmap, &a, sizeof(a)), -XEN_ESRCH);
	assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 1, 5), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 0, FAKE_NR_GFNS), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 0, ~0ull), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(XENMAPSPACE_gmfn, 500, 6), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(XENMAPSPACE_dev_mmio, 5, 6), -XEN_ENOSYS);
	assert_int_equal(add_to_physmap(XENMAPSPACE_gmfn_foreign, 5, 6), -XEN_ENOSYS);
	assert_int_equal(add_to_physmap(77, 5, 6), -XEN_EINVAL);
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES);
}

static void grant_frames_appear_on_demand(void **state)
{
	uint64_t free_frames = frames_nr_free();

	for (uint64_t g = 200; g < 200 + GNTTAB_DEFAULT_FRAMES; g++)
		assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, g - 200, g), 0);
	assert_int_equal(frames_nr_free(), free_frames - GNTTAB_DEFAULT_FRAMES);
	assert_int_equal(gnttab_nr_frames(test_domain), GNTTAB_DEFAULT_FRAMES);
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		assert_int_equal(((char *)fake_guest(test_domain, 200 << PAGE_SHIFT))[i], 0);
	assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, GNTTAB_DEFAULT_FRAMES, 300),
			 -XEN_EINVAL);
	assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, XENMAPIDX_grant_table_status, 300),
			 -XEN_EINVAL);
	assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, ~0ull, 300), -XEN_EINVAL);
	assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, 3, 400), 0);
	assert_int_equal(type_of(203), P2M_NONE);
}

static void grant_frames_without_memory(void **state)
{
	alloc_fail_at(3);
	assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, 10, 200), -XEN_ENOMEM);
	assert_int_equal(gnttab_nr_frames(test_domain), 2);
	assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, 10, 200), 0);
	fake_host.fail_p2m_map = 1;
	assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, 10, 201), -XEN_ENOMEM);
	assert_int_equal(type_of(200), P2M_SHARED);
	assert_int_equal(type_of(201), P2M_NONE);
}

static void balloon_out_and_in(void **state)
{
	static const uint64_t list[] = { 20, 21, 30 };
	uint64_t free_frames = frames_nr_free();
	struct xen_memory_domain self = { .domid = DOMID_SELF };

	memset(fake_guest(test_domain, 20 << PAGE_SHIFT), 0x77, PAGE_SIZE);
	assert_int_equal(reservation(XENMEM_decrease_reservation, list, 3, 0), 3);
	assert_int_equal(frames_nr_free(), free_frames + 3);
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES - 3);
	assert_int_equal(memory_op(XENMEM_current_reservation, &self, 2), TEST_RAM_PAGES - 3);
	assert_int_equal(memory_op(XENMEM_maximum_reservation, &self, 2), TEST_RAM_PAGES);
	assert_int_equal(type_of(21), P2M_NONE);
	/* Not there any more. */
	assert_int_equal(reservation(XENMEM_decrease_reservation, list, 3, 0), -XEN_EINVAL);
	assert_int_equal(reservation(XENMEM_populate_physmap, list, 3, 0), 3);
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES);
	/* Nothing of what the host used the page for is seen. */
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		assert_int_equal(((char *)fake_guest(test_domain, 20 << PAGE_SHIFT))[i], 0);
	/* The domain's limit, then a frame that is taken. */
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 90 }, 1, 0), 0);
	test_domain->max_pages++;
	assert_int_equal(reservation(XENMEM_populate_physmap, list, 1, 0), -XEN_EEXIST);
}

static void the_count_tells_how_far_it_went(void **state)
{
	static const uint64_t some_bad[] = { 20, 21, 500, 22 };

	assert_int_equal(reservation(XENMEM_decrease_reservation, some_bad, 4, 0), 2);
	assert_int_equal(type_of(22), P2M_RAM);
	test_domain->max_pages = 1000;
	/* The list leaves the guest's memory after three entries. */
	struct xen_memory_reservation r = { .nr_extents = 8, .domid = DOMID_SELF };
	uint64_t end = TEST_RAM_PAGES << PAGE_SHIFT;
	static const uint64_t last[] = { 300, 301, 302 };

	r.extent_start.p = (void *)(uintptr_t)(end - sizeof(last));
	memcpy(fake_guest(test_domain, end - sizeof(last)), last, sizeof(last));
	assert_int_equal(memory_op(XENMEM_populate_physmap, &r, sizeof(r)), 3);
	r.extent_start.p = (void *)(uintptr_t)BAD;
	assert_int_equal(memory_op(XENMEM_populate_physmap, &r, sizeof(r)), -XEN_EFAULT);
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &r, sizeof(r)), -XEN_EFAULT);
	r.domid = 3;
	assert_int_equal(memory_op(XENMEM_populate_physmap, &r, sizeof(r)), -XEN_ESRCH);
	/* No memory: nothing done, no error, as a balloon driver expects. */
	alloc_fail_at(1);
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 310 }, 1, 0), 0);
}

static void large_extents(void **state)
{
	uint64_t free_frames;

	test_domain->max_pages = 2000;
	free_frames = frames_nr_free();
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 512 }, 1, 9), 1);
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES + 512);
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 1024 }, 1, 3), 1);
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 1033 }, 1, 3),
			 -XEN_EINVAL); /* not aligned */
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 1024 }, 1, 10),
			 -XEN_EINVAL);
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 1024 }, 1, ~0u),
			 -XEN_EINVAL);
	/* Mapping fails on the way: what was mapped of the extent goes again. */
	fake_host.fail_p2m_map = 5;
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 1040 }, 1, 3), 0);
	assert_int_equal(type_of(1040), P2M_NONE);
	assert_int_equal(type_of(1043), P2M_NONE);
	assert_int_equal(reservation(XENMEM_decrease_reservation, &(uint64_t){ 1024 }, 1, 3), 1);
	assert_int_equal(reservation(XENMEM_decrease_reservation, &(uint64_t){ 512 }, 1, 9), 1);
	assert_int_equal(frames_nr_free(), free_frames);
	/* One page of an extent missing: none of it goes. */
	assert_int_equal(reservation(XENMEM_decrease_reservation, &(uint64_t){ 25 }, 1, 0), 1);
	assert_int_equal(reservation(XENMEM_decrease_reservation, &(uint64_t){ 24 }, 1, 3),
			 -XEN_EINVAL);
	assert_int_equal(type_of(24), P2M_RAM);
}

#define VERY_LARGE 11 /* four times 2 MiB */

/* Whatever the host used the memory for, and however often it was interrupted, it is zero. */
static void very_large_extents(void **state)
{
	uint64_t free_frames = frames_nr_free();
	mfn_t m = frames_alloc(VERY_LARGE);

	assert_true(mfn_valid(m));
	memset(arch_frame_map(m), 0x77, PAGE_SIZE << VERY_LARGE);
	frames_free(m, VERY_LARGE);
	test_domain->max_pages = FAKE_NR_GFNS;
	/* Not for a guest itself. */
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 2048 }, 1, VERY_LARGE),
			 -XEN_EINVAL);
	test_domain->privileged = true;
	fake_host.preempt_every = 1;
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 2048 }, 1, VERY_LARGE),
			 1);
	assert_int_equal(hc_restarts, 3);
	fake_host.preempt_every = 0;
	for (unsigned i = 0; i < 1u << VERY_LARGE; i++)
		for (unsigned at = 0; at < PAGE_SIZE; at += 8)
			assert_int_equal(*(uint64_t *)fake_guest(
						 test_domain, ((2048ull + i) << PAGE_SHIFT) + at),
					 0);
	assert_int_equal(frames_nr_free(), free_frames - (1u << VERY_LARGE));
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES + (1u << VERY_LARGE));
	for (uint64_t g = 2048; g < 4096; g += 512)
		assert_int_equal(reservation(XENMEM_decrease_reservation, &g, 1, 9), 1);
	assert_int_equal(frames_nr_free(), free_frames);
	/* None left; nor is there if mapping it fails on the way. */
	alloc_fail_at(1);
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 2048 }, 1, VERY_LARGE),
			 0);
	fake_host.fail_p2m_map = 3;
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 2048 }, 1, VERY_LARGE),
			 0);
	assert_int_equal(frames_nr_free(), free_frames);
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES);
}

/* A call that nobody goes on with leaves memory with the domain until its next, or its end. */
static void very_large_and_abandoned(void **state)
{
	uint64_t free_frames = frames_nr_free();
	struct xen_memory_reservation r = { .nr_extents = 1,
					    .extent_order = VERY_LARGE,
					    .domid = DOMID_SELF };
	struct hypercall call = { .arg = { XENMEM_populate_physmap, ARG } };

	test_domain->max_pages = FAKE_NR_GFNS;
	test_domain->privileged = true;
	r.extent_start.p = (void *)(uintptr_t)LIST;
	*(uint64_t *)fake_guest(test_domain, LIST) = 2048;
	memcpy(fake_guest(test_domain, ARG), &r, sizeof(r));
	fake_host.preempt = 1;
	assert_int_equal(hypercall_dispatch(test_vcpu, __HYPERVISOR_memory_op, &call),
			 -XEN_ERESTART);
	assert_int_equal(frames_nr_free(), free_frames - (1u << VERY_LARGE));
	assert_int_equal(test_domain->nr_pages, TEST_RAM_PAGES);
	/* One of another size is not made of it. */
	fake_host.preempt = 1;
	assert_int_equal(reservation(XENMEM_populate_physmap, &(uint64_t){ 1024 }, 1, 10), 1);
	assert_int_equal(hc_restarts, 1);
	assert_int_equal(frames_nr_free(), free_frames - 1024);
	for (uint64_t g = 1024; g < 2048; g += 512)
		assert_int_equal(reservation(XENMEM_decrease_reservation, &g, 1, 9), 1);
	*(uint64_t *)fake_guest(test_domain, LIST) = 2048;
	memcpy(fake_guest(test_domain, ARG), &r, sizeof(r));
	fake_host.preempt = 1;
	assert_int_equal(hypercall_dispatch(test_vcpu, __HYPERVISOR_memory_op, &call),
			 -XEN_ERESTART);
	/* The teardown finds a leak, if it is one. */
}

/* A long list gives way again and again, and in the end is done. */
static void long_lists_give_way(void **state)
{
	struct xen_memory_reservation r = { .nr_extents = 1100, .domid = DOMID_SELF };
	uint64_t free_frames;

	assert_int_equal(fake_ram_add(test_domain, gfn(1000), 1100), 0);
	test_domain->max_pages = 2000;
	free_frames = frames_nr_free();
	r.extent_start.p = (void *)(uintptr_t)LIST;
	for (uint64_t i = 0; i < 1100; i++)
		*(uint64_t *)fake_guest(test_domain, LIST + 8 * i) = 1000 + i;
	*(uint64_t *)fake_guest(test_domain, LIST + 8 * 1100) = ~0ull;
	fake_host.preempt_every = 5;
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &r, sizeof(r)), 1100);
	assert_true(hc_restarts >= 3);
	assert_int_equal(frames_nr_free(), free_frames + 1100);
	assert_int_equal(memory_op(XENMEM_populate_physmap, &r, sizeof(r)), 1100);
	assert_true(hc_restarts >= 200);
	fake_host.preempt_every = 0;
	r.nr_extents = 0;
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &r, sizeof(r)), 0);
	/* A list that goes on for ever. */
	r.extent_start.p = (void *)(uintptr_t)(LIST + 8 * 1024);
	r.nr_extents = ~0ull;
	assert_int_equal(memory_op(XENMEM_decrease_reservation, &r, sizeof(r)), 1100 - 1024);
	/* Nobody goes on behind the end. */
	r.nr_extents = 2;
	assert_int_equal(memory_op(XENMEM_decrease_reservation | 3 << 6, &r, sizeof(r)),
			 -XEN_EINVAL);
}

/* Pages the hypervisor points into cannot be taken from under it. */
static void pinned_pages_stay(void **state)
{
	static const uint64_t before = 40, info = 41, ring = 42, plain = 43;
	uint64_t free_frames;
	enum p2m_type type;

	assert_int_equal(vcpu_move_info(test_vcpu, gfn(info), 64), 0);
	assert_int_equal(pvconsole_create(test_domain, gfn(ring),
					  arch_p2m_lookup(test_domain, gfn(ring), &type)),
			 0);
	free_frames = frames_nr_free();
	for (uint64_t g = info; g <= ring; g++) {
		assert_int_equal(reservation(XENMEM_decrease_reservation, &g, 1, 0), -XEN_EBUSY);
		assert_int_equal(remove_from_physmap(g), -XEN_EBUSY);
		assert_int_equal(add_to_physmap(XENMAPSPACE_shared_info, 0, g), -XEN_EBUSY);
		assert_int_equal(add_to_physmap(XENMAPSPACE_grant_table, 0, g), -XEN_EBUSY);
		assert_int_equal(type_of(g), P2M_RAM);
	}
	/* Behind others in an extent as well, and then none of it goes. */
	assert_int_equal(reservation(XENMEM_decrease_reservation, &before, 1, 2), -XEN_EBUSY);
	assert_int_equal(type_of(before), P2M_RAM);
	assert_int_equal(type_of(plain), P2M_RAM);
	assert_int_equal(frames_nr_free(), free_frames - 1); /* the grant frame */
	assert_int_equal(reservation(XENMEM_decrease_reservation, &plain, 1, 0), 1);
}

static void memory_map_is_cut_to_the_buffer(void **state)
{
	static const struct arch_e820_entry map[] = { { 0, 0x40000, 1 }, { 0xfc000000, 4096, 3 } };
	struct arch_e820_entry *seen = fake_guest(test_domain, LIST);
	struct xen_memory_map m = { .nr_entries = 100 };

	fake_host.e820 = map;
	fake_host.nr_e820 = 2;
	m.buffer.p = (void *)(uintptr_t)LIST;
	assert_int_equal(memory_op(XENMEM_memory_map, &m, sizeof(m)), 0);
	assert_int_equal(m.nr_entries, 2);
	assert_memory_equal(seen, map, sizeof(map));
	memset(seen, 0, sizeof(map));
	m.nr_entries = 1;
	assert_int_equal(memory_op(XENMEM_memory_map, &m, sizeof(m)), 0);
	assert_int_equal(m.nr_entries, 1);
	assert_int_equal(seen[1].addr, 0);
	m.buffer.p = (void *)(uintptr_t)BAD;
	assert_int_equal(memory_op(XENMEM_memory_map, &m, sizeof(m)), -XEN_EFAULT);
}

static void highest_frame(void **state)
{
	struct xen_memory_domain self = { .domid = TEST_DOMID }, other = { .domid = 5 };

	assert_int_equal(memory_op(XENMEM_maximum_gpfn, &self, 2), TEST_RAM_PAGES - 1);
	assert_int_equal(memory_op(XENMEM_maximum_gpfn, &other, 2), -XEN_ESRCH);
	assert_int_equal(memory_op(XENMEM_current_reservation, &other, 2), -XEN_ESRCH);
	assert_int_equal(memory_op(XENMEM_maximum_reservation, &other, 2), -XEN_ESRCH);
	assert_int_equal(remove_from_physmap(500), -XEN_ENOENT);
	assert_int_equal(remove_from_physmap(TEST_RAM_PAGES - 1), 0);
	assert_int_equal(memory_op(XENMEM_maximum_gpfn, &self, 2), TEST_RAM_PAGES - 2);
}

/* The layouts of a 32-bit caller. */
static void compat_layouts(void **state)
{
	struct {
		uint16_t domid, size;
		uint32_t space, idx, gpfn;
	} add = { .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = 8 };
	struct {
		uint32_t list, nr, order, flags;
		uint16_t domid;
	} r = { .list = LIST, .nr = 2, .domid = DOMID_SELF };
	struct {
		uint16_t domid;
		uint32_t gpfn;
	} rem = { .domid = DOMID_SELF, .gpfn = 8 };
	struct {
		uint32_t nr, buffer;
	} map = { .nr = 4, .buffer = BAD };
	static const uint32_t list[] = { 12, 13 };
	void *arg = fake_guest(test_domain, ARG);

	memcpy(arg, &add, sizeof(add));
	assert_int_equal(hc32(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, ARG, 0), 0);
	assert_int_equal(type_of(8), P2M_SHARED);
	memcpy(arg, &rem, sizeof(rem));
	assert_int_equal(hc32(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, ARG, 0), 0);
	assert_int_equal(type_of(8), P2M_NONE);
	memcpy(fake_guest(test_domain, LIST), list, sizeof(list));
	memcpy(arg, &r, sizeof(r));
	assert_int_equal(hc32(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, ARG, 0), 2);
	assert_int_equal(type_of(13), P2M_NONE);
	fake_host.e820 = &(struct arch_e820_entry){ 0, 1, 1 };
	fake_host.nr_e820 = 1;
	memcpy(arg, &map, sizeof(map));
	assert_int_equal(hc32(__HYPERVISOR_memory_op, XENMEM_memory_map, ARG, 0), -XEN_EFAULT);
	map.buffer = LIST;
	memcpy(arg, &map, sizeof(map));
	assert_int_equal(hc32(__HYPERVISOR_memory_op, XENMEM_memory_map, ARG, 0), 0);
	assert_int_equal(*(uint32_t *)arg, 1);
	assert_int_equal(((uint32_t *)arg)[1], LIST);
}

static void unknown_and_unreadable(void **state)
{
	for (uint64_t cmd = 0; cmd < 64; cmd++) {
		long rc = hc(__HYPERVISOR_memory_op, cmd, BAD, 0);

		if (cmd == XENMEM_maximum_ram_page)
			assert_int_equal(rc, 4095);
		else if (cmd == XENMEM_get_sharing_freed_pages ||
			 cmd == XENMEM_get_sharing_shared_pages)
			assert_int_equal(rc, 0);
		else
			assert_true(rc == -XEN_EFAULT || rc == -XEN_ENOSYS ||
				    (cmd == XENMEM_exchange && rc == -XEN_EOPNOTSUPP));
	}
	assert_int_equal(hc(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, ARG, 0),
			 -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_memory_op, XENMEM_machphys_mapping, ARG, 0), -XEN_ENOSYS);
}

#define D(f) cmocka_unit_test_setup_teardown(f, domain_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		D(shared_info_replaces_ram_and_moves),
		D(add_to_physmap_refuses),
		D(grant_frames_appear_on_demand),
		D(grant_frames_without_memory),
		D(balloon_out_and_in),
		D(the_count_tells_how_far_it_went),
		D(large_extents),
		D(very_large_extents),
		D(very_large_and_abandoned),
		D(long_lists_give_way),
		D(pinned_pages_stay),
		D(memory_map_is_cut_to_the_buffer),
		D(highest_frame),
		D(compat_layouts),
		D(unknown_and_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
