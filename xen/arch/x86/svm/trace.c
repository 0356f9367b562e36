/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace records of one exit: that it came, what it was about, and the entry that ends it. Only
 * called while something is traced.
 */
#include <hv/trace.h>

#include "pcpu.h"
#include "svm.h"

static void trace_cpuid(const struct arch_vcpu *av, uint32_t leaf, uint32_t subleaf)
{
	trace(TRC_HVM_CPUID, leaf, (uint32_t)av->vmcb->rax, (uint32_t)av->regs[GPR_RBX],
	      (uint32_t)av->regs[GPR_RCX], (uint32_t)av->regs[GPR_RDX], subleaf);
}

static void trace_msr(const struct arch_vcpu *av, uint32_t msr, bool write)
{
	trace(write ? TRC_HVM_MSR_WRITE : TRC_HVM_MSR_READ, msr, (uint32_t)av->vmcb->rax,
	      (uint32_t)av->regs[GPR_RDX]);
}

/* A string of them is told as one, with what is left in the register. */
static void trace_io(const struct arch_vcpu *av, uint32_t info)
{
	trace(info & IOIO_IN ? TRC_HVM_IOPORT_READ : TRC_HVM_IOPORT_WRITE, IOIO_PORT(info),
	      (uint32_t)av->vmcb->rax);
}

static void trace_npf(const struct svm_trace *t)
{
	trace(TRC_HVM_NPF, TRACE_LOW(t->info2), TRACE_HIGH(t->info2), UINT32_MAX, UINT32_MAX,
	      TRACE_LOW(t->info1), 0);
}

static void trace_cr_write(const struct arch_vcpu *av, unsigned cr)
{
	uint64_t value = cr == 0 ? av->vmcb->cr0 : av->vmcb->cr4;

	if (cr == 8)
		value = av->vmcb->int_ctl & INT_CTL_TPR;
	trace(TRC_HVM_CR_WRITE64, cr, TRACE_LOW(value), TRACE_HIGH(value));
}

struct svm_trace svm_trace_exit(const struct arch_vcpu *av)
{
	const struct vmcb *c = av->vmcb;
	struct svm_trace t = { .code = c->exitcode,
			       .info1 = c->exitinfo1,
			       .info2 = c->exitinfo2,
			       .rax = (uint32_t)c->rax,
			       .rcx = (uint32_t)av->regs[GPR_RCX] };

	trace(TRC_HVM_VMEXIT64, (uint32_t)t.code, TRACE_LOW(c->rip), TRACE_HIGH(c->rip));
	if (t.code == EXIT_VMMCALL)
		trace(TRC_HVM_VMMCALL, t.rax);
	else if (t.code == EXIT_HLT)
		trace(TRC_HVM_HLT, 0);
	else if (t.code == EXIT_INTR)
		trace(TRC_HVM_INTR, 0);
	return t;
}

void svm_trace_done(const struct arch_vcpu *av, const struct svm_trace *t)
{
	switch (t->code) {
	case EXIT_CPUID:
		trace_cpuid(av, t->rax, t->rcx);
		break;
	case EXIT_MSR:
		trace_msr(av, t->rcx, t->info1 & 1);
		break;
	case EXIT_IOIO:
		trace_io(av, (uint32_t)t->info1);
		break;
	case EXIT_NPF:
		trace_npf(t);
		break;
	case EXIT_CR_WRITE + 0:
	case EXIT_CR_WRITE + 4:
	case EXIT_CR_WRITE + 8:
		trace_cr_write(av, (unsigned)(t->code - EXIT_CR_WRITE));
		break;
	default: /* the exit itself says all */
		break;
	}
}

void svm_trace_entry(void)
{
	trace_write(TRC_HVM_VMENTRY, NULL, 0);
}
