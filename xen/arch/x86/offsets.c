/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets that assembler needs, made from the structures: one line each. */
#include "pcpu.h"
#include "smp.h"
#include "x86.h"

/* A directive, since clang assembles what it prints; the text is never more than read. */
#define OFFSET(name, type, member) \
	__asm__(".ascii \"" #name " %c0\"" : : "i"(offsetof(type, member)))

#define SIZE(name, type) __asm__(".ascii \"" #name " %c0\"" : : "i"(sizeof(type)))

void offsets(void);

void offsets(void)
{
	OFFSET(AV_RCX, struct arch_vcpu, regs[GPR_RCX]);
	OFFSET(AV_RDX, struct arch_vcpu, regs[GPR_RDX]);
	OFFSET(AV_RBX, struct arch_vcpu, regs[GPR_RBX]);
	OFFSET(AV_RBP, struct arch_vcpu, regs[GPR_RBP]);
	OFFSET(AV_RSI, struct arch_vcpu, regs[GPR_RSI]);
	OFFSET(AV_RDI, struct arch_vcpu, regs[GPR_RDI]);
	OFFSET(AV_R8, struct arch_vcpu, regs[8]);
	OFFSET(AV_R9, struct arch_vcpu, regs[9]);
	OFFSET(AV_R10, struct arch_vcpu, regs[10]);
	OFFSET(AV_R11, struct arch_vcpu, regs[11]);
	OFFSET(AV_R12, struct arch_vcpu, regs[12]);
	OFFSET(AV_R13, struct arch_vcpu, regs[13]);
	OFFSET(AV_R14, struct arch_vcpu, regs[14]);
	OFFSET(AV_R15, struct arch_vcpu, regs[15]);
	OFFSET(AV_VMCB_PA, struct arch_vcpu, vmcb_pa);
	OFFSET(PCPU_RUN_SLOT, struct pcpu, run_slot);
	OFFSET(SMP_START_APIC_ID, struct smp_start, apic_id);
	OFFSET(SMP_START_STACK, struct smp_start, stack);
	OFFSET(SMP_START_CPU, struct smp_start, cpu);
	SIZE(SMP_START_SIZE, struct smp_start);
	OFFSET(AV_SPEC_CTRL, struct arch_vcpu, spec_ctrl);
	OFFSET(AV_HOST_VMCB_PA, struct arch_vcpu, host_vmcb_pa);
}
