/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This CPU's own local APIC: the one-shot timer that drives all timers. */
#ifndef X86_HOSTAPIC_H
#define X86_HOSTAPIC_H

#include <hv/types.h>

/** Map or select the APIC, enable it, measure its timer against arch_now(). */
void hostapic_init(void);

/** Interrupt at @when (host time), or never for STIME_MAX; the past means at once. */
void hostapic_timer_program(stime_t when);

/** Host interrupt VECTOR_TIMER. */
void hostapic_timer_interrupt(void);

#endif
