/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Credit2: CPU time in proportion to weights.
 *
 * Each vCPU has a virtual time that runs while it does, the faster the lower its weight
 * (256: as fast as time). Who is behind runs. Its credit is what it is behind the clock
 * of its CPU, which is the lowest virtual time among those that share that CPU, and never
 * goes back: nobody's credit has to be reset. One that wakes is brought near the clock: it
 * has at most so much credit for having slept, and so much debt from where it was. While
 * nobody waits who could run on a CPU, running there takes nothing from anyone, and costs
 * next to nothing.
 *
 * CPUs that have something in common (a socket, by default) share a run queue, a tree by
 * virtual time that finds the first that may run on a given CPU. A CPU switches when another
 * is behind by a margin, but not within the rate limit.
 */
#include "credit2.h"

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(sched_credit2, "common");
SUPPORT_PROVIDES(sched_credit2_soft_affinity, "common");

/* Whoever is behind by more takes over. */
#define PREEMPT_MARGIN (NSEC_PER_MSEC / 2)
/* One that prefers a CPU goes before one that is behind it by less. */
#define SOFT_MARGIN (2 * NSEC_PER_MSEC)
#define SLICE_MAX (10 * NSEC_PER_MSEC)
#define SLICE_MIN (NSEC_PER_MSEC / 5)
/* When an idle CPU could not look into a run queue. */
#define RETRY (NSEC_PER_MSEC / 20)

static stime_t ratelimit(const struct scheduler *s)
{
	const struct c2_priv *p = s->priv;

	return (stime_t)__atomic_load_n(&p->ratelimit_us, __ATOMIC_RELAXED) * 1000;
}

/* The virtual time it has by @now, running. */
static int64_t vtime_at(const struct c2_vcpu *c, stime_t now)
{
	return c->vtime + c2_virtual(c, MAX(now - c->charged, 0));
}

/* Have CPU @id, which is idle, look for @c: in its own run queue or where @c is. */
static void tell_idle(struct scheduler *s, unsigned id, struct c2_vcpu *c)
{
	struct c2_queue *q = c2_cpu_of(s, c->vcpu->cpu)->queue;
	struct c2_cpu *cpu = c2_cpu_of(s, id);
	struct c2_priv *p = s->priv;

	if (cpu->queue == q)
		c2_set_idle(s, cpu, false);
	else /* its run queue keeps its own bits itself */
		__atomic_fetch_and(&p->idle[id / 64], ~(1ull << id % 64), __ATOMIC_SEQ_CST);
	c->told = cpu;
	__atomic_store_n(&cpu->expects, c2_expected(c, q->id), __ATOMIC_RELEASE);
	cpu_raise(cpu_get(id), CPU_WORK_SCHEDULE);
}

/* The idle CPU of this run queue that @c should run on: its own, preferred, any. */
static struct c2_cpu *idle_in_queue(struct scheduler *s, const struct c2_vcpu *c)
{
	struct c2_cpu *own = c2_cpu_of(s, c->vcpu->cpu);
	struct c2_queue *q = own->queue;
	uint64_t set = q->idle & c->preferred;

	if (!set)
		set = q->idle & c->allowed;
	if (!set)
		return NULL;
	if (set >> own->slot & 1)
		return own;
	return c2_cpu_of(s, q->cpu[__builtin_ctzll(set)]);
}

/* The busy CPU of @slots whose vCPU is the furthest ahead of @c by now; at most 64 are looked at.
 */
static struct c2_cpu *furthest_ahead(struct scheduler *s, const struct c2_vcpu *c, uint64_t slots,
				     stime_t now, int64_t *ret_by)
{
	struct c2_queue *q = c2_cpu_of(s, c->vcpu->cpu)->queue;
	struct c2_cpu *best = NULL;

	for (slots &= q->slots & ~q->idle; slots; slots &= slots - 1) {
		unsigned id = q->cpu[__builtin_ctzll(slots)];
		const struct vcpu *v = cpu_get(id)->current;
		int64_t by;

		if (!v)
			continue; /* it has been told of another one */
		by = vtime_at(c2_of(v), now) - c->vtime;
		if (!best || by > *ret_by) {
			best = c2_cpu_of(s, id);
			*ret_by = by;
		}
	}
	return best;
}

