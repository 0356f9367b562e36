/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's clock: the TSC, measured against the PIT. */
#ifndef X86_TIME_H
#define X86_TIME_H

#include <hv/types.h>

/** Measure the TSC and read the wall clock. Interrupts stay off; takes about 40 ms. */
void time_init(void);

/** Host TSC ticks in a second / 1000. */
uint64_t time_tsc_khz(void);

/** The host's TSC: this CPU's own, brought in line with the boot CPU's. */
uint64_t time_host_tsc(void);
/** All CPUs' TSCs go together, so a guest may read its own and compare them. */
bool time_tsc_stable(void);
/** They do not, from what has been measured or was said at boot. Before any guest exists. */
void time_set_tsc_unstable(void);

/** Host time when the host's TSC is @host_tsc. */
stime_t time_of_tsc(uint64_t host_tsc);

/** Host TSC at host time 0. */
uint64_t time_tsc_at_boot(void);

/** ns = (ticks << shift or >> -shift) * mul >> 32, as pvclock computes it (xen/xen.h). */
void time_tsc_scale(uint32_t *ret_mul, int8_t *ret_shift);

/** The same two numbers for a counter of @hz, 1000 to 2^43. */
void time_scale_of(uint64_t hz, uint32_t *ret_mul, int8_t *ret_shift);

/** The clock in seconds since 1970, before time_init() too; 0 if nothing waits for an opt-in. */
uint64_t time_read_clock(void);

#endif
