/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each hypercall but memory_op, event_channel_op and console_io, which have their own. */
#include "hv-test.h"

#include <stdio.h>
#include <string.h>

#include <xen/features.h>
#include <xen/hvm/hvm_op.h>
#include <xen/sched.h>
#include <xen/version.h>

#include <hv/bitops.h>
#include <hv/evtchn.h>
#include <hv/optin.h>
#include <support-decision.h>

#define BUF 0x3000ull

static const char *buffer(void)
{
	return fake_guest(test_domain, BUF);
}

static long version(uint64_t cmd, uint64_t ptr)
{
	return hc(__HYPERVISOR_xen_version, cmd, ptr, 0);
}

/* A numbered hypercall is there for PVH guests, or it is -ENOSYS; garbage harms nothing. */
static void the_table(void **state)
{
	static const uint8_t answered[] = {
		__HYPERVISOR_memory_op,	   __HYPERVISOR_multicall,
		__HYPERVISOR_set_timer_op, __HYPERVISOR_xen_version,
		__HYPERVISOR_console_io,   __HYPERVISOR_grant_table_op,
		__HYPERVISOR_vm_assist,	   __HYPERVISOR_vcpu_op,
		__HYPERVISOR_sched_op,	   __HYPERVISOR_event_channel_op,
		__HYPERVISOR_hvm_op,	   __HYPERVISOR_domctl,
		__HYPERVISOR_sysctl,	   __HYPERVISOR_platform_op,
		__HYPERVISOR_dm_op,	   __HYPERVISOR_hypfs_op,
		__HYPERVISOR_physdev_op,
	};

	for (uint64_t nr = 0; nr < 300; nr++) {
		bool known = memchr(answered, (int)nr, sizeof(answered)) && nr < 256;
		long rc = hc(nr, 0xfff, BAD, BAD);

		if (!known || nr == __HYPERVISOR_memory_op)
			assert_int_equal(rc, -XEN_ENOSYS);
		else
			assert_true(rc <= 0);
	}
	assert_int_equal(hc(~0ull, 0, 0, 0), -XEN_ENOSYS);
	assert_int_equal(hc(1ull << 32 | __HYPERVISOR_xen_version, 0, 0, 0), -XEN_ENOSYS);
}

static void version_numbers_and_texts(void **state)
{
	const struct xen_compile_info *info = (const void *)buffer();
	char letters[OPTIN_TAINT_SIZE], changeset[HV_CHANGESET_SIZE];

	assert_int_equal(version(XENVER_version, 0), 4 << 16 | 17);
	assert_int_equal(version(1ull << 32 | XENVER_version, 0), 4 << 16 | 17);
	assert_int_equal(version(XENVER_extraversion, BUF), 0);
	assert_string_equal(buffer(), "-candor");
	assert_int_equal(version(XENVER_changeset, BUF), 0);
	support_taint(letters);
	snprintf(changeset, sizeof(changeset), " %.19s taint:%s", SUPPORT_DECISION,
		 *letters ? letters : "none");
	assert_string_equal(strchr((const char *)buffer(), ' '), changeset);
	assert_int_equal(version(XENVER_capabilities, BUF), 0);
	assert_string_equal(buffer(), "hvm-3.0-fake");
	assert_int_equal(version(XENVER_compile_info, BUF), 0);
	assert_string_equal(info->compile_by, "candor");
	assert_string_equal(info->compile_date, "");
	assert_true(info->compiler[0]);
	assert_int_equal(version(XENVER_pagesize, 0), 4096);
	memset(test_domain->handle, 0x42, 16);
	assert_int_equal(version(XENVER_guest_handle, BUF), 0);
	assert_memory_equal(buffer(), test_domain->handle, 16);
	assert_int_equal(version(XENVER_platform_parameters, BUF), 0);
	assert_int_equal(*(const uint64_t *)buffer(), 0);
	assert_int_equal(version(XENVER_commandline, BUF), -XEN_EPERM);
	assert_int_equal(version(XENVER_build_id, BUF), -XEN_ENODATA);
	assert_int_equal(version(XENVER_build_id + 1, BUF), -XEN_ENOSYS);
	assert_int_equal(version(~0u, BUF), -XEN_ENOSYS);
	assert_int_equal(version(XENVER_extraversion, BAD), -XEN_EFAULT);
	assert_int_equal(version(XENVER_capabilities, BAD), -XEN_EFAULT);
	assert_int_equal(version(XENVER_changeset, BAD), -XEN_EFAULT);
	assert_int_equal(version(XENVER_compile_info, BAD), -XEN_EFAULT);
	assert_int_equal(version(XENVER_guest_handle, BAD), -XEN_EFAULT);
	assert_int_equal(version(XENVER_get_features, BAD), -XEN_EFAULT);
}

