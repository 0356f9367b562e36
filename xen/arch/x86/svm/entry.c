/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between two runs of the guest, when more than resuming it is to be done: host
 * interrupts, timers, sleeping while the vCPU waits, events, TLB flushes.
 */
#include <candor/support.h>
#include <hv/printk.h>
#include <hv/timer.h>

#include <xen/sched.h>
#include <xen/vcpu.h>

#include "hostapic.h"
#include "host.h"
#include "svm.h"

/* Let pending host interrupts in. GIF is 0 before and after. */
static void interrupt_window(void)
{
	__asm__ volatile("stgi; nop; clgi" : : : "memory");
}

/* Sleep until a host interrupt; STI's shadow covers HLT, so none is missed. */
static void wait_for_interrupt(void)
{
	__asm__ volatile("cli; stgi; sti; hlt; clgi" : : : "memory");
}

static void run_timers(void)
{
	struct timer_queue *q = &cpu_this()->timers;

	timers_run(q, arch_now());
	q->changed = false;
	hostapic_timer_program(timers_next(q));
}

static void wait_until_runnable(struct vcpu *v)
{
	while (!vcpu_runnable(v)) {
		if (v->domain->shutdown_code != DOMAIN_RUNNING)
			host_domain_stopped(v->domain);
		wait_for_interrupt();
		run_timers();
	}
}

void svm_prepare_entry(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;

	av->attention = false;
	interrupt_window();
	run_timers();
	if (unlikely(!vcpu_runnable(av->vcpu)))
		wait_until_runnable(av->vcpu);
	if (av->vcpu->runstate.state != RUNSTATE_running)
		vcpu_set_runstate(av->vcpu, RUNSTATE_running, arch_now());
	/* A flush asked for at the last entry has been done by it. */
	c->tlb_control = TLB_FLUSH_NONE;
	if (av->tlb_flush) {
		c->tlb_control = TLB_FLUSH_ALL;
		av->tlb_flush = false;
		av->attention = true;
	}
	svm_inject_pending(av);
}
