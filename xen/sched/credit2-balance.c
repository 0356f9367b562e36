/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Credit2 between run queues: where one that wakes goes, and who helps whom. */
#include "credit2.h"

#include <candor/support.h>

/* How often a run queue looks for a busier one. */
#define BALANCE_PERIOD (30 * NSEC_PER_MSEC)
/* An idle CPU passes over at most so many of another run queue that may not run on it. */
#define MAX_MISSES 64

static bool soft_affinity(const struct vcpu *v)
{
	return SUPPORT_ENABLED(sched_credit2_soft_affinity) &&
	       !cpumask_equal(&v->preferred, &v->allowed);
}

/* An idle CPU of @slots in the run queue of CPU @near: itself, if it is. */
static unsigned idle_here(const struct c2_cpu *near, uint64_t slots)
{
	const struct c2_queue *q = near->queue;
	uint64_t set = __atomic_load_n(&q->idle, __ATOMIC_RELAXED) & slots;

	if (!set)
		return HV_MAX_CPUS;
	return set >> near->slot & 1 ? near->id : q->cpu[__builtin_ctzll(set)];
}

/* The best idle CPU: where it was, near there, anywhere; first among the preferred ones. */
static unsigned idle_for(const struct scheduler *s, const struct vcpu *v, const struct c2_cpu *near)
{
	const struct c2_vcpu *c = c2_of(v);
	unsigned cpu = HV_MAX_CPUS;

	if (soft_affinity(v)) {
		cpu = idle_here(near, __atomic_load_n(&c->preferred, __ATOMIC_RELAXED));
		if (cpu == HV_MAX_CPUS)
			cpu = c2_find_idle(s, &v->preferred, near->id);
	}
	if (cpu == HV_MAX_CPUS)
		cpu = idle_here(near, __atomic_load_n(&c->allowed, __ATOMIC_RELAXED));
	if (cpu == HV_MAX_CPUS)
		cpu = c2_find_idle(s, &v->allowed, near->id);
	return cpu;
}

/* Any CPU of @mask, by chance. */
static unsigned any_of(struct c2_priv *p, const struct cpumask *mask)
{
	unsigned cpu = cpumask_next(mask, c2_random(p) % HV_MAX_CPUS);

	return cpu < HV_MAX_CPUS ? cpu : cpumask_first(mask);
}

static int64_t load_per_cpu(const struct c2_queue *q)
{
	unsigned nr = __atomic_load_n(&q->nr_cpus, __ATOMIC_RELAXED);

	int64_t average = __atomic_load_n(&q->load, __ATOMIC_RELAXED);
	int64_t just_now = (int64_t)__atomic_load_n(&q->weight, __ATOMIC_RELAXED) * 256;

	return nr ? (average + just_now) / 2 / nr : INT64_MAX;
}

/*
 * No CPU is idle: the run queue it was in, unless one chosen by chance has less to do by more
 * than moving there costs.
 */
static unsigned less_loaded(struct scheduler *s, const struct vcpu *v, const struct c2_cpu *near)
{
	const struct cpumask *mask = soft_affinity(v) ? &v->preferred : &v->allowed;
	int64_t resistance = C2_WEIGHT_DEFAULT * 256 / 2;
	const struct c2_cpu *other;

	/* It has only just stopped running there. */
	if (__atomic_load_n(&v->running, __ATOMIC_RELAXED) && cpumask_test(mask, near->id))
		return near->id;
	other = c2_cpu_of(s, any_of(s->priv, mask));
	if (!other)
		return near->id; /* it is on its way to another pool */
	if (!cpumask_test(mask, near->id))
		return other->id;
	if (other->queue == near->queue)
		return near->id;
	return load_per_cpu(other->queue) + resistance < load_per_cpu(near->queue) ? other->id
										   : near->id;
}

unsigned c2_place(struct scheduler *s, struct vcpu *v)
{
	const struct c2_cpu *near = c2_cpu_of(s, __atomic_load_n(&v->cpu, __ATOMIC_RELAXED));
	unsigned cpu;

	/* It has no choice, or is on its way to another pool. */
	if (!near || __atomic_load_n(&c2_of(v)->bound, __ATOMIC_RELAXED))
		return cpumask_first(&v->allowed);
	cpu = idle_for(s, v, near);
	return cpu < HV_MAX_CPUS ? cpu : less_loaded(s, v, near);
}

/* @c, which waits in @from, becomes CPU @me's; both run queues are locked. */
static void take(struct scheduler *s, struct c2_queue *from, struct c2_vcpu *c, struct c2_cpu *me,
		 stime_t now)
{
	const struct c2_cpu *old = c2_cpu_of(s, c->vcpu->cpu);

	c2_erase(s, from, c, now);
	c2_load_add(from, -(int)c->weight, now);
	c2_translate(c, old, me);
	__atomic_store_n(&c->vcpu->cpu, me->id, __ATOMIC_RELEASE);
	c2_update_sets(s, c);
	c2_load_add(me->queue, (int)c->weight, now);
}

