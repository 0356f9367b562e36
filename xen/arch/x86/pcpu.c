/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State of the physical CPUs. */
#include "pcpu.h"

#include <arch/arch.h>
#include <candor/support.h>
#include <hv/frames.h>

#include "cpu.h"
#include "hostapic.h"

SUPPORT_PROVIDES(limit_pcpus, "x86");
SUPPORT_LIMIT(limit_pcpus, "physical CPUs", X86_MAX_CPUS);

static struct pcpu boot_cpu = {
	.self = &boot_cpu,
	.cpu = { .online = true },
	.state = PCPU_ONLINE,
	.timer_programmed = STIME_MAX,
	.xcr0 = 1,
};
static unsigned nr_pcpus = 1; /* constant once the host has booted */

void pcpu_set_current(struct pcpu *cpu)
{
	wrmsr(MSR_GS_BASE, (uint64_t)cpu);
}

void pcpu_init(void)
{
	cpumask_nr_words = (X86_MAX_CPUS + 63) / 64;
	cpu_table[0] = &boot_cpu.cpu;
	cpumask_set(&cpus_online, 0);
	pcpu_set_current(&boot_cpu);
	cpu_init(&boot_cpu.cpu);
}

struct pcpu *pcpu_create(uint32_t apic_id)
{
	struct pcpu *cpu;

	if (nr_pcpus >= PCPU_MOST)
		return NULL;
	cpu = heap_alloc(sizeof(*cpu));
	if (!cpu)
		return NULL;
	cpu_init(&cpu->cpu);
	cpu->self = cpu;
	cpu->apic_id = apic_id;
	cpu->timer_programmed = STIME_MAX;
	cpu->xcr0 = 1;
	cpu->cpu.id = nr_pcpus;
	__atomic_store_n(&cpu_table[nr_pcpus++], &cpu->cpu, __ATOMIC_RELEASE);
	return cpu;
}

void pcpu_forget(struct arch_vcpu *av)
{
	for (unsigned i = 0; i < nr_pcpus; i++) {
		struct arch_vcpu *expected = av;

		__atomic_compare_exchange_n(&pcpu_of(cpu_get(i))->loaded, &expected, NULL, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	}
}

unsigned pcpu_nr(void)
{
	return nr_pcpus;
}

void pcpu_set_online(struct pcpu *cpu)
{
	cpu->cpu.online = true;
	cpumask_set(&cpus_online, cpu->cpu.id);
}

struct cpu *cpu_this(void)
{
	return &this_cpu()->cpu;
}

void arch_cpu_kick(struct cpu *cpu)
{
	hostapic_kick(pcpu_of(cpu)->apic_id);
}

bool arch_cpu_interrupted(void)
{
	const struct pcpu *p = this_cpu();

	return p->cpu.timers.changed || arch_now() >= p->timer_programmed;
}