static void features(void **state)
{
	struct xen_feature_info f = { .submap_idx = 0 };

	assert_int_equal(hc_arg(__HYPERVISOR_xen_version, XENVER_get_features, &f, sizeof(f)), 0);
	assert_int_equal(f.submap, 1 << 0 | 1 << 2 | 1 << 8 | 1 << 9 | 1 << 16);
	f.submap_idx = 1;
	assert_int_equal(hc_arg(__HYPERVISOR_xen_version, XENVER_get_features, &f, sizeof(f)),
			 -XEN_EINVAL);
	assert_int_equal(hc32(__HYPERVISOR_xen_version, XENVER_version, 0, 0), 4 << 16 | 17);
	assert_int_equal(hc32(__HYPERVISOR_xen_version, XENVER_extraversion, BUF, 0), 0);
	assert_int_equal(hc32(__HYPERVISOR_xen_version, XENVER_platform_parameters, BUF, 0),
			 -XEN_ENOSYS);
}

static long hvm_op(uint32_t cmd, void *arg, size_t size)
{
	return hc_arg(__HYPERVISOR_hvm_op, cmd, arg, size);
}

static long param(uint32_t cmd, uint32_t index, uint64_t *value)
{
	struct xen_hvm_param p = { .domid = DOMID_SELF, .index = index, .value = *value };
	long rc = hvm_op(cmd, &p, sizeof(p));

	*value = p.value;
	return rc;
}

static void param_rights(void **state)
{
	static const char settable[] = { 2, 15, 18, 34, 36, 37 };
	static const char gettable[] = { 0, 1, 2, 15, 17, 18, 19, 34, 35, 36, 37 };
	static const char deprecated[] = { 4, 13, 20, 21, 22, 23, 24, 25, 26, 30 };

	for (uint32_t i = 0; i < HVM_NR_PARAMS + 3; i++) {
		bool gone = i >= HVM_NR_PARAMS || memchr(deprecated, (int)i, sizeof(deprecated));
		uint64_t v = 8;
		long want_set = memchr(settable, (int)i, sizeof(settable)) ? 0 : -XEN_EPERM;
		long want_get = memchr(gettable, (int)i, sizeof(gettable)) ? 0 : -XEN_EPERM;

		if (i == HVM_PARAM_CALLBACK_IRQ)
			continue;
		if (i == HVM_PARAM_ACPI_IOPORTS_LOCATION)
			want_set = -XEN_ENODEV;
		assert_int_equal(param(HVMOP_set_param, i, &v), gone ? -XEN_EINVAL : want_set);
		v = 0;
		assert_int_equal(param(HVMOP_get_param, i, &v), gone ? -XEN_EINVAL : want_get);
		if (!want_set && !gone)
			assert_int_equal(v, 8);
	}
}

static void param_values(void **state)
{
	struct xen_hvm_param other = { .domid = 4, .index = 2 };
	uint64_t v = 2ull << 56 | 0xf3;

	assert_int_equal(param(HVMOP_set_param, HVM_PARAM_CALLBACK_IRQ, &v), 0);
	assert_int_equal(test_domain->arch->callback_via, v);
	v = 9ull << 56;
	assert_int_equal(param(HVMOP_set_param, HVM_PARAM_CALLBACK_IRQ, &v), -XEN_EINVAL);
	assert_int_equal(param(HVMOP_get_param, HVM_PARAM_CALLBACK_IRQ, &v), 0);
	assert_int_equal(v, 2ull << 56 | 0xf3);
	v = 3;
	assert_int_equal(param(HVMOP_set_param, HVM_PARAM_X87_FIP_WIDTH, &v), -XEN_EINVAL);
	assert_int_equal(hvm_op(HVMOP_set_param, &other, sizeof(other)), -XEN_ESRCH);
	assert_int_equal(hvm_op(HVMOP_get_param, &other, sizeof(other)), -XEN_ESRCH);
}

