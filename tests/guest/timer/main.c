/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves time: the wallclock and the PV clock are sound, the clock is monotone
 * and goes at the rate its own scale promises, the single-shot timer fires
 * once and never early, at once for the past, not after it was stopped; and the
 * runstate area accounts for the time.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/vcpu.h>

#include "boot.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "paging.h"
#include "pvclock.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(pv_clock, "guest/timer");
SUPPORT_TEST(evtchn_2l, "guest/timer");

#define MS 1000000UL

const char guest_name[] = "timer";

static unsigned int timer_port;

static long set_timer(uint64_t deadline)
{
	struct vcpu_set_singleshot_timer t = { .timeout_abs_ns = deadline };

	return hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &t);
}

static void wait_until(uint64_t time)
{
	while (pvclock_read() < time)
		cpu_pause();
}

static void test_wallclock(const struct shared_info *s)
{
	uint64_t sec = (uint64_t)s->wc_sec_hi << 32 | s->wc_sec;

	report_ok((s->wc_version & 1) == 0, "wc_version is even");
	report_ok(sec > 1577836800 && sec < 4102444800, "the wallclock says %lu s",
		  (unsigned long)sec);
	report_ok(s->wc_nsec < 1000000000, "wc_nsec is below a second");
}

static void test_vcpu_info(struct vcpu_info **ret_info)
{
	static char other[4096] __attribute__((aligned(4096)));
	struct vcpu_register_vcpu_info reg = { .mfn = boot_gfn(other), .offset = 4096 - 32 };

	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, &reg), -XEN_ENXIO,
		  "a vcpu_info across a page end");
	reg.offset = 3;
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, &reg), -XEN_ENXIO,
		  "a vcpu_info off alignment");
	reg = (struct vcpu_register_vcpu_info){ .mfn = 1UL << 50 };
	report_ok(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, &reg) < 0,
		  "a vcpu_info in no memory is refused");
	*ret_info = evtchn_register_vcpu_info();
	report_ok(*ret_info, "vcpu_info is registered");
	reg.mfn = boot_gfn(other);
	report_ok(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, &reg) < 0,
		  "a second registration is refused");
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 77, &reg),
		  -XEN_ENOENT, "a vcpu_info of a vCPU that is not there");
}

static void test_clock(const volatile struct vcpu_time_info *info)
{
	uint64_t last = pvclock_read();
	uint32_t khz = cpu_cpuid(0x40000003, 0).ecx;
	bool monotone = true;
	uint64_t tsc, time, second;

	report_ok((info->version & 1) == 0 && info->version != 0, "the time info is published");
	report_ok(last != 0, "system time is %lu ns", (unsigned long)last);
	for (unsigned int i = 0; i < 20000; i++) {
		uint64_t now = pvclock_read();

		monotone &= now >= last;
		last = now;
	}
	report_ok(monotone, "20000 readings never go back");
	second = pvclock_scale(khz * 1000UL);
	report_ok(second > 990 * MS && second < 1010 * MS,
		  "%u kHz of CPUID make %lu ns a second by the clock's scale", khz,
		  (unsigned long)second);
	tsc = cpu_rdtsc();
	time = pvclock_read();
	wait_until(time + 100 * MS);
	tsc = pvclock_scale(cpu_rdtsc() - tsc);
	time = pvclock_read() - time;
	report_ok(tsc > time - time / 50 && tsc < time + time / 50,
		  "%lu ns by the clock are %lu ns by the TSC", (unsigned long)time,
		  (unsigned long)tsc);
}

static void test_single_shot(void)
{
	uint64_t deadline = pvclock_read() + 20 * MS;
	uint64_t now;

	evtchn_nr_upcalls = 0;
	report_rc(set_timer(deadline), 0, "a timer in 20 ms");
	report_ok(evtchn_wait_upcalls(1, 2000), "it fires");
	now = pvclock_read();
	report_ok(now >= deadline, "not early");
	report_ok(evtchn_last_seen == timer_port, "on the VIRQ's port %u", timer_port);
	report_ok(!evtchn_wait_upcalls(2, 60), "and only once");
	evtchn_nr_upcalls = 0;
	report_rc(set_timer(pvclock_read() - MS), 0, "a timer in the past");
	report_ok(evtchn_wait_upcalls(1, 1000), "fires");
	evtchn_nr_upcalls = 0;
	report_rc(set_timer(pvclock_read() + 30 * MS), 0, "a timer in 30 ms");
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, NULL), 0,
		  "stopping it");
	report_ok(!evtchn_wait_upcalls(1, 90), "it stays silent");
	report_rc(set_timer(pvclock_read() + 10000 * MS), 0, "a timer in 10 s");
	report_rc(set_timer(pvclock_read() + 10 * MS), 0, "replaced by one in 10 ms");
	report_ok(evtchn_wait_upcalls(1, 2000), "the second fires");
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, NULL), 0,
		  "stop_periodic_timer");
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0,
			      (void *)PAGING_WINDOW),
		  -XEN_EFAULT, "a timer at an unmapped pointer");
}

