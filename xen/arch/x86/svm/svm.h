/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AMD secure virtual machine: enabling it, running vCPUs, injecting events. */
#ifndef X86_SVM_SVM_H
#define X86_SVM_SVM_H

#include "x86.h"

/** Enable SVM on this CPU; on failure a text with cause and remedy, else NULL. */
const char *svm_enable(void);

/** State of a PVH vCPU at its entry point (xen/arch-x86/hvm/start_info.h). */
void svm_set_pvh_entry(struct arch_vcpu *av, uint32_t entry, uint32_t start_info);

/** Run the vCPU until its domain stops; then stop the host. Never returns. */
void svm_run(struct arch_vcpu *av) __noreturn;

/* exit.c: what this CPU's exits come with */
void svm_exit_init(void);

/* What run.S calls between an exit and the next entry. */
void svm_exit(struct arch_vcpu *av);

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
/** Would the guest take an interrupt or NMI now? */
bool svm_interrupt_deliverable(const struct arch_vcpu *av);

/* entry.c: what must be done before the guest may go on */
void svm_prepare_entry(struct arch_vcpu *av);

/** Bring the task priority the guest set by CR8 into its local APIC. */
void svm_sync_tpr(struct arch_vcpu *av);
/** The reverse, after its task priority register was written. */
void svm_show_tpr(struct arch_vcpu *av);

/** Set the instruction pointer @length bytes on; ends an interrupt shadow. */
void svm_skip(struct arch_vcpu *av, unsigned length);

#endif
