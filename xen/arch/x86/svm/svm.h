/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AMD secure virtual machine: enabling it, running vCPUs, injecting events. */
#ifndef X86_SVM_SVM_H
#define X86_SVM_SVM_H

#include "x86.h"

struct pcpu;

/** Whether this host can, and what all CPUs share; on failure a text with cause and remedy. */
const char *svm_init(void);
/** Enable SVM on this CPU, likewise; from then on GIF is 0. */
const char *svm_enable(void);
/** The CPU can forget one ASID alone. */
extern bool svm_flush_by_asid;

/** The CPU gives the address of the next instruction at an exit; QEMU does not. */
extern bool svm_have_nrip;

/** Run what the scheduler says on this CPU, for ever. */
void svm_loop(void) __noreturn;
/** run.S: enter @av, and what svm_exit() chooses after it. */
void svm_run(struct arch_vcpu *av) __noreturn;

/* startup.c: the first state of a vCPU */

/** All registers as after INIT. No CPU has the vCPU's state, but maybe this one. */
void svm_reset_registers(struct arch_vcpu *av);
/** State of a PVH vCPU at its entry point (xen/arch-x86/hvm/start_info.h). */
void svm_set_pvh_entry(struct arch_vcpu *av, uint32_t entry, uint32_t start_info);
/** INIT or SIPI for @v from another vCPU; neither lock nor translation is in use. */
void svm_startup_init(struct vcpu *v);
void svm_startup_sipi(struct vcpu *v, uint8_t vector);
/** Do what waits in av->startup; false: the vCPU is down now. */
bool svm_startup_apply(struct arch_vcpu *av) __must_check;

/* context.c: the state that no control block has */
int svm_fpu_create(struct arch_vcpu *av) __must_check;
/** FPU as after reset; the vCPU is not loaded. */
void svm_fpu_reset(struct arch_vcpu *av);
/** Bits of MXCSR this CPU lets be set. */
uint32_t svm_fpu_mxcsr_mask(void);
void svm_context_save(struct pcpu *cpu, struct arch_vcpu *av);
void svm_context_load(struct pcpu *cpu, struct arch_vcpu *av);
/** Set XCR0 of the current vCPU to a value that has been checked. */
void svm_load_xcr0(struct arch_vcpu *av, uint64_t value);
/** Make av->tsc_offset hold on this CPU. */
void svm_show_tsc(struct arch_vcpu *av);

/** Whether the vCPU, which does not run, exits when it reads its TSC: as its domain has it. */
void svm_choose_tsc_exits(struct arch_vcpu *av);

/* exit.c: what this CPU's exits come with */
void svm_exit_init(void);

/* What run.S calls between an exit and the next entry. */
void svm_exit(struct arch_vcpu *av);

/* trace.c: records of exits (hv/trace.h); only while something is traced */

/* What an exit was, for when its handler has run. */
struct svm_trace {
	uint64_t code, info1, info2;
	uint32_t rax, rcx;
};
/** @av has left the guest. */
struct svm_trace svm_trace_exit(const struct arch_vcpu *av);
/** Its handler has run. */
void svm_trace_done(const struct arch_vcpu *av, const struct svm_trace *t);
/** A vCPU is about to be entered. */
void svm_trace_entry(void);

/* inject.c */

/** Queue exception @vector (@error: its code, for those that have one) for the next entry. */
void svm_inject_exception(struct arch_vcpu *av, unsigned vector, uint32_t error);
void svm_inject_gp(struct arch_vcpu *av);
void svm_inject_ud(struct arch_vcpu *av);
/** Shut the domain down for the reason it declared for triple faults. */
void svm_triple_fault(struct arch_vcpu *av);
/** Queue what interrupt is due, or ask for an exit as soon as one can be taken. */
void svm_inject_pending(struct arch_vcpu *av);
/** Put back what the guest was taking when the exit came. */
void svm_requeue_event(struct arch_vcpu *av);
/**
 * What the guest is to take at its next entry, as EVENTINJ has it (AMD APM volume 2, 15.20),
 * and another instead. The vCPU does not run.
 */
uint64_t svm_event(const struct arch_vcpu *av);
void svm_set_event(struct arch_vcpu *av, uint64_t event);
/** Would the guest take an interrupt or NMI now? */
bool svm_interrupt_deliverable(const struct arch_vcpu *av);

/** entry.c: the vCPU to enter next, ready for it; waits for interrupts while there is none. */
struct arch_vcpu *svm_next(void);

/** Bring the task priority the guest set by CR8 into its local APIC. */
void svm_sync_tpr(struct arch_vcpu *av);
/** The reverse, after its task priority register was written. */
void svm_show_tpr(struct arch_vcpu *av);

/** Set the instruction pointer @length bytes on; ends an interrupt shadow. */
void svm_skip(struct arch_vcpu *av, unsigned length);

#endif
