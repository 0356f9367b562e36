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
	boot_cpu.cpu.online = true;
	cpumask_set(&cpus_online, 0);
}

struct cpu *cpu_this(void)
{
	return &this_cpu()->cpu;
}

struct cpu *cpu_get(unsigned id)
{
	return id ? NULL : &boot_cpu.cpu;
}

/* There is no other. */
void arch_cpu_kick(struct cpu *cpu)
{
}

bool arch_cpu_interrupted(void)
{
	const struct pcpu *cpu = this_cpu();

	return cpu->timer_programmed != STIME_MAX && cpu->timer_programmed <= arch_now();
}