/* Nothing is idle: let the one that is furthest ahead make room, now or when it will be. */
static void preempt(struct scheduler *s, const struct c2_vcpu *c, stime_t now)
{
	int64_t by = 0, by_preferred = 0;
	struct c2_cpu *at = furthest_ahead(s, c, c->allowed, now, &by);
	struct cpu *cpu;
	stime_t when;

	if (c->preferred != c->allowed) {
		struct c2_cpu *liked = furthest_ahead(s, c, c->preferred, now, &by_preferred);

		if (liked && by_preferred + SOFT_MARGIN > by) {
			at = liked;
			by = by_preferred;
		}
	}
	if (!at)
		return;
	cpu = cpu_get(at->id);
	when = at->started + ratelimit(s);
	if (by <= PREEMPT_MARGIN)
		when = MAX(when, now + c2_real(c2_of(cpu->current), PREEMPT_MARGIN - by));
	if (when <= now)
		cpu_raise(cpu, CPU_WORK_SCHEDULE);
	else
		sched_shorten_slice(cpu, MIN(when, now + SLICE_MAX));
}

static void find_cpu(struct scheduler *s, struct c2_vcpu *c, stime_t now)
{
	struct c2_cpu *idle = idle_in_queue(s, c);
	unsigned far;

	if (idle) {
		tell_idle(s, idle->id, c);
		return;
	}
	/* One that came to idle after @c's place was chosen has not seen it waiting. */
	far = c2_find_idle(s, &c->vcpu->allowed, c->vcpu->cpu);
	if (far < HV_MAX_CPUS && c2_cpu_of(s, far)->queue != c2_cpu_of(s, c->vcpu->cpu)->queue)
		tell_idle(s, far, c);
	else
		preempt(s, c, now);
}

void c2_enter(struct scheduler *s, struct c2_vcpu *c, stime_t now)
{
	struct c2_cpu *at = c2_cpu_of(s, c->vcpu->cpu);

	c2_contend(s, at->queue, c->allowed, now);
	/* The clock of a CPU that idled stood still. */
	if (!cpu_get(at->id)->current)
		at->clock = at->queue->clock;
	c2_bound(c, at);
	c2_insert(s, at->queue, c);
	c2_load_add(at->queue, (int)c->weight, now);
	find_cpu(s, c, now);
}

static void c2_queue(struct scheduler *s, struct vcpu *v, stime_t now)
{
	c2_enter(s, c2_of(v), now);
}

static void c2_dequeue(struct scheduler *s, struct vcpu *v, stime_t now)
{
	struct c2_vcpu *c = c2_of(v);
	struct c2_queue *q = c2_cpu_of(s, v->cpu)->queue;

	if (SUPPORT_ENABLED(sched_credit2_caps) && c->parked) {
		c2_caps_unpark(c);
		return;
	}
	c2_erase(s, q, c, now);
	c2_load_add(q, -(int)c->weight, now);
	if (SUPPORT_ENABLED(sched_credit2_caps) && c2_capped(c->domain))
		c2_caps_return(c, now);
}

static void c2_yield(struct scheduler *s, struct vcpu *v)
{
	c2_of(v)->yields = true;
}

static struct c2_vcpu *node_vcpu(struct mtree_node *n)
{
	return n ? container_of(n, struct c2_vcpu, node) : NULL;
}

/* The first that waits and may run on @me; one that prefers @me goes before, by a margin. */
static struct c2_vcpu *first_waiting(const struct c2_cpu *me)
{
	const struct mtree *t = &me->queue->waiting;
	uint64_t bit = 1ull << me->slot;
	struct c2_vcpu *c = node_vcpu(mtree_first_of(t, C2_ALLOWED, bit));
	struct c2_vcpu *liked;