static void hvm_other_operations(void **state)
{
	struct xen_hvm_evtchn_upcall_vector u = { .vcpu = 0, .vector = 0xf3 };
	struct xen_hvm_get_time t = { 0 };

	assert_int_equal(hvm_op(HVMOP_set_evtchn_upcall_vector, &u, sizeof(u)), 0);
	assert_int_equal(test_vcpu->arch->upcall_vector, 0xf3);
	u.vector = 15;
	assert_int_equal(hvm_op(HVMOP_set_evtchn_upcall_vector, &u, sizeof(u)), -XEN_EINVAL);
	u = (struct xen_hvm_evtchn_upcall_vector){ .vcpu = 1, .vector = 16 };
	assert_int_equal(hvm_op(HVMOP_set_evtchn_upcall_vector, &u, sizeof(u)), -XEN_ENOENT);
	fake_host.now = 987654321;
	assert_int_equal(hvm_op(HVMOP_get_time, &t, sizeof(t)), 0);
	assert_int_equal(t.now, 987654321);
	assert_int_equal(hc(__HYPERVISOR_hvm_op, HVMOP_flush_tlbs, 0, 0), 0);
	assert_int_equal(test_domain->arch->nr_flushes, 1);
	assert_int_equal(hc(__HYPERVISOR_hvm_op, HVMOP_flush_tlbs, ARG, 0), -XEN_EINVAL);
	assert_int_equal(hc(__HYPERVISOR_hvm_op, HVMOP_pagetable_dying, ARG, 0), -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_hvm_op, 99, ARG, 0), -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_hvm_op, HVMOP_get_param, BAD, 0), -XEN_EFAULT);
	assert_int_equal(hc(__HYPERVISOR_hvm_op, HVMOP_get_time, BAD, 0), -XEN_EFAULT);
}

static long sched_op(uint32_t cmd, void *arg, size_t size)
{
	return hc_arg(__HYPERVISOR_sched_op, cmd, arg, size);
}

static void sched_block_and_yield(void **state)
{
	assert_int_equal(hc(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0), 0);
	test_vcpu->info->evtchn_upcall_mask = 1;
	assert_int_equal(hc(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0), 0);
	assert_int_equal(test_vcpu->info->evtchn_upcall_mask, 0);
	assert_false(vcpu_runnable(test_vcpu));
	vcpu_mark_events_pending(test_vcpu);
	assert_true(vcpu_runnable(test_vcpu));
	assert_int_equal(hc(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0), 0);
	assert_true(vcpu_runnable(test_vcpu));
}

static void sched_shutdown_reasons(void **state)
{
	struct sched_shutdown s = { .reason = SHUTDOWN_MAX + 1 };
	struct sched_remote_shutdown r = { .domain_id = DOMID_SELF };

	assert_int_equal(sched_op(SCHEDOP_shutdown, &s, sizeof(s)), -XEN_EINVAL);
	assert_int_equal(sched_op(SCHEDOP_shutdown_code, &s, sizeof(s)), -XEN_EINVAL);
	assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_EPERM);
	r.domain_id = 8;
	assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &r, sizeof(r)), -XEN_ESRCH);
	assert_int_equal(sched_op(SCHEDOP_pin_override, &r, sizeof(r)), -XEN_EPERM);
	assert_int_equal(hc(__HYPERVISOR_sched_op, SCHEDOP_shutdown, BAD, 0), -XEN_EFAULT);
	assert_int_equal(test_domain->shutdown_code, DOMAIN_RUNNING);
	/* The latched code is what a later shutdown reports. */
	s.reason = SHUTDOWN_suspend;
	assert_int_equal(sched_op(SCHEDOP_shutdown_code, &s, sizeof(s)), 0);
	s.reason = SHUTDOWN_reboot;
	assert_int_equal(sched_op(SCHEDOP_shutdown, &s, sizeof(s)), 0);
	assert_int_equal(test_domain->shutdown_code, SHUTDOWN_suspend);
	assert_int_equal(sched_op(SCHEDOP_shutdown_code, &s, sizeof(s)), -XEN_EPERM);
}

static long poll(const evtchn_port_t *ports, unsigned nr, uint64_t timeout)
{
	struct sched_poll p = { .nr_ports = nr, .timeout = timeout };

	p.ports.p = (void *)BUF;
	memcpy(fake_guest(test_domain, BUF), ports, MIN(nr, 200u) * sizeof(*ports));
	return sched_op(SCHEDOP_poll, &p, sizeof(p));
}

