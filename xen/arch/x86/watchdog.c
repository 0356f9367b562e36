/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's watchdog: each CPU looks once a second whether the next one has come by its exit
 * loop since. It must have: its own watchdog timer brings it there out of a guest and out of
 * sleep. NMIs would not do, since they wait while the hypervisor itself runs (GIF is 0).
 */
#include <arch/arch.h>
#include <candor/support.h>
#include <hv/printk.h>

#include "boot.h"
#include "host.h"

SUPPORT_PROVIDES(watchdog, "x86");

#define PERIOD NSEC_PER_SEC
#define MAX_STUCK 10 /* looks in a row */

static struct pcpu *next_online(const struct pcpu *p)
{
	unsigned id = cpumask_next(&cpus_online, p->cpu.id + 1);

	return pcpu_of(cpu_get(id < HV_MAX_CPUS ? id : cpumask_first(&cpus_online)));
}

static void look(void *data)
{
	struct pcpu *p = data, *watched = next_online(p);
	uint64_t progress = __atomic_load_n(&watched->progress, __ATOMIC_RELAXED);

	if (progress != p->watchdog_seen)
		p->watchdog_stuck = 0;
	else if (++p->watchdog_stuck == MAX_STUCK)
		panic("watchdog: CPU %u has not come by its loop for %u s", watched->cpu.id,
		      MAX_STUCK);
	p->watchdog_seen = progress;
	timer_set(&p->watchdog, arch_now() + PERIOD);
}

void watchdog_init(void)
{
	if (!boot_options.watchdog)
		return;
	if (cpumask_weight(&cpus_online) < 2) {
		printk(LOG_WARNING, "watchdog: there is no second CPU to look after the first");
		return;
	}
	cpumask_for_each(id, &cpus_online)
	{
		struct pcpu *p = pcpu_of(cpu_get(id));

		timer_init(&p->watchdog, &p->cpu.timers, look, p);
		timer_set(&p->watchdog, arch_now() + PERIOD);
	}
}
