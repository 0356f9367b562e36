/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPUID policy: host features pass only if they are on an allow-list here,
 * so that what a future CPU adds stays hidden until somebody has thought about
 * it. Leaf layouts: AMD APM volume 3, appendix E.
 */
#include "cpuid_policy.h"

#include <candor/support.h>
#include <hv/nospec.h>
#include <hv/string.h>

#include "spec.h"
#include "x86.h"

#define BIT(n) (1u << (n))

/* Leaf 1 */
#define L1C_ALLOW                                                                                 \
	(BIT(0) /* sse3 */ | BIT(1) /* pclmulqdq */ | BIT(9) /* ssse3 */ | BIT(12) /* fma */ |    \
	 BIT(13) /* cx16 */ | BIT(19) /* sse4.1 */ | BIT(20) /* sse4.2 */ | BIT(22) /* movbe */ | \
	 BIT(23) /* popcnt */ | BIT(25) /* aes */ | BIT(26) /* xsave */ | BIT(28) /* avx */ |     \
	 BIT(29) /* f16c */ | BIT(30) /* rdrand */)
#define L1C_X2APIC BIT(21)
#define L1C_XSAVE BIT(26)
#define L1C_OSXSAVE BIT(27)
#define L1C_AVX_FAMILY (BIT(28) | BIT(12) | BIT(29))
#define L1C_HYPERVISOR BIT(31)
#define L1D_APIC BIT(9)
#define L1D_ALLOW                                                                               \
	(BIT(0) /* fpu */ | BIT(1) /* vme */ | BIT(2) /* de */ | BIT(3) /* pse */ |             \
	 BIT(4) /* tsc */ | BIT(5) /* msr */ | BIT(6) /* pae */ | BIT(7) /* mce */ |            \
	 BIT(8) /* cx8 */ | BIT(9) /* apic */ | BIT(11) /* sysenter */ | BIT(12) /* mtrr */ |   \
	 BIT(13) /* pge */ | BIT(14) /* mca */ | BIT(15) /* cmov */ | BIT(16) /* pat */ |       \
	 BIT(17) /* pse36 */ | BIT(19) /* clflush */ | BIT(23) /* mmx */ | BIT(24) /* fxsr */ | \
	 BIT(25) /* sse */ | BIT(26) /* sse2 */)
/* Leaf 7 */
#define L7B_ALLOW                                                                            \
	(BIT(0) /* fsgsbase */ | BIT(3) /* bmi1 */ | BIT(5) /* avx2 */ | BIT(7) /* smep */ | \
	 BIT(8) /* bmi2 */ | BIT(9) /* erms */ | BIT(18) /* rdseed */ | BIT(19) /* adx */ |  \
	 BIT(20) /* smap */ | BIT(23) /* clflushopt */ | BIT(24) /* clwb */ | BIT(29) /* sha */)
#define L7B_AVX2 BIT(5)
#define L7C_ALLOW (BIT(9) /* vaes */ | BIT(10) /* vpclmulqdq */ | BIT(22) /* rdpid */)
#define L7C_AVX_FAMILY (BIT(9) | BIT(10))
#define L7D_ALLOW BIT(4) /* fsrm */
/* Leaf 0xd, subleaf 1: xsaveopt, xsavec, xgetbv(1) */
#define XSTATE1A_ALLOW (BIT(0) | BIT(1) | BIT(2))
/* Leaf 0x80000001 */
#define E1C_ALLOW                                                                               \
	(BIT(0) /* lahf */ | BIT(5) /* abm */ | BIT(6) /* sse4a */ | BIT(7) /* misalignsse */ | \
	 BIT(8) /* prefetchw */)
#define E1D_ALLOW                                                                                \
	((L1D_ALLOW & ~(BIT(11) | BIT(19) | BIT(25) | BIT(26))) /* copies of leaf 1 */ |         \
	 BIT(11) /* syscall */ | BIT(20) /* nx */ | BIT(22) /* mmxext */ | BIT(25) /* ffxsr */ | \
	 BIT(26) /* 1 GiB pages */ | BIT(27) /* rdtscp */ | BIT(29) /* long mode */)
