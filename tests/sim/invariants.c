/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds of all vCPUs, CPUs and run queues between any two steps of the simulator. */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "credit2.h"
#include "rtds.h"

static void __attribute__((format(printf, 2, 3))) must(bool holds, const char *fmt, ...)
{
	va_list ap;

	if (holds)
		return;
	fprintf(stderr, "at %lld ns: ", (long long)sim_now());
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

#define NAME(v) (v)->domain->id, (v)->id

static bool work_pending(const struct cpu *cpu)
{
	return cpu->work & 1ul << CPU_WORK_SCHEDULE;
}

/* Its state is being saved: it has left the CPU and is not queued yet. */
static bool in_transit(const struct vcpu *v)
{
	return v->running && cpu_get(v->cpu)->current != v;
}

static void check_states(const struct vcpu *v)
{
	const struct cpu *cpu = cpu_get(v->cpu);

	must(v->ready == vcpu_runnable(v), "d%uv%u: ready is %d", NAME(v), v->ready);
	must(!v->queued || v->ready, "d%uv%u is queued and not ready", NAME(v));
	must(!(v->queued && v->running) || in_transit(v), "d%uv%u is queued and running", NAME(v));
	if (v->ready)
		must(v->queued || v->running, "d%uv%u is ready and nowhere", NAME(v));
	else
		must(!v->running || in_transit(v) || work_pending(cpu), "d%uv%u runs on", NAME(v));
}

static void check_place(const struct vcpu *v)
{
	const struct cpu *cpu = cpu_get(v->cpu);
	bool leaving = v->sched_next || work_pending(cpu) || in_transit(v);

	must(cpu->pool, "d%uv%u is on CPU %u, which has no pool", NAME(v), v->cpu);
	must(leaving || cpu->pool == v->domain->pool, "d%uv%u is in the wrong pool", NAME(v));
	must(!v->queued || cpumask_test(&v->allowed, v->cpu),
	     "d%uv%u waits on CPU %u, which is not for it", NAME(v), v->cpu);
	must(!v->running || leaving || cpumask_test(&v->allowed, v->cpu),
	     "d%uv%u runs on CPU %u, which is not for it", NAME(v), v->cpu);
}

static void check_runstate(const struct vcpu *v)
{
	const struct vcpu_runstate_info *r = &v->runstate;
	bool current = v->running && cpu_get(v->cpu)->current == v;
	struct vcpu_runstate_info info;
	uint64_t sum = 0;

	vcpu_get_runstate(v, sim_now(), &info);
	for (unsigned i = 0; i < 4; i++)
		sum += info.time[i];
	must(sum == (uint64_t)sim_now() - sim_of(v)->created, "d%uv%u: runstates add up to %llu ns",
	     NAME(v), (unsigned long long)sum);
	must((r->state == RUNSTATE_running) == current, "d%uv%u is in runstate %d", NAME(v),
	     r->state);
	if (!current)
		must((r->state == RUNSTATE_runnable) == v->ready, "d%uv%u is in runstate %d",
		     NAME(v), r->state);
}

static unsigned check_node(const struct mtree_node *n, const struct mtree_node *up, int64_t low,
			   int64_t high)
{
	unsigned nr = 1;

	must(n->up == up && n->key >= low && n->key <= high, "a tree is out of order");
	for (unsigned i = 0; i < MTREE_SETS; i++) {
		uint64_t any = n->set[i] | (n->left ? n->left->any[i] : 0) |
			       (n->right ? n->right->any[i] : 0);

		must(n->any[i] == any, "a tree has a wrong union");
	}
	if (n->left)
		nr += check_node(n->left, n, low, n->key);
	if (n->right)
		nr += check_node(n->right, n, n->key, high);
	return nr;
}

void sim_check_tree(const struct mtree *t)
{
	unsigned nr = t->root ? check_node(t->root, NULL, INT64_MIN, INT64_MAX) : 0;

	must(nr == t->nr, "a tree of %u says it has %u", nr, t->nr);
}

static bool credit2_waits(const struct vcpu *v)
{
	const struct c2_vcpu *c = v->sched;
	const struct c2_cpu *at = cpu_get(v->cpu)->sched;
	int64_t behind = at->clock - c->vtime;

	must(!v->queued || c->parked != mtree_linked(&c->node), "d%uv%u is parked %d, in a tree %d",
	     NAME(v), c->parked, mtree_linked(&c->node));
	must(v->queued || !mtree_linked(&c->node), "d%uv%u is in a run queue and not queued",
	     NAME(v));
	if (mtree_linked(&c->node)) {
		must(c->node.set[C2_ALLOWED] & 1ull << at->slot, "d%uv%u: wrong set", NAME(v));
		/* What it saved is bounded; what it owes by its debt and one slice or rate limit.
		 */
		must(behind <= 11 * MS ||
			     !cpumask_equal(&v->allowed, &cpu_get(v->cpu)->pool->sched.cpus),
		     "d%uv%u has a credit of %lld", NAME(v), (long long)behind);
	}
	return mtree_linked(&c->node);
}

static void credit2_queues(const struct scheduler *s)
{
	const struct c2_priv *p = s->priv;
	unsigned nr = 0, nr_linked = 0;

	for (unsigned i = 0; i < p->nr_queues; i++) {
		const struct c2_queue *q = p->queue[i];
		bool crowded = p->crowded[i / 64] >> i % 64 & 1;

		sim_check_tree(&q->waiting);
		must(crowded == !!q->waiting.nr, "run queue %u is crowded %d", i, crowded);
		nr += q->waiting.nr;
	}
	for (unsigned i = 0; sim_nth(i); i++) {
		const struct vcpu *v = sim_nth(i)->v;

		if (v && &cpu_get(v->cpu)->pool->sched == s)
			nr_linked += credit2_waits(v);
	}
	must(nr == nr_linked, "%u vCPUs in run queues, %u have been put there", nr, nr_linked);
}

static bool rtds_waits(const struct vcpu *v)
{
	const struct rt_vcpu *r = v->sched;

	must(!v->ready || in_transit(v) || mtree_linked(&r->renewal), "d%uv%u has no period",
	     NAME(v));
	must(!v->queued || r->depleted != mtree_linked(&r->queued), "d%uv%u is depleted %d",
	     NAME(v), r->depleted);
	must(!mtree_linked(&r->queued) || (v->queued && r->left > 0), "d%uv%u waits without budget",
	     NAME(v));
	must(r->left <= r->budget, "d%uv%u has more than its budget", NAME(v));
	return mtree_linked(&r->queued);
}

static void check_waiting(const struct vcpu *v)
{
	const struct cpupool *pool = cpu_get(v->cpu)->pool;
	uint32_t id = pool->sched.ops->id;
	bool waits = v->queued && id != XEN_SCHEDULER_NULL, told = false;

	if (id == XEN_SCHEDULER_RTDS)
		waits = rtds_waits(v);
	else if (id == XEN_SCHEDULER_CREDIT2)
		waits = v->queued && mtree_linked(&c2_of(v)->node);
	if (!waits)
		return;
	/* Work conservation: none idles that could run it, unless one has been told to. */
	cpumask_for_each(cpu, &v->allowed) told = told || cpu_get(cpu)->work || sim_on_its_way(cpu);
	cpumask_for_each(cpu, &v->allowed)
		must(told || cpu_get(cpu)->current || cpu_get(cpu)->slice_end != STIME_MAX,
		     "d%uv%u waits though CPU %u idles", NAME(v), cpu);
}

static void check_cpu(const struct cpu *cpu)
{
	const struct vcpu *v = cpu->current;

	if (!v)
		return;
	must(v->running && v->cpu == cpu->id, "CPU %u runs d%uv%u, which is on %u", cpu->id,
	     NAME(v), v->cpu);
	must(!v->queued, "CPU %u runs d%uv%u, which is queued", cpu->id, NAME(v));
}

void sim_check(void)
{
	for (unsigned i = 0; sim_nth(i); i++) {
		const struct vcpu *v = sim_nth(i)->v;

		if (!v)
			continue;
		check_states(v);
		check_place(v);
		check_runstate(v);
		check_waiting(v);
	}
	cpumask_for_each(id, &cpus_online) check_cpu(cpu_get(id));
	for (uint32_t id = 0; id < 4; id++) {
		const struct cpupool *pool = cpupool_find(id);

		if (pool && pool->sched.ops->id == XEN_SCHEDULER_CREDIT2)
			credit2_queues(&pool->sched);
	}
}
