/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that a guest has more CPUs than one: they start by INIT and SIPI with
 * either APIC mode and by VCPUOP_initialise in both of its forms, interrupt each other in
 * every way the local APIC has, go down and up again a thousand times, have timers of
 * their own, and see one clock that never goes back from one to the next.
 *
 * cpus=N, one more than which exists, unused until VCPUOP_initialise; mode=xapic or x2apic.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/sched.h>
#include <xen/vcpu.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "pvclock.h"
#include "report.h"
#include "smp.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(guest_smp, "guest/smp-x2apic");
SUPPORT_TEST(host_smp, "guest/smp-x2apic");
SUPPORT_TEST(limit_pvh_vcpus, "guest/smp-128");

#define VECTOR_FROM 0x40 /* + the sender */
#define VECTOR_ANY 0xd0
#define ROUNDS 20
#define UP_DOWN 1000
#define MS 1000000ul

const char guest_name[] = "smp";

static unsigned int nr_cpus;
static bool x2apic;
static struct shared_info *shared;
static volatile unsigned int got[SMP_MAX_CPUS][SMP_MAX_CPUS]; /* [sender][receiver] */
static volatile unsigned int any[SMP_MAX_CPUS], nmis[SMP_MAX_CPUS];
static volatile unsigned int nr_wrong;

static long vcpu_op(unsigned int op, unsigned int cpu, const volatile void *arg)
{
	return hypercall_3(__HYPERVISOR_vcpu_op, op, cpu, arg);
}

static void on_from(struct trap_frame *frame)
{
	__atomic_fetch_add(&got[frame->vector - VECTOR_FROM][smp_id()], 1, __ATOMIC_SEQ_CST);
	smp_eoi();
}

static void on_any(struct trap_frame *frame)
{
	__atomic_fetch_add(&any[smp_id()], 1, __ATOMIC_SEQ_CST);
	smp_eoi();
}

static void on_nmi(struct trap_frame *frame)
{
	__atomic_fetch_add(&nmis[smp_id()], 1, __ATOMIC_SEQ_CST);
}

static void note_ids(unsigned int id)
{
	if (cpu_cpuid(1, 0).ebx >> 24 != SMP_APIC_ID(id) || cpu_cpuid(0x40000004, 0).ebx != id)
		__atomic_fetch_add(&nr_wrong, 1, __ATOMIC_SEQ_CST);
}

static void test_start(void)
{
	unsigned int nr_online = 0;

	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++)
		nr_online += smp_start(cpu);
	report_equal(nr_online, nr_cpus - 1, "the number of CPUs that came by INIT and SIPI");
	report_ok(smp_run(nr_cpus, note_ids), "all of them do some work at once");
	report_equal(nr_wrong, 0, "the number of CPUs whose APIC or vCPU id is not right");
}

/* With interrupts on, or two would wait for each other for ever. */
static void ask_all(unsigned int id)
{
	cpu_irq_enable();
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		for (unsigned int to = 0; to < nr_cpus; to++) {
			if (to == id)
				continue;
			smp_icr(SMP_APIC_ID(to), ICR_ASSERT | (VECTOR_FROM + id));
			if (!SMP_WAIT(got[id][to] >= round))
				__atomic_fetch_add(&nr_wrong, 1, __ATOMIC_SEQ_CST);
		}
	}
	cpu_irq_disable();
}

static void test_all_to_all(void)
{
	unsigned int bad = 0;

	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++)
		trap_set_handler(VECTOR_FROM + cpu, on_from);
	nr_wrong = 0;
	report_ok(smp_run(nr_cpus, ask_all), "each CPU interrupts each other one");
	for (unsigned int from = 0; from < nr_cpus; from++)
		for (unsigned int to = 0; to < nr_cpus; to++)
			bad += got[from][to] != (from == to ? 0 : ROUNDS);
	report_equal(nr_wrong, 0, "the number of messages that were lost");
	report_equal(bad, 0, "the number of pairs with a wrong count");
}

static unsigned int sum(const volatile unsigned int *counts)
{
	unsigned int n = 0;

	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++)
		n += counts[cpu];
	return n;
}

static void clear(volatile unsigned int *counts)
{
	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++)
		counts[cpu] = 0;
}

/* One message; @want of the CPUs are to get it, the first one among them if @self. */
static void one_to_many(uint32_t dest, uint32_t low, unsigned int want, unsigned int self,
			const char *what)
{
	uint64_t end;

	clear(any);
	cpu_irq_enable();
	smp_icr(dest, ICR_ASSERT | VECTOR_ANY | low);
	(void)SMP_WAIT(sum(any) >= want);
	/* One too many would come about now. */
	end = pvclock_read() + 2 * MS;
	while (pvclock_read() < end)
		cpu_pause();
	cpu_irq_disable();
	report_ok(sum(any) == want && any[0] == self, "%s: %u CPUs of %u, expected %u", what,
		  sum(any), nr_cpus, want);
}

