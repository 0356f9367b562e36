/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RTDS: each vCPU gets its budget of running in each of its periods. Global EDF: of those
 * that want to run and have budget left, the ones whose period ends first run. One that
 * wakes goes on with its period if what is left of the budget fits into what is left of
 * the period at its rate, else a new one begins (as in a constant bandwidth server), so
 * sleeping takes nothing from others. With extra time, one without budget runs on what
 * nobody has a claim to, a level less urgent each time.
 */
#include "rtds.h"

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(sched_rtds, "common");
SUPPORT_PROVIDES(sched_rtds_extratime, "common");

/* A level is above all deadlines; there are 2^56 ns in two years. */
#define LEVEL_SHIFT 56
#define LEVEL_MAX 63

static int64_t urgency(const struct rt_vcpu *r)
{
	return ((int64_t)r->level << LEVEL_SHIFT) + r->deadline;
}

static uint64_t bit_of(unsigned cpu)
{
	return 1ull << cpu % 64;
}

static uint64_t set_of(const struct cpumask *m)
{
	uint64_t set = 0;

	for (unsigned i = 0; i < cpumask_nr_words; i++)
		set |= m->word[i];
	return set;
}

static bool is_current(const struct rt_vcpu *r)
{
	return r->vcpu->running && cpu_get(r->vcpu->cpu)->current == r->vcpu;
}

static void busy_remove(struct rt_priv *p, struct rt_cpu *c)
{
	if (mtree_linked(&c->node))
		mtree_remove(&p->busy, &c->node);
}

static void busy_insert(struct rt_priv *p, struct rt_cpu *c, const struct rt_vcpu *r)
{
	busy_remove(p, c);
	c->node.key = -urgency(r);
	c->node.set[RT_ALLOWED] = bit_of(c->id);
	mtree_insert(&p->busy, &c->node);
}

/* CPU @id is to pick, for @r if that is not NULL; until it has, it is asked for nothing else. */
static void tell(struct rt_priv *p, unsigned id, struct rt_vcpu *r)
{
	if (r) {
		p->cpu[id]->expects = r;
		r->told = p->cpu[id];
	}
	cpumask_clear(&p->idle, id);
	busy_remove(p, p->cpu[id]);
	cpu_raise(cpu_get(id), CPU_WORK_SCHEDULE);
}

static unsigned idle_of(const struct rt_priv *p, const struct cpumask *mask, unsigned near)
{
	if (cpumask_test(&p->idle, near) && cpumask_test(mask, near))
		return near;
	for (unsigned i = 0; i < cpumask_nr_words; i++) {
		uint64_t set = p->idle.word[i] & mask->word[i];

		if (set)
			return i * 64 + (unsigned)__builtin_ctzll(set);
	}
	return HV_MAX_CPUS;
}

/* The CPU @r may be on that runs the least urgent one. */
static struct rt_cpu *least_urgent(const struct rt_priv *p, const struct rt_vcpu *r)
{
	uint64_t set = set_of(&r->vcpu->allowed);
	struct mtree_node *n = mtree_first_of(&p->busy, RT_ALLOWED, set);

	for (; n; n = mtree_next_of(n, RT_ALLOWED, set)) {
		struct rt_cpu *c = container_of(n, struct rt_cpu, node);

		if (cpumask_test(&r->vcpu->allowed, c->id))
			return c;
	}
	return NULL;
}

/* @r has come into the queue: who should run it? */
static void find_cpu(struct rt_priv *p, struct rt_vcpu *r)
{
	const struct vcpu *v = r->vcpu;
	unsigned cpu = idle_of(p, &v->preferred, v->cpu);
	struct rt_cpu *c;

	if (cpu == HV_MAX_CPUS)
		cpu = idle_of(p, &v->allowed, v->cpu);
	if (cpu < HV_MAX_CPUS) {
		tell(p, cpu, r);
		return;
	}
	c = least_urgent(p, r);
	if (c && -c->node.key > urgency(r))
		tell(p, c->id, r);
}

static void queue_insert(struct rt_priv *p, struct rt_vcpu *r)
{
	r->queued.key = urgency(r);
	r->queued.set[RT_ALLOWED] = set_of(&r->vcpu->allowed);
	mtree_insert(&p->queue, &r->queued);
}

static void queue_remove(struct rt_priv *p, struct rt_vcpu *r)
{
	if (!mtree_linked(&r->queued))
		return;
	mtree_remove(&p->queue, &r->queued);
	if (r->told && r->told->expects == r)
		r->told->expects = NULL;
	r->told = NULL;
}

static void renewals_changed(struct rt_priv *p)
{
	struct mtree_node *first = mtree_first(&p->renewals);

	if (!first)
		timer_stop(&p->renew);
	else if (!p->renew.active || p->renew.expires != first->key)
		timer_set(&p->renew, first->key);
}

static void renewal_insert(struct rt_priv *p, struct rt_vcpu *r)
{
	r->renewal.key = r->deadline;
	mtree_insert(&p->renewals, &r->renewal);
	renewals_changed(p);
}

