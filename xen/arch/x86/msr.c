/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's model-specific registers. One table says which exist; what is not
 * in it faults, as it does on a CPU without it. Registers that VMLOAD, VMSAVE and
 * VMRUN switch are left to the guest (msr_init()).
 */
#include <candor/support.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/nospec.h>
#include <hv/string.h>

#include "spec.h"
#include "svm/svm.h"
#include "time.h"
#include "x86.h"

struct msr_range {
	uint32_t first, last;
	bool (*read)(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value);
	bool (*write)(struct arch_vcpu *av, uint32_t msr, uint64_t value);
};

static bool read_zero(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = 0;
	return true;
}

static bool write_ignore(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	return true;
}

static bool write_zero(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	return value == 0;
}

static bool read_efer(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = guest_efer(av);
	return true;
}

static bool write_efer(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	struct vmcb *c = av->vmcb;

	if (value & ~av->vcpu->domain->arch->cpuid.efer_mask)
		return false;
	/* APM volume 2, 14.6: LME cannot change while paging is on; LMA is read-only. */
	if (((value ^ c->efer) & EFER_LME) && (c->cr0 & CR0_PG))
		return false;
	if ((value ^ c->efer) & EFER_NXE) {
		av->tlb_flush = true;
		av->attention = true;
	}
	guest_set_efer(av, (value & ~EFER_LMA) | (c->efer & EFER_LMA));
	return true;
}

static bool read_apic(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	svm_sync_tpr(av);
	return !vlapic_msr_read(&av->vlapic, msr, ret_value);
}

static bool write_apic(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	svm_sync_tpr(av);
	if (vlapic_msr_write(&av->vlapic, msr, value))
		return false;
	svm_show_tpr(av);
	/* After an end of interrupt only one that waits asks for more. */
	if (msr != VLAPIC_MSR_EOI || av->vlapic.irr_words)
		av->attention = true;
	return true;
}

static bool read_tsc(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = guest_tsc_read(av);
	return true;
}

static bool write_tsc(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	guest_tsc_write(av, value);
	return true;
}

static bool read_mtrr(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	return mtrr_read(&av->mtrr, msr, ret_value);
}

static bool write_mtrr(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	if (!mtrr_write(&av->mtrr, msr, value))
		return false;
	av->vmcb->g_pat = av->mtrr.pat;
	return true;
}

static bool read_mcg_cap(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = MCA_BANKS;
	return true;
}

/* Bank b: 0x400 + 4b is CTL; STATUS, ADDR and MISC read 0 and take only 0. */
static bool read_mci(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = msr & 3 ? 0 : av->mci_ctl[nospec_index((msr - 0x400) / 4, MCA_BANKS)];
	return true;
}

static bool write_mci(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	if (msr & 3)
		return value == 0;
	av->mci_ctl[nospec_index((msr - 0x400) / 4, MCA_BANKS)] = value;
	return true;
}

static bool write_tsc_aux(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	if (value >> 32 || !(av->vcpu->domain->arch->cpuid.ext[1].edx & (1u << 27)))
		return false;
	av->tsc_aux = value;
	wrmsr(MSR_TSC_AUX, value); /* VMRUN does not switch it: svm/context.c does */
	return true;
}

static bool read_tsc_aux(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = av->tsc_aux;
	return av->vcpu->domain->arch->cpuid.ext[1].edx & (1u << 27);
}

/* LFENCE is serializing as far as the guest can arrange: the bit reads as set. */
static bool read_de_cfg(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = 2;
	return true;
}

static bool write_hypercall(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	return SUPPORT_ACTIVE(hypercall_page) && hypercall_page_write(av, value);
}

static bool read_hypercall(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	*ret_value = 0;
	return SUPPORT_ACTIVE(hypercall_page);
}

static bool read_spec(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	return SUPPORT_ENABLED(spec_ctrl) && spec_guest_read(av, msr, ret_value);
}

static bool write_spec(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	return SUPPORT_ENABLED(spec_ctrl) && spec_guest_write(av, msr, value);
}

