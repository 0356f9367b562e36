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

#define NR_FRAMES 4096

struct domain *fuzz_domain[FUZZ_NR_DOMAINS];

static unsigned fail_countdown;

mfn_t __real_frames_alloc(unsigned order);
mfn_t __wrap_frames_alloc(unsigned order);
mfn_t __real_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule);
mfn_t __wrap_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule);
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

void *__wrap_heap_alloc(size_t size)
{
	return fail_now() ? NULL : __real_heap_alloc(size);
}

void fuzz_machine_fail(unsigned n)
{
	fail_countdown = n;
}

/* With a scheduler and no domain. */
static uint64_t free_at_rest;

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

void fuzz_machine_up(void)
{
	static bool made;

	if (made)
		sched_exit();
	else
		fake_host_create(NR_FRAMES);
	made = true;
	fake_console_clear();
	fake_host.now = 0;
	fake_host.fail_p2m_map = 0;
	fake_host.preempt_every = 0;
	fail_countdown = 0;
	need(frames_nr_free() == frames_nr_total());
	need(!sched_init(NULL) && !sched_cpu_online(cpu_get(0)));
	free_at_rest = frames_nr_free();
	for (unsigned n = 0; n < FUZZ_NR_DOMAINS; n++)
		fuzz_domain[n] = domain_up(n);
	/* The last is the device model of the one before. */
	fuzz_domain[2]->target = 1;
}

void fuzz_machine_kill(unsigned n, unsigned steps)
{
	struct domain *d = fuzz_domain[n];
	int rc = -XEN_ERESTART;

	if (!d)
		return;
	for (unsigned i = 0; i < d->nr_vcpus; i++)
		d->vcpu[i]->running = false;
	while (rc == -XEN_ERESTART && steps--)
		rc = domain_kill(d);
	if (rc == -XEN_ERESTART)
		return;
	need(!rc);
	fuzz_domain[n] = NULL;
	domain_put(d);
}

void fuzz_machine_down(void)
{
	fail_countdown = 0;
	fake_host.preempt_every = 0;
	for (unsigned n = 0; n < FUZZ_NR_DOMAINS; n++)
		fuzz_machine_kill(n, 1000);
	need(frames_nr_free() == free_at_rest);
	need(frames_nr_claimed() == 0);
}
