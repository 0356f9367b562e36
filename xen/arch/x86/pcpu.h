/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State of one physical CPU. Its address is the GS base while the hypervisor runs:
 * VMLOAD of the host's control block brings it back after each exit.
 */
#ifndef X86_PCPU_H
#define X86_PCPU_H

#include <hv/cpu.h>
#include <hv/types.h>

#define IST_STACK_SIZE 4096
#define NR_GDT_ENTRIES 6

/* AMD APM volume 2, figure 12-8 */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, iopb;
} __attribute__((packed));

struct pcpu {
	struct pcpu *self;	  /* first: this_cpu() reads it */
	struct cpu cpu;		  /* what core knows of it */
	stime_t timer_programmed; /* what the local APIC's timer is set to */
	uint64_t host_vmcb_pa;	  /* what VMLOAD brings back of the host */
	uint64_t gdt[NR_GDT_ENTRIES];
	struct tss tss;
	char ist_stack[3][IST_STACK_SIZE] __attribute__((aligned(16)));
};

static inline struct pcpu *this_cpu(void)
{
	struct pcpu *cpu;

	__asm__("movq %%gs:0, %0" : "=r"(cpu));
	return cpu;
}

/** Make this the state of the boot CPU, and current. */
void pcpu_init(void);

#endif