/* The most used first. */
static const struct msr_range msrs[] = {
	{ 0x800, 0x8ff, read_apic, write_apic },
	{ MSR_EFER, MSR_EFER, read_efer, write_efer },
	{ MSR_SPEC_CTRL, MSR_PRED_CMD, read_spec, write_spec },
	{ 0x10, 0x10, read_tsc, write_tsc },
	{ MSR_APIC_BASE, MSR_APIC_BASE, read_apic, write_apic },
	{ 0x8b, 0x8b, read_zero, write_ignore }, /* microcode patch level */
	{ 0xfe, 0xfe, read_mtrr, NULL },
	{ 0x179, 0x179, read_mcg_cap, NULL },
	{ 0x17a, 0x17a, read_zero, write_zero }, /* MCG_STATUS */
	{ 0x1d9, 0x1d9, read_zero, write_zero }, /* DebugCtl */
	{ 0x200, 0x20f, read_mtrr, write_mtrr },
	{ 0x250, 0x250, read_mtrr, write_mtrr },
	{ 0x258, 0x259, read_mtrr, write_mtrr },
	{ 0x268, 0x26f, read_mtrr, write_mtrr },
	{ 0x277, 0x277, read_mtrr, write_mtrr },
	{ 0x2ff, 0x2ff, read_mtrr, write_mtrr },
	{ 0x400, 0x400 + 4 * MCA_BANKS - 1, read_mci, write_mci },
	{ XEN_CPUID_BASE, XEN_CPUID_BASE, read_hypercall, write_hypercall },
	{ MSR_TSC_AUX, MSR_TSC_AUX, read_tsc_aux, write_tsc_aux },
	{ 0xc0010000, 0xc0010007, read_zero, write_ignore }, /* performance counters, K7 */
	{ 0xc0010010, 0xc0010010, read_zero, write_ignore }, /* SYSCFG */
	{ 0xc0010015, 0xc0010015, read_zero, write_ignore }, /* HWCR */
	{ 0xc0010055, 0xc0010055, read_zero, write_ignore }, /* interrupt pending */
	{ 0xc0011020, 0xc0011020, read_zero, write_ignore }, /* LS_CFG */
	{ 0xc0011029, 0xc0011029, read_de_cfg, write_ignore },
	{ 0xc001102a, 0xc001102a, read_zero, write_ignore }, /* BU_CFG2 */
};

static const struct msr_range *find(uint32_t msr)
{
	for (unsigned i = 0; i < ARRAY_SIZE(msrs); i++) {
		if (msr >= msrs[i].first && msr <= msrs[i].last)
			return &msrs[i];
	}
	return NULL;
}

bool guest_rdmsr(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	const struct msr_range *r = find(msr);

	return r && r->read(av, msr, ret_value);
}

bool guest_wrmsr(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	const struct msr_range *r = find(msr);

	return r && r->write && r->write(av, msr, value);
}

/* MSR permission map, APM volume 2, 15.11: 2 bits each (read, write), 1 = exit. */
#define MSRPM_ORDER 1
#define MSRPM_SIZE ((size_t)PAGE_SIZE << MSRPM_ORDER)

static uint64_t bitmap_pa;

static void let_through(uint8_t *map, uint32_t msr)
{
	size_t byte = 0;

	if (msr >= 0xc0000000)
		byte = 0x800;
	byte += (msr & 0x1fff) / 4;
	map[byte] &= (uint8_t) ~(3u << (2 * (msr & 3)));
}

int msr_init(void)
{
	/* All of these are in the VMCB and switched by VMLOAD and VMSAVE. */
	static const uint32_t own[] = {
		0x174,	    0x175,	0x176,	    0xc0000081, 0xc0000082,
		0xc0000083, 0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102
	};
	mfn_t m = frames_alloc(MSRPM_ORDER);
	uint8_t *map;

	if (!mfn_valid(m))
		return -XEN_ENOMEM;
	map = arch_frame_map(m);
	memset(map, 0xff, MSRPM_SIZE);
	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		let_through(map, own[i]);
	bitmap_pa = mfn_to_maddr(m).a;
	return 0;
}

uint64_t msr_bitmap_pa(void)
{
	return bitmap_pa;
}
