/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of RTDS share; rtds.c says how it works. */
#ifndef SCHED_RTDS_H
#define SCHED_RTDS_H

#include <hv/mtree.h>
#include <hv/sched.h>

#define RT_PERIOD_DEFAULT (10 * NSEC_PER_MSEC)
#define RT_BUDGET_DEFAULT (4 * NSEC_PER_MSEC)
#define RT_MIN (10 * 1000) /* ns; of both */

/* Sets of a node: CPUs by their number's last 6 bits. */
enum { RT_ALLOWED, RT_PREFERRED };

struct rt_vcpu {
	struct mtree_node queued;  /* waits to run; key: level and deadline, lower is more urgent */
	struct mtree_node renewal; /* in rt_priv.renewals; key: the deadline */
	struct vcpu *vcpu;
	stime_t period, budget; /* each @period, @budget ns of running */
	bool extratime;
	stime_t deadline; /* the end of this period */
	stime_t left;	  /* of this period's budget */
	unsigned level;	  /* 0: on its budget; else it runs on what others leave */
	stime_t charged;
	uint64_t nr_missed;  /* periods that ended before it got its budget, though it wanted it */
	struct rt_cpu *told; /* the CPU that expects it, while it waits */
	bool depleted;	     /* given to us to be run, and out of budget */
};

struct rt_cpu {
	struct mtree_node node; /* in rt_priv.busy; key: minus that of what it runs */
	unsigned id;
	struct rt_vcpu *expects; /* for whom it was told to pick */
};

struct rt_priv {
	struct spinlock lock; /* the run queue's of all CPUs: the order is global */
	struct mtree queue, renewals;
	struct mtree busy; /* CPUs that run one, the least urgent first; less those told to pick */
	struct cpumask idle; /* those that run none, likewise */
	struct timer renew;
	struct rt_cpu *cpu[HV_MAX_CPUS];
};

static inline struct rt_vcpu *rt_of(const struct vcpu *v)
{
	return v->sched;
}

/** Give @r, whose run queue is locked, a new period and budget; it may run or not. rtds.c. */
void rt_set_params(struct scheduler *s, struct rt_vcpu *r, stime_t period, stime_t budget,
		   bool extratime);

/* rtds-adjust.c */
int rt_adjust(struct scheduler *s, struct domain *d, struct xen_domctl_scheduler_op *op);
int rt_adjust_vcpu(struct scheduler *s, struct vcpu *v, struct xen_domctl_schedparam_vcpu *p,
		   bool set);

#endif
