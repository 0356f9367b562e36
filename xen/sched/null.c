/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The null scheduler: a CPU for each vCPU, and nothing to decide. A vCPU gets a CPU when
 * it comes and keeps it, awake or asleep; those for which none is left wait in the order
 * they came. With soft affinity, one prefers a free CPU of its own, and a CPU that is
 * freed goes to the first waiting that prefers it.
 */
#include <hv/sched.h>

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/mtree.h>
#include <hv/printk.h>
#include <hv/trace.h>

SUPPORT_PROVIDES(sched_null, "common");
SUPPORT_PROVIDES(sched_null_soft_affinity, "common");
SUPPORT_PROVIDES(sched_null_tracing, "common");

/* Its own records (xen/trace.h: a class a scheduler); the numbers are those the field knows. */
enum null_event {
	NULL_PICKED_CPU = 1,
	NULL_VCPU_ASSIGN = 2,
	NULL_VCPU_DEASSIGN = 3,
	NULL_MIGRATE = 4,
	NULL_SCHEDULE = 5,
};
#define NULL_EVENT(event) (TRC_SCHED_CLASS_EVT(SNULL, event) & UINT32_MAX)

static bool traces(void)
{
	return SUPPORT_ACTIVE(sched_null_tracing);
}

#define trace_null(event, ...)                                           \
	do {                                                             \
		if (traces())                                            \
			trace((uint32_t)NULL_EVENT(event), __VA_ARGS__); \
	} while (0)

/* Sets of a waiting vCPU: CPUs by their number's last 6 bits. */
enum { ALLOWED, PREFERRED };

struct null_vcpu {
	struct mtree_node node; /* key: when it came */
	struct vcpu *vcpu;
	bool assigned; /* v->cpu is its own */
};

struct null_cpu {
	struct spinlock lock;	 /* the run queue's */
	struct null_vcpu *owner; /* whose it is; also under the private lock */
	bool present;
};

struct null_priv {
	struct spinlock lock; /* inside the run queues': who has which CPU, who waits */
	struct null_cpu *cpu[HV_MAX_CPUS];
	struct cpumask vacant;
	struct mtree waiting;
	int64_t nr_came;
};

static struct null_vcpu *null_of(const struct vcpu *v)
{
	return v->sched;
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

static bool soft_affinity(const struct vcpu *v)
{
	return SUPPORT_ACTIVE(sched_null_soft_affinity) &&
	       !cpumask_equal(&v->preferred, &v->allowed);
}

static int null_init(struct scheduler *s)
{
	struct null_priv *p = heap_alloc(sizeof(*p));

	if (!p)
		return -XEN_ENOMEM;
	spin_init(&p->lock, LOCK_SCHEDULER, 0);
	s->priv = p;
	return 0;
}

static void null_deinit(struct scheduler *s)
{
	struct null_priv *p = s->priv;

	for (unsigned i = 0; i < HV_MAX_CPUS; i++)
		heap_free(p->cpu[i]);
	heap_free(p);
}

/* The first that waits and may have @cpu, or prefers it. */
static struct null_vcpu *first_waiting(struct null_priv *p, unsigned cpu, unsigned which)
{
	struct mtree_node *n = mtree_first_of(&p->waiting, which, bit_of(cpu));

