/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scheduling: which vCPU runs on which physical CPU.
 *
 * core/schedule.c keeps runstates, affinity, pausing, cpupools and the races between
 * CPUs; a scheduler behind struct sched_ops decides. The very same scheduler sources
 * run in the hypervisor and in the simulator on arch/fake.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include <stdint.h>

#include <xen/xen.h>

#include <xen/domctl.h>
#include <xen/sysctl.h>

#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/types.h>

struct scheduler;

/* What a scheduler says when asked. */
struct sched_decision {
	struct vcpu *next; /* NULL: idle */
	stime_t until;	   /* ask again at the latest then; STIME_MAX: no need */
	/* cpu->current, which is not @next, is queued already, where no other CPU may take it. */
	bool requeued;
};

/*
 * One scheduler. All of it is called with the lock of the run queue concerned held
 * (vcpu: that of v->cpu; cpu: cpu->run_lock), but for those marked "no lock".
 *
 * A vCPU that is v->ready is either v->running or v->queued, or on its way from the one to
 * the other: then it is both if pick() has queued it at once. Core keeps these three; the scheduler
 * holds the queued ones.
 */
struct sched_ops {
	const char *name;   /* "SMP Credit Scheduler rev2", as the field has it */
	const char *option; /* sched=… */
	uint32_t id;	    /* XEN_SCHEDULER_* */

	/** A boot option of its own, before init(); -ENOENT, -EINVAL. May be NULL. */
	int (*set_option)(const char *name, const char *value);
	int (*init)(struct scheduler *s);    /* no lock */
	void (*deinit)(struct scheduler *s); /* no lock; no CPU and no domain is left in it */
	/**
	 * Take in or let go of an idle CPU, no lock. Adding sets cpu->sched and returns the lock of
	 * the run queue it takes from from now on in *ret_lock; core makes it cpu->run_lock. When
	 * it is removed, no vCPU has it as v->cpu.
	 */
	int (*cpu_add)(struct scheduler *s, struct cpu *cpu, struct spinlock **ret_lock);
	void (*cpu_remove)(struct scheduler *s, struct cpu *cpu);
	/** The scheduler's own of a domain and of a vCPU, no lock; NULL: no memory. */
	void *(*domain_add)(struct scheduler *s, struct domain *d);
	void (*domain_remove)(struct scheduler *s, void *domain_data);
	void *(*vcpu_add)(struct scheduler *s, struct vcpu *v, void *domain_data);
	/** It neither runs nor is queued, and it is no longer or never was of @s. No lock. */
	void (*vcpu_remove)(struct scheduler *s, void *data);

	/** The CPU @v should be on: one of v->allowed, better of v->preferred. No lock. */
	unsigned (*place)(struct scheduler *s, struct vcpu *v);
	/** @v, neither queued nor running, comes to CPU v->cpu; it was on @from (of this
	 * scheduler), or is new (HV_MAX_CPUS). Both locks are held. */
	void (*arrive)(struct scheduler *s, struct vcpu *v, unsigned from);
	/** @v, neither queued nor running, leaves this scheduler. May be NULL. */
	void (*leave)(struct scheduler *s, struct vcpu *v);
	/** v->allowed or v->preferred changed. It is not queued. */
	void (*affinity)(struct scheduler *s, struct vcpu *v);

	/** It is ready: queue it and, if it should run at once somewhere, raise
	 *  CPU_WORK_SCHEDULE there. */
	void (*queue)(struct scheduler *s, struct vcpu *v, stime_t now);
	/** It is queued and is not to be any more. */
	void (*dequeue)(struct scheduler *s, struct vcpu *v, stime_t now);
	/** The running @v lets others go first; core asks its CPU to pick. */
	void (*yield)(struct scheduler *s, struct vcpu *v);
	/**
	 * Who runs on @cpu from @now on: cpu->current only if sched_may_stay(), or one that is
	 * queued, which it takes off the queue; v->cpu becomes this one if it is not.
	 */
	struct sched_decision (*pick)(struct scheduler *s, struct cpu *cpu, stime_t now);

	/** XEN_DOMCTL_scheduler_op, XEN_SYSCTL_scheduler_op; no lock. -EINVAL, nothing changed. */
	int (*adjust)(struct scheduler *s, struct domain *d, struct xen_domctl_scheduler_op *op);
	/** NULL: it has no parameters of single vCPUs. */
	int (*adjust_vcpu)(struct scheduler *s, struct vcpu *v,
			   struct xen_domctl_schedparam_vcpu *p, bool set);
	/** NULL: it has no parameters of its own. */
	int (*adjust_global)(struct scheduler *s, struct xen_sysctl_scheduler_op *op);
	void (*dump)(struct scheduler *s); /* debug key; no lock */
};

/* An instance: one a cpupool. */
struct scheduler {
	const struct sched_ops *ops;
	void *priv;
	struct cpumask cpus; /* of its pool */
};