static void test_groups(void)
{
	trap_set_handler(VECTOR_ANY, on_any);
	one_to_many(0, ICR_SELF, 1, 1, "to self");
	one_to_many(0, ICR_ALL, nr_cpus, 1, "to all");
	one_to_many(0, ICR_OTHERS, nr_cpus - 1, 0, "to all others");
	one_to_many(x2apic ? ~0u : 0xff, 0, nr_cpus, 1, "to the broadcast id");
	if (x2apic) {
		/* Cluster 0 has APIC ids 0 to 15: ours are the even ones. */
		one_to_many(1u << 2 | 1u << 4, ICR_LOGICAL, 2, 0, "to a logical id of two");
		one_to_many(1u << 2 | 1u << 4, ICR_LOGICAL | ICR_LOWEST, 1, 0,
			    "by lowest priority to one of two");
	}
}

static void test_nmi(void)
{
	trap_set_handler(VEC_NMI, on_nmi);
	smp_icr(SMP_APIC_ID(1), ICR_ASSERT | ICR_NMI);
	report_ok(SMP_WAIT(nmis[1] == 1), "an NMI reaches CPU 1");
	report_rc(vcpu_op(VCPUOP_send_nmi, 2, NULL), 0, "VCPUOP_send_nmi to CPU 2");
	report_ok(SMP_WAIT(nmis[2] == 1), "it reaches it");
	report_equal(sum(nmis), 2, "the number of NMIs in all");
}

static void test_init_again(void)
{
	smp_icr(SMP_APIC_ID(1), ICR_ASSERT | ICR_INIT);
	report_ok(SMP_WAIT(vcpu_op(VCPUOP_is_up, 1, NULL) == 0), "INIT takes a running CPU down");
	report_ok(smp_start(1), "and SIPI brings it again");
	smp_icr(SMP_APIC_ID(1), ICR_ASSERT | ICR_SIPI | 0x77);
	nr_wrong = 0;
	report_ok(smp_run(nr_cpus, note_ids) && !nr_wrong, "a SIPI without INIT changes nothing");
}

static volatile unsigned int lap;

static void go_down(unsigned int id)
{
	if (id != 1)
		return;
	while (lap < UP_DOWN) {
		__atomic_fetch_add(&lap, 1, __ATOMIC_SEQ_CST);
		(void)vcpu_op(VCPUOP_down, 1, NULL);
	}
}

static void bring_up(unsigned int id)
{
	bool ok = true;

	if (id) {
		go_down(id);
		return;
	}
	for (unsigned int n = 1; n <= UP_DOWN && ok; n++) {
		ok = SMP_WAIT(lap >= n && vcpu_op(VCPUOP_is_up, 1, NULL) == 0) &&
		     !vcpu_op(VCPUOP_up, 1, NULL);
	}
	report_ok(ok, "a CPU goes down and up again %u times", lap);
}

static void test_down_up(void)
{
	report_ok(smp_run(nr_cpus, bring_up), "and goes on with its work");
	report_equal(lap, UP_DOWN, "the number of laps");
}

static void test_initialise(void)
{
	unsigned int spare = nr_cpus;
	struct vcpu_hvm_context ctx, bad;

	smp_context(spare, &ctx);
	report_rc(vcpu_op(VCPUOP_initialise, SMP_MAX_CPUS, &ctx), -XEN_ENOENT, "no such vCPU");
	report_rc(vcpu_op(VCPUOP_initialise, 1, &ctx), -XEN_EEXIST, "a vCPU that has run");
	report_rc(vcpu_op(VCPUOP_initialise, spare, (void *)0x7fffff000ul), -XEN_EFAULT,
		  "an address that is not there");
	report_rc(vcpu_op(VCPUOP_up, spare, NULL), -XEN_EINVAL, "up before initialise");
	bad = ctx;
	bad.mode = 7;
	report_rc(vcpu_op(VCPUOP_initialise, spare, &bad), -XEN_EINVAL, "an unknown mode");
	bad = ctx;
	bad.cpu_regs.x86_64.efer = 0;
	report_rc(vcpu_op(VCPUOP_initialise, spare, &bad), -XEN_EINVAL, "64 bits, no long mode");
	bad = ctx;
	bad.cpu_regs.x86_64.cr4 = 0;
	report_rc(vcpu_op(VCPUOP_initialise, spare, &bad), -XEN_EINVAL, "64 bits, no PAE");
	smp_context_32(&bad);
	bad.cpu_regs.x86_32.cs_ar = 0x893;
	report_rc(vcpu_op(VCPUOP_initialise, spare, &bad), -XEN_EINVAL, "32 bits, CS no code");
	smp_context_32(&bad);
	bad.cpu_regs.x86_32.ss_ar = 0;
	report_rc(vcpu_op(VCPUOP_initialise, spare, &bad), -XEN_EINVAL, "32 bits, SS not there");
	report_rc(vcpu_op(VCPUOP_initialise, spare, &ctx), 0, "VCPUOP_initialise, 64 bits");
	report_rc(vcpu_op(VCPUOP_initialise, spare, &ctx), -XEN_EEXIST, "once more");
	report_rc(vcpu_op(VCPUOP_is_up, spare, NULL), 0, "it is down");
	report_rc(vcpu_op(VCPUOP_up, spare, NULL), 0, "VCPUOP_up");
	report_ok(smp_wait_online(spare), "it runs");
	smp_context_32(&ctx);
	report_rc(vcpu_op(VCPUOP_initialise, spare + 1, &ctx), 0, "VCPUOP_initialise, 32 bits");
	report_rc(vcpu_op(VCPUOP_up, spare + 1, NULL), 0, "VCPUOP_up");
	report_ok(SMP_WAIT(smp_count_32 == 1), "it runs");
	report_ok(SMP_WAIT(vcpu_op(VCPUOP_is_up, spare + 1, NULL) == 0),
		  "HLT with interrupts off takes it down");
}

