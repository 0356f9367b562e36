/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulator: an event heap, and what each CPU does in its exit loop. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/errno.h>

enum kind { EVENT_CPU, EVENT_KICK, EVENT_WAKE, EVENT_DONE, EVENT_SAVED, EVENT_CALL };

struct event {
	stime_t time;
	uint64_t seq; /* among those of one time, the first first */
	enum kind kind;
	uint32_t generation;
	union {
		unsigned cpu;
		struct sim_vcpu *sv;
		struct {
			void (*fn)(void *data);
			void *data;
		} call;
	} u;
};

static struct {
	struct sim_config config;
	struct event *heap;
	size_t nr_events, room;
	uint64_t seq, nr_picks;
	stime_t cpu_event[HV_MAX_CPUS]; /* the earliest EVENT_CPU under way; STIME_MAX: none */
	unsigned kicked[HV_MAX_CPUS], nr_kicked;
	bool is_kicked[HV_MAX_CPUS];
	unsigned on_its_way[HV_MAX_CPUS]; /* interrupts under way */
	struct sim_vcpu *vcpus;
	unsigned nr_vcpus;
	struct domain *domains[HV_MAX_DOMAINS];
	unsigned nr_domains;
	uint32_t random;
} sim;

static void fail(const char *what)
{
	fprintf(stderr, "simulator: %s\n", what);
	abort();
}

static bool before(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : a->seq < b->seq;
}

static void push(struct event e)
{
	size_t i = sim.nr_events++;

	e.seq = sim.seq++;
	if (e.time < sim_now())
		fail("an event in the past");
	if (sim.nr_events > sim.room) {
		sim.room = sim.room ? 2 * sim.room : 1024;
		sim.heap = realloc(sim.heap, sim.room * sizeof(e));
		if (!sim.heap)
			fail("out of memory");
	}
	for (; i && before(&e, &sim.heap[(i - 1) / 2]); i = (i - 1) / 2)
		sim.heap[i] = sim.heap[(i - 1) / 2];
	sim.heap[i] = e;
}

static struct event pop(void)
{
	struct event first = sim.heap[0], last = sim.heap[--sim.nr_events];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= sim.nr_events)
			break;
		if (child + 1 < sim.nr_events && before(&sim.heap[child + 1], &sim.heap[child]))
			child++;
		if (!before(&sim.heap[child], &last))
			break;
		sim.heap[i] = sim.heap[child];
		i = child;
	}
	sim.heap[i] = last;
	return first;
}

uint32_t sim_random(void)
{
	sim.random = sim.random * 1664525u + 1013904223u;
	return sim.random >> 8;
}

stime_t sim_now(void)
{
	return fake_host.now;
}

/* Look at CPU @id's work at this time, when what happens now is over. */
static void mark(unsigned id)
{
	if (sim.is_kicked[id])
		return;
	sim.is_kicked[id] = true;
	sim.kicked[sim.nr_kicked++] = id;
}

static void on_kick(struct cpu *cpu)
{
	if (sim.config.kick_latency) {
		sim.on_its_way[cpu->id]++;
		push((struct event){ .time = sim_now() + sim.config.kick_latency,
				     .kind = EVENT_KICK,
				     .u.cpu = cpu->id });
	} else {
		mark(cpu->id);
	}
}

/* Have an event when the next timer of @cpu is due. */
static void program(struct cpu *cpu)
{
	stime_t next = timers_next(&cpu->timers);

	cpu->timers.changed = false;
	if (next >= sim.cpu_event[cpu->id])
		return;
	next = next > sim_now() ? next : sim_now();
	sim.cpu_event[cpu->id] = next;
	push((struct event){ .time = next, .kind = EVENT_CPU, .u.cpu = cpu->id });
}

static stime_t vary(stime_t ns, unsigned jitter)
{
	stime_t span = ns / 100 * jitter;

	if (!jitter || ns == FOREVER || !span)
		return ns;
	return ns - span + (stime_t)((uint64_t)sim_random() * 2 * (uint64_t)span >> 24);
}

