/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTDS: periods and budgets as the control interface gives and takes them, in microseconds. */
#include "rtds.h"

#include <candor/support.h>

#include <hv/errno.h>

static bool valid(const struct xen_domctl_sched_rtds *p)
{
	uint32_t flags = SUPPORT_ACTIVE(sched_rtds_extratime) ? XEN_DOMCTL_SCHEDRT_extra : 0;

	return p->budget >= RT_MIN / 1000 && p->period >= p->budget && !(p->flags & ~flags);
}

static void set(struct scheduler *s, struct vcpu *v, const struct xen_domctl_sched_rtds *p)
{
	struct spinlock *l = sched_lock_vcpu(v);

	rt_set_params(s, rt_of(v), (stime_t)p->period * 1000, (stime_t)p->budget * 1000,
		      p->flags & XEN_DOMCTL_SCHEDRT_extra);
	spin_unlock(l);
}

int rt_adjust(struct scheduler *s, struct domain *d, struct xen_domctl_scheduler_op *op)
{
	struct xen_domctl_sched_rtds *p = &op->u.rtds;

	if (op->cmd == XEN_DOMCTL_SCHEDOP_getinfo) {
		/* xen/domctl.h: the defaults, since vCPUs may differ. */
		p->period = RT_PERIOD_DEFAULT / 1000;
		p->budget = RT_BUDGET_DEFAULT / 1000;
		p->flags = SUPPORT_ACTIVE(sched_rtds_extratime) ? XEN_DOMCTL_SCHEDRT_extra : 0;
		return 0;
	}
	if (!valid(p))
		return -XEN_EINVAL;
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (d->vcpu[i] && d->vcpu[i]->sched)
			set(s, d->vcpu[i], p);
	return 0;
}

int rt_adjust_vcpu(struct scheduler *s, struct vcpu *v, struct xen_domctl_schedparam_vcpu *p,
		   bool do_set)
{
	const struct rt_vcpu *r = rt_of(v);

	if (do_set) {
		if (!valid(&p->u.rtds))
			return -XEN_EINVAL;
		set(s, v, &p->u.rtds);
		return 0;
	}
	p->u.rtds.period = (uint32_t)(r->period / 1000);
	p->u.rtds.budget = (uint32_t)(r->budget / 1000);
	p->u.rtds.flags = r->extratime ? XEN_DOMCTL_SCHEDRT_extra : 0;
	return 0;
}
