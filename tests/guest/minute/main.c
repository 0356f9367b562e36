/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that a guest keeps time: for a minute all its CPUs, more than the host has, compute
 * and give way, so that they go from one of the host's CPUs to another, and read their clock all
 * the time. It never goes back, on one CPU or from one to the next, and at no moment is it a
 * millisecond off. What it is held against is no clock of the hypervisor's: where the emulator
 * counts instructions, the processor's TSC goes at 1 GHz by definition, and what the
 * hypervisor makes of it hangs on how well it measured that by another timer.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/sched.h>

#include "boot.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "report.h"
#include "smp.h"

SUPPORT_TEST(pv_clock, "guest/minute");

#define NR_CPUS 6
#define NR_TURNS 12
#define TURN_NS 5000000000ul /* of a minute; no CPU waits longer for another than SMP_PATIENCE */
#define MS 1000000l
#define AT_ONCE 20000ul /* ticks: two readings that belong together */

const char guest_name[] = "minute";

static const volatile struct shared_info *shared;
static uint64_t tsc_start, clock_start, latest;
static int64_t worst[NR_CPUS];
static uint64_t nr_read[NR_CPUS], nr_back[NR_CPUS], nr_behind[NR_CPUS];

static uint64_t read_clock(unsigned int id)
{
	const volatile struct vcpu_time_info *t = &shared->vcpu_info[id].time;
	uint64_t ticks, time;
	uint32_t version;

	do {
		version = t->version;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		ticks = cpu_rdtsc() - t->tsc_timestamp;
		ticks = t->tsc_shift < 0 ? ticks >> -t->tsc_shift : ticks << t->tsc_shift;
		time = t->system_time +
		       (uint64_t)((unsigned __int128)ticks * t->tsc_to_system_mul >> 32);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	} while ((version & 1) || version != t->version);
	return time;
}

/* The clock and, halfway around it, the TSC. */
static uint64_t read_both(unsigned int id, uint64_t *ret_tsc)
{
	uint64_t before, after, time;

	do {
		before = cpu_rdtsc();
		time = read_clock(id);
		after = cpu_rdtsc();
	} while (after - before > AT_ONCE);
	*ret_tsc = before + (after - before) / 2;
	return time;
}

/* The latest reading of any CPU so far; what is read after it may not be before it. */
static void note(uint64_t time)
{
	uint64_t seen = __atomic_load_n(&latest, __ATOMIC_SEQ_CST);

	while (time > seen && !__atomic_compare_exchange_n(&latest, &seen, time, false,
							   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static void compute(unsigned int n)
{
	for (volatile unsigned int i = 0; i < n; i++)
		;
}

static void one_reading(unsigned int id, uint64_t *last)
{
	uint64_t others = __atomic_load_n(&latest, __ATOMIC_SEQ_CST), tsc;
	uint64_t time = read_both(id, &tsc);
	int64_t off = (int64_t)(time - clock_start) - (int64_t)(tsc - tsc_start);

	off = off < 0 ? -off : off;
	worst[id] = off > worst[id] ? off : worst[id];
	nr_back[id] += time < *last;
	nr_behind[id] += time < others;
	nr_read[id]++;
	*last = time;
	note(time);
}

static void turn(unsigned int id)
{
	uint64_t last = 0, end = read_clock(id) + TURN_NS;

	while (last < end) {
		one_reading(id, &last);
		compute(2000 + 500 * id);
		if (nr_read[id] % 8 == 0)
			(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	}
}

void guest_main(void)
{
	bool stable = boot_option_is("tsc", "stable");

	shared = evtchn_map_shared_info();
	smp_init(SMP_X2APIC);
	for (unsigned int cpu = 1; cpu < NR_CPUS; cpu++)
		report_ok(smp_start(cpu), "CPU %u comes", cpu);
	clock_start = read_both(0, &tsc_start);
	for (unsigned int i = 0; i < NR_TURNS; i++)
		report_ok(smp_run(NR_CPUS, turn), "%u seconds have gone by", (i + 1) * 5);
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
		report_ok(worst[cpu] < MS, "CPU %u: %lu readings, at most %ld ns off", cpu,
			  (unsigned long)nr_read[cpu], (long)worst[cpu]);
		report_equal(nr_back[cpu], 0, "the number of times it went back");
		/* Elsewhere the counters of CPUs may differ by what is told: a little. */
		if (stable)
			report_equal(nr_behind[cpu], 0, "the number behind what another CPU read");
	}
}