static void leaves(struct sim_vcpu *sv)
{
	/* One that was taken down and up again meanwhile may have run for longer than its new
	 * burst. */
	if (sv->left != FOREVER)
		sv->left = MAX(sv->left - (sim_now() - sv->since), 0);
	sv->generation++;
	/* Its own CPU alone may run it, and that one has saved it before it picks again. */
	if (sim.config.save_latency && !sv->v->queued)
		push((struct event){ .time = sim_now() + sim.config.save_latency,
				     .kind = EVENT_SAVED,
				     .u.sv = sv });
	else
		sched_saved(sv->v, sim_now());
}

static void enters(struct sim_vcpu *sv)
{
	vcpu_set_runstate(sv->v, RUNSTATE_running, sim_now());
	sv->since = sim_now();
	sv->nr_switches++;
	if (sv->left != FOREVER)
		push((struct event){ .time = sim_now() + sv->left,
				     .kind = EVENT_DONE,
				     .generation = sv->generation,
				     .u.sv = sv });
}

/* The exit loop of the architecture, until there is no more work. */
static void cpu_loop(unsigned id)
{
	struct cpu *cpu = cpu_get(id);

	fake_cpu_switch(id);
	for (;;) {
		unsigned long work = cpu_take_work(cpu);
		struct vcpu *prev = cpu->current, *next;

		timers_run(&cpu->timers, sim_now());
		work |= cpu_take_work(cpu);
		if (!work)
			break;
		if (!(work & 1ul << CPU_WORK_SCHEDULE))
			continue;
		next = sched_pick(cpu, sim_now());
		sim.nr_picks++;
		if (next == prev)
			continue;
		if (prev)
			leaves(sim_of(prev));
		if (next)
			enters(sim_of(next));
	}
	program(cpu);
}

bool sim_on_its_way(unsigned id)
{
	return sim.on_its_way[id] || sim.is_kicked[id];
}

void sim_settle(void)
{
	if (cpu_this()->work)
		mark(cpu_this()->id);
	program(cpu_this());
	while (sim.nr_kicked) {
		unsigned id = sim.kicked[--sim.nr_kicked];

		sim.is_kicked[id] = false;
		cpu_loop(id);
	}
	if (sim.config.check)
		sim_check();
}

static void release_next(struct sim_vcpu *sv)
{
	sv->next_release += sv->release;
	push((struct event){
		.time = MAX(sv->next_release, sim_now()), .kind = EVENT_WAKE, .u.sv = sv });
}

static void done(struct sim_vcpu *sv)
{
	stime_t took = sim_now() - sv->woken;

	fake_cpu_switch(sv->v->cpu);
	sv->worst = MAX(sv->worst, took);
	sv->nr_jobs++;
	if (sv->release && sim_now() > sv->next_release + sv->release)
		sv->nr_missed++;
	sv->left = 0;
	sv->since = sim_now();
	vcpu_block(sv->v);
	if (sv->release)
		release_next(sv);
	else
		push((struct event){ .time = sim_now() + vary(sv->sleep, sv->jitter),
				     .kind = EVENT_WAKE,
				     .u.sv = sv });
}

static void wakes(struct sim_vcpu *sv)
{
	/* Something else has woken it, or it has gone down. */
	if (!sv->v->blocked)
		return;
	sv->left = vary(sv->burst, sv->jitter);
	sv->woken = sim_now();
	sv->generation++;
	vcpu_wake(sv->v);
}

static void handle(const struct event *e)
{
	switch (e->kind) {
	case EVENT_CPU:
		if (sim.cpu_event[e->u.cpu] == e->time)
			sim.cpu_event[e->u.cpu] = STIME_MAX;
		fake_cpu_switch(e->u.cpu);
		mark(e->u.cpu);
		break;
	case EVENT_KICK:
		sim.on_its_way[e->u.cpu]--;
		mark(e->u.cpu);
		break;
	case EVENT_WAKE:
		fake_cpu_switch(sim_random() % sim.config.nr_cpus);
		wakes(e->u.sv);
		break;
	case EVENT_DONE:
		if (e->generation == e->u.sv->generation)
			done(e->u.sv);
		break;
	case EVENT_SAVED:
		fake_cpu_switch(e->u.sv->v->cpu);
		sched_saved(e->u.sv->v, sim_now());
		break;
	case EVENT_CALL:
		fake_cpu_switch(0);
		e->u.call.fn(e->u.call.data);
		break;
	}
}

