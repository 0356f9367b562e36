/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between two runs of guests, when more than resuming the same one is to be done: host
 * interrupts, work other CPUs ask for, timers, another vCPU or none, events, TLB flushes.
 */
#include <candor/support.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/timer.h>

#include <xen/vcpu.h>

#include "boot.h"
#include "host.h"
#include "hostapic.h"
#include "pcpu.h"
#include "svm.h"

#define WORK_SCHEDULE (1ul << CPU_WORK_SCHEDULE)

/* Let pending host interrupts in. GIF is 0 before and after. */
static void interrupt_window(void)
{
	spin_none_held("interrupts are let in");
	__asm__ volatile("stgi; nop; clgi" : : : "memory");
}

/* Sleep until a host interrupt; STI's shadow covers HLT, so none is missed. */
static void wait_for_interrupt(struct pcpu *cpu)
{
	spin_none_held("a CPU goes to sleep");
	__atomic_store_n(&cpu->idle, true, __ATOMIC_RELAXED);
	__asm__ volatile("cli; stgi; sti; hlt; clgi" : : : "memory");
	__atomic_store_n(&cpu->idle, false, __ATOMIC_RELAXED);
}

static bool work_waits(const struct pcpu *cpu)
{
	return __atomic_load_n(&cpu->cpu.work, __ATOMIC_RELAXED) |
	       __atomic_load_n(&cpu->cpu.timers.changed, __ATOMIC_RELAXED);
}

static void run_timers(struct pcpu *cpu)
{
	struct timer_queue *q = &cpu->cpu.timers;

	cpu->timer_fired = false;
	timers_run(q, arch_now());
	/* What is set from now on is seen again, before the guest is entered. */
	__atomic_store_n(&q->changed, false, __ATOMIC_SEQ_CST);
	hostapic_timer_program(timers_next(q));
}

/* Interrupts, then what they and other CPUs ask for; bits of enum cpu_work. */
static unsigned long take_work(struct pcpu *cpu)
{
	unsigned long work;

	interrupt_window();
	__atomic_store_n(&cpu->progress, cpu->progress + 1, __ATOMIC_RELAXED);
	if (unlikely(host_is_stopping()))
		host_halt_cpu();
	host_check_domain();
	work = cpu->cpu.work ? cpu_take_work(&cpu->cpu) : 0;
	if (cpu->timer_fired || cpu->cpu.timers.changed || (work & 1ul << CPU_WORK_TIMERS))
		run_timers(cpu);
	/* Timers ask for work, too. */
	if (cpu->cpu.work)
		work |= cpu_take_work(&cpu->cpu);
	return work;
}

/* The vCPU that is to run here now; NULL: none. */
static struct vcpu *choose(struct pcpu *cpu, unsigned long work)
{
	struct vcpu *prev = cpu->cpu.current, *next;
	stime_t now;

	if (!(work & WORK_SCHEDULE) && (!prev || vcpu_runnable(prev)))
		return prev;
	now = arch_now();
	next = sched_pick(&cpu->cpu, now);
	if (next == prev)
		return next;
	if (prev) {
		svm_context_save(cpu, prev->arch);
		sched_saved(prev, now);
	}
	if (next) {
		svm_context_load(cpu, next->arch);
		vcpu_set_runstate(next, RUNSTATE_running, now);
		next->arch->attention = true;
	}
	return next;
}

static void flush(struct pcpu *cpu, struct arch_vcpu *av)
{
	if (__atomic_exchange_n(&av->tlb_flush, false, __ATOMIC_SEQ_CST))
		tlb_flush_asid(cpu, av);
	tlb_prepare(cpu, av);
	if (__atomic_exchange_n(&av->hints_stale, false, __ATOMIC_SEQ_CST))
		p2m_drop_hints(av);
}

/* All that stands between the vCPU and its next entry; false: it may not enter after all. */
static bool prepare(struct pcpu *cpu, struct arch_vcpu *av)
{
	__atomic_store_n(&av->attention, false, __ATOMIC_SEQ_CST);
	if (unlikely(__atomic_load_n(&av->startup, __ATOMIC_ACQUIRE)) && !svm_startup_apply(av))
		return false;
	flush(cpu, av);
	svm_inject_pending(av);
	/* From here on others wait for the exit; and what they asked for before is seen. */
	__atomic_or_fetch((uint8_t *)&av->in_use, 1, __ATOMIC_SEQ_CST);
	if (likely(!__atomic_load_n(&av->attention, __ATOMIC_RELAXED) && !work_waits(cpu)))
		return true;
	translations_end(av);
	return false;
}

struct arch_vcpu *svm_next(void)
{
	struct pcpu *cpu = this_cpu();

	for (;;) {
		struct vcpu *v = choose(cpu, take_work(cpu));

		if (likely(v)) {
			if (prepare(cpu, v->arch))
				return v->arch;
		} else if (!work_waits(cpu)) {
			host_check_domain(); /* maybe that is why nobody runs */
			if (boot_options.scrub == SCRUB_ON_DEMAND || !frames_scrub_freed())
				wait_for_interrupt(cpu);
		}
	}
}

void svm_loop(void)
{
	this_cpu()->in_loop = true;
	svm_run(svm_next());
}