static void renewal_remove(struct rt_priv *p, struct rt_vcpu *r)
{
	if (!mtree_linked(&r->renewal))
		return;
	mtree_remove(&p->renewals, &r->renewal);
	renewals_changed(p);
}

static void begin_period(struct rt_vcpu *r, stime_t deadline)
{
	r->deadline = deadline;
	r->left = r->budget;
	r->level = 0;
	r->depleted = false;
}

/* Charge the running @r up to @now, and see whether it may go on. */
static void charge(struct rt_vcpu *r, stime_t now)
{
	stime_t ns = now - r->charged;

	if (ns > 0) {
		r->charged = now;
		r->left -= ns;
	}
	if (r->left > 0)
		return;
	if (SUPPORT_ENABLED(sched_rtds_extratime) && r->extratime) {
		r->level = MIN(r->level + 1, LEVEL_MAX);
		r->left = r->budget;
	} else {
		r->depleted = true;
	}
}

/* Its period is over: the next begins, in step with it. */
static void renew(struct rt_priv *p, struct rt_vcpu *r, stime_t now)
{
	bool current = is_current(r);

	if (current)
		charge(r, now);
	if (!r->level && !r->depleted)
		r->nr_missed++;
	begin_period(r, r->deadline + ((now - r->deadline) / r->period + 1) * r->period);
	renewal_insert(p, r);
	if (current) {
		tell(p, r->vcpu->cpu, NULL);
		return;
	}
	queue_remove(p, r);
	if (!r->vcpu->queued)
		return; /* its state is being saved: it is queued then */
	queue_insert(p, r);
	find_cpu(p, r);
}

static void renew_due(void *data)
{
	struct rt_priv *p = data;
	stime_t now = arch_now();
	struct mtree_node *n;

	spin_lock(&p->lock);
	for (n = mtree_first(&p->renewals); n && n->key <= now; n = mtree_first(&p->renewals)) {
		mtree_remove(&p->renewals, n);
		renew(p, container_of(n, struct rt_vcpu, renewal), now);
	}
	renewals_changed(p);
	spin_unlock(&p->lock);
}

/* It wakes: does its period go on? Not if it would use the rest faster than its rate. */
static void wake(struct rt_vcpu *r, stime_t now)
{
	stime_t rest = r->deadline - now;

	if (rest <= 0 || (__int128)r->left * r->period > (__int128)rest * r->budget)
		begin_period(r, now + r->period);
}

static void rt_queue(struct scheduler *s, struct vcpu *v, stime_t now)
{
	struct rt_priv *p = s->priv;
	struct rt_vcpu *r = rt_of(v);

	if (!mtree_linked(&r->renewal)) {
		if (!r->depleted || r->deadline <= now)
			wake(r, now);
		renewal_insert(p, r);
	}
	if (r->depleted)
		return;
	queue_insert(p, r);
	find_cpu(p, r);
}

static void rt_dequeue(struct scheduler *s, struct vcpu *v, stime_t now)
{
	struct rt_priv *p = s->priv;
	struct rt_vcpu *r = rt_of(v);

	queue_remove(p, r);
	renewal_remove(p, r);
}

/* Deadlines say who runs; giving way would only lose what is one's due. */
static void rt_yield(struct scheduler *s, struct vcpu *v)
{
}

static struct rt_vcpu *first_for(const struct rt_priv *p, unsigned cpu)
{
	struct mtree_node *n = mtree_first_of(&p->queue, RT_ALLOWED, bit_of(cpu));

	for (; n; n = mtree_next_of(n, RT_ALLOWED, bit_of(cpu))) {
		struct rt_vcpu *r = container_of(n, struct rt_vcpu, queued);

		if (cpumask_test(&r->vcpu->allowed, cpu))
			return r;
	}
	return NULL;
}

/* The one @me was told to pick for still waits: another CPU may be for it. */
static void pass_on(struct rt_priv *p, struct rt_cpu *me)
{
	struct rt_vcpu *r = me->expects;

	if (!r)
		return;
	me->expects = NULL;
	r->told = NULL;
	find_cpu(p, r);
}

static struct sched_decision rt_pick(struct scheduler *s, struct cpu *cpu, stime_t now)
{
	struct rt_priv *p = s->priv;
	struct rt_vcpu *prev = cpu->current ? rt_of(cpu->current) : NULL, *r;
	struct rt_cpu *me = p->cpu[cpu->id];
	bool stay;

	if (prev)
		charge(prev, now);
	stay = prev && sched_may_stay(cpu) && !prev->depleted;
	r = first_for(p, cpu->id);
	if (stay && (!r || urgency(prev) <= urgency(r)))
		r = prev;
	if (prev && r != prev && !prev->vcpu->ready)
		renewal_remove(p, prev);
	busy_remove(p, me);
	if (!r) {
		cpumask_set(&p->idle, cpu->id);
		return (struct sched_decision){ .until = STIME_MAX };
	}
	if (r != prev) {
		queue_remove(p, r);
		__atomic_store_n(&r->vcpu->cpu, cpu->id, __ATOMIC_RELEASE);
		r->charged = now;
	}
	cpumask_clear(&p->idle, cpu->id);
	busy_insert(p, me, r);
	pass_on(p, me);
	return (struct sched_decision){ .next = r->vcpu, .until = now + r->left };
}