void sim_run(stime_t ns)
{
	stime_t end = sim_now() + ns;

	sim_settle();
	while (sim.nr_events && sim.heap[0].time <= end) {
		struct event e = pop();

		fake_host.now = e.time;
		handle(&e);
		sim_settle();
	}
	fake_host.now = end;
}

void sim_at(stime_t ns, void (*fn)(void *data), void *data)
{
	push((struct event){
		.time = sim_now() + ns, .kind = EVENT_CALL, .u.call = { .fn = fn, .data = data } });
}

static void topology(const struct sim_config *c)
{
	unsigned per_core = c->cpus_per_core ? c->cpus_per_core : 1;
	unsigned per_socket = c->cpus_per_socket ? c->cpus_per_socket : c->nr_cpus;

	for (unsigned i = 0; i < c->nr_cpus; i++) {
		struct cpu *cpu = cpu_get(i);

		cpu->core = i / per_core;
		cpu->socket = i / per_socket;
		cpu->node = cpu->socket;
	}
}

void sim_create(const struct sim_config *config)
{
	memset(&sim, 0, sizeof(sim));
	sim.config = *config;
	sim.random = config->seed + 1;
	if (!sim.config.nr_domains)
		sim.config.nr_domains = 64;
	if (!sim.config.nr_vcpus)
		sim.config.nr_vcpus = 256;
	sim.vcpus = calloc(sim.config.nr_vcpus, sizeof(*sim.vcpus));
	if (!sim.vcpus)
		fail("out of memory");
	fake_host_create(4096 + sim.config.nr_domains * 64 + sim.config.nr_vcpus * 2);
	fake_cpus_create(config->nr_cpus);
	topology(config);
	fake_host.on_kick = on_kick;
	for (unsigned i = 0; i < HV_MAX_CPUS; i++)
		sim.cpu_event[i] = STIME_MAX;
	if (sched_init(config->sched))
		fail("no such scheduler");
	for (unsigned i = 0; i < config->nr_cpus; i++) {
		fake_cpu_switch(i);
		if (sched_cpu_online(cpu_get(i)))
			fail("a CPU does not come online");
		mark(i);
	}
	fake_cpu_switch(0);
	sim_settle();
}

void sim_destroy(void)
{
	for (unsigned i = 0; i < sim.nr_domains; i++)
		if (sim.domains[i])
			sim_domain_destroy(sim.domains[i]);
	sched_exit();
	free(sim.heap);
	free(sim.vcpus);
	fake_host_destroy();
}

struct domain *sim_domain(unsigned nr_vcpus)
{
	struct domain_config config = { .id = DOMID_INVALID,
					.nr_vcpus = nr_vcpus,
					.max_grant_frames = -1,
					.max_maptrack_frames = -1 };
	struct domain *d;

	fake_cpu_switch(0);
	if (domain_create(&config, &d))
		fail("a domain cannot be created");
	if (sim.nr_vcpus + nr_vcpus > sim.config.nr_vcpus || sim.nr_domains >= HV_MAX_DOMAINS)
		fail("more vCPUs or domains than were announced");
	sim.domains[sim.nr_domains++] = d;
	for (unsigned i = 0; i < nr_vcpus; i++) {
		struct sim_vcpu *sv = &sim.vcpus[sim.nr_vcpus++];

		sv->v = d->vcpu[i];
		sv->created = (uint64_t)sim_now();
		/* Where sim_of() finds it; no guest of the simulator sends NMIs. */
		d->vcpu[i]->arch->nr_nmis = sim.nr_vcpus - 1;
	}
	domain_unpause(d);
	return d;
}