	for (; n; n = mtree_next_of(n, which, bit_of(cpu))) {
		struct null_vcpu *w = container_of(n, struct null_vcpu, node);
		const struct vcpu *v = w->vcpu;

		if (cpumask_test(which == PREFERRED ? &v->preferred : &v->allowed, cpu))
			return w;
	}
	return NULL;
}

/* The four below: with the private lock held. */

static void assign(struct null_priv *p, struct null_vcpu *n, unsigned cpu)
{
	trace_null(NULL_VCPU_ASSIGN, trace_vcpu(n->vcpu), cpu);
	cpumask_clear(&p->vacant, cpu);
	p->cpu[cpu]->owner = n;
	n->assigned = true;
}

static void release(struct null_priv *p, struct null_vcpu *n)
{
	if (!n->assigned)
		return;
	trace_null(NULL_VCPU_DEASSIGN, trace_vcpu(n->vcpu), n->vcpu->cpu);
	n->assigned = false;
	p->cpu[n->vcpu->cpu]->owner = NULL;
	if (p->cpu[n->vcpu->cpu]->present)
		cpumask_set(&p->vacant, n->vcpu->cpu);
	/* It looks for another owner when it picks. */
	cpu_raise(cpu_get(n->vcpu->cpu), CPU_WORK_SCHEDULE);
}

static void wait_for_cpu(struct null_priv *p, struct null_vcpu *n)
{
	n->node.key = p->nr_came++;
	n->node.set[ALLOWED] = set_of(&n->vcpu->allowed);
	n->node.set[PREFERRED] = soft_affinity(n->vcpu) ? set_of(&n->vcpu->preferred) : 0;
	mtree_insert(&p->waiting, &n->node);
}

/* A vacant CPU of @mask; HV_MAX_CPUS. */
static unsigned vacant_of(const struct null_priv *p, const struct cpumask *mask)
{
	for (unsigned i = 0; i < cpumask_nr_words; i++) {
		uint64_t set = p->vacant.word[i] & mask->word[i];

		if (set)
			return i * 64 + (unsigned)__builtin_ctzll(set);
	}
	return HV_MAX_CPUS;
}

static unsigned null_place(struct scheduler *s, struct vcpu *v)
{
	struct null_priv *p = s->priv;
	unsigned own = __atomic_load_n(&v->cpu, __ATOMIC_RELAXED), cpu = HV_MAX_CPUS;

	spin_lock(&p->lock);
	if (null_of(v)->assigned)
		cpu = own;
	if (cpu == HV_MAX_CPUS && soft_affinity(v))
		cpu = vacant_of(p, &v->preferred);
	if (cpu == HV_MAX_CPUS)
		cpu = vacant_of(p, &v->allowed);
	spin_unlock(&p->lock);
	if (cpu == HV_MAX_CPUS)
		cpu = cpumask_test(&v->allowed, own) ? own : cpumask_first(&v->allowed);
	trace_null(NULL_PICKED_CPU, trace_vcpu(v), cpu);
	return cpu;
}

static void null_arrive(struct scheduler *s, struct vcpu *v, unsigned from)
{
}

static void null_leave(struct scheduler *s, struct vcpu *v)
{
	struct null_priv *p = s->priv;

	spin_lock(&p->lock);
	release(p, null_of(v));
	spin_unlock(&p->lock);
}

/* One whose CPU is not for it any more, or that could have one it prefers, gives it back. */
static void null_affinity(struct scheduler *s, struct vcpu *v)
{
	struct null_priv *p = s->priv;
	bool better;

	spin_lock(&p->lock);
	better = soft_affinity(v) && !cpumask_test(&v->preferred, v->cpu) &&
		 vacant_of(p, &v->preferred) < HV_MAX_CPUS;
	if (better || !cpumask_test(&v->allowed, v->cpu))
		release(p, null_of(v));
	spin_unlock(&p->lock);
}

static void null_queue(struct scheduler *s, struct vcpu *v, stime_t now)
{
	struct null_priv *p = s->priv;
	struct null_vcpu *n = null_of(v);
	unsigned cpu = v->cpu;

	spin_lock(&p->lock);
	if (!n->assigned && cpumask_test(&p->vacant, cpu))
		assign(p, n, cpu);
	if (!n->assigned) {
		wait_for_cpu(p, n);
		/* One that became vacant since its place was chosen. */
		cpu = vacant_of(p, &v->allowed);
	}
	spin_unlock(&p->lock);
	if (cpu < HV_MAX_CPUS)
		cpu_raise(cpu_get(cpu), CPU_WORK_SCHEDULE);
}

/* Asleep it keeps its CPU; gone offline it does not. */
static void null_dequeue(struct scheduler *s, struct vcpu *v, stime_t now)
{
	struct null_priv *p = s->priv;
	struct null_vcpu *n = null_of(v);

	spin_lock(&p->lock);
	if (mtree_linked(&n->node))
		mtree_remove(&p->waiting, &n->node);
	if (!vcpu_is_up(v))
		release(p, n);
	spin_unlock(&p->lock);
}

/* There is nobody to give way to. */
static void null_yield(struct scheduler *s, struct vcpu *v)
{
}

/*
 * The vacant @cpu, whose run queue is locked, goes to the first that waits. That one's run queue
 * comes in no order with ours: it is not waited for. False: try again.
 */
static bool adopt(struct null_priv *p, struct cpu *cpu)
{
	struct null_vcpu *w = NULL;
	struct spinlock *l;

	if (SUPPORT_ACTIVE(sched_null_soft_affinity))
		w = first_waiting(p, cpu->id, PREFERRED);
	if (!w)
		w = first_waiting(p, cpu->id, ALLOWED);
	if (!w)
		return true;
	l = cpu_get(w->vcpu->cpu)->run_lock;
	if (l != cpu->run_lock && !spin_trylock(l))
		return false;
	mtree_remove(&p->waiting, &w->node);
	trace_null(NULL_MIGRATE, trace_vcpu(w->vcpu), w->vcpu->cpu | cpu->id << 16);
	__atomic_store_n(&w->vcpu->cpu, cpu->id, __ATOMIC_RELEASE);
	assign(p, w, cpu->id);
	if (l != cpu->run_lock)
		spin_unlock(l);
	return true;
}

static struct sched_decision null_pick(struct scheduler *s, struct cpu *cpu, stime_t now)
{
	struct sched_decision d = { .until = STIME_MAX };
	struct null_priv *p = s->priv;
	struct null_cpu *me = p->cpu[cpu->id];
	struct vcpu *prev = cpu->current;

