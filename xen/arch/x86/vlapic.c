/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual local APIC: state, priorities, the registers both modes share, the
 * xAPIC page and IA32_APIC_BASE.
 */
#include "vlapic.h"

#include <candor/support.h>

#include "vlapic-private.h"

SUPPORT_PROVIDES(vlapic, "x86.pvh");

#define VLAPIC_VERSION (0x14u | (VLAPIC_NR_LVT - 1) << 16)

const uint32_t vlapic_lvt_writable[VLAPIC_NR_LVT] = {
	[VLAPIC_LVT_TIMER] = LVT_PERIODIC | LVT_MASKED | LVT_VECTOR,
	[VLAPIC_LVT_THERMAL] = LVT_MASKED | LVT_MODE | LVT_VECTOR,
	[VLAPIC_LVT_PERF] = LVT_MASKED | LVT_MODE | LVT_VECTOR,
	[VLAPIC_LVT_LINT0] = LVT_MASKED | 1u << 15 | 1u << 13 | LVT_MODE | LVT_VECTOR,
	[VLAPIC_LVT_LINT1] = LVT_MASKED | 1u << 15 | 1u << 13 | LVT_MODE | LVT_VECTOR,
	[VLAPIC_LVT_ERROR] = LVT_MASKED | LVT_VECTOR,
};

/* Highest bit set in @b, or -1. */
static int bits_highest(const struct vlapic_bits *b)
{
	for (int w = 3; w >= 0; w--) {
		uint64_t word = __atomic_load_n(&b->word[w], __ATOMIC_RELAXED);

		if (word)
			return w * 64 + 63 - __builtin_clzll(word);
	}
	return -1;
}

/* Bits 32 * @i to 32 * @i + 31. */
static uint32_t bits_part(const struct vlapic_bits *b, unsigned i)
{
	return __atomic_load_n(&b->word[i / 2], __ATOMIC_RELAXED) >> (32 * (i & 1));
}

static uint32_t isr_part(const struct vlapic *vl, unsigned i)
{
	uint32_t part = 0;

	for (unsigned n = 0; n < vl->nr_isr; n++)
		if (vl->isr[n] / 32 == i)
			part |= 1u << (vl->isr[n] % 32);
	return part;
}

static uint8_t isr_highest(const struct vlapic *vl)
{
	return vl->nr_isr ? vl->isr[vl->nr_isr - 1] : 0;
}

/* PPR as of SDM volume 3, 10.8.3.1. */
static void update_ppr(struct vlapic *vl)
{
	uint8_t in_service = isr_highest(vl) & 0xf0;

	vl->ppr = in_service > (vl->tpr & 0xf0) ? in_service : vl->tpr;
}

/* APR as of SDM volume 3, 10.6.2.4: nothing arbitrates by it. */
static uint8_t arbitration_priority(const struct vlapic *vl)
{
	int irr = bits_highest(&vl->irr);
	uint8_t requested = irr < 0 ? 0 : irr & 0xf0;
	uint8_t in_service = isr_highest(vl) & 0xf0, task = vl->tpr & 0xf0;

	if (task >= requested && task > in_service)
		return vl->tpr;
	return MAX(task & in_service, requested);
}

static void set_tpr(struct vlapic *vl, uint8_t tpr)
{
	vl->tpr = tpr;
	update_ppr(vl);
}

int vlapic_set_cr8(struct vlapic *vl, uint64_t cr8)
{
	if (cr8 > 15)
		return -XEN_EINVAL;
	set_tpr(vl, cr8 << 4);
	return 0;
}

bool vlapic_set_irq(struct vlapic *vl, uint8_t vector, enum vlapic_trigger trigger)
{
	unsigned w = vector / 64;
	uint64_t bit = 1ull << (vector % 64), old;

	if (trigger == VLAPIC_LEVEL)
		__atomic_fetch_or(&vl->tmr.word[w], bit, __ATOMIC_RELAXED);
	else if (__atomic_load_n(&vl->tmr.word[w], __ATOMIC_RELAXED) & bit)
		__atomic_fetch_and(&vl->tmr.word[w], ~bit, __ATOMIC_RELAXED);
	old = __atomic_fetch_or(&vl->irr.word[w], bit, __ATOMIC_RELEASE);
	if (old & bit)
		return false;
	__atomic_fetch_or(&vl->irr_words, 1u << w, __ATOMIC_RELEASE);
	return true;
}

