/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State of the physical CPUs: one, at this stage. */
#include "pcpu.h"

#include <arch/arch.h>
#include <candor/support.h>

#include "cpu.h"

SUPPORT_PROVIDES(limit_pcpus, "x86");
SUPPORT_LIMIT(limit_pcpus, "physical CPUs", 1);

static struct pcpu boot_cpu = { .self = &boot_cpu, .timer_programmed = STIME_MAX };

void pcpu_init(void)
{
	wrmsr(MSR_GS_BASE, (uint64_t)&boot_cpu);
}

struct timer_queue *arch_timer_queue(void)
{
	return &this_cpu()->timers;
}
