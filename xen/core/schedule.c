/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between vCPUs, CPUs and schedulers: who may run (ready), who waits to (queued) and who
 * does (running), where, and the time spent in each state. Whatever bears on whether a
 * vCPU may run is changed first, by anyone, and then vcpu_recheck() brings the scheduler
 * in line under the run queue's lock: of several at once the last one sees all.
 */
#include <hv/sched.h>

#include <xen/vcpu.h>

#include <hv/errno.h>
#include <hv/trace.h>

#include <arch/arch.h>

#include "schedule.h"

/* The locks of two run queues, the lower address first; the same one only once. */
struct lock_pair {
	struct spinlock *a, *b;
};

static struct spinlock *run_lock_of(unsigned id)
{
	struct cpu *cpu = cpu_get(id);
	struct spinlock *l;

	if (!cpu)
		__builtin_unreachable(); /* only ids of CPUs are kept */
	l = __atomic_load_n(&cpu->run_lock, __ATOMIC_ACQUIRE);
	return l ? l : &cpu->free_lock;
}

static unsigned cpu_of(const struct vcpu *v)
{
	return __atomic_load_n(&v->cpu, __ATOMIC_RELAXED);
}

struct spinlock *sched_lock_vcpu(const struct vcpu *v)
{
	for (;;) {
		struct spinlock *l = run_lock_of(cpu_of(v));

		spin_lock(l);
		if (likely(l == run_lock_of(cpu_of(v))))
			return l;
		spin_unlock(l);
	}
}

/* Lock the run queue @v is in and that of CPU @target. */
static struct lock_pair lock_two(const struct vcpu *v, unsigned target)
{
	if (likely(target == cpu_of(v))) {
		struct spinlock *l = sched_lock_vcpu(v);

		if (likely(l == run_lock_of(target)))
			return (struct lock_pair){ .a = l, .b = l };
		spin_unlock(l);
	}
	for (;;) {
		struct spinlock *x = run_lock_of(cpu_of(v)), *y = run_lock_of(target);
		struct lock_pair p = { MIN(x, y), MAX(x, y) };

		spin_lock(p.a);
		if (p.b != p.a)
			spin_lock(p.b);
		if (likely(x == run_lock_of(cpu_of(v)) && y == run_lock_of(target)))
			return p;
		if (p.b != p.a)
			spin_unlock(p.b);
		spin_unlock(p.a);
	}
}

static void unlock_two(struct lock_pair p)
{
	if (p.b != p.a)
		spin_unlock(p.b);
	spin_unlock(p.a);
}

static __attribute__((noinline)) void trace_state(const struct vcpu *v, int state)
{
	trace(TRC_SCHED_RUNSTATE_CHANGE | (uint32_t)v->runstate.state << 8 | (uint32_t)state << 4,
	      trace_vcpu(v));
}

void schedule_account(struct vcpu *v, int state, stime_t now)
{
	struct vcpu_runstate_info *r = &v->runstate;

	if (r->state == state)
		return;
	/* Another CPU's clock may have been read a moment before this one's. */
	now = MAX(now, (stime_t)r->state_entry_time);
	if (trace_on())
		trace_state(v, state);
	r->time[r->state] += (uint64_t)now - r->state_entry_time;
	r->state_entry_time = (uint64_t)now;
	r->state = state;
	if (state == RUNSTATE_running)
		v->runstate_stale = true;
}

/* The runstate of one that may not run. */
static int idle_state(const struct vcpu *v)
{
	bool waits = vcpu_is_up(v) && __atomic_load_n(&v->blocked, __ATOMIC_RELAXED) &&
		     domain_shutdown_code(v->domain) == DOMAIN_RUNNING;

	return waits ? RUNSTATE_blocked : RUNSTATE_offline;
}

static bool is_current(const struct vcpu *v)
{
	return v->running && cpu_get(v->cpu)->current == v;
}

/* Account the state it is in while no CPU has it; its run queue is locked. */
static void account_waiting(struct vcpu *v, stime_t now)
{
	if (!is_current(v))
		schedule_account(v, v->ready ? RUNSTATE_runnable : idle_state(v), now);
}

