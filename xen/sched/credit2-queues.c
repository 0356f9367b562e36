/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Credit2's run queues: which CPUs share one, what waits in them, their load. */
#include "credit2.h"

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/string.h>

#include <arch/arch.h>

/* How far from its CPU's clock one may be when it comes: what it has saved up, what it owes. */
#define CREDIT_MAX (10 * NSEC_PER_MSEC)
#define DEBT_MAX (20 * NSEC_PER_MSEC)
/* How far one that nobody waits for may get ahead of the rest of its run queue. */
#define SOLO_MAX (5 * NSEC_PER_MSEC)
#define LOAD_WINDOW (256 * NSEC_PER_MSEC)

enum grouping { BY_CPU, BY_CORE, BY_SOCKET, BY_NODE, ALL };

static enum grouping grouping = BY_SOCKET;
static unsigned max_cpus = 16;
static uint32_t boot_ratelimit = 1000;

/* A decimal number of [min, max]. */
static bool parse_number(const char *s, uint32_t min, uint32_t max, uint32_t *ret_n)
{
	uint64_t n = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || n > max)
			return false;
		n = n * 10 + (unsigned)(*s - '0');
	}
	if (n < min || n > max)
		return false;
	*ret_n = (uint32_t)n;
	return true;
}

static int set_grouping(const char *value)
{
	static const char *const names[] = { "cpu", "core", "socket", "node", "all" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(value, names[i])) {
			grouping = i;
			return 0;
		}
	}
	return -XEN_EINVAL;
}

int c2_set_option(const char *name, const char *value)
{
	uint32_t us;

	if (!strcmp(name, "credit2_runqueue"))
		return set_grouping(value);
	if (!strcmp(name, "sched_credit2_max_cpus_runqueue"))
		return parse_number(value, 1, C2_QUEUE_CPUS, &max_cpus) ? 0 : -XEN_EINVAL;
	if (strcmp(name, "sched_ratelimit_us"))
		return -XEN_ENOENT;
	if (!strcmp(value, "0"))
		us = 0;
	else if (!parse_number(value, XEN_SYSCTL_SCHED_RATELIMIT_MIN,
			       XEN_SYSCTL_SCHED_RATELIMIT_MAX, &us))
		return -XEN_EINVAL;
	boot_ratelimit = us;
	return 0;
}

uint32_t c2_boot_ratelimit(void)
{
	return boot_ratelimit;
}

static uint64_t group_of(const struct cpu *cpu)
{
	switch (grouping) {
	case BY_CPU:
		return cpu->id;
	case BY_CORE:
		return cpu->core;
	case BY_SOCKET:
		return cpu->socket;
	case BY_NODE:
		return cpu->node;
	case ALL:
		break;
	}
	return 0;
}

static struct c2_queue *queue_create(struct c2_priv *p)
{
	struct c2_queue *q = heap_alloc(sizeof(*q));

	if (!q)
		return NULL;
	spin_init(&q->lock, LOCK_RUN_QUEUE, 0);
	q->id = p->nr_queues;
	__atomic_store_n(&p->queue[p->nr_queues], q, __ATOMIC_RELEASE);
	__atomic_store_n(&p->nr_queues, p->nr_queues + 1, __ATOMIC_RELEASE);
	return q;
}

/* The run queue a CPU of @group is to be in: one with room, or a new one. */
static struct c2_queue *queue_for(struct c2_priv *p, uint64_t group)
{
	struct c2_queue *empty = NULL;

	for (unsigned i = 0; i < p->nr_queues; i++) {
		struct c2_queue *q = p->queue[i];

		if (q->nr_cpus && q->group == group && q->nr_cpus < max_cpus)
			return q;
		if (!q->nr_cpus && !empty)
			empty = q;
	}
	if (!empty)
		empty = queue_create(p);
	if (empty)
		empty->group = group;
	return empty;
}

static struct c2_cpu *cpu_data(struct c2_priv *p, unsigned id)
{
	if (!p->cpu[id])
		__atomic_store_n(&p->cpu[id], heap_alloc(sizeof(struct c2_cpu)), __ATOMIC_RELEASE);
	return p->cpu[id];
}

