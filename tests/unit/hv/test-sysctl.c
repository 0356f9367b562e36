/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a toolstack asks of the whole host by sysctl: counters, NUMA nodes, what is not there. */
#include "hv-test.h"

#include <string.h>

#include <candor/support.h>

#include <hv/evtchn.h>

SUPPORT_TEST(performance_counters, "unit/hv-sysctl");

#define LIST (ARG + 0x1000)

static int tool_setup(void **state)
{
	if (pair_setup(state))
		return -1;
	test_domain->privileged = true;
	return 0;
}

/* NUMA nodes as sysctl tells them */

static long numainfo(uint32_t nr, uint64_t meminfo, uint64_t distance, uint32_t *ret_nr)
{
	struct xen_sysctl op = { .u.numainfo.num_nodes = nr };
	long rc;

	op.u.numainfo.meminfo.p = (void *)(uintptr_t)meminfo;
	op.u.numainfo.distance.p = (void *)(uintptr_t)distance;
	rc = sysctl_op(XEN_SYSCTL_numainfo, &op);
	*ret_nr = op.u.numainfo.num_nodes;
	return rc;
}

static void nodes(void **state)
{
	uint32_t *distance = fake_guest(test_domain, LIST + 0x1000), nr;
	struct xen_sysctl_meminfo *mem = fake_guest(test_domain, LIST);
	struct xen_sysctl op = { 0 };

	fake_host.nr_nodes = 3;
	assert_int_equal(numainfo(0, 0, 0, &nr), 0);
	assert_int_equal(nr, 3);
	memset(mem, 0xff, 4 * sizeof(*mem));
	memset(distance, 0xff, 16 * sizeof(*distance));
	assert_int_equal(numainfo(8, LIST, LIST + 0x1000, &nr), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(mem[0].memsize, frames_nr_total() << PAGE_SHIFT);
	assert_int_equal(mem[0].memfree, frames_nr_free() << PAGE_SHIFT);
	assert_int_equal(mem[2].memsize, 0);
	assert_int_equal(mem[3].memsize, UINT64_MAX);
	assert_int_equal(distance[0], 10);
	assert_int_equal(distance[1], 21);
	assert_int_equal(distance[5], 23);
	assert_int_equal(distance[8], 10);
	assert_int_equal(distance[9], UINT32_MAX);
	/* Room for two: a part, and how many there are. */
	memset(mem, 0xff, 4 * sizeof(*mem));
	memset(distance, 0xff, 16 * sizeof(*distance));
	assert_int_equal(numainfo(2, LIST, LIST + 0x1000, &nr), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(mem[2].memsize, UINT64_MAX);
	assert_int_equal(distance[3], 21);
	assert_int_equal(distance[4], UINT32_MAX);
	assert_int_equal(numainfo(3, BAD, 0, &nr), -XEN_EFAULT);
	assert_int_equal(numainfo(3, 0, BAD, &nr), -XEN_EFAULT);
	assert_int_equal(sysctl_op(XEN_SYSCTL_physinfo, &op), 0);
	assert_int_equal(op.u.physinfo.nr_nodes, 3);
	assert_int_equal(op.u.physinfo.max_node_id, 2);
	op.u.availheap.node = 1;
	assert_int_equal(sysctl_op(XEN_SYSCTL_availheap, &op), 0);
	assert_int_equal(op.u.availheap.avail_bytes, 0);
	op.u.availheap.node = -1;
	assert_int_equal(sysctl_op(XEN_SYSCTL_availheap, &op), 0);
	assert_int_equal(op.u.availheap.avail_bytes, frames_nr_free() << PAGE_SHIFT);
	op.u.availheap.node = 1000;
	assert_int_equal(sysctl_op(XEN_SYSCTL_availheap, &op), 0);
	assert_int_equal(op.u.availheap.avail_bytes, 0);
}

/* Performance counters */

static struct xen_sysctl_perfc_desc descs[64];
static uint32_t vals[1024];

static long perfc_op(uint32_t cmd, struct xen_sysctl_perfc_op *p)
{
	struct xen_sysctl op = { .u.perfc_op = *p };
	long rc;

	op.u.perfc_op.cmd = cmd;
	rc = sysctl_op(XEN_SYSCTL_perfc_op, &op);
	*p = op.u.perfc_op;
	return rc;
}

/* Value @n of the counter @name. */
static uint32_t counter(const char *name, unsigned n)
{
	struct xen_sysctl_perfc_op p = { 0 };
	unsigned at = 0;

	p.desc.p = (void *)(uintptr_t)LIST;
	p.val.p = (void *)(uintptr_t)(LIST + 0x2000);
	assert_int_equal(perfc_op(XEN_SYSCTL_PERFCOP_query, &p), 0);
	assert_true(p.nr_counters <= ARRAY_SIZE(descs) && p.nr_vals <= ARRAY_SIZE(vals));
	assert_int_equal(
		arch_copy_from_guest(test_vcpu, descs, LIST, p.nr_counters * sizeof(descs[0])), 0);
	assert_int_equal(
		arch_copy_from_guest(test_vcpu, vals, LIST + 0x2000, p.nr_vals * sizeof(vals[0])),
		0);
	for (unsigned i = 0; i < p.nr_counters; at += descs[i++].nr_vals)
		if (!strcmp(descs[i].name, name))
			return vals[at + n];
	fail_msg("no counter %s", name);
	return 0;
}

static void counters(void **state)
{
	struct xen_sysctl_perfc_op p = { 0 };
	uint32_t before = counter("hypercalls", __HYPERVISOR_sysctl);

	assert_int_equal(counter("hypercalls", __HYPERVISOR_sysctl), before + 1);
	hc(0xffffffffff, 0, 0, 0);
	hc(63, 0, 0, 0);
	assert_int_equal(counter("hypercalls", 63), 2);
	assert_true(counter("vcpu wakes", 0) + 1 > 0);
	assert_int_equal(perfc_op(XEN_SYSCTL_PERFCOP_reset, &p), 0);
	assert_int_equal(counter("hypercalls", 63), 0);
	assert_int_equal(counter("hypercalls", __HYPERVISOR_sysctl), 2);
	evtchn_raise_virq(test_vcpu, VIRQ_DEBUG);
	assert_int_equal(counter("virtual interrupts raised", 0), 1);
	assert_int_equal(perfc_op(0, &p), -XEN_EINVAL);
	assert_int_equal(perfc_op(3, &p), -XEN_EINVAL);
	p.desc.p = (void *)(uintptr_t)BAD;
	assert_int_equal(perfc_op(XEN_SYSCTL_PERFCOP_query, &p), -XEN_EFAULT);
	p.desc.p = NULL;
	p.val.p = (void *)(uintptr_t)(((uint64_t)TEST_RAM_PAGES << PAGE_SHIFT) - 8);
	assert_int_equal(perfc_op(XEN_SYSCTL_PERFCOP_query, &p), -XEN_EFAULT);
}

static void counters_shown(void **state)
{
	struct xen_sysctl op = { .u.debug_keys.nr_keys = 1 };

	op.u.debug_keys.keys.p = (void *)(uintptr_t)LIST;
	*(char *)fake_guest(test_domain, LIST) = 'p';
	hc(63, 0, 0, 0);
	assert_int_equal(sysctl_op(XEN_SYSCTL_debug_keys, &op), 0);
	assert_non_null(strstr(fake_host.console, "hypercalls[63]: "));
	*(char *)fake_guest(test_domain, LIST) = 'P';
	assert_int_equal(sysctl_op(XEN_SYSCTL_debug_keys, &op), 0);
	fake_console_clear();
	*(char *)fake_guest(test_domain, LIST) = 'p';
	assert_int_equal(sysctl_op(XEN_SYSCTL_debug_keys, &op), 0);
	assert_null(strstr(fake_host.console, "hypercalls[63]: "));
}

static void no_lock_profile(void **state)
{
	struct xen_sysctl op = { 0 };

	assert_int_equal(sysctl_op(XEN_SYSCTL_lockprof_op, &op), -XEN_ENOSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nodes, tool_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(counters, tool_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(counters_shown, tool_setup, pair_teardown),
		cmocka_unit_test_setup_teardown(no_lock_profile, tool_setup, pair_teardown),
	};

	return cmocka_run_group_tests_name("hv-sysctl", tests, NULL, NULL);
}