static long watchdog(uint32_t id, uint32_t timeout)
{
	struct sched_watchdog w = { .id = id, .timeout = timeout };

	return sched_op(SCHEDOP_watchdog, &w, sizeof(w));
}

static void watchdogs(void **state)
{
	assert_int_equal(watchdog(0, 0), -XEN_EINVAL);
	assert_int_equal(watchdog(1, 5), -XEN_EINVAL);
	assert_int_equal(watchdog(9, 5), -XEN_EINVAL);
	assert_int_equal(watchdog(0, 5), 1);
	assert_int_equal(watchdog(0, 9), 2);
	assert_int_equal(watchdog(0, 9), -XEN_ENOSPC);
	fake_clock_set(arch_now() + 4 * NSEC_PER_SEC);
	assert_int_equal(watchdog(1, 5), 0);
	fake_clock_set(arch_now() + 4 * NSEC_PER_SEC);
	assert_int_equal(test_domain->shutdown_code, DOMAIN_RUNNING);
	assert_int_equal(watchdog(1, 0), 0);
	assert_int_equal(watchdog(1, 0), -XEN_EINVAL);
	fake_clock_set(arch_now() + 2 * NSEC_PER_SEC);
	assert_int_equal(test_domain->shutdown_code, SHUTDOWN_watchdog);
}

static void poll_wakes_for_its_ports(void **state)
{
	evtchn_port_t port[2];
	struct shared_info *si = test_domain->shared_info;

	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(evtchn_bind_hypervisor(test_domain, NULL, &port[i]), 0);
		bit_test_and_set(si->evtchn_mask, port[i]);
	}
	/* Masked as the ports are, their events wake a poller, and only theirs. */
	assert_int_equal(poll(&port[1], 1, 0), 0);
	assert_false(vcpu_runnable(test_vcpu));
	evtchn_raise(test_domain, port[0]);
	assert_false(vcpu_runnable(test_vcpu));
	evtchn_raise(test_domain, port[1]);
	assert_true(vcpu_runnable(test_vcpu));
	assert_int_equal(test_vcpu->arch->nr_upcalls, 0);
	/* Pending already: no sleep. */
	assert_int_equal(poll(port, 2, 0), 0);
	assert_true(vcpu_runnable(test_vcpu));
	bit_test_and_clear(si->evtchn_pending, port[0]);
	bit_test_and_clear(si->evtchn_pending, port[1]);
	assert_int_equal(poll(port, 2, 0), 0);
	assert_false(vcpu_runnable(test_vcpu));
	evtchn_raise(test_domain, port[1]);
	assert_true(vcpu_runnable(test_vcpu));
	/* An interrupt ends it, too. */
	bit_test_and_clear(si->evtchn_pending, port[1]);
	assert_int_equal(poll(port, 2, 0), 0);
	assert_false(vcpu_runnable(test_vcpu));
	vcpu_mark_events_pending(test_vcpu);
	assert_true(vcpu_runnable(test_vcpu));
	assert_int_equal(poll(port, 2, 0), 0);
	assert_true(vcpu_runnable(test_vcpu));
}

static void poll_times_out(void **state)
{
	evtchn_port_t port = 3;
	evtchn_port_t many[129] = { 0 };

	assert_int_equal(poll(&port, 1, 1000), 0);
	assert_false(vcpu_runnable(test_vcpu));
	fake_clock_set(999);
	assert_false(vcpu_runnable(test_vcpu));
	fake_clock_set(1000);
	assert_true(vcpu_runnable(test_vcpu));
	assert_int_equal(poll(&port, 1, 500), 0); /* past */
	assert_true(vcpu_runnable(test_vcpu));
	assert_int_equal(poll(&port, 0, 2000), 0); /* just time */
	assert_false(vcpu_runnable(test_vcpu));
	vcpu_wake(test_vcpu);
	assert_int_equal(timers_next(&cpu_this()->timers), STIME_MAX);
	assert_int_equal(poll(many, 129, 0), -XEN_EINVAL);
	port = 4096;
	assert_int_equal(poll(&port, 1, 0), -XEN_EINVAL);
	assert_true(vcpu_runnable(test_vcpu));
}

