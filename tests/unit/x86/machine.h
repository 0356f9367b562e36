/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the virtual local APIC needs of its surroundings: a clock that moves
 * only when told to, timers, vCPUs, and a record of the messages it sends.
 */
#ifndef UNIT_X86_MACHINE_H
#define UNIT_X86_MACHINE_H

#include "vlapic.h"

struct machine {
	stime_t now;
	struct timer *timers[4]; /* armed ones */
	unsigned nr_timer_sets;
	unsigned nr_wakes;
	unsigned nr_ipis;
	struct vlapic *ipi_from;
	struct vlapic_ipi ipi; /* the last one */
};

extern struct machine machine;

/** Forget everything; time starts at one second. */
void machine_reset(void);
/** Move time to @now, running timers in order of expiry. */
void machine_advance(stime_t now);

#endif
