/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own CPUID leaves (xen/arch-x86/cpuid.h). */
#include <xen/arch-x86/cpuid.h>

#include <candor/support.h>
#include <hv/hypercall.h>

#include "cpuid_policy.h"
#include "x86.h"

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
		guest_tsc_leaf(av, subleaf, r);
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
