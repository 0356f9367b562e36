/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each vCPU has its CPU, by its number; those of one CPU take turns. */
#include <hv/sched.h>

#include <xen/vcpu.h>

#include <hv/errno.h>

#include <arch/arch.h>

#define SLICE (10 * NSEC_PER_MSEC)

static struct spinlock lock; /* guards all lists, ->running, ->current, runstates */
static unsigned nr_cpus;

static void slice_over(void *data)
{
	cpu_raise(data, CPU_WORK_SCHEDULE);
}

int sched_init(const char *option)
{
	return 0;
}

int sched_cpu_online(struct cpu *cpu)
{
	timer_init(&cpu->slice, &cpu->timers, slice_over, cpu);
	nr_cpus++;
	return 0;
}

int sched_vcpu_create(struct vcpu *v)
{
	struct cpu *cpu = cpu_get(v->id % MAX(nr_cpus, 1u));

	spin_lock(&lock);
	v->cpu = cpu->id;
	v->sched = cpu->sched;
	cpu->sched = v;
	spin_unlock(&lock);
	return 0;
}

void sched_vcpu_destroy(struct vcpu *v)
{
	struct cpu *cpu = cpu_get(v->cpu);
	struct vcpu *at = cpu->sched;

	spin_lock(&lock);
	if (at == v)
		cpu->sched = v->sched;
	for (; at; at = at->sched)
		if (at->sched == v)
			at->sched = v->sched;
	spin_unlock(&lock);
}

static void account(struct vcpu *v, int state, stime_t now)
{
	struct vcpu_runstate_info *r = &v->runstate;

	if (r->state == state)
		return;
	now = MAX(now, (stime_t)r->state_entry_time);
	r->time[r->state] += (uint64_t)now - r->state_entry_time;
	r->state_entry_time = (uint64_t)now;
	r->state = state;
}

static int waiting_state(const struct vcpu *v)
{
	if (vcpu_runnable(v))
		return RUNSTATE_runnable;
	return v->up && v->blocked ? RUNSTATE_blocked : RUNSTATE_offline;
}

void vcpu_recheck(struct vcpu *v)
{
	struct cpu *cpu = cpu_get(v->cpu);

	spin_lock(&lock);
	if (cpu->current != v) {
		account(v, waiting_state(v), arch_now());
		if (vcpu_runnable(v))
			cpu_raise(cpu, CPU_WORK_SCHEDULE);
	} else if (!vcpu_runnable(v)) {
		cpu_raise(cpu, CPU_WORK_SCHEDULE);
	}
	spin_unlock(&lock);
}

struct vcpu *sched_pick(struct cpu *cpu, stime_t now)
{
	struct vcpu *prev = cpu->current, *first = NULL, *after = NULL, *next;
	bool seen = false;
	unsigned nr = 0;

	spin_lock(&lock);
	for (struct vcpu *v = cpu->sched; v; v = v->sched) {
		if (v == prev) {
			seen = true;
			nr += vcpu_runnable(v);
			continue;
		}
		if (!vcpu_runnable(v) || v->running)
			continue;
		nr++;
		if (!first)
			first = v;
		if (seen && !after)
			after = v;
	}
	next = after ? after : first;
	if (!next && prev && vcpu_runnable(prev))
		next = prev;
	if (next != prev) {
		cpu->current = next;
		if (prev)
			account(prev, waiting_state(prev), now);
		if (next) {
			next->running = true;
			next->runstate_stale = true;
			account(next, RUNSTATE_running, now);
		}
	}
	spin_unlock(&lock);
	if (nr > 1)
		timer_set(&cpu->slice, now + SLICE);
	return next;
}

void sched_saved(struct vcpu *prev, stime_t now)
{
	struct cpu *cpu = cpu_get(prev->cpu);

	__atomic_store_n(&prev->running, false, __ATOMIC_SEQ_CST);
	/* It became runnable while it was on its way out. */
	if (!cpu->current && vcpu_runnable(prev))
		cpu_raise(cpu, CPU_WORK_SCHEDULE);
}

void sched_yield(struct vcpu *v)
{
	cpu_raise(cpu_get(v->cpu), CPU_WORK_SCHEDULE);
}