#define E1D_FFXSR BIT(25)
#define E7D_INVARIANT_TSC BIT(8)

#define XCR0_X87 1ull
#define XCR0_SSE 2ull
#define XCR0_AVX 4ull

#define CR4_ALWAYS                                                                                \
	(CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE | CR4_MCE | CR4_PGE | CR4_PCE | \
	 CR4_OSFXSR | CR4_OSXMMEXCPT)

static void init_xstate(struct cpuid_policy *p)
{
	struct cpuid_regs host = cpuid(0xd, 0);
	uint32_t size = 576; /* legacy area and header, APM volume 2, 11.5.2 */

	if (!(p->basic[1].ecx & L1C_XSAVE)) {
		memset(&p->basic[0xd], 0, sizeof(p->basic[0xd]));
		return;
	}
	p->xcr0_mask = host.eax & (XCR0_X87 | XCR0_SSE | XCR0_AVX);
	p->xstate[1].eax = cpuid(0xd, 1).eax & XSTATE1A_ALLOW;
	for (unsigned i = 2; i < CPUID_NR_XSTATE; i++) {
		if (!(p->xcr0_mask & (1ull << i)))
			continue;
		p->xstate[i] = cpuid(0xd, i);
		size = MAX(size, p->xstate[i].ebx + p->xstate[i].eax);
	}
	p->xstate[0] = (struct cpuid_regs){ (uint32_t)p->xcr0_mask, 576, size,
					    (uint32_t)(p->xcr0_mask >> 32) };
}

/* Without AVX state nothing that needs it may show. */
static void drop_avx(struct cpuid_policy *p)
{
	if (p->xcr0_mask & XCR0_AVX)
		return;
	p->basic[1].ecx &= ~L1C_AVX_FAMILY;
	p->basic[7].ebx &= ~L7B_AVX2;
	p->basic[7].ecx &= ~L7C_AVX_FAMILY;
}

static void init_basic(struct cpuid_policy *p)
{
	uint32_t max = MIN(cpuid(0, 0).eax, CPUID_NR_BASIC - 1u);
	struct cpuid_regs l1 = cpuid(1, 0);

	p->basic[0] = cpuid(0, 0);
	p->basic[0].eax = max;
	p->basic[1].eax = l1.eax;
	p->basic[1].ebx = l1.ebx & 0xff00; /* CLFLUSH line size; APIC id is per vCPU */
	p->basic[1].ecx = (l1.ecx & L1C_ALLOW) | L1C_HYPERVISOR;
	p->basic[1].edx = l1.edx & L1D_ALLOW;
	if (SUPPORT_ENABLED(vlapic_x2apic))
		p->basic[1].ecx |= L1C_X2APIC;
	if (max >= 7) {
		struct cpuid_regs l7 = cpuid(7, 0);

		p->basic[7] = (struct cpuid_regs){ 0, l7.ebx & L7B_ALLOW, l7.ecx & L7C_ALLOW,
						   l7.edx & L7D_ALLOW };
	}
}

static void init_ext(struct cpuid_policy *p)
{
	uint32_t max = MIN(cpuid(0x80000000, 0).eax & 0xffff, CPUID_NR_EXT - 1u);
	struct cpuid_regs e1 = cpuid(0x80000001, 0);

	p->ext[0] = cpuid(0x80000000, 0);
	p->ext[0].eax = 0x80000000 | max;
	p->ext[1] = (struct cpuid_regs){ e1.eax, 0, e1.ecx & E1C_ALLOW, e1.edx & E1D_ALLOW };
	/* Names and caches are facts about the machine, and harmless. */
	for (unsigned n = 2; n <= MIN(max, 6u); n++)
		p->ext[n] = cpuid(0x80000000 + n, 0);
	if (max >= 7)
		p->ext[7].edx = cpuid(0x80000007, 0).edx & E7D_INVARIANT_TSC;
	/* Address widths; one core, no extensions. NPT walks 48 bits. */
	if (max >= 8)
		p->ext[8].eax = MIN(cpuid(0x80000008, 0).eax & 0xff, 48u) | 48u << 8;
}

