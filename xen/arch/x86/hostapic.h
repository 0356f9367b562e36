/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each CPU's own local APIC: the one-shot timer that drives all timers, and messages to others. */
#ifndef X86_HOSTAPIC_H
#define X86_HOSTAPIC_H

#include <hv/types.h>

/** On the boot CPU: map or select the APIC, enable it, measure its timer against arch_now(). */
void hostapic_init(void);
/** On each other CPU. False if its APIC is in a mode that cannot be brought to the boot CPU's. */
bool hostapic_init_secondary(void) __must_check;

/** Interrupt at @when (host time), or never for STIME_MAX; the past means at once. */
void hostapic_timer_program(stime_t when);

/** Host interrupt VECTOR_TIMER. */
void hostapic_timer_interrupt(void);
void hostapic_eoi(void);

/** VECTOR_KICK to the CPU of @apic_id. */
void hostapic_kick(uint32_t apic_id);
/** The messages that start a CPU, at physical @page << 12. */
void hostapic_init_ipi(uint32_t apic_id);
void hostapic_startup_ipi(uint32_t apic_id, uint8_t page);
/** A CPU that has started; one that has not would fault on it, with no handler. */
void hostapic_nmi(uint32_t apic_id);

/** From now on this CPU takes the interrupts of the 8259s. */
void hostapic_take_pic(void);

#endif