struct sim_vcpu *sim_of(const struct vcpu *v)
{
	return &sim.vcpus[v->arch->nr_nmis];
}

struct sim_vcpu *sim_nth(unsigned n)
{
	return n < sim.nr_vcpus ? &sim.vcpus[n] : NULL;
}

struct sim_vcpu *sim_start(struct domain *d, unsigned id, stime_t burst, stime_t sleep)
{
	struct sim_vcpu *sv = sim_of(d->vcpu[id]);

	sv->burst = burst;
	sv->sleep = sleep;
	sv->left = burst;
	sv->woken = sim_now();
	sv->next_release = sim_now();
	fake_cpu_switch(0);
	vcpu_up(d->vcpu[id]);
	sim_settle();
	return sv;
}

void sim_domain_destroy(struct domain *d)
{
	int rc;

	for (unsigned i = 0; i < sim.nr_domains; i++)
		if (sim.domains[i] == d)
			sim.domains[i] = NULL;
	for (unsigned i = 0; i < sim.nr_vcpus; i++) {
		struct sim_vcpu *sv = &sim.vcpus[i];

		if (!sv->v || sv->v->domain != d)
			continue;
		/* Nothing that is under way for it may happen. */
		for (size_t e = 0; e < sim.nr_events; e++)
			if ((sim.heap[e].kind == EVENT_WAKE || sim.heap[e].kind == EVENT_DONE) &&
			    sim.heap[e].u.sv == sv) {
				sim.heap[e].kind = EVENT_DONE;
				sim.heap[e].generation = sv->generation - 1;
			}
		sv->generation++;
	}
	fake_cpu_switch(0);
	do {
		rc = domain_kill(d);
		sim_run(rc ? 10000 : 0);
	} while (rc == -XEN_ERESTART);
	if (rc)
		fail("a domain cannot be killed");
	for (unsigned i = 0; i < sim.nr_vcpus; i++)
		if (sim.vcpus[i].v && sim.vcpus[i].v->domain == d)
			sim.vcpus[i].v = NULL;
	domain_put(d);
}

static stime_t state_time(const struct vcpu *v, int state)
{
	struct vcpu_runstate_info info;

	vcpu_get_runstate(v, sim_now(), &info);
	return (stime_t)info.time[state];
}

stime_t sim_ran(const struct vcpu *v)
{
	return state_time(v, RUNSTATE_running);
}

stime_t sim_waited(const struct vcpu *v)
{
	return state_time(v, RUNSTATE_runnable);
}

stime_t sim_idle(unsigned id)
{
	const struct cpu *cpu = cpu_get(id);

	return cpu->idle_time + (cpu->current ? 0 : sim_now() - cpu->idle_since);
}

uint64_t sim_nr_picks(void)
{
	return sim.nr_picks;
}

void sim_set_weight(struct domain *d, unsigned weight, unsigned cap)
{
	struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_CREDIT2,
					      .cmd = XEN_DOMCTL_SCHEDOP_putinfo };

	op.u.credit2.weight = (uint16_t)weight;
	op.u.credit2.cap = (uint16_t)cap;
	fake_cpu_switch(0);
	if (sched_adjust(d, &op))
		fail("a weight or cap is refused");
	sim_settle();
}

static void range(struct cpumask *m, int from, int to)
{
	*m = (struct cpumask){ 0 };
	if (from < 0)
		cpumask_fill(m);
	for (int i = from; from >= 0 && i <= to; i++)
		cpumask_set(m, (unsigned)i);
}

void sim_pin(struct vcpu *v, int hard_from, int hard_to, int soft_from, int soft_to)
{
	struct cpumask hard, soft;

	range(&hard, hard_from, hard_to);
	range(&soft, soft_from, soft_to);
	fake_cpu_switch(0);
	if (sched_set_affinity(v, &hard, &soft))
		fail("an affinity is refused");
	sim_settle();
}
