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
};

/*
 * One scheduler. All of it is called with the lock of the run queue concerned held
 * (vcpu: that of v->cpu; cpu: cpu->run_lock), but for those marked "no lock".
 */
struct sched_ops {
	const char *name;   /* "SMP Credit Scheduler rev2", as the field has it */
	const char *option; /* sched=… */
	uint32_t id;	    /* XEN_SCHEDULER_* */

	int (*init)(struct scheduler *s);    /* no lock */
	void (*deinit)(struct scheduler *s); /* no lock; no CPU and no domain is left in it */
	/** Take in or let go of an idle CPU; sets or clears cpu->sched and cpu->run_lock. No lock.
	 */
	int (*cpu_add)(struct scheduler *s, struct cpu *cpu);
	void (*cpu_remove)(struct scheduler *s, struct cpu *cpu);
	int (*domain_add)(struct scheduler *s, struct domain *d);     /* d->sched; no lock */
	void (*domain_remove)(struct scheduler *s, struct domain *d); /* no lock */
	int (*vcpu_add)(struct scheduler *s, struct vcpu *v);	      /* v->sched; no lock */
	void (*vcpu_remove)(struct scheduler *s, struct vcpu *v);     /* it does not run; no lock */

	/** It may run from now on: queue it and, if it should run at once somewhere, raise
	 *  CPU_WORK_SCHEDULE there. */
	void (*wake)(struct scheduler *s, struct vcpu *v, stime_t now);
	/** It may not: take it off the queue; if it runs, its CPU is told by the caller. */
	void (*sleep)(struct scheduler *s, struct vcpu *v, stime_t now);
	void (*yield)(struct scheduler *s, struct vcpu *v);
	/** Who runs on @cpu from @now on. The one that ran is cpu->current. */
	struct sched_decision (*pick)(struct scheduler *s, struct cpu *cpu, stime_t now);
	/** The state of @v has left the CPU it ran on: it may run elsewhere now. */
	void (*saved)(struct scheduler *s, struct vcpu *v, stime_t now);
	/** The CPU @v should be on by its affinities. No lock. */
	unsigned (*place)(struct scheduler *s, struct vcpu *v);
	/** v->cpu is to become @cpu; both run queues' locks are held. */
	void (*migrate)(struct scheduler *s, struct vcpu *v, unsigned cpu);
	/** v->hard or v->soft changed. */
	void (*affinity)(struct scheduler *s, struct vcpu *v);

	/** XEN_DOMCTL_scheduler_op, XEN_SYSCTL_scheduler_op; no lock. -EINVAL, nothing changed. */
	int (*adjust)(struct scheduler *s, struct domain *d, struct xen_domctl_scheduler_op *op);
	int (*adjust_vcpu)(struct scheduler *s, struct vcpu *v,
			   struct xen_domctl_schedparam_vcpu *p, bool set);
	int (*adjust_global)(struct scheduler *s, struct xen_sysctl_scheduler_op *op);
	void (*dump)(struct scheduler *s); /* debug key; no lock */
};

/* An instance: one a cpupool. */
struct scheduler {
	const struct sched_ops *ops;
	void *priv;
	struct cpumask cpus;
};

/* core/cpupool.c */
struct cpupool {
	uint32_t id;
	uint32_t nr_domains;
	struct scheduler sched;
	struct cpumask cpus;
	struct cpupool *next;
};

/*
 * What the rest of the hypervisor calls. vcpu_wake(), vcpu_block() and the pausing of
 * domains and vCPUs are in hv/domain.h.
 */

/** Choose the default scheduler by @option ("credit2", NULL: the default) and put the online
 *  CPUs in pool 0. -ENOENT: no such scheduler in this build. */
int sched_init(const char *option) __must_check;
/** A CPU has come online: take it into pool 0. Called on that CPU or before it runs. */
int sched_cpu_online(struct cpu *cpu) __must_check;

int sched_domain_create(struct domain *d, uint32_t pool_id) __must_check;
void sched_domain_destroy(struct domain *d);
int sched_vcpu_create(struct vcpu *v) __must_check;
void sched_vcpu_destroy(struct vcpu *v);

/**
 * Who runs on @cpu, which is this one, from @now on; NULL: nobody, wait for an interrupt.
 * Accounts runstates and arms cpu->slice. The one returned has v->running set. If it is
 * another one than before, the caller saves the state of the one before, and then calls
 * sched_saved() for it before any other CPU may run it.
 */
struct vcpu *sched_pick(struct cpu *cpu, stime_t now);
void sched_saved(struct vcpu *prev, stime_t now);

void sched_yield(struct vcpu *v);

/** XEN_DOMCTL_setvcpuaffinity: -EINVAL if nothing of the pool would be left. NULL leaves one as it
 * is. */
int sched_set_affinity(struct vcpu *v, const struct cpumask *hard,
		       const struct cpumask *soft) __must_check;

/** XEN_SYSCTL_CPUPOOL_OP_*. Errors: xen/sysctl.h's. */
int cpupool_op(struct xen_sysctl_cpupool_op *op, struct cpumask *ret_cpus) __must_check;
struct cpupool *cpupool_find(uint32_t id);

#endif
