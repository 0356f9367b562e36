/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One load on one scheduler in the simulator, for run_bench.py to count what its decisions
 * cost: half of the vCPUs always compute, half compute and sleep. Domains have 100 vCPUs.
 *
 *   bench-sched SCHEDULER CPUS VCPUS DECISIONS
 */
#include <stdio.h>
#include <stdlib.h>

#include "sim.h"

static void set_rtds(struct vcpu *v, unsigned nr_cpus, unsigned nr_vcpus)
{
	struct xen_domctl_schedparam_vcpu p = { .vcpuid = v->id };
	unsigned share = MAX(nr_vcpus / nr_cpus, 1u);

	/* Budgets that fit, of periods that differ. */
	p.u.rtds.budget = 1000;
	p.u.rtds.period = 1000 * (2 * share + v->id % 7);
	p.u.rtds.flags = v->id % 2;
	if (sched_adjust_vcpu(v->domain, XEN_SCHEDULER_RTDS, &p, true))
		abort();
}

static void fill(unsigned nr_cpus, unsigned nr_vcpus)
{
	bool rtds = sched_default_id() == XEN_SCHEDULER_RTDS;

	for (unsigned made = 0; made < nr_vcpus;) {
		unsigned nr = MIN(nr_vcpus - made, 100u);
		struct domain *d = sim_domain(nr);

		for (unsigned i = 0; i < nr; i++, made++) {
			if (rtds)
				set_rtds(d->vcpu[i], nr_cpus, nr_vcpus);
			sim_start(d, i, i % 2 ? FOREVER : MS, MS)->jitter = 50;
		}
	}
}

int main(int argc, char **argv)
{
	struct sim_config config = { 0 };
	uint64_t nr, first;

	if (argc != 5)
		return 2;
	config.sched = argv[1];
	config.nr_cpus = (unsigned)atoi(argv[2]);
	config.nr_vcpus = (unsigned)atoi(argv[3]);
	config.nr_domains = config.nr_vcpus / 100 + 1;
	config.cpus_per_socket = 16;
	nr = (uint64_t)atoll(argv[4]);
	sim_create(&config);
	fill(config.nr_cpus, config.nr_vcpus);
	first = sim_nr_picks();
	while (sim_nr_picks() < first + nr)
		sim_run(MS / 4);
	printf("%llu\n", (unsigned long long)(sim_nr_picks()));
	sim_destroy();
	return 0;
}
