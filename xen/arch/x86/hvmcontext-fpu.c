/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FPU and vector registers of a vCPU in the toolstack's form: the legacy area within the CPU's
 * record, and a record of the whole XSAVE area (AMD APM volume 2, 11.5). The processor faults on
 * what could not have been saved by it, so nothing of that kind gets as far as its instructions.
 */
#include <hv/string.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/hvm/save.h>

#include "hvmcontext.h"
#include "pcpu.h"
#include "svm/svm.h"
#include "x86.h"

#define FXSAVE_MXCSR 24
#define XSAVE_HEADER 512  /* offset in the area; AMD APM volume 2, 11.5.2 */
#define XSAVE_MIN 576	  /* legacy area and header */
#define XSAVE_LEGACY 3ull /* x87 and SSE, which the legacy area holds */
#define XSAVE_RECORD_HEAD offsetof(struct hvm_hw_cpu_xsave, save_area)

/* Size of the XSAVE area of guests of this policy; 0: they have none. */
static size_t xsave_size(const struct domain *d)
{
	const struct cpuid_policy *p = &d->arch->cpuid;

	return p->xcr0_mask ? p->xstate[0].ecx : 0;
}

void hvmcontext_save_xsave(struct hvmcontext_writer *w, const struct vcpu *v)
{
	size_t size = xsave_size(v->domain);
	uint64_t head[3] = { v->domain->arch->cpuid.xcr0_mask, v->arch->xcr0, v->arch->xcr0 };
	char *body;

	_Static_assert(sizeof(head) == XSAVE_RECORD_HEAD, "mask, XCR0, XCR0 accumulated");
	if (!size)
		return;
	body = hvmcontext_record(w, HVMCONTEXT_XSAVE, (uint16_t)v->id, sizeof(head) + size);
	if (body) {
		memcpy(body, head, sizeof(head));
		memcpy(body + sizeof(head), v->arch->fpu, size);
	}
}

/* Bits the processor lets be set; loading others would be a fault of the hypervisor's. */
bool hvmcontext_mxcsr_possible(const char *legacy_area)
{
	uint32_t mxcsr;

	memcpy(&mxcsr, legacy_area + FXSAVE_MXCSR, sizeof(mxcsr));
	return !(mxcsr & ~svm_fpu_mxcsr_mask());
}

/* XCR0 and an area in standard form that XRSTOR takes (AMD APM volume 4, XRSTOR). */
bool hvmcontext_xsave_possible(const struct domain *d, const char *body, size_t length)
{
	uint64_t mask = d->arch->cpuid.xcr0_mask, head[3], header[8];
	const char *area = body + XSAVE_RECORD_HEAD;

	if (length < XSAVE_RECORD_HEAD + XSAVE_MIN || length > XSAVE_RECORD_HEAD + xsave_size(d))
		return false;
	memcpy(head, body, sizeof(head));
	memcpy(header, area + XSAVE_HEADER, sizeof(header));
	for (unsigned i = 1; i < ARRAY_SIZE(header); i++)
		if (header[i])
			return false;
	if (!(head[1] & 1) || (head[1] & ~mask) || ((head[1] & 4) && !(head[1] & 2)))
		return false;
	return !(header[0] & ~mask) && hvmcontext_mxcsr_possible(area);
}

/* All of what is in the legacy area counts, unless a record of the whole area says otherwise. */
void hvmcontext_load_fpu(struct arch_vcpu *av, const struct hvm_hw_cpu *r)
{
	uint64_t in_use = XSAVE_LEGACY;

	if (!(r->flags & XEN_X86_FPU_INITIALISED))
		return;
	memcpy(av->fpu, r->fpu_regs, sizeof(r->fpu_regs));
	if (xsave_size(av->vcpu->domain))
		memcpy((char *)av->fpu + XSAVE_HEADER, &in_use, sizeof(in_use));
}

/* What the area was saved without keeps its reset value: its bit in the header is 0. */
void hvmcontext_load_xsave(struct arch_vcpu *av, const char *body, size_t length)
{
	uint64_t head[3];

	memcpy(head, body, sizeof(head));
	av->xcr0 = head[1];
	memcpy(av->fpu, body + XSAVE_RECORD_HEAD, length - XSAVE_RECORD_HEAD);
	pcpu_forget(av);
}