static void init_cr4(struct cpuid_policy *p)
{
	uint32_t ebx = p->basic[7].ebx;

	p->cr4_mask = CR4_ALWAYS;
	if (p->basic[1].ecx & L1C_XSAVE)
		p->cr4_mask |= CR4_OSXSAVE;
	if (ebx & BIT(0))
		p->cr4_mask |= CR4_FSGSBASE;
	if (ebx & BIT(7))
		p->cr4_mask |= CR4_SMEP;
	if (ebx & BIT(20))
		p->cr4_mask |= CR4_SMAP;
}

void cpuid_policy_init(struct cpuid_policy *p)
{
	memset(p, 0, sizeof(*p));
	init_basic(p);
	init_ext(p);
	init_xstate(p);
	drop_avx(p);
	if (SUPPORT_ACTIVE(umip))
		umip_allow(p);
	if (SUPPORT_ENABLED(spec_ctrl))
		spec_guest_allow(p);
	cpuid_policy_recalculate(p);
}

void cpuid_policy_recalculate(struct cpuid_policy *p)
{
	uint64_t xcr0 = p->xcr0_mask;

	/* x87 and SSE state are always there; without XSAVE there is nothing to choose. */
	if (!(p->basic[1].ecx & L1C_XSAVE))
		p->xcr0_mask = 0;
	else if (!(xcr0 & XCR0_AVX) || !(p->basic[1].ecx & BIT(28)))
		p->xcr0_mask = xcr0 & (XCR0_X87 | XCR0_SSE);
	p->xstate[0].eax = (uint32_t)p->xcr0_mask;
	drop_avx(p);
	init_cr4(p);
	if (SUPPORT_ACTIVE(umip))
		umip_cr4(p);
	p->efer_mask = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
	if (p->ext[1].edx & E1D_FFXSR)
		p->efer_mask |= EFER_FFXSR;
}

/* Leaf 0xd: sizes depend on XCR0, which is the guest's while it is current. */
static void xstate_leaf(const struct cpuid_policy *p, uint32_t subleaf, struct cpuid_regs *r)
{
	if (subleaf >= CPUID_NR_XSTATE || !p->xcr0_mask) {
		memset(r, 0, sizeof(*r));
		return;
	}
	*r = p->xstate[nospec_index(subleaf, CPUID_NR_XSTATE)];
	if (subleaf == 0)
		r->ebx = cpuid(0xd, 0).ebx;
	if (subleaf == 1 && (r->eax & BIT(1)))
		r->ebx = cpuid(0xd, 1).ebx;
}

void cpuid_guest(const struct arch_vcpu *av, uint32_t leaf, uint32_t subleaf, struct cpuid_regs *r)
{
	const struct cpuid_policy *p = &av->vcpu->domain->arch->cpuid;

	*r = (struct cpuid_regs){ 0 };
	if (leaf < CPUID_NR_BASIC) {
		if (leaf > p->basic[0].eax)
			return;
		if (leaf == 0xd)
			xstate_leaf(p, subleaf, r);
		else if (leaf != 7 || subleaf == 0)
			*r = p->basic[nospec_index(leaf, CPUID_NR_BASIC)];
		if (leaf == 1) {
			r->ebx |= av->vlapic.apic_id << 24;
			if (!vlapic_hw_enabled(&av->vlapic))
				r->edx &= ~L1D_APIC;
			if (av->vmcb->cr4 & CR4_OSXSAVE)
				r->ecx |= L1C_OSXSAVE;
		}
	} else if (leaf >= 0x80000000 && leaf <= p->ext[0].eax) {
		*r = p->ext[nospec_index(leaf - 0x80000000, CPUID_NR_EXT)];
	} else if (leaf >= XEN_CPUID_BASE && leaf <= XEN_CPUID_MAX) {
		xen_leaves(av, leaf, subleaf, r);
	}
}
