/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC of a test guest, by MMIO or by x2APIC MSRs. */
#ifndef GUEST_LAPIC_H
#define GUEST_LAPIC_H

#include <stdint.h>

#define LAPIC_BASE 0xfee00000UL
#define LAPIC_ID 0x20
#define LAPIC_VERSION 0x30
#define LAPIC_TPR 0x80
#define LAPIC_PPR 0xa0
#define LAPIC_EOI 0xb0
#define LAPIC_LDR 0xd0
#define LAPIC_DFR 0xe0
#define LAPIC_SVR 0xf0
#define LAPIC_ISR 0x100
#define LAPIC_IRR 0x200
#define LAPIC_ESR 0x280
#define LAPIC_ICR 0x300
#define LAPIC_ICR2 0x310
#define LAPIC_LVTT 0x320
#define LAPIC_LVT0 0x350

#define APIC_BASE_EXTD 0x400
#define APIC_BASE_ENABLE 0x800

/** Switch the APIC on in x2APIC mode with spurious vector 0xff. */
void lapic_enable_x2apic(void);

/** A register by its MMIO offset, in x2APIC mode. */
uint64_t lapic_read(unsigned int offset);
void lapic_write(unsigned int offset, uint64_t value);

/** A register by MMIO, in xAPIC mode. */
uint32_t lapic_read_mmio(unsigned int offset);
void lapic_write_mmio(unsigned int offset, uint32_t value);

/** End of interrupt, in x2APIC mode. */
void lapic_eoi(void);

#endif