	trace_null(NULL_SCHEDULE, cpu->id, prev ? trace_vcpu(prev) : trace_idle(cpu->id));
	spin_lock(&p->lock);
	if (prev && !vcpu_is_up(prev))
		release(p, null_of(prev));
	if (cpumask_test(&p->vacant, cpu->id) && !adopt(p, cpu))
		d.until = now + NSEC_PER_MSEC / 20;
	if (me->owner) {
		struct vcpu *v = me->owner->vcpu;

		if (v == prev ? sched_may_stay(cpu) : v->queued)
			d.next = v;
	}
	spin_unlock(&p->lock);
	return d;
}

static int null_cpu_add(struct scheduler *s, struct cpu *cpu, struct spinlock **ret_lock)
{
	struct null_priv *p = s->priv;
	struct null_cpu *me = p->cpu[cpu->id];

	if (!me) {
		me = heap_alloc(sizeof(*me));
		if (!me)
			return -XEN_ENOMEM;
		spin_init(&me->lock, LOCK_RUN_QUEUE, 0);
	}
	spin_lock(&p->lock);
	p->cpu[cpu->id] = me;
	me->present = true;
	cpumask_set(&p->vacant, cpu->id);
	spin_unlock(&p->lock);
	cpu->sched = me;
	*ret_lock = &me->lock;
	return 0;
}

static void null_cpu_remove(struct scheduler *s, struct cpu *cpu)
{
	struct null_priv *p = s->priv;

	spin_lock(&p->lock);
	p->cpu[cpu->id]->present = false;
	cpumask_clear(&p->vacant, cpu->id);
	spin_unlock(&p->lock);
	cpu->sched = NULL;
}

/* A domain has no parameters; what d->sched points to only says that it is here. */
static void *null_domain_add(struct scheduler *s, struct domain *d)
{
	return s;
}

static void null_domain_remove(struct scheduler *s, void *data)
{
}

static void *null_vcpu_add(struct scheduler *s, struct vcpu *v, void *domain_data)
{
	struct null_vcpu *n = heap_alloc(sizeof(*n));

	if (n)
		n->vcpu = v;
	return n;
}

static void null_vcpu_remove(struct scheduler *s, void *data)
{
	heap_free(data);
}

static int null_adjust(struct scheduler *s, struct domain *d, struct xen_domctl_scheduler_op *op)
{
	return -XEN_EINVAL;
}

static void null_dump(struct scheduler *s)
{
	struct null_priv *p = s->priv;

	spin_lock(&p->lock);
	printk(LOG_ERROR, " %u CPUs vacant, %u vCPUs waiting for one", cpumask_weight(&p->vacant),
	       p->waiting.nr);
	spin_unlock(&p->lock);
}

extern const struct sched_ops null_ops;
const struct sched_ops null_ops = {
	.name = "null Scheduler",
	.option = "null",
	.id = XEN_SCHEDULER_NULL,
	.init = null_init,
	.deinit = null_deinit,
	.cpu_add = null_cpu_add,
	.cpu_remove = null_cpu_remove,
	.domain_add = null_domain_add,
	.domain_remove = null_domain_remove,
	.vcpu_add = null_vcpu_add,
	.vcpu_remove = null_vcpu_remove,
	.place = null_place,
	.arrive = null_arrive,
	.leave = null_leave,
	.affinity = null_affinity,
	.queue = null_queue,
	.dequeue = null_dequeue,
	.yield = null_yield,
	.pick = null_pick,
	.adjust = null_adjust,
	.dump = null_dump,
};
