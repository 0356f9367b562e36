/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A local APIC in the toolstack's saved form: the base MSR, and the register page of xAPIC mode
 * (xen/arch-x86/hvm/save.h). Its vCPU does not run. What is loaded is cut to what a guest could
 * have written.
 */
#include "vlapic-private.h"

#include <hv/string.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/hvm/save.h>

#include <arch/arch.h>

_Static_assert(sizeof(struct hvm_hw_lapic) == 24, "xen/arch-x86/hvm/save.h");

#define NR_WORDS 8 /* 256 bits of a request register, 32 a word */

static uint32_t reg_get(const struct hvm_hw_lapic_regs *r, unsigned reg)
{
	uint32_t value;

	memcpy(&value, r->data + (reg << 4), sizeof(value));
	return value;
}

static void reg_put(struct hvm_hw_lapic_regs *r, unsigned reg, uint32_t value)
{
	memcpy(r->data + (reg << 4), &value, sizeof(value));
}

void vlapic_save(const struct vlapic *vl, struct hvm_hw_lapic *ret)
{
	*ret = (struct hvm_hw_lapic){
		.apic_base_msr = vl->base,
		.disabled = !vlapic_sw_enabled(vl),
		.timer_divisor = (uint32_t)vlapic_divider(vl->timer_divide),
	};
}

static uint32_t part(const struct vlapic_bits *b, unsigned i)
{
	return (uint32_t)(b->word[i / 2] >> (i % 2 * 32));
}

void vlapic_save_regs(struct vlapic *vl, struct hvm_hw_lapic_regs *ret)
{
	uint32_t value;

	memset(ret, 0, sizeof(*ret));
	for (unsigned reg = REG_ID; reg <= REG_TIMER_DIVIDE; reg++)
		if (vlapic_read_common(vl, reg, &value))
			reg_put(ret, reg, value);
	reg_put(ret, REG_ID, vlapic_x2apic_mode(vl) ? vl->apic_id : vl->apic_id << 24);
	reg_put(ret, REG_LDR, vlapic_x2apic_mode(vl) ? vlapic_x2apic_ldr(vl->apic_id) : vl->ldr);
	reg_put(ret, REG_DFR, vl->dfr);
	reg_put(ret, REG_ICR, vl->icr_low);
	reg_put(ret, REG_ICR_HIGH, vl->icr_high);
	for (unsigned i = 0; i < NR_WORDS; i++) {
		reg_put(ret, REG_TMR + i, part(&vl->tmr, i));
		reg_put(ret, REG_IRR + i, part(&vl->irr, i));
	}
	for (unsigned i = 0; i < vl->nr_isr; i++) {
		unsigned reg = REG_ISR + vl->isr[i] / 32;

		reg_put(ret, reg, reg_get(ret, reg) | 1u << vl->isr[i] % 32);
	}
}

int vlapic_check_saved(const struct hvm_hw_lapic *l)
{
	/* The page stays where it is, and x2APIC mode needs an APIC that is on. */
	if ((l->apic_base_msr & VLAPIC_BASE_EXTD) && !(l->apic_base_msr & VLAPIC_BASE_ENABLE))
		return -XEN_EINVAL;
	return 0;
}

void vlapic_load(struct vlapic *vl, const struct hvm_hw_lapic *l)
{
	uint64_t keep = VLAPIC_BASE_BSP;
	uint64_t modes = VLAPIC_BASE_EXTD | VLAPIC_BASE_ENABLE;

	vl->base = VLAPIC_DEFAULT_BASE | (vl->base & keep) | (l->apic_base_msr & modes);
}

/* Vectors in service, nested as the processor nests them: one a priority class, ascending. */
static void load_isr(struct vlapic *vl, const struct hvm_hw_lapic_regs *r)
{
	vl->nr_isr = 0;
	for (unsigned class = 1; class < 16; class ++) {
		for (unsigned vector = class * 16 + 15; vector >= class * 16; vector--) {
			if (!(reg_get(r, REG_ISR + vector / 32) >> vector % 32 & 1))
				continue;
			vl->isr[vl->nr_isr++] = (uint8_t)vector;
			break;
		}
	}
}

static void load_requests(struct vlapic *vl, const struct hvm_hw_lapic_regs *r)
{
	memset(&vl->irr, 0, sizeof(vl->irr));
	memset(&vl->tmr, 0, sizeof(vl->tmr));
	vl->irr_words = 0;
	for (unsigned vector = 16; vector < 256; vector++)
		if (reg_get(r, REG_IRR + vector / 32) >> vector % 32 & 1)
			vlapic_set_irq(vl, (uint8_t)vector,
				       reg_get(r, REG_TMR + vector / 32) >> vector % 32 & 1
					       ? VLAPIC_LEVEL
					       : VLAPIC_EDGE);
}

void vlapic_load_regs(struct vlapic *vl, const struct hvm_hw_lapic_regs *r)
{
	static const uint8_t plain[] = { REG_SVR, REG_TPR, REG_TIMER_DIVIDE };

	for (unsigned i = 0; i < ARRAY_SIZE(plain); i++)
		vlapic_write_common(vl, plain[i], reg_get(r, plain[i]));
	vl->ldr = reg_get(r, REG_LDR) & 0xff000000;
	vl->dfr = reg_get(r, REG_DFR) | DFR_ONES;
	vl->icr_low = reg_get(r, REG_ICR) & ICR_WRITABLE;
	vl->icr_high = reg_get(r, REG_ICR_HIGH);
	for (unsigned i = 0; i < VLAPIC_NR_LVT; i++)
		vlapic_write_common(vl, REG_LVT + i, reg_get(r, REG_LVT + i));
	vlapic_write_common(vl, REG_TIMER_INITIAL, reg_get(r, REG_TIMER_INITIAL));
	load_isr(vl, r);
	load_requests(vl, r);
	/* Recomputes what follows of the priorities. */
	vlapic_write_common(vl, REG_TPR, reg_get(r, REG_TPR));
}