int c2_cpu_add(struct scheduler *s, struct cpu *cpu, struct spinlock **ret_lock)
{
	struct c2_priv *p = s->priv;
	struct c2_cpu *me = cpu_data(p, cpu->id);
	struct c2_queue *q = me ? queue_for(p, group_of(cpu)) : NULL;

	if (!q)
		return -XEN_ENOMEM;
	spin_lock(&q->lock);
	me->id = cpu->id;
	me->slot = (unsigned)__builtin_ctzll(~q->slots);
	me->clock = q->clock;
	me->queue = q;
	q->cpu[me->slot] = (uint16_t)cpu->id;
	q->slots |= 1ull << me->slot;
	__atomic_store_n(&q->nr_cpus, q->nr_cpus + 1, __ATOMIC_RELAXED);
	cpu->sched = me;
	spin_unlock(&q->lock);
	*ret_lock = &q->lock;
	return 0;
}

void c2_cpu_remove(struct scheduler *s, struct cpu *cpu)
{
	struct c2_cpu *me = c2_cpu_of(s, cpu->id);
	struct c2_queue *q = me->queue;

	spin_lock(&q->lock);
	c2_set_idle(s, me, false);
	q->slots &= ~(1ull << me->slot);
	__atomic_store_n(&q->nr_cpus, q->nr_cpus - 1, __ATOMIC_RELAXED);
	cpu->sched = NULL;
	spin_unlock(&q->lock);
}

/* Bring the average up to @now: it approaches what the load is, within a window. */
static void load_update(struct c2_queue *q, stime_t now)
{
	int64_t gone = MIN(now - q->load_time, LOAD_WINDOW), load = q->load;

	if (gone <= 0)
		return;
	/* Who looks for a run queue with less to do reads load and weight without the lock. */
	load += ((int64_t)q->weight * 256 - load) * gone / LOAD_WINDOW;
	__atomic_store_n(&q->load, load, __ATOMIC_RELAXED);
	q->load_time = now;
}

void c2_load_add(struct c2_queue *q, int weight, stime_t now)
{
	load_update(q, now);
	__atomic_store_n(&q->weight, q->weight + (uint32_t)weight, __ATOMIC_RELAXED);
}

static uint64_t far_set(const struct cpumask *m)
{
	uint64_t set = 0;

	cpumask_for_each(id, m) set |= c2_far(id);
	return set;
}

static uint64_t slots_of(const struct c2_queue *q, const struct cpumask *m)
{
	uint64_t set = 0;

	for (uint64_t left = q->slots; left; left &= left - 1) {
		unsigned slot = (unsigned)__builtin_ctzll(left);

		if (cpumask_test(m, q->cpu[slot]))
			set |= 1ull << slot;
	}
	return set;
}

void c2_update_sets(struct scheduler *s, struct c2_vcpu *c)
{
	const struct c2_queue *q = c2_cpu_of(s, c->vcpu->cpu)->queue;
	const struct cpumask *m = &c->vcpu->allowed;

	__atomic_store_n(&c->allowed, slots_of(q, m), __ATOMIC_RELAXED);
	__atomic_store_n(&c->preferred, slots_of(q, &c->vcpu->preferred), __ATOMIC_RELAXED);
	c->far = far_set(m);
	__atomic_store_n(&c->bound, cpumask_next(m, cpumask_first(m) + 1) == HV_MAX_CPUS,
			 __ATOMIC_RELAXED);
}

void c2_bound(struct c2_vcpu *c, const struct c2_cpu *to)
{
	/* One of low weight owes much virtual time for a short run. */
	int64_t debt = DEBT_MAX + c2_virtual(c, DEBT_MAX);

	c->vtime = MAX(c->vtime, to->clock - CREDIT_MAX);
	c->vtime = MIN(c->vtime, to->clock + debt);
}

void c2_translate(struct c2_vcpu *c, const struct c2_cpu *from, const struct c2_cpu *to)
{
	if (from->queue != to->queue)
		c->vtime += to->clock - from->clock;
	c2_bound(c, to);
}

