/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host as a whole: its end. */
#ifndef X86_HOST_H
#define X86_HOST_H

#include <hv/domain.h>

#include "pcpu.h"

/** @d is what this host is for: when it stops, so does the host. */
void host_set_domain(struct domain *d);
/** Has it stopped? Then say so and end the emulator, reset, switch off, or halt. */
void host_check_domain(void);

/** The CPU that stops the host, or none: HOST_NOBODY. */
#define HOST_NOBODY UINT32_MAX
extern uint32_t host_stopper; /* atomic */

/** Another CPU wants this one out of the way. */
static inline bool host_is_stopping(void)
{
	uint32_t id = __atomic_load_n(&host_stopper, __ATOMIC_RELAXED);

	return unlikely(id != HOST_NOBODY) && id != this_cpu()->cpu.id;
}
/** Halt this CPU for ever. */
void host_halt_cpu(void) __noreturn;
/** An NMI has come. */
void host_nmi(uint64_t rip);

/** Each CPU looks after the next one, if the boot option says so. After all have started. */
void watchdog_init(void);

#endif
