/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What schedule.c, cpupool.c and vcpu.c have of each other alone. */
#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include <candor/support.h>
#include <hv/sched.h>

/** Every scheduler there is, the default first; NULL in the place of one not in this build. */
enum { SCHED_CREDIT2, SCHED_NULL, SCHED_RTDS, SCHED_MAX };
extern const struct sched_ops *const sched_all[SCHED_MAX];

/** One of them; NULL as well for one that waits for an opt-in. */
static inline const struct sched_ops *sched_nth(unsigned n)
{
	if (n == SCHED_NULL && SUPPORT_ENABLED(sched_null) && !SUPPORT_ACTIVE(sched_null))
		return NULL;
	if (n == SCHED_RTDS && SUPPORT_ENABLED(sched_rtds) && !SUPPORT_ACTIVE(sched_rtds))
		return NULL;
	return sched_all[n];
}

/**
 * Enter runstate @state at @now, with the run queue of @v locked or while it is in none.
 * The guest's copy is not written; entering RUNSTATE_running marks it stale.
 */
void schedule_account(struct vcpu *v, int state, stime_t now);

/** @cpu, which has just come online, idles and has no time slice. */
void schedule_cpu_init(struct cpu *cpu);

/** v->allowed and v->preferred from v->hard, v->soft and the pool; its run queue is locked. */
void schedule_update_masks(struct vcpu *v);

/** Enter @v, whose domain has a pool with a CPU, or remove it. The lock of the pools is held. */
int schedule_vcpu_add(struct vcpu *v) __must_check;
void schedule_vcpu_remove(struct vcpu *v);

/** The idle @cpu is of @pool (NULL: of none) and takes from the run queue of lock @to. */
void schedule_cpu_attach(struct cpu *cpu, struct cpupool *pool, struct spinlock *to);

/** The pool's CPUs or its affinities changed: where it is queued or runs may be wrong now. No lock.
 */
void schedule_masks_changed(struct vcpu *v);

/** v->sched_next is set: take it to d->pool now if it does not run, else when it has left. */
void schedule_move(struct vcpu *v);

/* cpupool.c; with the lock of the pools held but for cpupool_moved() */

/** One of the vCPUs of @d that move has left the pool it comes from. No lock. */
void cpupool_moved(struct domain *d);
extern struct spinlock cpupool_lock;
extern struct cpupool *cpupool_list;
/** Place for a pool of @id or above: the link to it, or to where it would be. */
struct cpupool **cpupool_link(uint32_t id);
int cpupool_create(uint32_t id, const struct sched_ops *ops,
		   struct cpupool **ret_pool) __must_check;
void cpupool_destroy(struct cpupool *pool);
int cpupool_add_cpu(struct cpupool *pool, struct cpu *cpu) __must_check;
/** -EAGAIN: something still runs there; it has been told to go. */
int cpupool_remove_cpu(struct cpupool *pool, struct cpu *cpu) __must_check;

/** What XEN_SYSCTL_CPUPOOL_OP_* change, if the build has pools (cpupool_manage.c). */
int cpupool_manage(struct xen_sysctl_cpupool_op *op) __must_check;

#endif
