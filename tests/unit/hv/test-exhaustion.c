/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory runs out at every allocation of every hypercall that allocates, and of the creation of
 * a domain: an error comes back, the same call then works, and in the end nothing is lost. And
 * domains made and ended through domctl ten thousand times leave free memory as it was.
 */
#include "hv-test.h"

#include <string.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hypfs.h>
#include <xen/memory.h>
#include <xen/vcpu.h>

#define NEW_DOMID 9
#define LIST 0x12000ull /* what arguments point to */
#define NEW_GFN 200
#define MAX_ALLOCATIONS 2000
#define NR_CYCLES 10000

static long domctl(uint32_t cmd, domid_t id, struct xen_domctl *op)
{
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = id;
	memcpy(fake_guest(test_domain, ARG), op, sizeof(*op));
	return hc(__HYPERVISOR_domctl, ARG, 0, 0);
}

static long sysctl(uint32_t cmd, struct xen_sysctl *op)
{
	op->cmd = cmd;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	memcpy(fake_guest(test_domain, ARG), op, sizeof(*op));
	return hc(__HYPERVISOR_sysctl, ARG, 0, 0);
}

static long create(void)
{
	struct xen_domctl op = { .u.createdomain = {
					 .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
					 .max_vcpus = 8,
					 .max_grant_frames = -1,
					 .max_maptrack_frames = -1,
					 .arch.emulation_flags = 1,
				 } };

	return domctl(XEN_DOMCTL_createdomain, NEW_DOMID, &op);
}

static long destroy(void)
{
	struct xen_domctl op = { 0 };

	return domctl(XEN_DOMCTL_destroydomain, NEW_DOMID, &op);
}

/* A long list of ports takes more than one bucket. */
static long open_ports(void)
{
	long rc = 0;

	for (unsigned i = 0; i < 600 && !rc; i++) {
		struct evtchn_alloc_unbound op = { .dom = DOMID_SELF, .remote_dom = 0 };

		rc = hc_arg(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &op, sizeof(op));
	}
	return rc;
}

static long use_fifo(void)
{
	struct evtchn_init_control control = { .control_gfn = 20, .vcpu = 0 };
	struct evtchn_expand_array array = { .array_gfn = 21 };
	long rc = hc_arg(__HYPERVISOR_event_channel_op, EVTCHNOP_init_control, &control,
			 sizeof(control));

	/* It may have come through the last time. */
	if (rc && rc != -XEN_EINVAL)
		return rc;
	return hc_arg(__HYPERVISOR_event_channel_op, EVTCHNOP_expand_array, &array, sizeof(array));
}

static long populate(void)
{
	struct xen_memory_reservation r = { .nr_extents = 8, .domid = DOMID_SELF };
	xen_pfn_t gfns[8];
	long rc;

	test_domain->max_pages = 1000;
	for (unsigned i = 0; i < 8; i++)
		gfns[i] = NEW_GFN + i;
	memcpy(fake_guest(test_domain, LIST), gfns, sizeof(gfns));
	r.extent_start.p = (void *)LIST;
	rc = hc_arg(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r, sizeof(r));
	/* So many extents were done; those that were are not there to be had again. */
	for (unsigned i = 0; rc >= 0 && rc < 8 && i < 8; i++) {
		struct xen_remove_from_physmap gone = { DOMID_SELF, NEW_GFN + i };

		(void)hc_arg(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &gone,
			     sizeof(gone));
	}
	return rc == 8 ? 0 : rc < 0 ? rc : -XEN_ENOMEM;
}

static long add_grant_frames(void)
{
	long rc = 0;

	for (unsigned i = 0; i < 4 && !rc; i++) {
		struct xen_add_to_physmap a = { .domid = DOMID_SELF,
						.space = XENMAPSPACE_grant_table,
						.idx = i,
						.gpfn = NEW_GFN + i };

		rc = hc_arg(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &a, sizeof(a));
	}
	return rc;
}