/* The first that waits in @q and may run on @me. */
static struct c2_vcpu *first_for(const struct c2_queue *q, const struct c2_cpu *me, bool *ret_more)
{
	uint64_t bit = c2_far(me->id);
	struct mtree_node *n = mtree_first_of(&q->waiting, C2_FAR, bit);

	for (unsigned i = 0; n && i < MAX_MISSES; i++, n = mtree_next_of(n, C2_FAR, bit)) {
		struct c2_vcpu *c = container_of(n, struct c2_vcpu, node);

		if (cpumask_test(&c->vcpu->allowed, me->id))
			return c;
	}
	if (n)
		*ret_more = true;
	return NULL;
}

struct c2_vcpu *c2_steal(struct scheduler *s, struct c2_cpu *me, stime_t now, bool *ret_busy)
{
	const struct c2_priv *p = s->priv;
	unsigned nr_words = (p->nr_queues + 63) / 64, first = me->queue->id / 64;

	/* The nearest first: run queues are numbered as their CPUs come. */
	for (unsigned i = 0; i <= nr_words; i++) {
		unsigned w = (first + i) % nr_words;
		uint64_t set = __atomic_load_n(&p->crowded[w], __ATOMIC_SEQ_CST);

		for (; set; set &= set - 1) {
			struct c2_queue *q = p->queue[w * 64 + (unsigned)__builtin_ctzll(set)];
			struct c2_vcpu *c;

			if (q == me->queue)
				continue;
			/* Its lock comes in no order with ours: it is not waited for. */
			if (!spin_trylock(&q->lock)) {
				*ret_busy = true;
				continue;
			}
			c = first_for(q, me, ret_busy);
			if (c)
				take(s, q, c, me, now);
			spin_unlock(&q->lock);
			if (c)
				return c;
		}
	}
	return NULL;
}

/*
 * Does one of weight @w leave @from for @to? Yes if @to would have no more then than @from has
 * now: of two run queues that cannot be equal, each is the fuller one in turn.
 */
static bool worth_moving(const struct c2_queue *from, const struct c2_queue *to, unsigned w)
{
	uint64_t now_from = (uint64_t)from->weight * to->nr_cpus;
	uint64_t now_to = (uint64_t)to->weight * from->nr_cpus;
	uint64_t then_to = (uint64_t)(to->weight + w) * from->nr_cpus;

	return now_to < now_from && then_to <= now_from;
}

static void pull(struct scheduler *s, struct c2_cpu *me, struct c2_queue *from, stime_t now)
{
	bool more;
	struct c2_vcpu *c = first_for(from, me, &more);

	if (!c || !worth_moving(from, me->queue, c->weight))
		return;
	take(s, from, c, me, now);
	c2_contend(s, me->queue, c->allowed, now);
	c2_insert(s, me->queue, c);
}

/* A CPU of @to that @c may be on, or NULL. */
static struct c2_cpu *cpu_in(struct scheduler *s, const struct c2_queue *to,
			     const struct c2_vcpu *c)
{
	const struct cpumask *mask =
		soft_affinity(c->vcpu) ? &c->vcpu->preferred : &c->vcpu->allowed;

	for (uint64_t slots = to->slots; slots; slots &= slots - 1) {
		unsigned id = to->cpu[__builtin_ctzll(slots)];

		if (cpumask_test(mask, id))
			return c2_cpu_of(s, id);
	}
	return NULL;
}

/* CPUs that have nothing waiting do not look around: who has brings it to them. */
static void push(struct scheduler *s, struct c2_queue *from, struct c2_queue *to, stime_t now)
{
	struct mtree_node *n = mtree_first(&from->waiting);
	struct c2_vcpu *c = n ? container_of(n, struct c2_vcpu, node) : NULL;
	struct c2_cpu *at = c && worth_moving(from, to, c->weight) ? cpu_in(s, to, c) : NULL;

	if (!at)
		return;
	take(s, from, c, at, now);
	c2_load_add(to, -(int)c->weight, now); /* c2_enter() adds it */
	c2_enter(s, c, now);
}

void c2_balance(struct scheduler *s, struct c2_cpu *me, stime_t now)
{
	struct c2_priv *p = s->priv;
	struct c2_queue *q = me->queue, *other;

	/* Not all at the same time. */
	q->balance_time = now + BALANCE_PERIOD / 2 + c2_random(p) % BALANCE_PERIOD;
	other = p->queue[c2_random(p) % p->nr_queues];
	if (other == q || !__atomic_load_n(&other->nr_cpus, __ATOMIC_RELAXED) ||
	    !spin_trylock(&other->lock))
		return;
	if (other->waiting.nr)
		pull(s, me, other, now);
	push(s, q, other, now);
	spin_unlock(&other->lock);
}
