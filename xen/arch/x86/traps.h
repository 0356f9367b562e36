/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions and interrupts of the host itself. */
#ifndef X86_TRAPS_H
#define X86_TRAPS_H

#include <hv/types.h>

/* Vectors of host interrupts */
#define VECTOR_PIC 0x20 /* 16 of them, all masked: only spurious ones arrive */
#define VECTOR_TIMER 0xf0
#define VECTOR_KICK 0xf1 /* look at your work */
#define VECTOR_SPURIOUS 0xff

/** On the boot CPU: load the final GDT, TSS and IDT; mask the 8259s. */
void traps_init(void);
/** On any CPU: GDT, TSS and IDT, with the stacks it was given by traps_set_stack(). */
void traps_init_cpu(void);

/** On the boot CPU: let the interrupt of the first serial port in (console_input_look()). */
void traps_listen(void);

struct pcpu;
/** The stack of one of NR_IST kinds of exception that has its own, by its end. */
void traps_set_stack(struct pcpu *cpu, unsigned ist, void *top);

/* What the stubs of entry.S push */
struct trap_frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

void trap_handle(struct trap_frame *f);

#endif