	if (!SUPPORT_ENABLED(sched_credit2_soft_affinity) || !c || c->preferred & bit)
		return c;
	liked = node_vcpu(mtree_first_of(t, C2_PREFERRED, bit));
	return liked && liked->vtime <= c->vtime + SOFT_MARGIN ? liked : c;
}

/* The same, with budget; those that have none are taken out until they get some. */
static struct c2_vcpu *candidate(struct scheduler *s, struct c2_cpu *me, stime_t now)
{
	struct c2_vcpu *c = first_waiting(me);

	while (SUPPORT_ENABLED(sched_credit2_caps) && c && !c2_caps_allow(c)) {
		c2_erase(s, me->queue, c, now);
		c2_load_add(me->queue, -(int)c->weight, now);
		c2_caps_park(c);
		c = first_waiting(me);
	}
	return c;
}

/* It runs where it would rather not, and a CPU it prefers idles. */
static bool better_elsewhere(const struct scheduler *s, const struct c2_cpu *me,
			     const struct c2_vcpu *c)
{
	return SUPPORT_ENABLED(sched_credit2_soft_affinity) && !(c->preferred >> me->slot & 1) &&
	       c2_find_idle(s, &c->vcpu->preferred, me->id) < HV_MAX_CPUS;
}

/* Does the one that runs go on, though @other waits (NULL: nobody)? */
static bool goes_on(const struct scheduler *s, const struct c2_cpu *me, const struct c2_vcpu *c,
		    const struct c2_vcpu *other, stime_t now)
{
	if (better_elsewhere(s, me, c))
		return false;
	if (!other)
		return true;
	if (c->yields)
		return false;
	if (now - me->started < ratelimit(s))
		return true;
	return c->vtime <= other->vtime + PREEMPT_MARGIN;
}

/* When to look again if @c runs and @other waits. */
static stime_t slice_end(const struct scheduler *s, const struct c2_cpu *me,
			 const struct c2_vcpu *c, const struct c2_vcpu *other, stime_t now)
{
	stime_t until = STIME_MAX;

	if (other) {
		/* A little past the margin, so that it is passed when the time has come. */
		int64_t ns = c2_real(c, other->vtime + PREEMPT_MARGIN - c->vtime) + 1000;

		until = now + MIN(MAX(ns, SLICE_MIN), SLICE_MAX);
		until = MAX(until, me->started + ratelimit(s));
	} else if (!(c->preferred >> me->slot & 1)) {
		until = now + SLICE_MAX;
	}
	if (SUPPORT_ENABLED(sched_credit2_caps) && c2_capped(c->domain))
		until = MIN(until, now + MAX(c->budget, 1000));
	return until;
}

/* The virtual time of the least of both is where the clock of this CPU stands. */
static void advance_clock(struct c2_cpu *me, const struct c2_vcpu *a, const struct c2_vcpu *b)
{
	int64_t least = a ? a->vtime : INT64_MAX;

	if (b)
		least = MIN(least, b->vtime);
	if (least == INT64_MAX)
		return;
	me->clock = MAX(me->clock, least);
	me->queue->clock = MAX(me->queue->clock, me->clock);
}

static void start(struct scheduler *s, struct c2_cpu *me, struct c2_vcpu *c, stime_t now)
{
	__atomic_store_n(&c->vcpu->cpu, me->id, __ATOMIC_RELEASE);
	c->charged = now;
	me->started = now;
	if (me->queue->idle >> me->slot & 1)
		c2_set_idle(s, me, false);
}

/* The one that ran leaves the CPU; core gives it back when its state is saved. */
static void end(struct c2_cpu *me, struct c2_vcpu *c, stime_t now)
{
	if (SUPPORT_ENABLED(sched_credit2_caps) && c2_capped(c->domain))
		c2_caps_return(c, now);
	c2_load_add(me->queue, -(int)c->weight, now);
}