int vlapic_pending_vector_slow(const struct vlapic *vl)
{
	int vector;

	if (!vlapic_sw_enabled(vl))
		return -1;
	vector = bits_highest(&vl->irr);
	return vector >= 0 && (vector & 0xf0) > (vl->ppr & 0xf0) ? vector : -1;
}

void vlapic_ack(struct vlapic *vl, uint8_t vector)
{
	unsigned w = vector / 64;
	uint64_t bit = 1ull << (vector % 64);

	if (!(__atomic_fetch_and(&vl->irr.word[w], ~bit, __ATOMIC_ACQ_REL) & ~bit)) {
		__atomic_fetch_and(&vl->irr_words, ~(1u << w), __ATOMIC_SEQ_CST);
		/* Another CPU may have requested one between the two. */
		if (__atomic_load_n(&vl->irr.word[w], __ATOMIC_SEQ_CST))
			__atomic_fetch_or(&vl->irr_words, 1u << w, __ATOMIC_SEQ_CST);
	}
	/* A vector the priorities would not have let through has no place in service. */
	if (vl->nr_isr < sizeof(vl->isr) && (vector & 0xf0) > (isr_highest(vl) & 0xf0))
		vl->isr[vl->nr_isr++] = vector;
	update_ppr(vl);
}

bool vlapic_error(struct vlapic *vl, uint32_t bits)
{
	uint32_t lvt = __atomic_load_n(&vl->lvt[VLAPIC_LVT_ERROR], __ATOMIC_RELAXED);
	uint32_t old = __atomic_fetch_or(&vl->esr_pending, bits, __ATOMIC_RELAXED);

	if (!(bits & ~old) || (lvt & LVT_MASKED))
		return false;
	if ((lvt & LVT_VECTOR) >= 16)
		return vlapic_set_irq(vl, lvt & LVT_VECTOR, VLAPIC_EDGE);
	__atomic_fetch_or(&vl->esr_pending, ESR_RECEIVED_ILLEGAL_VECTOR, __ATOMIC_RELAXED);
	return false;
}