static void poll_of_a_32_bit_guest(void **state)
{
	struct {
		uint32_t ports, nr;
		uint64_t timeout;
	} p = { .ports = BUF, .nr = 1, .timeout = 77 };

	*(evtchn_port_t *)fake_guest(test_domain, BUF) = 5;
	memcpy(fake_guest(test_domain, ARG), &p, sizeof(p));
	assert_int_equal(hc32(__HYPERVISOR_sched_op, SCHEDOP_poll, ARG, 0), 0);
	assert_int_equal(test_vcpu->poll_port, 5);
	assert_int_equal(timers_next(&cpu_this()->timers), 77);
}

static void vcpu_states(void **state)
{
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 0, 0), 1);
	test_vcpu->initialised = true;
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 0, ARG), -XEN_EEXIST);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_up, 0, 0), 0);
	for (uint32_t op = 0; op <= VCPUOP_register_vcpu_time_memory_area; op++)
		assert_int_equal(hc(__HYPERVISOR_vcpu_op, op, HV_MAX_VCPUS, ARG), -XEN_ENOENT);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, 0), 0);
	assert_int_equal(test_vcpu->arch->nr_nmis, 1);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, ARG), -XEN_EINVAL);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, 14, 0, ARG), -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_down, 0, 0), 0);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 0, 0), 0);
	assert_int_equal(test_domain->shutdown_code, SHUTDOWN_poweroff);
}

static evtchn_port_t bind_timer(void)
{
	struct evtchn_bind_virq b = { .virq = VIRQ_TIMER };

	assert_int_equal(hc_arg(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &b, sizeof(b)),
			 0);
	return b.port;
}

static bool fired(evtchn_port_t port)
{
	return bit_test_and_clear(test_domain->shared_info->evtchn_pending, port);
}

static void singleshot_timer(void **state)
{
	struct vcpu_set_singleshot_timer s = { .timeout_abs_ns = 500 };
	evtchn_port_t port = bind_timer();

	fake_clock_set(100);
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, &s, sizeof(s)), 0);
	fake_clock_set(499);
	assert_false(fired(port));
	fake_clock_set(500);
	assert_true(fired(port));
	fake_clock_set(10000);
	assert_false(fired(port));
	/* Past: at once, without any timer running. */
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, &s, sizeof(s)), 0);
	assert_true(fired(port));
	s.flags = VCPU_SSHOTTMR_future;
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, &s, sizeof(s)), -XEN_ETIME);
	assert_false(fired(port));
	s.timeout_abs_ns = 10500;
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, &s, sizeof(s)), 0);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0), 0);
	fake_clock_set(11000);
	assert_false(fired(port));
	/* Beyond what the clock can reach: never, and it replaces what was set. */
	s.timeout_abs_ns = ~0ull;
	assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, &s, sizeof(s)), 0);
	fake_clock_set(1ll << 60);
	assert_false(fired(port));
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, BAD),
			 -XEN_EFAULT);
}

static void set_timer_op(void **state)
{
	evtchn_port_t port = bind_timer();

	assert_int_equal(hc(__HYPERVISOR_set_timer_op, 1000, 0, 0), 0);
	assert_int_equal(hc(__HYPERVISOR_set_timer_op, 0, 0, 0), 0);
	fake_clock_set(1000);
	assert_false(fired(port));
	assert_int_equal(hc(__HYPERVISOR_set_timer_op, 2000, 0, 0), 0);
	fake_clock_set(2000);
	assert_true(fired(port));
	/* A 32-bit guest's two halves. */
	assert_int_equal(hc32(__HYPERVISOR_set_timer_op, 5, 1, 0), 0);
	assert_int_equal(timers_next(&cpu_this()->timers), (1ll << 32) + 5);
}

static void periodic_timer(void **state)
{
	struct vcpu_set_periodic_timer p = { .period_ns = NSEC_PER_MSEC - 1 };
	evtchn_port_t port = bind_timer();

	assert_int_equal(vcpu_op(VCPUOP_set_periodic_timer, &p, sizeof(p)), -XEN_EINVAL);
	p.period_ns = ~0ull;
	assert_int_equal(vcpu_op(VCPUOP_set_periodic_timer, &p, sizeof(p)), -XEN_EINVAL);
	p.period_ns = NSEC_PER_MSEC;
	assert_int_equal(vcpu_op(VCPUOP_set_periodic_timer, &p, sizeof(p)), 0);
	for (unsigned i = 1; i < 4; i++) {
		fake_clock_set(i * NSEC_PER_MSEC);
		assert_true(fired(port));
	}
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0), 0);
	fake_clock_set(9 * NSEC_PER_MSEC);
	assert_false(fired(port));
}