/*
 * May @c, which stays ready but makes way, wait here at once, though its state is still to be
 * saved? Yes if no CPU but this one may run it. It is load as before, and the slice of who comes
 * ends with its turn.
 */
static bool waits_in_place(const struct c2_vcpu *c)
{
	return c->bound && !(SUPPORT_ENABLED(sched_credit2_caps) && c2_capped(c->domain));
}

static struct sched_decision go_idle(struct scheduler *s, struct c2_cpu *me, stime_t now)
{
	struct sched_decision d = { .until = STIME_MAX };
	struct c2_vcpu *c;
	bool busy = false;

	/* First be seen to idle, then look: who queues one does it the other way round. */
	c2_set_idle(s, me, true);
	me->clock = me->queue->clock;
	c = c2_steal(s, me, now, &busy);
	if (c && SUPPORT_ENABLED(sched_credit2_caps) && !c2_caps_allow(c)) {
		c2_load_add(me->queue, -(int)c->weight, now);
		c2_caps_park(c);
		c = NULL;
		busy = true;
	}
	if (c) {
		start(s, me, c, now);
		advance_clock(me, c, NULL);
		d.next = c->vcpu;
		d.until = slice_end(s, me, c, NULL, now);
	} else if (busy) {
		d.until = now + RETRY;
	}
	return d;
}

/*
 * It was told to pick for one that still waits: that one needs another CPU. False: its run queue
 * cannot be seen now.
 */
static bool pass_on(struct scheduler *s, struct c2_cpu *me, stime_t now)
{
	uint64_t expected = __atomic_load_n(&me->expects, __ATOMIC_ACQUIRE);
	const struct c2_priv *p = s->priv;
	struct c2_queue *q;

	if (!expected)
		return true;
	q = __atomic_load_n(&p->queue[c2_expected_queue(expected)], __ATOMIC_ACQUIRE);
	if (q != me->queue && !spin_trylock(&q->lock))
		return false;
	/* Only now is it sure to be there. If not, it has gone, or another run queue's has come. */
	if (c2_expect_no_more(me, expected)) {
		struct c2_vcpu *c = c2_expected_vcpu(expected);

		c->told = NULL;
		find_cpu(s, c, now);
	}
	if (q != me->queue)
		spin_unlock(&q->lock);
	return true;
}

static struct sched_decision pick(struct scheduler *s, struct cpu *cpu, stime_t now)
{
	struct c2_cpu *me = c2_cpu_of(s, cpu->id);
	struct c2_vcpu *prev = cpu->current ? c2_of(cpu->current) : NULL;
	struct c2_vcpu *c = candidate(s, me, now), *next;
	struct sched_decision d = { .requeued = false };
	bool stay;

	if (prev)
		c2_charge(me, prev, now);
	stay = prev && sched_may_stay(cpu) && c2_caps_allow(prev);
	advance_clock(me, stay ? prev : NULL, c);
	if (stay && goes_on(s, me, prev, c, now)) {
		if (c2_balance_due(s, me, now))
			c2_balance(s, me, now);
		return (struct sched_decision){ .next = prev->vcpu,
						.until = slice_end(s, me, prev, c, now) };
	}
	if (prev) {
		/* Who yields goes behind the first that waits. */
		if (prev->yields && c)
			prev->vtime = MAX(prev->vtime, c->vtime + 1);
		prev->yields = false;
		d.requeued = stay && c && waits_in_place(prev);
		if (!d.requeued)
			end(me, prev, now);
	}
	if (!c)
		return go_idle(s, me, now);
	if (d.requeued) {
		c2_bound(prev, me);
		c2_exchange(s, me->queue, c, prev, now);
	} else {
		c2_erase(s, me->queue, c, now);
	}
	start(s, me, c, now);
	next = first_waiting(me);
	if (stay && !d.requeued && (!next || prev->vtime < next->vtime))
		next = prev;
	d.next = c->vcpu;
	d.until = slice_end(s, me, c, next, now);
	if (c2_balance_due(s, me, now))
		c2_balance(s, me, now);
	return d;
}

