/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State of one physical CPU. Its address is the GS base while the hypervisor runs:
 * VMLOAD of the host's control block brings it back after each exit.
 */
#ifndef X86_PCPU_H
#define X86_PCPU_H

#include <candor/support.h>
#include <hv/cpu.h>
#include <hv/types.h>

#include "layout.h"

#define IST_STACK_SIZE 4096
#define NR_GDT_ENTRIES 6
#define NR_IST 3
#define X86_MAX_CPUS 64 /* as many as have been tried */
#define PCPU_MOST SUPPORT_AT_MOST(limit_pcpus, X86_MAX_CPUS)

struct arch_vcpu;

/* AMD APM volume 2, figure 12-8 */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, iopb;
} __attribute__((packed));

/* How far the start of a CPU is; only forward, by compare and exchange. */
enum pcpu_state {
	PCPU_STARTING,
	PCPU_ONLINE,
	PCPU_LEFT_OUT, /* did not answer in time: it halts if it ever does */
};

struct pcpu {
	struct pcpu *self; /* first: this_cpu() reads it */
	struct cpu cpu;
	uint32_t apic_id;
	uint32_t state; /* enum pcpu_state; atomic */

	/* Of this CPU alone from here to the gap */
	stime_t timer_programmed;    /* what the local APIC's timer is set to */
	bool timer_fired;	     /* its interrupt came since timers were last looked at */
	bool in_loop;		     /* has entered its exit loop */
	int64_t tsc_adjust;	     /* own TSC + this = the host's */
	uint64_t host_vmcb_pa;	     /* what VMLOAD brings back of the host */
	struct arch_vcpu **run_slot; /* svm_run()'s place for the vCPU it enters next */
	uint64_t xcr0;		     /* what XCR0 holds */
	uint64_t asid_generation;    /* ASIDs of earlier ones are no longer this CPU's */
	uint32_t asid_next, nr_asids;
	bool tlb_flush_all; /* a generation has begun, and no entry has flushed for it yet */
	struct timer watchdog;
	uint64_t watchdog_seen;	 /* ->progress of the CPU this one watches, when last looked at */
	unsigned watchdog_stuck; /* how many looks in a row found it unchanged */

	/* Shared */
	struct domain *foreign;	  /* atomic; a quiet domain whose memory a copy is reaching */
	struct arch_vcpu *loaded; /* atomic; whose FPU, debug registers and TSC_AUX are here */
	uint64_t progress;	  /* atomic; rounds of the exit loop */
	bool idle;		  /* atomic; waits for an interrupt */
	bool stopped;		  /* atomic; has halted for ever */

	uint64_t gdt[NR_GDT_ENTRIES];
	struct tss tss;
};

static inline struct pcpu *this_cpu(void)
{
	struct pcpu *cpu;

	__asm__("movq %%gs:0, %0" : "=r"(cpu));
	return cpu;
}

static inline struct pcpu *pcpu_of(struct cpu *cpu)
{
	return container_of(cpu, struct pcpu, cpu);
}

/** Make this the state of the boot CPU, and current. */
void pcpu_init(void);

/** State for one more CPU, not running yet, with the next free id. NULL: out of memory. */
struct pcpu *pcpu_create(uint32_t apic_id);
/** On that CPU, once it has a stack: from now on this_cpu() is @cpu. */
void pcpu_set_current(struct pcpu *cpu);
/** The state of @av in any CPU's registers is not to be used again. */
void pcpu_forget(struct arch_vcpu *av);
/** CPUs with a state, started or not. */
unsigned pcpu_nr(void);
/** @cpu has started: from now on it is counted among those online. */
void pcpu_set_online(struct pcpu *cpu);

#endif