static void runstate_calls(void **state)
{
	struct vcpu_register_runstate_memory_area area = { .addr.p = BUF };
	const struct vcpu_runstate_info *copy = (const void *)buffer();
	struct vcpu_runstate_info info;

	fake_host.now = 250;
	assert_int_equal(vcpu_op(VCPUOP_get_runstate_info, &info, sizeof(info)), 0);
	assert_int_equal(info.state, RUNSTATE_running);
	assert_int_equal(info.time[RUNSTATE_running], 250);
	assert_int_equal(vcpu_op(VCPUOP_register_runstate_memory_area, &area, sizeof(area)), 0);
	assert_int_equal(copy->state, RUNSTATE_running);
	vcpu_set_runstate(test_vcpu, RUNSTATE_runnable, 300);
	vcpu_set_runstate(test_vcpu, RUNSTATE_running, 350);
	assert_int_equal(copy->time[RUNSTATE_runnable], 50);
	/* A bad address leaves the good one. */
	area.addr.p = BAD;
	assert_int_equal(vcpu_op(VCPUOP_register_runstate_memory_area, &area, sizeof(area)),
			 -XEN_EFAULT);
	assert_int_equal(test_vcpu->runstate_gva, BUF);
	assert_int_equal(hc(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, BAD), -XEN_EFAULT);
	assert_int_equal(hc32(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, BUF), -XEN_ENOSYS);
}

static void time_area(void **state)
{
	struct vcpu_register_time_memory_area area = { .addr.p = BUF };
	const struct vcpu_time_info *copy = (const void *)buffer();

	fake_host.now = 4242;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_time_memory_area, &area, sizeof(area)), 0);
	assert_int_equal(copy->system_time, 4242);
	assert_int_equal(copy->version, test_vcpu->info->time.version);
	area.addr.p = BAD;
	assert_int_equal(vcpu_op(VCPUOP_register_vcpu_time_memory_area, &area, sizeof(area)),
			 -XEN_EFAULT);
	assert_int_equal(test_vcpu->time_gva, BUF);
}

static long register_info(uint64_t g, uint32_t offset)
{
	struct vcpu_register_vcpu_info r = { .mfn = g, .offset = offset };

	return vcpu_op(VCPUOP_register_vcpu_info, &r, sizeof(r));
}

static void vcpu_info_moves_once_and_loses_nothing(void **state)
{
	const struct vcpu_info *old = test_vcpu->info, *info;

	assert_int_equal(register_info(6, 4096 - 63), -XEN_ENXIO);
	assert_int_equal(register_info(6, 4096 - 56), -XEN_ENXIO);
	assert_int_equal(register_info(6, ~0u), -XEN_ENXIO);
	assert_int_equal(register_info(6, 4), -XEN_ENXIO);
	assert_int_equal(register_info(TEST_RAM_PAGES, 0), -XEN_EINVAL);
	assert_int_equal(register_info(~0ull, 0), -XEN_EINVAL);
	assert_ptr_equal(test_vcpu->info, old);
	assert_false(domain_gfn_pinned(test_domain, gfn(TEST_RAM_PAGES)));
	test_vcpu->info->arch.cr2 = 0x1234;
	assert_int_equal(register_info(6, 4096 - 64), 0);
	info = fake_guest(test_domain, 0x6000 + 4096 - 64);
	assert_ptr_equal(test_vcpu->info, info);
	assert_int_equal(info->arch.cr2, 0x1234);
	assert_int_equal(info->evtchn_upcall_pending, 1);
	assert_true(info->evtchn_pending_sel == ~0ul);
	assert_int_equal(test_vcpu->arch->nr_upcalls, 1);
	assert_int_equal(info->time.version % 2, 0);
	assert_true(domain_gfn_pinned(test_domain, gfn(6)));
	assert_int_equal(register_info(7, 0), -XEN_EINVAL);
	assert_false(domain_gfn_pinned(test_domain, gfn(7)));
	assert_int_equal(hc32(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, ARG),
			 -XEN_ENOSYS);
}