static void dequeue(struct vcpu *v, stime_t now)
{
	if (!v->queued)
		return;
	sched_of(v)->ops->dequeue(sched_of(v), v, now);
	v->queued = false;
}

/* Make CPU @target v->cpu; both run queues are locked, it is in neither. */
static void change_cpu(struct vcpu *v, unsigned target)
{
	struct scheduler *s = sched_of(v);
	unsigned from = v->cpu;

	if (target == from)
		return;
	__atomic_store_n(&v->cpu, target, __ATOMIC_RELEASE);
	s->ops->arrive(s, v, from);
}

/* May @v go to CPU @target, which was chosen without a lock? Both are locked now. */
static bool target_valid(const struct vcpu *v, unsigned target)
{
	const struct cpupool *pool = cpu_get(target)->pool;

	return pool && pool == cpu_get(v->cpu)->pool && cpumask_test(&v->allowed, target);
}

static unsigned place(struct vcpu *v)
{
	struct cpupool *pool = __atomic_load_n(&cpu_get(cpu_of(v))->pool, __ATOMIC_ACQUIRE);

	/* None: it moves to another pool just now, and who moves it queues it there. */
	return pool && v->sched ? pool->sched.ops->place(&pool->sched, v) : cpu_of(v);
}

/* Queue it on @target, which is valid, if it waits for that; both run queues are locked. */
static void queue_at(struct vcpu *v, unsigned target, stime_t now)
{
	struct scheduler *s;

	if (!v->ready || v->running || v->queued || !v->sched)
		return;
	change_cpu(v, target);
	s = sched_of(v);
	v->queued = true;
	s->ops->queue(s, v, now);
}

/* The same for any @target. False: not there. */
static bool queue_on(struct vcpu *v, unsigned target, stime_t now)
{
	if (v->ready && !v->running && !v->queued && v->sched && !target_valid(v, target))
		return false;
	queue_at(v, target, now);
	return true;
}

/* Bring what the scheduler knows in line with what is; its run queue is locked. */
static void tell(struct vcpu *v, stime_t now)
{
	v->ready = vcpu_runnable(v);
	if (!v->ready)
		dequeue(v, now);
	if (!is_current(v))
		schedule_account(v, v->ready ? RUNSTATE_runnable : idle_state(v), now);
	else if (!v->ready)
		cpu_raise(cpu_get(v->cpu), CPU_WORK_SCHEDULE);
}

/* It may run: where it goes is chosen before anything is locked. */
static void start(struct vcpu *v)
{
	bool done;

	do {
		bool stays = __atomic_load_n(&v->running, __ATOMIC_RELAXED);
		unsigned target = stays ? cpu_of(v) : place(v);
		struct lock_pair p = lock_two(v, target);
		stime_t now = arch_now();

		tell(v, now);
		done = queue_on(v, target, now);
		unlock_two(p);
	} while (!done);
}

static void stop(struct vcpu *v)
{
	struct spinlock *l = sched_lock_vcpu(v);

	tell(v, arch_now());
	spin_unlock(l);
}

void vcpu_recheck(struct vcpu *v)
{
	/* Order what was changed before with the look at it, here and on other CPUs. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/* Each of the two finds out by itself, under the lock, whether it was the right one. */
	if (!vcpu_runnable(v))
		stop(v);
	if (vcpu_runnable(v))
		start(v);
}

bool sched_may_stay(const struct cpu *cpu)
{
	const struct vcpu *v = cpu->current;

	return v && v->ready && !v->sched_next && cpumask_test(&v->allowed, cpu->id);
}

/* A timer that fires before the end is cheaper than one that is set at every switch. */
static void set_slice(struct cpu *cpu, stime_t until)
{
	cpu->slice_end = until;
	if (until >= cpu->slice_set)
		return;
	cpu->slice_set = until;
	timer_set(&cpu->slice, until);
}

void sched_shorten_slice(struct cpu *cpu, stime_t at)
{
	if (at < cpu->slice_end)
		set_slice(cpu, at);
}