/* Where it goes is decided when it is queued; any CPU it may be on has the same queue. */
static unsigned rt_place(struct scheduler *s, struct vcpu *v)
{
	unsigned cpu = __atomic_load_n(&v->cpu, __ATOMIC_RELAXED);

	return cpumask_test(&v->allowed, cpu) ? cpu : cpumask_first(&v->allowed);
}

static void rt_arrive(struct scheduler *s, struct vcpu *v, unsigned from)
{
}

static void rt_leave(struct scheduler *s, struct vcpu *v)
{
	renewal_remove(s->priv, rt_of(v));
}

static void rt_affinity(struct scheduler *s, struct vcpu *v)
{
}

void rt_set_params(struct scheduler *s, struct rt_vcpu *r, stime_t period, stime_t budget,
		   bool extratime)
{
	struct rt_priv *p = s->priv;
	stime_t now = arch_now();
	bool wants = mtree_linked(&r->renewal);

	if (is_current(r))
		charge(r, now);
	r->period = period;
	r->budget = budget;
	r->extratime = extratime;
	queue_remove(p, r);
	renewal_remove(p, r);
	begin_period(r, now + period);
	if (wants)
		renewal_insert(p, r);
	if (is_current(r)) {
		tell(p, r->vcpu->cpu, NULL);
	} else if (wants && r->vcpu->queued) {
		queue_insert(p, r);
		find_cpu(p, r);
	}
}

static int rt_init(struct scheduler *s)
{
	struct rt_priv *p = heap_alloc(sizeof(*p));

	if (!p)
		return -XEN_ENOMEM;
	spin_init(&p->lock, LOCK_RUN_QUEUE, 0);
	timer_init(&p->renew, &cpu_this()->timers, renew_due, p);
	s->priv = p;
	return 0;
}

static void rt_deinit(struct scheduler *s)
{
	struct rt_priv *p = s->priv;

	timer_kill(&p->renew);
	for (unsigned i = 0; i < HV_MAX_CPUS; i++)
		heap_free(p->cpu[i]);
	heap_free(p);
}

static int rt_cpu_add(struct scheduler *s, struct cpu *cpu, struct spinlock **ret_lock)
{
	struct rt_priv *p = s->priv;

	if (!p->cpu[cpu->id])
		p->cpu[cpu->id] = heap_alloc(sizeof(struct rt_cpu));
	if (!p->cpu[cpu->id])
		return -XEN_ENOMEM;
	p->cpu[cpu->id]->id = cpu->id;
	cpu->sched = p->cpu[cpu->id];
	*ret_lock = &p->lock;
	return 0;
}

static void rt_cpu_remove(struct scheduler *s, struct cpu *cpu)
{
	struct rt_priv *p = s->priv;

	spin_lock(&p->lock);
	cpumask_clear(&p->idle, cpu->id);
	busy_remove(p, p->cpu[cpu->id]);
	cpu->sched = NULL;
	spin_unlock(&p->lock);
}

/* A domain's parameters are its vCPUs'; what d->sched points to only says that it is here. */
static void *rt_domain_add(struct scheduler *s, struct domain *d)
{
	return s;
}

static void rt_domain_remove(struct scheduler *s, void *data)
{
}

static void *rt_vcpu_add(struct scheduler *s, struct vcpu *v, void *domain_data)
{
	struct rt_vcpu *r = heap_alloc(sizeof(*r));

	if (!r)
		return NULL;
	r->vcpu = v;
	r->period = RT_PERIOD_DEFAULT;
	r->budget = RT_BUDGET_DEFAULT;
	r->extratime = SUPPORT_ACTIVE(sched_rtds_extratime);
	return r;
}

static void rt_vcpu_remove(struct scheduler *s, void *data)
{
	heap_free(data);
}

static void rt_dump(struct scheduler *s)
{
	struct rt_priv *p = s->priv;

	spin_lock(&p->lock);
	printk(LOG_ERROR, " %u vCPUs wait, %u have a period running, %u CPUs idle", p->queue.nr,
	       p->renewals.nr, cpumask_weight(&p->idle));
	spin_unlock(&p->lock);
}

extern const struct sched_ops rtds_ops;
const struct sched_ops rtds_ops = {
	.name = "SMP RTDS Scheduler",
	.option = "rtds",
	.id = XEN_SCHEDULER_RTDS,
	.init = rt_init,
	.deinit = rt_deinit,
	.cpu_add = rt_cpu_add,
	.cpu_remove = rt_cpu_remove,
	.domain_add = rt_domain_add,
	.domain_remove = rt_domain_remove,
	.vcpu_add = rt_vcpu_add,
	.vcpu_remove = rt_vcpu_remove,
	.place = rt_place,
	.arrive = rt_arrive,
	.leave = rt_leave,
	.affinity = rt_affinity,
	.queue = rt_queue,
	.dequeue = rt_dequeue,
	.yield = rt_yield,
	.pick = rt_pick,
	.adjust = rt_adjust,
	.adjust_vcpu = rt_adjust_vcpu,
	.dump = rt_dump,
};
