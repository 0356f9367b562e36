/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PV clock of a test guest: nanoseconds since the domain started. */
#ifndef GUEST_PVCLOCK_H
#define GUEST_PVCLOCK_H

#include <stdint.h>

#include <xen/xen.h>

/** Read time from @info of our vcpu_info from now on. */
void pvclock_init(const volatile struct vcpu_time_info *info);

/** System time in nanoseconds; 0 before pvclock_init(). */
uint64_t pvclock_read(void);

/** A TSC difference in nanoseconds at the clock's own scale. */
uint64_t pvclock_scale(uint64_t ticks);

#endif