/* An idle CPU counts as a vCPU of a domain of its own in records. */
static void trace_idle_state(const struct cpu *cpu, uint32_t from, uint32_t to)
{
	trace(TRC_SCHED_RUNSTATE_CHANGE | from << 8 | to << 4, trace_idle(cpu->id));
}

static void leave_idle(struct cpu *cpu, stime_t now)
{
	cpu->idle_time += MAX(now - cpu->idle_since, 0);
	trace_idle_state(cpu, RUNSTATE_running, RUNSTATE_runnable);
}

static void trace_switch(const struct cpu *cpu, const struct vcpu *prev, const struct vcpu *next)
{
	uint32_t from = prev ? trace_vcpu(prev) : trace_idle(cpu->id);
	uint32_t to = next ? trace_vcpu(next) : trace_idle(cpu->id);

	trace(TRC_SCHED_SWITCH, from >> 16, from & 0xffff, to >> 16, to & 0xffff);
}

/* d->next takes over from cpu->current; either may be NULL. */
static void switch_to(struct cpu *cpu, const struct sched_decision *d, stime_t now)
{
	struct vcpu *prev = cpu->current, *next = d->next;

	perfc_count(&cpu->perfc, PERFC_context_switches);
	if (trace_on())
		trace_switch(cpu, prev, next);
	cpu->current = next;
	if (prev) {
		prev->queued = d->requeued;
		account_waiting(prev, now);
	} else {
		leave_idle(cpu, now);
	}
	cpu->idle_since = next ? 0 : now;
	if (!next) {
		trace_idle_state(cpu, RUNSTATE_runnable, RUNSTATE_running);
		return;
	}
	next->queued = false;
	__atomic_store_n(&next->running, true, __ATOMIC_RELAXED);
	schedule_account(next, RUNSTATE_running, now);
}

static struct spinlock *lock_cpu(const struct cpu *cpu)
{
	for (;;) {
		struct spinlock *l = run_lock_of(cpu->id);

		spin_lock(l);
		if (likely(l == run_lock_of(cpu->id)))
			return l;
		spin_unlock(l);
	}
}

static void slice_fired(void *data)
{
	struct cpu *cpu = data;
	struct spinlock *l = lock_cpu(cpu);

	cpu->slice_set = STIME_MAX;
	if (cpu->slice_end > arch_now())
		set_slice(cpu, cpu->slice_end);
	else
		cpu_raise(cpu, CPU_WORK_SCHEDULE);
	spin_unlock(l);
}

void schedule_cpu_init(struct cpu *cpu)
{
	timer_kill(&cpu->slice); /* a CPU that was online before may still wait for its end */
	cpu->slice_end = STIME_MAX;
	cpu->slice_set = STIME_MAX;
	timer_init(&cpu->slice, &cpu->timers, slice_fired, cpu);
	cpu->current = NULL;
	cpu->idle_since = arch_now();
}

struct vcpu *sched_pick(struct cpu *cpu, stime_t now)
{
	struct sched_decision d = { .next = NULL, .until = STIME_MAX };
	struct spinlock *l = lock_cpu(cpu);

	if (cpu->pool)
		d = cpu->pool->sched.ops->pick(&cpu->pool->sched, cpu, now);
	perfc_count(&cpu->perfc, PERFC_sched_passes);
	if (d.next != cpu->current)
		switch_to(cpu, &d, now);
	else if (d.next)
		trace(TRC_SCHED_CONTINUE_RUNNING, trace_vcpu(d.next));
	set_slice(cpu, d.until);
	spin_unlock(l);
	return d.next;
}

stime_t sched_idle_time(const struct cpu *cpu, stime_t now)
{
	struct spinlock *l = lock_cpu(cpu);
	stime_t idle = cpu->idle_time;

	/* It may have begun a moment after @now was read. */
	if (cpu->idle_since && now > cpu->idle_since)
		idle += now - cpu->idle_since;
	spin_unlock(l);
	return idle;
}

/*
 * With the run queues of the old CPU and of @target, one of the new pool, locked: @v is of
 * the new pool's scheduler from now on. Returns what the old one had of it.
 */
