/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User-mode instruction prevention: the CPU enforces it; here the guest is told
 * of it and may turn it on. Left out, CPUID hides it and CR4.UMIP faults.
 */
#include <candor/support.h>

#include "cpuid_policy.h"

SUPPORT_PROVIDES(umip, "x86.pvh");

#define L7C_UMIP (1u << 2)

void umip_allow(struct cpuid_policy *p)
{
	if (p->basic[0].eax < 7 || !(cpuid(7, 0).ecx & L7C_UMIP))
		return;
	p->basic[7].ecx |= L7C_UMIP;
}

void umip_cr4(struct cpuid_policy *p)
{
	if (p->basic[7].ecx & L7C_UMIP)
		p->cr4_mask |= CR4_UMIP;
}
