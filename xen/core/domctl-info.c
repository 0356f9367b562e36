/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl: what the toolstack is told of a domain and its vCPUs. */
#include <stdint.h>

#include <xen/xen.h>

#include <hv/string.h>

#include "toolstack.h"

_Static_assert(sizeof(struct xen_domctl_getdomaininfo) == 112, "xen/domctl.h");

static uint32_t dominfo_flags(const struct domain *d, bool any_running, bool all_blocked)
{
	uint32_t flags = XEN_DOMINF_hvm_guest | XEN_DOMINF_hap;
	int code = domain_shutdown_code(d);

	if (!domain_is_alive(d))
		flags |= XEN_DOMINF_dying;
	if (code != DOMAIN_RUNNING)
		flags |= XEN_DOMINF_shutdown | (uint32_t)code << XEN_DOMINF_shutdownshift;
	if (__atomic_load_n(&d->paused_by_controller, __ATOMIC_RELAXED))
		flags |= XEN_DOMINF_paused;
	if (any_running)
		flags |= XEN_DOMINF_running;
	else if (all_blocked)
		flags |= XEN_DOMINF_blocked;
	return flags;
}

void domctl_fill_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
	bool any_running = false, all_blocked = true;
	struct cpumask cpus;
	stime_t now = arch_now();

	*info = (struct xen_domctl_getdomaininfo){
		.domain = d->id,
		.tot_pages = __atomic_load_n(&d->nr_pages, __ATOMIC_RELAXED),
		.max_pages = domain_max_pages(d),
		.outstanding_pages = __atomic_load_n(&d->claimed_pages, __ATOMIC_RELAXED),
		.max_vcpu_id = d->nr_vcpus - 1,
		.ssidref = d->ssidref,
		.gpaddr_bits = arch_gpaddr_bits(d),
	};
	info->cpupool = sched_domain_pool(d, &cpus);
	spin_lock(&d->lock);
	info->shared_info_frame = d->shared_info_gfn.n;
	memcpy(info->handle, d->handle, sizeof(info->handle));
	spin_unlock(&d->lock);
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		struct vcpu_runstate_info r;

		vcpu_get_runstate(d->vcpu[i], now, &r);
		info->cpu_time += r.time[RUNSTATE_running];
		if (!vcpu_is_up(d->vcpu[i]))
			continue;
		info->nr_online_vcpus++;
		any_running |= r.state == RUNSTATE_running;
		all_blocked &= r.state == RUNSTATE_blocked;
	}
	arch_domain_config(d, &info->arch_config);
	info->flags = dominfo_flags(d, any_running, info->nr_online_vcpus && all_blocked);
}

long domctl_getdomaininfo(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	domctl_fill_info(d, &op->u.getdomaininfo);
	op->domain = d->id;
	*copy = true;
	return 0;
}

long domctl_getvcpuinfo(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_getvcpuinfo *info = &op->u.getvcpuinfo;
	struct vcpu_runstate_info r;
	const struct vcpu *t;

	if (info->vcpu >= d->nr_vcpus)
		return -XEN_EINVAL;
	t = domain_vcpu(d, info->vcpu);
	vcpu_get_runstate(t, arch_now(), &r);
	info->online = vcpu_is_up(t);
	info->blocked = __atomic_load_n(&t->blocked, __ATOMIC_RELAXED);
	info->running = r.state == RUNSTATE_running;
	info->cpu_time = r.time[RUNSTATE_running];
	info->cpu = __atomic_load_n(&t->cpu, __ATOMIC_RELAXED);
	*copy = true;
	return 0;
}
