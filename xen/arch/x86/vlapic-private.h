/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the virtual local APIC share: registers and their bits. */
#ifndef X86_VLAPIC_PRIVATE_H
#define X86_VLAPIC_PRIVATE_H

#include "vlapic.h"

/* Registers: offset in the page >> 4, which is also MSR - 0x800. */
enum vlapic_reg {
	REG_ID = 0x02,
	REG_VERSION = 0x03,
	REG_TPR = 0x08,
	REG_APR = 0x09, /* xAPIC only */
	REG_PPR = 0x0a,
	REG_EOI = 0x0b,
	REG_RRR = 0x0c, /* xAPIC only */
	REG_LDR = 0x0d,
	REG_DFR = 0x0e, /* xAPIC only */
	REG_SVR = 0x0f,
	REG_ISR = 0x10,
	REG_TMR = 0x18,
	REG_IRR = 0x20,
	REG_ESR = 0x28,
	REG_ICR = 0x30,
	REG_ICR_HIGH = 0x31, /* xAPIC only */
	REG_LVT = 0x32,
	REG_TIMER_INITIAL = 0x38,
	REG_TIMER_CURRENT = 0x39,
	REG_TIMER_DIVIDE = 0x3e,
	REG_SELF_IPI = 0x3f, /* x2APIC only */
};

#define LVT_VECTOR 0xffu
#define LVT_MODE (7u << 8)
#define LVT_MASKED (1u << 16)
#define LVT_PERIODIC (1u << 17)
/* Read-only bits of LVT entries (delivery status, remote IRR): always 0 here. */
#define LVT_STATUS (1u << 12)
#define LVT_REMOTE_IRR (1u << 14)

#define SVR_WRITABLE 0x3ffu /* vector, enable, focus checking */
#define DFR_ONES 0x0fffffffu
#define TIMER_DIVIDE_BITS 0x0bu
#define ICR_WRITABLE 0xccfffu /* all but delivery status and reserved bits */
#define ICR_STATUS (1u << 12)

enum {
	ESR_SEND_ILLEGAL_VECTOR = 1 << 5,
	ESR_RECEIVED_ILLEGAL_VECTOR = 1 << 6,
	ESR_ILLEGAL_REGISTER = 1 << 7,
};

/** Bits of each LVT entry that can be written. */
extern const uint32_t vlapic_lvt_writable[VLAPIC_NR_LVT];

static inline stime_t vlapic_divider(uint32_t divide)
{
	/* 0 divides by 2, 1 by 4, ... 6 by 128, 7 by 1 (APM volume 2, 16.4.1). */
	unsigned code = (divide & 3) | (divide & 8) >> 1;

	return (stime_t)1 << ((code + 1) & 7);
}

/** Value of a register both modes have; false if there is none to be read. */
bool vlapic_read_common(struct vlapic *vl, uint32_t reg, uint32_t *ret_val);
/** Write one both modes have, ignoring what cannot be written; false if there is none. */
bool vlapic_write_common(struct vlapic *vl, uint32_t reg, uint32_t val);
/** Log the errors @bits, raise the error interrupt if there are new ones; true if it did. */
bool vlapic_error(struct vlapic *vl, uint32_t bits);
/** Logical id in x2APIC mode (SDM volume 3, 10.12.10.2). */
static inline uint32_t vlapic_x2apic_ldr(uint32_t apic_id)
{
	return (apic_id >> 4) << 16 | 1u << (apic_id & 15);
}

/* vlapic-ipi.c */
/** Send what is written to the low half of the ICR, to @dest (x2APIC form). */
void vlapic_icr_send(struct vlapic *vl, uint32_t icr_low, uint32_t dest);
/** Fixed interrupt to itself; a vector below 16 is a send error. */
void vlapic_self_ipi(struct vlapic *vl, uint8_t vector);

/* vlapic-timer.c */
void vlapic_timer_init(struct vlapic *vl, struct timer_queue *queue);
void vlapic_timer_reset(struct vlapic *vl);
uint32_t vlapic_timer_current(struct vlapic *vl);
void vlapic_timer_set_initial(struct vlapic *vl, uint32_t initial);
void vlapic_timer_set_divide(struct vlapic *vl, uint32_t divide);
void vlapic_timer_set_lvt(struct vlapic *vl, uint32_t lvt);

/* vlapic-x2apic.c, if the policy has it */
int vlapic_x2apic_read(struct vlapic *vl, uint32_t reg, uint64_t *ret_val);
int vlapic_x2apic_write(struct vlapic *vl, uint32_t reg, uint64_t val);

#endif