void vlapic_reset(struct vlapic *vl)
{
	for (unsigned w = 0; w < 4; w++) {
		__atomic_store_n(&vl->irr.word[w], 0, __ATOMIC_RELAXED);
		__atomic_store_n(&vl->tmr.word[w], 0, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&vl->irr_words, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&vl->esr_pending, 0, __ATOMIC_RELAXED);
	vl->nr_isr = vl->tpr = vl->ppr = 0;
	__atomic_store_n(&vl->svr, 0xff, __ATOMIC_RELAXED);
	__atomic_store_n(&vl->ldr, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&vl->dfr, ~0u, __ATOMIC_RELAXED);
	vl->esr = vl->icr_low = vl->icr_high = 0;
	for (unsigned i = 0; i < VLAPIC_NR_LVT; i++)
		__atomic_store_n(&vl->lvt[i], LVT_MASKED, __ATOMIC_RELAXED);
	vlapic_timer_reset(vl);
}

void vlapic_init(struct vlapic *vl, struct vcpu *v, uint32_t apic_id, struct timer_queue *queue)
{
	*vl = (struct vlapic){
		.apic_id = apic_id,
		.phys_bits = 52,
		.base = VLAPIC_DEFAULT_BASE | VLAPIC_BASE_ENABLE | (v->id ? 0 : VLAPIC_BASE_BSP),
		.vcpu = v,
	};
	vlapic_timer_init(vl, queue);
	vlapic_reset(vl);
}

void vlapic_destroy(struct vlapic *vl)
{
	timer_stop(&vl->timer);
}

static void set_svr(struct vlapic *vl, uint32_t val)
{
	__atomic_store_n(&vl->svr, val & SVR_WRITABLE, __ATOMIC_RELAXED);
	if (val & VLAPIC_SVR_ENABLE)
		return;
	/* Disabling masks every LVT entry (SDM volume 3, 10.4.7.2). */
	for (unsigned i = 0; i < VLAPIC_NR_LVT; i++)
		if (i != VLAPIC_LVT_TIMER)
			__atomic_fetch_or(&vl->lvt[i], LVT_MASKED, __ATOMIC_RELAXED);
	vlapic_timer_set_lvt(vl, vl->lvt[VLAPIC_LVT_TIMER] | LVT_MASKED);
}

static void set_lvt(struct vlapic *vl, enum vlapic_lvt i, uint32_t val)
{
	val &= vlapic_lvt_writable[i];
	if (!(vl->svr & VLAPIC_SVR_ENABLE))
		val |= LVT_MASKED;
	if (i == VLAPIC_LVT_TIMER)
		vlapic_timer_set_lvt(vl, val);
	else
		__atomic_store_n(&vl->lvt[i], val, __ATOMIC_RELAXED);
}

bool vlapic_read_common(struct vlapic *vl, uint32_t reg, uint32_t *ret_val)
{
	switch (reg) {
	case REG_VERSION:
		*ret_val = VLAPIC_VERSION;
		return true;
	case REG_TPR:
		*ret_val = vl->tpr;
		return true;
	case REG_PPR:
		*ret_val = vl->ppr;
		return true;
	case REG_SVR:
		*ret_val = vl->svr;
		return true;
	case REG_ISR ... REG_ISR + 7:
		*ret_val = isr_part(vl, reg - REG_ISR);
		return true;
	case REG_TMR ... REG_TMR + 7:
		*ret_val = bits_part(&vl->tmr, reg - REG_TMR);
		return true;
	case REG_IRR ... REG_IRR + 7:
		*ret_val = bits_part(&vl->irr, reg - REG_IRR);
		return true;
	case REG_ESR:
		*ret_val = vl->esr;
		return true;
	case REG_LVT ... REG_LVT + VLAPIC_NR_LVT - 1:
		*ret_val = vl->lvt[reg - REG_LVT];
		return true;
	case REG_TIMER_INITIAL:
		*ret_val = vl->timer_initial;
		return true;
	case REG_TIMER_CURRENT:
		*ret_val = vlapic_timer_current(vl);
		return true;
	case REG_TIMER_DIVIDE:
		*ret_val = vl->timer_divide;
		return true;
	default:
		return false;
	}
}

bool vlapic_write_common(struct vlapic *vl, uint32_t reg, uint32_t val)
{
	switch (reg) {
	case REG_TPR:
		set_tpr(vl, val);
		return true;
	case REG_EOI:
		vlapic_eoi(vl);
		return true;
	case REG_SVR:
		set_svr(vl, val);
		return true;
	case REG_ESR:
		/* A write shows what has been logged since the one before. */
		vl->esr = __atomic_exchange_n(&vl->esr_pending, 0, __ATOMIC_RELAXED);
		return true;
	case REG_LVT ... REG_LVT + VLAPIC_NR_LVT - 1:
		set_lvt(vl, reg - REG_LVT, val);
		return true;
	case REG_TIMER_INITIAL:
		vlapic_timer_set_initial(vl, val);
		return true;
	case REG_TIMER_DIVIDE:
		vlapic_timer_set_divide(vl, val);
		return true;
	default:
		return false;
	}
}

bool vlapic_owns(const struct vlapic *vl, gpa_t g)
{
	return vlapic_hw_enabled(vl) && !vlapic_x2apic_mode(vl) &&
	       ALIGN_DOWN(g.a, (uint64_t)PAGE_SIZE) == ALIGN_DOWN(vl->base, (uint64_t)PAGE_SIZE);
}

static uint32_t xapic_read(struct vlapic *vl, uint32_t reg)
{
	uint32_t val = 0;

	switch (reg) {
	case REG_ID:
		return vl->apic_id << 24;
	case REG_APR:
		return arbitration_priority(vl);
	case REG_EOI:
	case REG_RRR:
		/* EOI is write-only; remote reads do not exist, so none has a result. */
		return 0;
	case REG_LDR:
		return vl->ldr;
	case REG_DFR:
		return vl->dfr;
	case REG_ICR:
		return vl->icr_low;
	case REG_ICR_HIGH:
		return vl->icr_high;
	default:
		if (!vlapic_read_common(vl, reg, &val))
			vlapic_error(vl, ESR_ILLEGAL_REGISTER);
		return val;
	}
}

/* Registers that exist but take no writes: those are dropped without an error. */
static bool xapic_read_only(uint32_t reg)
{
	return reg == REG_ID || reg == REG_VERSION || reg == REG_APR || reg == REG_PPR ||
	       reg == REG_RRR || (reg >= REG_ISR && reg < REG_ESR) || reg == REG_TIMER_CURRENT;
}

static void xapic_write(struct vlapic *vl, uint32_t reg, uint32_t val)
{
	switch (reg) {
	case REG_LDR:
		__atomic_store_n(&vl->ldr, val & 0xff000000u, __ATOMIC_RELAXED);
		return;
	case REG_DFR:
		__atomic_store_n(&vl->dfr, val | DFR_ONES, __ATOMIC_RELAXED);
		return;
	case REG_ICR:
		vl->icr_low = val & ICR_WRITABLE;
		val = vl->icr_high >> 24;
		vlapic_icr_send(vl, vl->icr_low, val == 0xff ? VLAPIC_BROADCAST : val);
		return;
	case REG_ICR_HIGH:
		vl->icr_high = val & 0xff000000u;
		return;
	default:
		if (!vlapic_write_common(vl, reg, val) && !xapic_read_only(reg))
			vlapic_error(vl, ESR_ILLEGAL_REGISTER);
		return;
	}
}

static bool xapic_mode(const struct vlapic *vl)
{
	return vlapic_hw_enabled(vl) && !vlapic_x2apic_mode(vl);
}

int vlapic_mmio_read(struct vlapic *vl, uint32_t offset, unsigned size, uint32_t *ret_val)
{
	unsigned byte = offset & 15;
	uint32_t val = 0;

	if (!xapic_mode(vl))
		return -XEN_ENXIO;
	/* Only the first four of sixteen bytes hold a register; the others read 0. */
	if (byte < 4)
		val = xapic_read(vl, (offset & 0xfff) >> 4) >> (8 * byte);
	if (size < 4)
		val &= (1u << (8 * size)) - 1;
	*ret_val = val;
	return 0;
}

int vlapic_mmio_write(struct vlapic *vl, uint32_t offset, unsigned size, uint32_t val)
{
	if (!xapic_mode(vl))
		return -XEN_ENXIO;
	if (size >= 4 && !(offset & 15))
		xapic_write(vl, (offset & 0xfff) >> 4, val);
	return 0;
}

/* Legal changes of mode: SDM volume 3, figure 10-27. */
static bool mode_change_ok(uint64_t from, uint64_t to)
{
	bool from_enabled = from & VLAPIC_BASE_ENABLE, to_enabled = to & VLAPIC_BASE_ENABLE;
	bool from_x2 = from & VLAPIC_BASE_EXTD, to_x2 = to & VLAPIC_BASE_EXTD;

	if (to_x2)
		return to_enabled && from_enabled;
	return !(from_x2 && to_enabled);
}

static int write_base(struct vlapic *vl, uint64_t val)
{
	uint64_t legal = ((1ull << vl->phys_bits) - 1) & ~(uint64_t)PAGE_MASK;
	uint64_t old = vl->base;

	legal |= VLAPIC_BASE_BSP | VLAPIC_BASE_ENABLE;
	if (SUPPORT_ENABLED(vlapic_x2apic))
		legal |= VLAPIC_BASE_EXTD;
	if ((val & ~legal) || !mode_change_ok(old, val))
		return -XEN_EINVAL;

	/* Whether this is the boot processor is not the guest's to say. */
	val = (val & ~(uint64_t)VLAPIC_BASE_BSP) | (old & VLAPIC_BASE_BSP);
	__atomic_store_n(&vl->base, val, __ATOMIC_RELAXED);
	if (!(val & VLAPIC_BASE_ENABLE))
		vlapic_reset(vl); /* enabling it again finds the state of power-up */
	else if ((val ^ old) & VLAPIC_BASE_EXTD)
		vl->icr_high = 0;
	return 0;
}

int vlapic_msr_read(struct vlapic *vl, uint32_t msr, uint64_t *ret_val)
{
	if (msr == VLAPIC_MSR_BASE) {
		*ret_val = vl->base;
		return 0;
	}
	if (SUPPORT_ENABLED(vlapic_x2apic) && msr >= VLAPIC_MSR_FIRST && msr <= VLAPIC_MSR_LAST &&
	    vlapic_x2apic_mode(vl))
		return vlapic_x2apic_read(vl, msr - VLAPIC_MSR_FIRST, ret_val);
	return -XEN_EINVAL;
}

int vlapic_msr_write(struct vlapic *vl, uint32_t msr, uint64_t val)
{
	if (msr == VLAPIC_MSR_BASE)
		return write_base(vl, val);
	if (!SUPPORT_ENABLED(vlapic_x2apic) || !vlapic_x2apic_mode(vl))
		return -XEN_EINVAL;
	/* Once an upcall: by far the most frequent. */
	if (likely(msr == VLAPIC_MSR_EOI && !val)) {
		vlapic_eoi(vl);
		return 0;
	}
	if (msr >= VLAPIC_MSR_FIRST && msr <= VLAPIC_MSR_LAST)
		return vlapic_x2apic_write(vl, msr - VLAPIC_MSR_FIRST, val);
	return -XEN_EINVAL;
}