static void set_bit(uint64_t *map, unsigned bit, bool on)
{
	if (on)
		__atomic_fetch_or(&map[bit / 64], 1ull << (bit % 64), __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(&map[bit / 64], ~(1ull << (bit % 64)), __ATOMIC_SEQ_CST);
}

/* Nobody waits who could run on @me: its clock, and that of the run queue, go along with @c. */
static void charge_solo(struct c2_cpu *me, struct c2_vcpu *c, int64_t virtual)
{
	struct c2_queue *q = me->queue;

	c->vtime = MIN(c->vtime + virtual, MAX(c->vtime, q->clock + SOLO_MAX));
	c->vtime = MAX(c->vtime, q->clock - CREDIT_MAX);
	me->clock = MAX(me->clock, c->vtime);
	q->clock = MAX(q->clock, me->clock);
}

void c2_charge(struct c2_cpu *me, struct c2_vcpu *c, stime_t now)
{
	int64_t ns = now - c->charged;

	if (ns <= 0)
		return;
	c->charged = now;
	if (me->queue->contended >> me->slot & 1)
		c->vtime += c2_virtual(c, ns);
	else
		charge_solo(me, c, c2_virtual(c, ns));
	if (SUPPORT_ENABLED(sched_credit2_caps) && c2_capped(c->domain))
		c2_caps_charge(c, ns);
}

/* Charge what runs on @slots by what was so until now. */
static void charge_slots(struct scheduler *s, struct c2_queue *q, uint64_t slots, stime_t now)
{
	for (; slots; slots &= slots - 1) {
		unsigned id = q->cpu[__builtin_ctzll(slots)];
		const struct vcpu *v = cpu_get(id)->current;

		if (v)
			c2_charge(c2_cpu_of(s, id), c2_of(v), now);
	}
}

void c2_contend(struct scheduler *s, struct c2_queue *q, uint64_t slots, stime_t now)
{
	charge_slots(s, q, slots & ~q->contended, now);
	q->contended |= slots;
}

static void add_node(struct c2_queue *q, struct c2_vcpu *c)
{
	c->node.key = c->vtime;
	c->node.set[C2_ALLOWED] = c->allowed;
	c->node.set[C2_PREFERRED] = c->preferred;
	c->node.set[C2_FAR] = c->far;
	mtree_insert(&q->waiting, &c->node);
}

static void remove_node(struct c2_queue *q, struct c2_vcpu *c)
{
	mtree_remove(&q->waiting, &c->node);
	if (c->told)
		(void)c2_expect_no_more(c->told, c2_expected(c, q->id));
	c->told = NULL;
}

void c2_insert(struct scheduler *s, struct c2_queue *q, struct c2_vcpu *c)
{
	struct c2_priv *p = s->priv;

	add_node(q, c);
	if (q->waiting.nr == 1)
		set_bit(p->crowded, q->id, true);
}

/* CPUs on which nobody waits any more. */
static void end_contention(struct scheduler *s, struct c2_queue *q, stime_t now)
{
	uint64_t still = mtree_union(&q->waiting, C2_ALLOWED);

	if (likely(!(q->contended & ~still)))
		return;
	charge_slots(s, q, q->contended & ~still, now);
	q->contended &= still;
}

void c2_erase(struct scheduler *s, struct c2_queue *q, struct c2_vcpu *c, stime_t now)
{
	struct c2_priv *p = s->priv;

	remove_node(q, c);
	if (!q->waiting.nr)
		set_bit(p->crowded, q->id, false);
	end_contention(s, q, now);
}

void c2_exchange(struct scheduler *s, struct c2_queue *q, struct c2_vcpu *out, struct c2_vcpu *in,
		 stime_t now)
{
	remove_node(q, out);
	add_node(q, in);
	end_contention(s, q, now);
}

void c2_set_idle(struct scheduler *s, struct c2_cpu *me, bool idle)
{
	struct c2_priv *p = s->priv;
	uint64_t bit = 1ull << me->slot, set = me->queue->idle;

	/* Who looks for an idle CPU reads it without the lock. */
	__atomic_store_n(&me->queue->idle, idle ? set | bit : set & ~bit, __ATOMIC_RELAXED);
	set_bit(p->idle, me->id, idle);
}

unsigned c2_find_idle(const struct scheduler *s, const struct cpumask *mask, unsigned near)
{
	const struct c2_priv *p = s->priv;

	for (unsigned i = 0; i < cpumask_nr_words; i++) {
		unsigned w = (near / 64 + i) % cpumask_nr_words, from = i ? 0 : near % 64;
		uint64_t set = __atomic_load_n(&p->idle[w], __ATOMIC_SEQ_CST) & mask->word[w];

		if (set)
			return w * 64 +
			       (unsigned)__builtin_ctzll(set >> from ? set >> from << from : set);
	}
	return HV_MAX_CPUS;
}

/* Good enough to choose a run queue by; a lost update does no harm. */
uint32_t c2_random(struct c2_priv *p)
{
	uint32_t x = __atomic_load_n(&p->random, __ATOMIC_RELAXED);

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	__atomic_store_n(&p->random, x, __ATOMIC_RELAXED);
	return x;
}
