/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a PVH guest is told about its CPU: one policy per domain. */
#ifndef X86_CPUID_POLICY_H
#define X86_CPUID_POLICY_H

#include <hv/types.h>

#include "cpu.h"

#define CPUID_NR_BASIC 0x0e
#define CPUID_NR_EXT 0x22
#define CPUID_NR_XSTATE 10 /* components 0 to 9 */

struct cpuid_policy {
	struct cpuid_regs basic[CPUID_NR_BASIC];   /* 0x0 + n, subleaf 0 */
	struct cpuid_regs ext[CPUID_NR_EXT];	   /* 0x80000000 + n */
	struct cpuid_regs xstate[CPUID_NR_XSTATE]; /* 0xd, subleaf n */
	uint64_t xcr0_mask, cr4_mask, efer_mask;   /* bits the guest may set */
};

/** Features have been taken away from @p: bring what depends on them in line. */
void cpuid_policy_recalculate(struct cpuid_policy *p);

struct arch_vcpu;

/** Fill from this host's CPU: only what is on the lists of cpuid_policy.c. */
void cpuid_policy_init(struct cpuid_policy *p);

/** What CPUID @leaf, @subleaf gives the vCPU now. */
void cpuid_guest(const struct arch_vcpu *av, uint32_t leaf, uint32_t subleaf,
		 struct cpuid_regs *ret_regs);

/* umip.c, if the policy has it: shows UMIP; if it is shown, lets the guest set CR4.UMIP. */
void umip_allow(struct cpuid_policy *p);
void umip_cr4(struct cpuid_policy *p);

/* xen_leaves.c: the hypervisor's own leaves, base 0x40000000 */
#define XEN_CPUID_BASE 0x40000000u
#define XEN_CPUID_MAX 0x40000005u
void xen_leaves(const struct arch_vcpu *av, uint32_t leaf, uint32_t subleaf,
		struct cpuid_regs *ret_regs);

#endif