static struct sched_decision c2_pick(struct scheduler *s, struct cpu *cpu, stime_t now)
{
	struct sched_decision d = pick(s, cpu, now);

	if (!pass_on(s, c2_cpu_of(s, cpu->id), now))
		d.until = MIN(d.until, now + RETRY);
	return d;
}

static void c2_arrive(struct scheduler *s, struct vcpu *v, unsigned from)
{
	struct c2_vcpu *c = c2_of(v);
	const struct c2_cpu *to = c2_cpu_of(s, v->cpu);

	if (from == HV_MAX_CPUS)
		c->vtime = to->clock;
	else
		c2_translate(c, c2_cpu_of(s, from), to);
	c2_update_sets(s, c);
}

static void c2_affinity(struct scheduler *s, struct vcpu *v)
{
	c2_update_sets(s, c2_of(v));
}

static int c2_init(struct scheduler *s)
{
	struct c2_priv *p = heap_alloc(sizeof(*p));

	if (!p)
		return -XEN_ENOMEM;
	p->queue = heap_alloc(HV_MAX_CPUS * sizeof(struct c2_queue *));
	p->cpu = heap_alloc(HV_MAX_CPUS * sizeof(struct c2_cpu *));
	if (!p->queue || !p->cpu) {
		heap_free(p->queue);
		heap_free(p->cpu);
		heap_free(p);
		return -XEN_ENOMEM;
	}
	p->ratelimit_us = c2_boot_ratelimit();
	p->random = 2463534242u;
	s->priv = p;
	return 0;
}

static void c2_deinit(struct scheduler *s)
{
	struct c2_priv *p = s->priv;

	for (unsigned i = 0; i < HV_MAX_CPUS; i++) {
		heap_free(p->queue[i]);
		heap_free(p->cpu[i]);
	}
	heap_free(p->queue);
	heap_free(p->cpu);
	heap_free(p);
}

static void *c2_domain_add(struct scheduler *s, struct domain *d)
{
	struct c2_domain *c = heap_alloc(sizeof(*c));

	if (c) {
		spin_init(&c->lock, LOCK_SCHEDULER, 0);
		c->domain = d;
		c->weight = C2_WEIGHT_DEFAULT;
	}
	return c;
}

static void c2_domain_remove(struct scheduler *s, void *data)
{
	struct c2_domain *c = data;

	if (SUPPORT_ENABLED(sched_credit2_caps))
		c2_caps_set(c, 0);
	heap_free(c);
}

static void *c2_vcpu_add(struct scheduler *s, struct vcpu *v, void *domain_data)
{
	struct c2_vcpu *c = heap_alloc(sizeof(*c));

	if (!c)
		return NULL;
	c->vcpu = v;
	c->domain = domain_data;
	c->weight = c->domain->weight;
	if (SUPPORT_ENABLED(sched_credit2_caps))
		c2_caps_vcpu_added(c->domain);
	return c;
}

static void c2_vcpu_remove(struct scheduler *s, void *data)
{
	struct c2_vcpu *c = data;

	if (SUPPORT_ENABLED(sched_credit2_caps))
		c2_caps_vcpu_removed(c->domain);
	heap_free(c);
}

/* Is it counted in the load of its run queue? */
static bool is_load(const struct vcpu *v)
{
	return mtree_linked(&c2_of(v)->node) || (v->running && cpu_get(v->cpu)->current == v);
}