static long use_grants_v2(void)
{
	struct gnttab_set_version v = { .version = 2 };
	long rc;

	memcpy(fake_guest(test_domain, ARG), &v, sizeof(v));
	rc = hc(__HYPERVISOR_grant_table_op, GNTTABOP_set_version, ARG, 1);
	return rc ? rc : add_grant_frames();
}

static long show_table(struct domain *d)
{
	struct xen_add_to_physmap a = { .domid = d->id,
					.space = XENMAPSPACE_grant_table,
					.gpfn = NEW_GFN + 20 };

	return hc_arg(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &a, sizeof(a));
}

/* The peer grants a page, and it is mapped, copied from, and let go. */
static long map_grant(void)
{
	struct gnttab_map_grant_ref map = { .host_addr = (uint64_t)(NEW_GFN + 40) << PAGE_SHIFT,
					    .flags = GNTMAP_host_map,
					    .ref = 8,
					    .dom = PEER_DOMID };
	struct gnttab_unmap_grant_ref unmap = { .host_addr = map.host_addr };
	struct grant_entry_v1 *entry;
	long rc = show_table(peer_domain);

	if (rc)
		return rc;
	entry = fake_guest(peer_domain, (uint64_t)(NEW_GFN + 20) << PAGE_SHIFT);
	entry[8] = (struct grant_entry_v1){ GTF_permit_access, TEST_DOMID, 30 };
	memcpy(fake_guest(test_domain, ARG), &map, sizeof(map));
	rc = hc(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, ARG, 1);
	memcpy(&map, fake_guest(test_domain, ARG), sizeof(map));
	if (rc || map.status)
		return rc ? rc : -XEN_ENOMEM;
	unmap.handle = map.handle;
	memcpy(fake_guest(test_domain, ARG), &unmap, sizeof(unmap));
	return hc(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, ARG, 1);
}

static long acquire(void)
{
	struct xen_mem_acquire_resource r = { .domid = PEER_DOMID,
					      .type = XENMEM_resource_grant_table,
					      .nr_frames = 2 };
	xen_pfn_t gfns[2] = { NEW_GFN + 50, NEW_GFN + 51 };
	long rc;

	memcpy(fake_guest(test_domain, LIST), gfns, sizeof(gfns));
	r.frame_list.p = (void *)LIST;
	rc = hc_arg(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &r, sizeof(r));
	/* The ABI's word for a part that is mapped. */
	return rc == -XEN_EIO ? -XEN_ENOMEM : rc;
}

static long set_memory_map(void)
{
	struct xen_foreign_memory_map m = { .domid = PEER_DOMID, .map = { .nr_entries = 1 } };
	struct arch_e820_entry e = { 0, 0x10000000, 1 };

	memcpy(fake_guest(test_domain, LIST), &e, sizeof(e));
	m.map.buffer.p = (void *)LIST;
	return hc_arg(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &m, sizeof(m));
}

static long read_hypfs(void)
{
	static const char path[] = "/buildinfo/config";
	struct hypercall call = { .arg = { XEN_HYPFS_OP_read, LIST, sizeof(path), ARG, 4096 } };
	long rc;

	memcpy(fake_guest(test_domain, LIST), path, sizeof(path));
	rc = hypercall_dispatch(test_vcpu, __HYPERVISOR_hypfs_op, &call);
	return rc == -XEN_ENOBUFS ? 0 : rc; /* longer than there is room for: it was read */
}

/* A pool with each of the schedulers: it gets a CPU, the peer moves there and back. */
static long pool_op(uint32_t op, uint32_t pool, uint32_t cpu, uint32_t sched)
{
	struct xen_sysctl s = { .u.cpupool_op = { .op = op,
						  .cpupool_id = pool,
						  .cpu = cpu,
						  .sched_id = sched,
						  .domid = PEER_DOMID } };

	return sysctl(XEN_SYSCTL_cpupool_op, &s);
}

static long pool_steps(uint32_t sched)
{
	long rc = pool_op(XEN_SYSCTL_CPUPOOL_OP_CREATE, 5, 0, sched);

	if (rc)
		return rc;
	rc = pool_op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 0, 1, 0);
	if (!rc)
		rc = pool_op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 5, 1, 0);
	if (!rc)
		rc = pool_op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 5, 0, 0);
	return rc;
}