/* core/cpupool.c */
struct cpupool {
	uint32_t id;
	uint32_t nr_domains;
	struct scheduler sched;
	struct cpupool *next; /* by id */
};

/* For schedulers (core/schedule.c) */

/** May cpu->current go on running on @cpu, as far as affinity and pools are concerned? */
bool sched_may_stay(const struct cpu *cpu);
/** End the time slice of @cpu at @at if it would end later. Its run queue is locked. */
void sched_shorten_slice(struct cpu *cpu, stime_t at);
/** Lock the run queue of @v; unlock what this returns. */
struct spinlock *sched_lock_vcpu(const struct vcpu *v) __attribute__((returns_nonnull));
/** The scheduler @v is of; with its run queue locked. */
static inline struct scheduler *sched_of(const struct vcpu *v)
{
	return &cpu_get(v->cpu)->pool->sched;
}
/** Take @v to where it should be: queued, but not well there any more. No lock. */
void sched_requeue(struct vcpu *v);

/*
 * What the rest of the hypervisor calls. vcpu_wake(), vcpu_block() and the pausing of
 * domains and vCPUs are in hv/domain.h.
 */

/**
 * A boot option that is a scheduler's: sched, credit2_runqueue, sched_ratelimit_us,
 * sched_credit2_max_cpus_runqueue. Before sched_init(). -ENOENT: no such option; -EINVAL: no such
 * value.
 */
int sched_option(const char *name, const char *value) __must_check;
/** Choose the default scheduler by @option ("credit2"; NULL: what sched_option() said, or the
 *  default) and make pool 0, with no CPU in it. -ENOENT: no such scheduler in this build. */
int sched_init(const char *option) __must_check;
/** A CPU has come online: take it into pool 0. Called on that CPU or before it runs. */
int sched_cpu_online(struct cpu *cpu) __must_check;
/** Undo both, when no guest runs and no domain is left: what tests and an orderly end do. */
void sched_exit(void);
/** XEN_SYSCTL_sched_id: the scheduler of pool 0. */
uint32_t sched_default_id(void);

int sched_domain_create(struct domain *d, uint32_t pool_id) __must_check;
/** The id of the pool @d is in at this moment, and its CPUs. */
uint32_t sched_domain_pool(const struct domain *d, struct cpumask *ret_cpus);
void sched_domain_destroy(struct domain *d); /* accepts one that never had a scheduler */
int sched_vcpu_create(struct vcpu *v) __must_check;
void sched_vcpu_destroy(struct vcpu *v); /* likewise */

/**
 * Who runs on @cpu, which is this one, from @now on; NULL: nobody, wait for an interrupt.
 * Accounts runstates and arms cpu->slice. The one returned has v->running set and is
 * cpu->current. If it is another one than before, the caller saves the state of the one before,
 * and then calls sched_saved() for it before any other CPU may run it. Before it enters the
 * guest it calls vcpu_set_runstate(v, RUNSTATE_running, now), which shows the guest its copy.
 */
struct vcpu *sched_pick(struct cpu *cpu, stime_t now);
void sched_saved(struct vcpu *prev, stime_t now);

/** ns @cpu has had nothing to run, up to @now. */
stime_t sched_idle_time(const struct cpu *cpu, stime_t now);

/** The one running on this CPU lets others go first. (Hosts of arch/fake have a sched_yield().) */
void sched_yield_cpu(struct vcpu *v);

/** XEN_DOMCTL_setvcpuaffinity: -EINVAL if nothing of the pool would be left. NULL leaves one as it
 * is. */
int sched_set_affinity(struct vcpu *v, const struct cpumask *hard,
		       const struct cpumask *soft) __must_check;

/** XEN_DOMCTL_scheduler_op but for the vCPU commands. -EINVAL: not its scheduler, or no such value.
 */
int sched_adjust(struct domain *d, struct xen_domctl_scheduler_op *op) __must_check;
/** One element of XEN_DOMCTL_SCHEDOP_{get,put}vcpuinfo, for the scheduler @sched_id. */
int sched_adjust_vcpu(struct domain *d, uint32_t sched_id, struct xen_domctl_schedparam_vcpu *p,
		      bool set) __must_check;
/** XEN_SYSCTL_scheduler_op. -ESRCH: no such pool; -EINVAL: it has another scheduler. */
int sched_adjust_global(struct xen_sysctl_scheduler_op *op) __must_check;
/** Debug key: all pools, their queues, and who runs. */
void sched_dump(void);

/** XEN_SYSCTL_CPUPOOL_OP_*. Errors: xen/sysctl.h's. */
int cpupool_op(struct xen_sysctl_cpupool_op *op, struct cpumask *ret_cpus) __must_check;
/** The pool of @id, NULL. It may go as soon as it has neither domain nor CPU. */
struct cpupool *cpupool_find(uint32_t id);

#endif