static void *change_pool(struct vcpu *v, unsigned target)
{
	struct scheduler *s = sched_of(v);
	void *old = v->sched;

	dequeue(v, arch_now());
	if (s->ops->leave)
		s->ops->leave(s, v);
	v->sched = v->sched_next;
	v->sched_next = NULL;
	__atomic_store_n(&v->cpu, target, __ATOMIC_RELEASE);
	schedule_update_masks(v);
	s = sched_of(v);
	s->ops->affinity(s, v);
	s->ops->arrive(s, v, HV_MAX_CPUS);
	return old;
}

/* A CPU of @v's new pool; its masks are still those of the old one. */
static unsigned first_target(const struct vcpu *v)
{
	const struct cpumask *cpus = &v->domain->pool->sched.cpus;
	struct cpumask m;

	cpumask_and(&m, cpus, &v->hard);
	return cpumask_first(cpumask_empty(&m) ? cpus : &m);
}

void schedule_move(struct vcpu *v)
{
	struct scheduler *old = &v->domain->pool_old->sched;
	unsigned target = first_target(v);
	struct lock_pair p = lock_two(v, target);
	void *data = NULL;

	if (v->running)
		cpu_raise(cpu_get(v->cpu), CPU_WORK_SCHEDULE);
	else if (v->sched_next)
		data = change_pool(v, target);
	unlock_two(p);
	if (!data)
		return;
	old->ops->vcpu_remove(old, data);
	cpupool_moved(v->domain);
	vcpu_recheck(v);
}

/* The same once the state of @v has left its CPU; v->running is still set. */
static void finish_move(struct vcpu *v)
{
	struct scheduler *old = &v->domain->pool_old->sched;
	struct lock_pair p;
	unsigned target;
	void *data;

	/* A CPU may leave the new pool just now; the last one does not. */
	for (;;) {
		target = first_target(v);
		p = lock_two(v, target);
		if (likely(cpu_get(target)->pool == v->domain->pool))
			break;
		unlock_two(p);
	}
	data = change_pool(v, target);
	unlock_two(p);
	old->ops->vcpu_remove(old, data);
	cpupool_moved(v->domain);
}

/* It waits where it ran, or for nothing to run on: that is all. False: there is more to do. */
static bool saved_in_place(struct vcpu *v)
{
	struct spinlock *l = sched_lock_vcpu(v);
	bool done = !v->sched_next && (v->queued || !v->ready);

	if (done)
		__atomic_store_n(&v->running, false, __ATOMIC_RELEASE);
	spin_unlock(l);
	return done;
}

/* v->running keeps @v where it is, and alive, until the locks are let go. */
void sched_saved(struct vcpu *v, stime_t now)
{
	bool done;

	if (saved_in_place(v))
		return;
	if (__atomic_load_n(&v->sched_next, __ATOMIC_ACQUIRE))
		finish_move(v);
	do {
		unsigned target = place(v);
		struct lock_pair p = lock_two(v, target);

		done = !v->ready || target_valid(v, target);
		if (done) {
			__atomic_store_n(&v->running, false, __ATOMIC_RELEASE);
			queue_at(v, target, now);
		}
		unlock_two(p);
	} while (!done);
}

int schedule_vcpu_add(struct vcpu *v)
{
	struct scheduler *s = &v->domain->pool->sched;
	struct lock_pair p;
	unsigned target;

	v->cpu = first_target(v);
	schedule_update_masks(v);
	v->sched = s->ops->vcpu_add(s, v, v->domain->sched);
	if (!v->sched)
		return -XEN_ENOMEM;
	target = place(v);
	p = lock_two(v, target);
	__atomic_store_n(&v->cpu, target, __ATOMIC_RELEASE);
	s->ops->affinity(s, v);
	s->ops->arrive(s, v, HV_MAX_CPUS);
	unlock_two(p);
	vcpu_recheck(v);
	return 0;
}