/* What it has run until now it has by its old weight and cap. */
static void set_weight(struct scheduler *s, struct vcpu *v, uint16_t weight)
{
	struct spinlock *l = sched_lock_vcpu(v);
	struct c2_vcpu *c = c2_of(v);
	stime_t now = arch_now();

	if (v->running && cpu_get(v->cpu)->current == v)
		c2_charge(c2_cpu_of(s, v->cpu), c, now);
	if (is_load(v))
		c2_load_add(c2_cpu_of(s, v->cpu)->queue, (int)weight - (int)c->weight, now);
	c->weight = weight;
	spin_unlock(l);
}

/* The end of its slice may be another one now. */
static void look_again(struct vcpu *v)
{
	struct spinlock *l = sched_lock_vcpu(v);

	if (v->running)
		cpu_raise(cpu_get(v->cpu), CPU_WORK_SCHEDULE);
	spin_unlock(l);
}

static int c2_adjust(struct scheduler *s, struct domain *d, struct xen_domctl_scheduler_op *op)
{
	struct c2_domain *c = d->sched;

	if (op->cmd == XEN_DOMCTL_SCHEDOP_getinfo) {
		op->u.credit2.weight = c->weight;
		op->u.credit2.cap = c->cap;
		return 0;
	}
	if (!op->u.credit2.weight)
		return -XEN_EINVAL;
	if (op->u.credit2.cap && !SUPPORT_ENABLED(sched_credit2_caps))
		return -XEN_EINVAL;
	c->weight = op->u.credit2.weight;
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (d->vcpu[i] && d->vcpu[i]->sched)
			set_weight(s, d->vcpu[i], c->weight);
	if (SUPPORT_ENABLED(sched_credit2_caps))
		c2_caps_set(c, op->u.credit2.cap);
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (d->vcpu[i])
			look_again(d->vcpu[i]);
	return 0;
}

static int c2_adjust_global(struct scheduler *s, struct xen_sysctl_scheduler_op *op)
{
	struct c2_priv *p = s->priv;
	uint32_t us = op->u.sched_credit2.ratelimit_us;

	if (op->cmd == XEN_SYSCTL_SCHEDOP_getinfo) {
		op->u.sched_credit2.ratelimit_us = p->ratelimit_us;
		return 0;
	}
	if (op->cmd != XEN_SYSCTL_SCHEDOP_putinfo)
		return -XEN_EINVAL;
	if (us && (us < XEN_SYSCTL_SCHED_RATELIMIT_MIN || us > XEN_SYSCTL_SCHED_RATELIMIT_MAX))
		return -XEN_EINVAL;
	__atomic_store_n(&p->ratelimit_us, us, __ATOMIC_RELAXED);
	return 0;
}

static void c2_dump(struct scheduler *s)
{
	struct c2_priv *p = s->priv;

	for (unsigned i = 0; i < p->nr_queues; i++) {
		struct c2_queue *q = p->queue[i];

		spin_lock(&q->lock);
		printk(LOG_ERROR, " run queue %u: %u CPUs, %u waiting, weight %u, average load %ld",
		       q->id, q->nr_cpus, q->waiting.nr, q->weight, (long)q->load / 256);
		spin_unlock(&q->lock);
	}
}

extern const struct sched_ops credit2_ops;
const struct sched_ops credit2_ops = {
	.name = "SMP Credit Scheduler rev2",
	.option = "credit2",
	.id = XEN_SCHEDULER_CREDIT2,
	.set_option = c2_set_option,
	.init = c2_init,
	.deinit = c2_deinit,
	.cpu_add = c2_cpu_add,
	.cpu_remove = c2_cpu_remove,
	.domain_add = c2_domain_add,
	.domain_remove = c2_domain_remove,
	.vcpu_add = c2_vcpu_add,
	.vcpu_remove = c2_vcpu_remove,
	.place = c2_place,
	.arrive = c2_arrive,
	.affinity = c2_affinity,
	.queue = c2_queue,
	.dequeue = c2_dequeue,
	.yield = c2_yield,
	.pick = c2_pick,
	.adjust = c2_adjust,
	.adjust_global = c2_adjust_global,
	.dump = c2_dump,
};