/* Each reads the time of its own vCPU. */
static uint64_t read_clock(unsigned int id)
{
	const volatile struct vcpu_time_info *t = &shared->vcpu_info[id].time;
	uint64_t ticks = cpu_rdtsc() - t->tsc_timestamp;

	ticks = t->tsc_shift < 0 ? ticks >> -t->tsc_shift : ticks << t->tsc_shift;
	return t->system_time + (uint64_t)((unsigned __int128)ticks * t->tsc_to_system_mul >> 32);
}

static volatile uint64_t last_time;
static volatile unsigned int turn;

/* In turns, each time is to be no earlier than the one before on another CPU. */
static void compare_clocks(unsigned int id)
{
	for (unsigned int round = 0; round < 200; round++) {
		uint64_t now;

		if (!SMP_WAIT(turn % nr_cpus == id))
			return;
		now = read_clock(id);
		if (now < last_time)
			__atomic_fetch_add(&nr_wrong, 1, __ATOMIC_SEQ_CST);
		last_time = now;
		__atomic_fetch_add(&turn, 1, __ATOMIC_SEQ_CST);
	}
}

static void test_clock(void)
{
	nr_wrong = 0;
	report_ok(smp_run(nr_cpus, compare_clocks), "the CPUs read the clock in turns");
	report_equal(turn, 200 * nr_cpus, "the number of times read");
	report_equal(nr_wrong, 0, "the number of times the clock went back");
}

static unsigned int port[SMP_MAX_CPUS];
static volatile unsigned int nr_early, nr_errors;

static void own_timer(unsigned int id)
{
	struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER, .vcpu = id };

	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind)) {
		__atomic_fetch_add(&nr_errors, 1, __ATOMIC_SEQ_CST);
		return;
	}
	port[id] = bind.port;
	for (unsigned int round = 0; round < 10; round++) {
		struct vcpu_set_singleshot_timer t = { read_clock(id) + (1 + id % 3) * MS, 0 };

		evtchn_clear(bind.port);
		if (vcpu_op(VCPUOP_set_singleshot_timer, id, &t) ||
		    !SMP_WAIT(evtchn_is_pending(bind.port)))
			__atomic_fetch_add(&nr_errors, 1, __ATOMIC_SEQ_CST);
		if (read_clock(id) < t.timeout_abs_ns)
			__atomic_fetch_add(&nr_early, 1, __ATOMIC_SEQ_CST);
	}
}

static void test_timers(void)
{
	report_ok(smp_run(nr_cpus, own_timer), "each CPU has a timer of its own");
	report_equal(nr_errors, 0, "the number of timers that did not fire");
	report_equal(nr_early, 0, "the number of times one fired early");
}

static unsigned int option_number(const char *name, unsigned int otherwise)
{
	unsigned int n = 0;
	char buf[16];

	if (!boot_option(name, buf, sizeof(buf)))
		return otherwise;
	for (const char *p = buf; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (unsigned int)(*p - '0');
	return n;
}

void guest_main(void)
{
	nr_cpus = option_number("cpus", 4);
	x2apic = boot_option_is("mode", "x2apic");
	shared = evtchn_map_shared_info();
	report_ok(shared != NULL, "shared_info is there");
	pvclock_init(&shared->vcpu_info[0].time);
	smp_init(x2apic ? SMP_X2APIC : SMP_XAPIC);
	test_start();
	if (boot_option_is("only", "start"))
		return;
	test_all_to_all();
	test_groups();
	test_nmi();
	test_init_again();
	test_down_up();
	test_initialise();
	test_clock();
	test_timers();
}
