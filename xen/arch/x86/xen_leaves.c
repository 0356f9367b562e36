/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own CPUID leaves (xen/arch-x86/cpuid.h). */
#include <xen/arch-x86/cpuid.h>

#include <candor/support.h>
#include <hv/hypercall.h>

#include "cpuid_policy.h"
#include "time.h"
#include "x86.h"

#define TSC_MODE_NEVER_EMULATE 2

static void time_leaf(const struct arch_vcpu *av, uint32_t subleaf, struct cpuid_regs *r)
{
	uint32_t khz = (uint32_t)time_tsc_khz();
	int8_t shift;

	switch (subleaf) {
	case 0:
		*r = (struct cpuid_regs){ 0, TSC_MODE_NEVER_EMULATE, khz, 0 };
		if (av->vcpu->domain->arch->cpuid.ext[1].edx & (1u << 27))
			r->eax |= 1u << 2; /* RDTSCP */
		break;
	case 1: {
		uint64_t offset = av->tsc_offset;

		*r = (struct cpuid_regs){ (uint32_t)offset, (uint32_t)(offset >> 32), 0, 0 };
		time_tsc_scale(&r->ecx, &shift);
		r->edx = (uint32_t)shift;
		break;
	}
	case 2:
		r->eax = khz;
		break;
	default:
		break;
	}
}

void xen_leaves(const struct arch_vcpu *av, uint32_t leaf, uint32_t subleaf, struct cpuid_regs *r)
{
	switch (leaf - XEN_CPUID_BASE) {
	case 0:
		*r = (struct cpuid_regs){ XEN_CPUID_MAX, XEN_CPUID_SIGNATURE_EBX,
					  XEN_CPUID_SIGNATURE_ECX, XEN_CPUID_SIGNATURE_EDX };
		break;
	case 1:
		r->eax = HV_ABI_VERSION;
		break;
	case 2:
		/* Pages of hypercall stubs, and the MSR that asks for them. */
		if (SUPPORT_ACTIVE(hypercall_page)) {
			r->eax = 1;
			r->ebx = XEN_CPUID_BASE;
		}
		break;
	case 3:
		time_leaf(av, subleaf, r);
		break;
	case 4:
		r->eax = XEN_HVM_CPUID_VCPU_ID_PRESENT | XEN_HVM_CPUID_DOMID_PRESENT |
			 XEN_HVM_CPUID_UPCALL_VECTOR;
		r->ebx = av->vcpu->id;
		r->ecx = av->vcpu->domain->id;
		break;
	case 5: /* PV guests only */
	default:
		break;
	}
}