static void vm_assist(void **state)
{
	assert_int_equal(hc(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 5, 0), 0);
	assert_true(test_domain->runstate_update_flag);
	assert_int_equal(test_domain->vm_assist, 1 << 5);
	assert_int_equal(hc(__HYPERVISOR_vm_assist, VMASST_CMD_disable, 5, 0), 0);
	assert_false(test_domain->runstate_update_flag);
	assert_int_equal(test_domain->vm_assist, 0);
	assert_int_equal(hc(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 2, 0), -XEN_EINVAL);
	assert_int_equal(hc(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 64, 0), -XEN_EINVAL);
	assert_int_equal(hc(__HYPERVISOR_vm_assist, 2, 5, 0), -XEN_ENOSYS);
}

static void multicall(void **state)
{
	struct multicall_entry *e = fake_guest(test_domain, BUF);

	memset(e, 0, 4 * sizeof(*e));
	e[0].op = __HYPERVISOR_xen_version;
	e[1].op = __HYPERVISOR_multicall;
	e[2].op = __HYPERVISOR_sched_op;
	e[2].args[0] = 99;
	e[3].op = 1000;
	assert_int_equal(hc(__HYPERVISOR_multicall, BUF, 4, 0), 0);
	assert_int_equal(e[0].result, 4 << 16 | 17);
	assert_int_equal((long)e[1].result, -XEN_EINVAL);
	assert_int_equal((long)e[2].result, -XEN_ENOSYS);
	assert_int_equal((long)e[3].result, -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_multicall, BUF, 0, 0), 0);
	assert_int_equal(hc(__HYPERVISOR_multicall, BUF, 65, 0), -XEN_EINVAL);
	assert_int_equal(hc(__HYPERVISOR_multicall, BUF, ~0u, 0), -XEN_EINVAL);
	assert_int_equal(hc(__HYPERVISOR_multicall, BAD, 1, 0), -XEN_EFAULT);
	test_domain->arch->read_only[BUF >> PAGE_SHIFT] = true;
	assert_int_equal(hc(__HYPERVISOR_multicall, BUF, 1, 0), -XEN_EFAULT);
}

/* Nothing is done for a domain that a call before has stopped. */
static void multicall_ends_with_the_domain(void **state)
{
	struct multicall_entry *e = fake_guest(test_domain, BUF);

	memset(e, 0, 2 * sizeof(*e));
	e[0].op = __HYPERVISOR_sched_op;
	e[0].args[0] = SCHEDOP_shutdown;
	e[0].args[1] = ARG;
	e[1].op = __HYPERVISOR_xen_version;
	assert_int_equal(hc(__HYPERVISOR_multicall, BUF, 2, 0), 0);
	assert_int_equal(test_domain->shutdown_code, SHUTDOWN_poweroff);
	assert_int_equal(e[1].result, 0);
}

static void multicall_of_a_32_bit_guest(void **state)
{
	struct {
		uint32_t op, result, args[6];
	} *e = fake_guest(test_domain, BUF);

	memset(e, 0, 2 * sizeof(*e));
	e[0].op = __HYPERVISOR_xen_version;
	e[0].args[0] = XENVER_commandline;
	e[1].op = __HYPERVISOR_xen_version;
	assert_int_equal(hc32(__HYPERVISOR_multicall, BUF, 2, 0), 0);
	assert_int_equal((int32_t)e[0].result, -XEN_EPERM);
	assert_int_equal(e[1].result, 4 << 16 | 17);
}

#define D(f) cmocka_unit_test_setup_teardown(f, domain_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		D(the_table),
		D(version_numbers_and_texts),
		D(features),
		D(param_rights),
		D(param_values),
		D(hvm_other_operations),
		D(sched_block_and_yield),
		D(sched_shutdown_reasons),
		D(watchdogs),
		D(poll_wakes_for_its_ports),
		D(poll_times_out),
		D(poll_of_a_32_bit_guest),
		D(vcpu_states),
		D(singleshot_timer),
		D(set_timer_op),
		D(periodic_timer),
		D(runstate_calls),
		D(time_area),
		D(vcpu_info_moves_once_and_loses_nothing),
		D(vm_assist),
		D(multicall),
		D(multicall_ends_with_the_domain),
		D(multicall_of_a_32_bit_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