static void test_halt(void)
{
	uint64_t deadline = pvclock_read() + 25 * MS;
	unsigned int halts = 0;

	evtchn_nr_upcalls = 0;
	report_rc(set_timer(deadline), 0, "a timer to wake from hlt");
	while (evtchn_nr_upcalls == 0 && halts++ < 10000)
		cpu_halt_enabled();
	report_ok(evtchn_nr_upcalls == 1 && pvclock_read() >= deadline,
		  "hlt ends with the timer after %u halts", halts);
	report_ok(halts < 100, "hlt really waits");
}

static void test_set_timer_op(void)
{
	evtchn_nr_upcalls = 0;
	report_rc(hypercall_5(__HYPERVISOR_set_timer_op, pvclock_read() + 15 * MS, 0, 0, 0, 0), 0,
		  "set_timer_op");
	report_ok(evtchn_wait_upcalls(1, 2000), "it fires");
	report_rc(hypercall_5(__HYPERVISOR_set_timer_op, 0, 0, 0, 0, 0), 0, "set_timer_op 0");
}

static void test_runstate(void)
{
	static char area_page[4096] __attribute__((aligned(4096)));
	struct vcpu_runstate_info *area = (struct vcpu_runstate_info *)(area_page + 64);
	struct vcpu_register_runstate_memory_area reg = { .addr.v = area };
	struct vcpu_runstate_info first, second;
	uint64_t now;

	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0, &reg),
		  0, "register_runstate_memory_area");
	report_equal((uint64_t)area->state, RUNSTATE_running, "state in the area");
	report_rc(hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, &first), 0,
		  "get_runstate_info");
	now = pvclock_read();
	report_ok(first.state_entry_time <= now, "state_entry_time is not in the future");
	wait_until(now + 30 * MS);
	(void)hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, &second);
	report_ok(second.time[RUNSTATE_running] >= first.time[RUNSTATE_running] + 5 * MS,
		  "running time grew by %lu ns in 30 ms",
		  (unsigned long)(second.time[RUNSTATE_running] - first.time[RUNSTATE_running]));
	(void)set_timer(pvclock_read() + 40 * MS);
	evtchn_nr_upcalls = 0;
	while (evtchn_nr_upcalls == 0)
		cpu_halt_enabled();
	report_ok(area->time[RUNSTATE_blocked] >= second.time[RUNSTATE_blocked] + 20 * MS,
		  "blocked time in the area grew by %lu ns over a halt of 40 ms",
		  (unsigned long)(area->time[RUNSTATE_blocked] - second.time[RUNSTATE_blocked]));
}

void guest_main(void)
{
	struct shared_info *shared = evtchn_map_shared_info();
	struct vcpu_info *info = NULL;
	unsigned int port;

	report_ok(shared, "shared_info is mapped");
	if (!shared)
		return;
	test_wallclock(shared);
	test_vcpu_info(&info);
	if (!info)
		return;
	pvclock_init(&info->time);
	test_clock(&info->time);
	report_rc(evtchn_set_upcall(EVTCHN_VCPU_VECTOR), 0, "the upcall vector");
	report_ok(evtchn_bind_virq(VIRQ_TIMER, &timer_port), "VIRQ_TIMER is bound");
	report_ok(!evtchn_bind_virq(VIRQ_TIMER, &port), "it cannot be bound twice");
	(void)evtchn_op(EVTCHNOP_unmask, timer_port);
	/* A new vcpu_info starts with everything pending: one upcall that finds nothing. */
	(void)evtchn_wait_upcalls(1, 50);
	test_single_shot();
	test_halt();
	test_set_timer_op();
	test_runstate();
}
