/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that race. Threads are the CPUs of arch/fake: each passes its exit loop as a CPU does
 * (work, timers, the scheduler), and makes hypercalls of all kinds, shaped like the fuzzers', for
 * whichever vCPU it runs: event channels, grants, memory, timers, domains that come and go, and
 * CPUs and domains that change pools. Found is what ThreadSanitizer finds, or the others; what the
 * watch over locks stops; a call that never ends; and a frame that is lost when all is over.
 *
 * usage: race ROUNDS [SEED [SECONDS]], which ends sooner when so much time has passed
 */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xen/sched.h>
#include <xen/vcpu.h>

#include <hv/errno.h>
#include <hv/sched.h>

#include "machine.h"
#include "shape.h"

#define TURNS 1000     /* of a CPU's exit loop, a round */
#define CALLS 8	       /* between two of them, at most */
#define CALL_BYTES 400 /* what shapes one call */
#define MAX_RESTARTS 1000000

static uint64_t seed;
static pthread_barrier_t start;
static uint64_t nr_calls; /* atomic */

struct thread {
	pthread_t id;
	unsigned cpu;
	uint64_t random;
	uint8_t bytes[CALL_BYTES];
};

/* A call that gave way goes on when its vCPU runs next; only the CPU that runs it looks here. */
static struct again {
	bool waits;
	bool compat;
	unsigned restarts;
} again[FUZZ_NR_DOMAINS][FUZZ_NR_VCPUS];

static uint64_t next_random(struct thread *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return t->random;
}

/* What may be called: the rare ones of a toolstack as well. */
static unsigned pick_call(struct thread *t, const struct vcpu *v)
{
	static const unsigned guests[] = {
		__HYPERVISOR_memory_op,	       __HYPERVISOR_grant_table_op,
		__HYPERVISOR_grant_table_op,   __HYPERVISOR_event_channel_op,
		__HYPERVISOR_event_channel_op, __HYPERVISOR_vcpu_op,
		__HYPERVISOR_sched_op,	       __HYPERVISOR_hvm_op,
		__HYPERVISOR_set_timer_op,
	};
	static const unsigned controls[] = { __HYPERVISOR_domctl, __HYPERVISOR_domctl,
					     __HYPERVISOR_sysctl, __HYPERVISOR_hypfs_op,
					     __HYPERVISOR_platform_op };

	if (v->domain->privileged && next_random(t) % 2)
		return controls[next_random(t) % ARRAY_SIZE(controls)];
	return guests[next_random(t) % ARRAY_SIZE(guests)];
}

static void finish(struct vcpu *v, struct again *a, long rc)
{
	a->waits = rc == -XEN_ERESTART;
	a->restarts = a->waits ? a->restarts + 1 : 0;
	if (a->restarts == MAX_RESTARTS) {
		fprintf(stderr, "d%uv%u: call %lu never ends\n", v->domain->id, v->id,
			(unsigned long)v->again.nr);
		abort();
	}
}

/* What would end the round at once: the host's reboot, a guest's own end; and a domain's, mostly.
 */
static bool ends_all(struct thread *t, const struct vcpu *v, unsigned nr, const struct hypercall *c)
{
	const uint32_t *arg = fake_guest(v->domain, FUZZ_ARG);

	if (nr == __HYPERVISOR_sysctl)
		return __atomic_load_n(arg, __ATOMIC_RELAXED) == XEN_SYSCTL_debug_keys;
	if (nr == __HYPERVISOR_domctl)
		return __atomic_load_n(arg, __ATOMIC_RELAXED) == XEN_DOMCTL_destroydomain &&
		       next_random(t) % 16;
	return nr == __HYPERVISOR_sched_op &&
	       (c->arg[0] == SCHEDOP_shutdown || c->arg[0] == SCHEDOP_watchdog);
}

static void make_call(struct thread *t, struct vcpu *v, struct again *a)
{
	struct hypercall c = { .compat = a->compat };
	struct shape s = { t->bytes, t->bytes + sizeof(t->bytes) };
	unsigned nr;

	if (a->waits) {
		memcpy(c.arg, v->again.arg, sizeof(c.arg));
		finish(v, a, hypercall_dispatch(v, v->again.nr, &c));
		return;
	}
	for (unsigned i = 0; i < sizeof(t->bytes); i++)
		t->bytes[i] = (uint8_t)(next_random(t) >> 24);
	nr = pick_call(t, v);
	a->compat = c.compat = !shape_is_control(nr) && next_random(t) % 8 == 0;
	if (shape_call(&s, v->domain, nr, &c) && !ends_all(t, v, nr, &c))
		finish(v, a, hypercall_dispatch(v, nr, &c));
	__atomic_fetch_add(&nr_calls, 1, __ATOMIC_RELAXED);
}