void schedule_vcpu_remove(struct vcpu *v)
{
	struct spinlock *l;
	struct scheduler *s;
	void *data;

	if (!v->sched)
		return;
	l = sched_lock_vcpu(v);
	s = sched_of(v);
	dequeue(v, arch_now());
	if (s->ops->leave)
		s->ops->leave(s, v);
	data = v->sched;
	v->sched = NULL;
	spin_unlock(l);
	s->ops->vcpu_remove(s, data);
}

void schedule_cpu_attach(struct cpu *cpu, struct cpupool *pool, struct spinlock *to)
{
	struct spinlock *l = lock_cpu(cpu);

	__atomic_store_n(&cpu->pool, pool, __ATOMIC_RELEASE);
	__atomic_store_n(&cpu->run_lock, to ? to : &cpu->free_lock, __ATOMIC_RELEASE);
	spin_unlock(l);
	cpu_raise(cpu, CPU_WORK_SCHEDULE);
}

void sched_yield_cpu(struct vcpu *v)
{
	struct spinlock *l = sched_lock_vcpu(v);
	struct cpu *cpu = cpu_get(v->cpu);

	if (cpu->current == v && cpu->pool) {
		struct scheduler *s = &cpu->pool->sched;

		trace(TRC_SCHED_YIELD, v->domain->id, v->id);
		s->ops->yield(s, v);
		cpu_raise(cpu, CPU_WORK_SCHEDULE);
	}
	spin_unlock(l);
}

void sched_requeue(struct vcpu *v)
{
	struct spinlock *l = sched_lock_vcpu(v);

	dequeue(v, arch_now());
	spin_unlock(l);
	start(v);
}

void schedule_update_masks(struct vcpu *v)
{
	const struct cpumask *cpus = &sched_of(v)->cpus;

	cpumask_and(&v->allowed, &v->hard, cpus);
	/* Its CPUs were taken away: it runs where it can until they are back. */
	if (cpumask_empty(&v->allowed))
		v->allowed = *cpus;
	cpumask_and(&v->preferred, &v->soft, &v->allowed);
	if (cpumask_empty(&v->preferred))
		v->preferred = v->allowed;
}

/* Its masks have changed; its run queue is locked. */
static void apply_masks(struct vcpu *v)
{
	struct scheduler *s = sched_of(v);

	dequeue(v, arch_now());
	schedule_update_masks(v);
	s->ops->affinity(s, v);
	if (v->running)
		cpu_raise(cpu_get(v->cpu), CPU_WORK_SCHEDULE);
}

/* One that does not wait to run has a CPU, too: one it may have. */
static void leave_forbidden(struct vcpu *v)
{
	bool done;

	do {
		unsigned target = place(v);
		struct lock_pair p = lock_two(v, target);

		done = v->running || v->sched_next || target_valid(v, target);
		if (done && !v->running && !v->queued && !v->sched_next)
			change_cpu(v, target);
		unlock_two(p);
	} while (!done);
}

void schedule_masks_changed(struct vcpu *v)
{
	struct spinlock *l = sched_lock_vcpu(v);

	/* One that is moving takes its masks on arrival. */
	if (v->sched && !v->sched_next)
		apply_masks(v);
	spin_unlock(l);
	if (v->sched) {
		leave_forbidden(v);
		start(v);
	}
}

/* With the lock of the pools held: none goes, and no domain changes its own. */
static int set_affinity(struct vcpu *v, const struct cpumask *hard, const struct cpumask *soft)
{
	struct spinlock *l;

	if (hard && !cpumask_intersects(hard, &v->domain->pool->sched.cpus))
		return -XEN_EINVAL;
	if (soft && cpumask_empty(soft))
		return -XEN_EINVAL;
	l = sched_lock_vcpu(v);
	if (hard)
		v->hard = *hard;
	if (soft)
		v->soft = *soft;
	spin_unlock(l);
	schedule_masks_changed(v);
	return 0;
}

int sched_set_affinity(struct vcpu *v, const struct cpumask *hard, const struct cpumask *soft)
{
	int rc;

	spin_lock(&cpupool_lock);
	rc = set_affinity(v, hard, soft);
	spin_unlock(&cpupool_lock);
	return rc;
}
