/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine hypercalls are fuzzed on. */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#include <xen/memory.h>

#include <hv/sched.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/gnttab.h>
#include <hv/printk.h>
#include <hv/trace.h>

#define NR_FRAMES 4096

struct domain *fuzz_domain[FUZZ_NR_DOMAINS];

static unsigned fail_countdown;

mfn_t __real_frames_alloc(unsigned order);
mfn_t __wrap_frames_alloc(unsigned order);
mfn_t __real_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule);
mfn_t __wrap_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule);
mfn_t __real_frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
			 enum frames_content *ret_content);
mfn_t __wrap_frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
			 enum frames_content *ret_content);
void *__real_heap_alloc(size_t size);
void *__wrap_heap_alloc(size_t size);

static bool fail_now(void)
{
	return fail_countdown && --fail_countdown == 0;
}

mfn_t __wrap_frames_alloc(unsigned order)
{
	return fail_now() ? MFN_NONE : __real_frames_alloc(order);
}

mfn_t __wrap_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule)
{
	return fail_now() ? MFN_NONE : __real_frames_alloc_domain(d, order, node, rule);
}

mfn_t __wrap_frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
			 enum frames_content *ret_content)
{
	return fail_now() ? MFN_NONE : __real_frames_take(d, order, node, rule, ret_content);
}

void *__wrap_heap_alloc(size_t size)
{
	return fail_now() ? NULL : __real_heap_alloc(size);
}

void fuzz_machine_fail(unsigned n)
{
	fail_countdown = n;
}

static void need(bool ok)
{
	if (!ok)
		abort();
}

/* As a guest does it: the first frame of its grant table in its own memory. */
static void show_table(struct domain *d)
{
	struct xen_add_to_physmap a = { .domid = DOMID_SELF,
					.space = XENMAPSPACE_grant_table,
					.gpfn = FUZZ_TABLE_GFN };
	struct hypercall call = { .arg = { XENMEM_add_to_physmap, FUZZ_ARG } };

	memcpy(fake_guest(d, FUZZ_ARG), &a, sizeof(a));
	/* A build without grant tables refuses, and does without. */
	(void)hypercall_dispatch(d->vcpu[0], __HYPERVISOR_memory_op, &call);
}

static struct domain *domain_up(unsigned n)
{
	struct domain_config config = { .id = (domid_t)n,
					.privileged = n == 0,
					.nr_vcpus = FUZZ_NR_VCPUS,
					.max_grant_frames = 4,
					.max_maptrack_frames = 4,
					.max_pages = 64 };
	struct domain *d;

	need(!domain_create(&config, &d));
	need(!fake_ram_add(d, gfn(0), FUZZ_RAM_PAGES));
	domain_unpause(d);
	d->paused_by_controller = false;
	for (unsigned i = 0; i < FUZZ_NR_VCPUS; i++)
		vcpu_up(d->vcpu[i]);
	show_table(d);
	return d;
}

/* What is set for all of the host, to what it is at boot. */
static void reset_parameters(void)
{
	struct gnttab_limits limits = { .frames = 64, .maptrack_frames = 1024, .version = 2 };

	printk_set_level(LOG_INFO);
	need(!gnttab_set_limits(limits));
}

void fuzz_machine_up(void)
{
	static bool made;

	if (!made)
		fake_host_create(NR_FRAMES);
	made = true;
	fake_cpus_create(FUZZ_NR_CPUS);
	fake_console_clear();
	fake_host.now = 0;
	fake_host.fail_p2m_map = 0;
	fake_host.preempt_every = 0;
	fail_countdown = 0;
	reset_parameters();
	need(frames_nr_free() == frames_nr_total());
	need(!sched_init(NULL));
	for (unsigned i = 0; i < FUZZ_NR_CPUS; i++)
		need(!sched_cpu_online(cpu_get(i)));
	for (unsigned n = 0; n < FUZZ_NR_DOMAINS; n++)
		fuzz_domain[n] = domain_up(n);
	/* The last is the device model of the one before. */
	fuzz_domain[2]->target = 1;
}

void fuzz_machine_run(unsigned id)
{
	struct cpu *cpu = cpu_get(id);
	struct vcpu *prev = cpu->current, *next;

	fake_cpu_switch(id);
	(void)cpu_take_work(cpu);
	next = sched_pick(cpu, fake_host.now);
	if (prev && prev != next)
		sched_saved(prev, fake_host.now);
	fake_cpu_switch(0);
}

/* A step of its end; the CPUs leave it. */
static int kill_step(struct domain *d)
{
	int rc = domain_kill(d);

	for (unsigned i = 0; i < FUZZ_NR_CPUS && rc == -XEN_ERESTART; i++)
		fuzz_machine_run(i);
	/* Somebody else has ended it already: by a hypercall, say. */
	return rc == -XEN_ESRCH ? 0 : rc;
}

void fuzz_machine_kill(unsigned n, unsigned steps)
{
	struct domain *d = fuzz_domain[n];
	int rc = -XEN_ERESTART;

	if (!d)
		return;
	while (rc == -XEN_ERESTART && steps--)
		rc = kill_step(d);
	if (rc == -XEN_ERESTART)
		return;
	need(!rc);
	fuzz_domain[n] = NULL;
	domain_put(d);
}

/* Those a guest made. */
static void kill_others(void)
{
	struct domain *d;

	while ((d = domain_find_from(0))) {
		int rc = -XEN_ERESTART;

		for (unsigned steps = 0; rc == -XEN_ERESTART && steps < 1000; steps++)
			rc = kill_step(d);
		need(!rc);
		domain_put(d);
	}
}

/* Twice: one that was asked to leave its pool before goes first, and until then no other. */
static void free_cpus(void)
{
	struct cpumask cpus;

	for (unsigned i = 0; i < 2 * FUZZ_NR_CPUS; i++) {
		const struct cpu *cpu = cpu_get(i % FUZZ_NR_CPUS);
		struct xen_sysctl_cpupool_op op = { .op = XEN_SYSCTL_CPUPOOL_OP_RMCPU,
						    .cpu = cpu->id };

		if (!cpu->pool)
			continue;
		op.cpupool_id = cpu->pool->id;
		fuzz_machine_run(cpu->id);
		/* Not yet, while another one is on its way. */
		if (cpupool_op(&op, &cpus))
			continue;
	}
}

void fuzz_machine_down(void)
{
	fail_countdown = 0;
	fake_host.preempt_every = 0;
	fake_host.fail_p2m_map = 0;
	for (unsigned n = 0; n < FUZZ_NR_DOMAINS; n++)
		fuzz_machine_kill(n, 1000);
	kill_others();
	if (SUPPORT_ENABLED(tracing))
		trace_exit();
	free_cpus();
	need(frames_nr_claimed() == 0);
	sched_exit();
	need(frames_nr_free() == frames_nr_total());
}