/* Those of the machine; what a domctl makes never runs. */
static struct again *again_of(const struct vcpu *v)
{
	if (v->domain->id >= FUZZ_NR_DOMAINS || v->id >= FUZZ_NR_VCPUS)
		abort();
	return &again[v->domain->id][v->id];
}

static struct vcpu *pass_loop(struct cpu *cpu)
{
	struct vcpu *prev = cpu->current, *next;
	stime_t now;

	(void)cpu_take_work(cpu);
	timers_run(&cpu->timers, arch_now());
	(void)cpu_take_work(cpu);
	now = arch_now();
	next = sched_pick(cpu, now);
	if (prev && prev != next)
		sched_saved(prev, now);
	if (next && next != prev)
		vcpu_set_runstate(next, RUNSTATE_running, now);
	return next;
}

/* Everybody may sleep: as if an event came for one of them. */
static void wake_any(struct thread *t)
{
	const struct domain *d = fuzz_domain[next_random(t) % FUZZ_NR_DOMAINS];

	vcpu_wake(d->vcpu[next_random(t) % FUZZ_NR_VCPUS]);
	sched_yield();
}

static void *run_cpu(void *data)
{
	struct thread *t = data;

	fake_cpu_switch(t->cpu);
	pthread_barrier_wait(&start);
	for (unsigned turn = 0; turn < TURNS; turn++) {
		struct vcpu *v = pass_loop(cpu_this());

		__atomic_fetch_add(&fake_host.now, 1 + (stime_t)(next_random(t) % 200000),
				   __ATOMIC_RELAXED);
		if (!v)
			wake_any(t);
		for (unsigned i = 0; v && i < CALLS && vcpu_runnable(v); i++) {
			struct again *a = again_of(v);

			make_call(t, v, a);
			if (a->waits)
				break;
		}
	}
	return NULL;
}

/* The pages arguments lie in stay, or a caller could not write its own. */
static void pin_arguments(void)
{
	for (unsigned n = 0; n < FUZZ_NR_DOMAINS; n++)
		if (domain_pin_gfn(fuzz_domain[n], gfn(FUZZ_ARG >> PAGE_SHIFT)) ||
		    domain_pin_gfn(fuzz_domain[n], gfn(FUZZ_LIST >> PAGE_SHIFT)))
			abort();
}

static void run_round(unsigned round)
{
	static struct thread threads[FUZZ_NR_CPUS];

	/* Once all CPUs take from one run queue, once each has its own and looks into the others'.
	 */
	if (sched_option("credit2_runqueue", round % 2 ? "cpu" : "all"))
		abort();
	fuzz_machine_up();
	pin_arguments();
	memset(again, 0, sizeof(again));
	for (unsigned i = 0; i < FUZZ_NR_CPUS; i++) {
		threads[i].cpu = i;
		threads[i].random = (seed + round) * 0x9e3779b97f4a7c15ull + i + 1;
		if (pthread_create(&threads[i].id, NULL, run_cpu, &threads[i]))
			abort();
	}
	for (unsigned i = 0; i < FUZZ_NR_CPUS; i++)
		pthread_join(threads[i].id, NULL);
	fuzz_machine_down();
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, done = 0;
	time_t end = argc > 3 ? time(NULL) + strtol(argv[3], NULL, 10) : 0;

	if (!rounds) {
		fprintf(stderr, "usage: %s ROUNDS [SEED [SECONDS]]\n", argv[0]);
		return 2;
	}
	if (pthread_barrier_init(&start, NULL, FUZZ_NR_CPUS))
		abort();
	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	while (done < rounds && (!end || time(NULL) < end))
		run_round((unsigned)done++);
	printf("%lu rounds on %u CPUs, %lu calls\n", done, FUZZ_NR_CPUS, (unsigned long)nr_calls);
	return 0;
}