/* Undo what was done, as far as it was; without failures. */
static void pool_back(void)
{
	(void)pool_op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 0, 0, 0);
	(void)pool_op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 5, 1, 0);
	(void)pool_op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, 1, 0);
	(void)pool_op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 5, 0, 0);
}

static long pool(uint32_t sched)
{
	long rc = pool_steps(sched);

	alloc_fail_at(0);
	pool_back();
	return rc;
}

static long pool_credit2(void)
{
	return pool(XEN_SCHEDULER_CREDIT2);
}

static long pool_null(void)
{
	return pool(XEN_SCHEDULER_NULL);
}

static long pool_rtds(void)
{
	return pool(XEN_SCHEDULER_RTDS);
}

static const struct scenario {
	const char *name;
	long (*fn)(void);
	unsigned at_least; /* so many allocations, or it does not do what it says */
} scenarios[] = {
	{ "domctl: createdomain", create, 20 },
	{ "event channels: many ports", open_ports, 2 },
	{ "event channels: FIFO", use_fifo, 1 },
	{ "memory_op: populate", populate, 8 },
	{ "memory_op: grant frames", add_grant_frames, 4 },
	{ "memory_op: acquire_resource", acquire, 2 },
	{ "memory_op: set_memory_map", set_memory_map, 1 },
	{ "grant_table_op: version 2", use_grants_v2, 4 },
	{ "grant_table_op: map", map_grant, 3 },
	{ "hypfs_op: read", read_hypfs, 1 },
	{ "sysctl: cpupool, credit2", pool_credit2, 5 },
	{ "sysctl: cpupool, null", pool_null, 3 },
	{ "sysctl: cpupool, rtds", pool_rtds, 3 },
};

static void up(void)
{
	assert_int_equal(pair_setup(NULL), 0);
	fake_cpus_create(2);
	assert_int_equal(sched_cpu_online(cpu_get(1)), 0);
	test_domain->privileged = true;
}

static void down(void)
{
	alloc_fail_at(0);
	test_domain->privileged = true;
	(void)destroy();
	assert_int_equal(pair_teardown(NULL), 0);
}

/* The @n-th allocation fails; true: there are so many. */
static bool fail_at(const struct scenario *s, unsigned n)
{
	bool failed;
	long rc;

	up();
	alloc_fail_at(n);
	rc = s->fn();
	failed = alloc_failed() || frames_nr_free() == 0;
	if (rc && rc != -XEN_ENOMEM)
		fail_msg("%s: allocation %u: error %ld", s->name, n, -rc);
	alloc_fail_at(0);
	/* What failed left nothing in the way of the same once more. */
	if (rc) {
		rc = s->fn();
		if (rc)
			fail_msg("%s: again after allocation %u: error %ld", s->name, n, -rc);
		failed = true;
	}
	down();
	return failed;
}

static void every_allocation(void **state)
{
	for (unsigned i = 0; i < ARRAY_SIZE(scenarios); i++) {
		unsigned n = 1;

		while (n < MAX_ALLOCATIONS && fail_at(&scenarios[i], n))
			n++;
		print_message("%s: %u allocations\n", scenarios[i].name, n - 1);
		if (n - 1 < scenarios[i].at_least)
			fail_msg("%s: only %u allocations failed", scenarios[i].name, n - 1);
	}
}

static void cycles(void **state)
{
	uint64_t before;

	up();
	/* What is made once, at the first use, is not lost. */
	assert_int_equal(create(), 0);
	assert_int_equal(destroy(), 0);
	before = frames_nr_free();
	for (unsigned i = 0; i < NR_CYCLES; i++) {
		assert_int_equal(create(), 0);
		assert_true(frames_nr_free() < before);
		assert_int_equal(destroy(), 0);
		if (frames_nr_free() != before)
			fail_msg("after %u domains %ld frames are missing", i + 1,
				 (long)(before - frames_nr_free()));
	}
	down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation),
		cmocka_unit_test(cycles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
