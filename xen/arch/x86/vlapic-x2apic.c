/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x2APIC mode: the registers as MSRs 0x800 to 0x8ff, where anything reserved is
 * #GP (SDM volume 3, 10.12; APM volume 2, 16.11). Left out of the build if the
 * policy has the feature off.
 */
#include <candor/support.h>

#include "vlapic-private.h"

SUPPORT_PROVIDES(vlapic_x2apic, "x86.pvh");

int vlapic_x2apic_read(struct vlapic *vl, uint32_t reg, uint64_t *ret_val)
{
	uint32_t val;

	switch (reg) {
	case REG_ID:
		*ret_val = vl->apic_id;
		return 0;
	case REG_LDR:
		*ret_val = vlapic_x2apic_ldr(vl->apic_id);
		return 0;
	case REG_ICR:
		*ret_val = (uint64_t)vl->icr_high << 32 | vl->icr_low;
		return 0;
	default:
		/* EOI and SELF_IPI are write-only; the common registers have neither. */
		if (!vlapic_read_common(vl, reg, &val))
			return -XEN_EINVAL;
		*ret_val = val;
		return 0;
	}
}

/* Bits a write may have set; read-only status bits of LVT and ICR are ignored. */
static uint64_t legal_bits(uint32_t reg)
{
	switch (reg) {
	case REG_TPR:
	case REG_SELF_IPI:
		return 0xff;
	case REG_SVR:
		return SVR_WRITABLE;
	case REG_ICR:
		return ~0xffffffffull | ICR_WRITABLE | ICR_STATUS;
	case REG_LVT ... REG_LVT + VLAPIC_NR_LVT - 1:
		if (reg == REG_LVT + VLAPIC_LVT_LINT0 || reg == REG_LVT + VLAPIC_LVT_LINT1)
			return vlapic_lvt_writable[reg - REG_LVT] | LVT_STATUS | LVT_REMOTE_IRR;
		return vlapic_lvt_writable[reg - REG_LVT] | LVT_STATUS;
	case REG_TIMER_INITIAL:
		return 0xffffffffu;
	case REG_TIMER_DIVIDE:
		return TIMER_DIVIDE_BITS;
	default:
		/* EOI and ESR take 0 only; what cannot be written fails later. */
		return 0;
	}
}

int vlapic_x2apic_write(struct vlapic *vl, uint32_t reg, uint64_t val)
{
	if (val & ~legal_bits(reg))
		return -XEN_EINVAL;
	switch (reg) {
	case REG_ICR:
		vl->icr_low = val & ICR_WRITABLE;
		vl->icr_high = val >> 32;
		vlapic_icr_send(vl, vl->icr_low, vl->icr_high);
		return 0;
	case REG_SELF_IPI:
		vlapic_self_ipi(vl, val);
		return 0;
	default:
		return vlapic_write_common(vl, reg, val) ? 0 : -XEN_EINVAL;
	}
}
