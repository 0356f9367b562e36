/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl: the toolstack makes, changes and ends domains. */
#include <candor/support.h>

#include <stdint.h>

#include <xen/sched.h>

#include <hv/access.h>
#include <hv/evtchn.h>
#include <hv/frames.h>
#include <hv/nospec.h>
#include <hv/string.h>

#include "p2m.h"
#include "toolstack.h"

SUPPORT_PROVIDES(control_interface, "common");

_Static_assert(sizeof(struct xen_domctl) == 144, "xen/domctl.h");
_Static_assert(sizeof(struct xen_domctl_createdomain) == 64, "xen/domctl.h");

#define HEAP_MB_SHIFT 20

/* What a guest can be made of here: hardware-assisted, with nested paging. */
#define FLAGS_NEEDED (XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap)
#define FLAGS_KNOWN                                                            \
	(FLAGS_NEEDED | XEN_DOMCTL_CDF_s3_integrity | XEN_DOMCTL_CDF_oos_off | \
	 XEN_DOMCTL_CDF_xs_domain)

static int check_create(const struct xen_domctl_createdomain *c)
{
	if ((c->flags & FLAGS_NEEDED) != FLAGS_NEEDED || (c->flags & ~FLAGS_KNOWN) ||
	    c->iommu_opts || c->vmtrace_size)
		return -XEN_EINVAL;
	if ((c->grant_opts & ~XEN_DOMCTL_GRANT_version_mask) ||
	    XEN_DOMCTL_GRANT_version(c->grant_opts) > 2)
		return -XEN_EINVAL;
	return arch_check_domain_config(&c->arch);
}

static domid_t asked_id(domid_t id)
{
	return id && id < DOMID_FIRST_RESERVED ? id : DOMID_INVALID;
}

static long createdomain(struct vcpu *v, struct domain *none, struct xen_domctl *op, bool *copy)
{
	const struct xen_domctl_createdomain *c = &op->u.createdomain;
	struct domain_config config = {
		.id = asked_id(op->domain),
		.nr_vcpus = c->max_vcpus,
		.flags = c->flags,
		.ssidref = c->ssidref,
		.max_evtchn_port = c->max_evtchn_port,
		.max_grant_frames = c->max_grant_frames,
		.max_maptrack_frames = c->max_maptrack_frames,
		.max_grant_version = XEN_DOMCTL_GRANT_version(c->grant_opts),
		.cpupool_id = c->cpupool_id,
	};
	struct domain *d;
	int rc = check_create(c);

	if (rc)
		return rc;
	memcpy(config.handle, c->handle, sizeof(config.handle));
	rc = domain_create(&config, &d);
	if (rc)
		return rc;
	op->domain = d->id;
	*copy = true;
	domain_put(d);
	return 0;
}

static long destroydomain(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	long rc;

	if (d == v->domain || d->privileged)
		return -XEN_EINVAL;
	rc = domain_kill(d);
	if (!rc)
		evtchn_raise_global_virq(VIRQ_DOM_EXC);
	return rc;
}

static long pausedomain(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	if (d == v->domain)
		return -XEN_EINVAL;
	if (!__atomic_exchange_n(&d->paused_by_controller, true, __ATOMIC_SEQ_CST))
		domain_pause(d);
	/* Done when nothing of it runs; until then the call comes again. */
	return domain_is_quiet(d) ? 0 : -XEN_ERESTART;
}

static long unpausedomain(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	if (d == v->domain)
		return -XEN_EINVAL;
	if (__atomic_exchange_n(&d->paused_by_controller, false, __ATOMIC_SEQ_CST))
		domain_unpause(d);
	return 0;
}

static long resumedomain(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	if (d == v->domain)
		return -XEN_EINVAL;
	domain_resume(d);
	return 0;
}

static long max_mem(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	uint64_t kb = op->u.max_mem.max_memkb;

	domain_set_max_pages(d, MIN(kb >> (PAGE_SHIFT - 10), (uint64_t)UINT32_MAX << 4));
	return 0;
}

/* The vCPUs have come with the domain. */
static long max_vcpus(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	return op->u.max_vcpus.max == d->nr_vcpus ? 0 : -XEN_EINVAL;
}

static long setdomainhandle(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	spin_lock(&d->lock);
	memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
	spin_unlock(&d->lock);
	return 0;
}

static long setdebugging(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	return op->u.setdebugging.enable ? -XEN_EOPNOTSUPP : 0;
}

static long settimeoffset(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	spin_lock(&d->lock);
	d->time_offset = op->u.settimeoffset.time_offset_seconds;
	spin_unlock(&d->lock);
	domain_update_wallclock(d);
	return 0;
}

static long set_target(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct domain *target = domain_find(op->u.set_target.target);
	domid_t none_yet = DOMID_INVALID;
	long rc = 0;

	if (!target)
		return -XEN_ESRCH;
	/* It stays what it was set to first. */
	if (target == d || (!__atomic_compare_exchange_n(&d->target, &none_yet, target->id, false,
							 __ATOMIC_RELAXED, __ATOMIC_RELAXED) &&
			    none_yet != target->id))
		rc = -XEN_EINVAL;
	domain_put(target);
	return rc;
}

/* No guest has devices of the host: there is nothing to allow, and taking away is done. */
static long permission(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	bool allow;

	if (op->cmd == XEN_DOMCTL_irq_permission)
		allow = op->u.irq_permission.allow_access;
	else if (op->cmd == XEN_DOMCTL_iomem_permission)
		allow = op->u.iomem_permission.allow_access;
	else
		allow = op->u.ioport_permission.allow_access;
	return allow && !d->privileged ? -XEN_EPERM : 0;
}

/* Nested page tables come from the host's memory as they are needed, within p2m's own bound. */
static long shadow_op(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_shadow_op *s = &op->u.shadow_op;

	switch (s->op) {
	case XEN_DOMCTL_SHADOW_OP_OFF:
		return 0;
	case XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION:
		s->mb = (uint32_t)(__atomic_load_n(&d->paging_pool, __ATOMIC_RELAXED) >>
				   HEAP_MB_SHIFT);
		*copy = true;
		return 0;
	case XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION:
		__atomic_store_n(&d->paging_pool, (uint64_t)s->mb << HEAP_MB_SHIFT,
				 __ATOMIC_RELAXED);
		return 0;
	default:
		return -XEN_EOPNOTSUPP;
	}
}

static long paging_mempool_size(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	if (op->cmd == XEN_DOMCTL_get_paging_mempool_size) {
		op->u.paging_mempool.size = __atomic_load_n(&d->paging_pool, __ATOMIC_RELAXED);
		*copy = true;
	} else {
		if (op->u.paging_mempool.size & PAGE_MASK)
			return -XEN_EINVAL;
		__atomic_store_n(&d->paging_pool, op->u.paging_mempool.size, __ATOMIC_RELAXED);
	}
	return 0;
}

static long set_virq_handler(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	return evtchn_set_virq_handler(op->u.set_virq_handler.virq, d);
}

static long cacheflush(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	return -XEN_ENOSYS; /* not on x86, whose caches are coherent */
}

static long getpageframeinfo3(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	return SUPPORT_ACTIVE(save_restore) ? domctl_getpageframeinfo3(v, d, op, copy)
					    : -XEN_ENOSYS;
}

static domctl_fn *const ops[] = {
	[XEN_DOMCTL_createdomain] = createdomain,
	[XEN_DOMCTL_destroydomain] = destroydomain,
	[XEN_DOMCTL_pausedomain] = pausedomain,
	[XEN_DOMCTL_unpausedomain] = unpausedomain,
	[XEN_DOMCTL_resumedomain] = resumedomain,
	[XEN_DOMCTL_getdomaininfo] = domctl_getdomaininfo,
	[XEN_DOMCTL_getpageframeinfo3] = getpageframeinfo3,
	[XEN_DOMCTL_setvcpuaffinity] = domctl_setvcpuaffinity,
	[XEN_DOMCTL_getvcpuaffinity] = domctl_getvcpuaffinity,
	[XEN_DOMCTL_setnodeaffinity] = domctl_setnodeaffinity,
	[XEN_DOMCTL_getnodeaffinity] = domctl_getnodeaffinity,
	[XEN_DOMCTL_scheduler_op] = domctl_scheduler_op,
	[XEN_DOMCTL_getvcpuinfo] = domctl_getvcpuinfo,
	[XEN_DOMCTL_sendtrigger] = domctl_sendtrigger,
	[XEN_DOMCTL_shadow_op] = shadow_op,
	[XEN_DOMCTL_max_mem] = max_mem,
	[XEN_DOMCTL_max_vcpus] = max_vcpus,
	[XEN_DOMCTL_setdomainhandle] = setdomainhandle,
	[XEN_DOMCTL_setdebugging] = setdebugging,
	[XEN_DOMCTL_irq_permission] = permission,
	[XEN_DOMCTL_iomem_permission] = permission,
	[XEN_DOMCTL_ioport_permission] = permission,
	[XEN_DOMCTL_settimeoffset] = settimeoffset,
	[XEN_DOMCTL_set_target] = set_target,
	[XEN_DOMCTL_cacheflush] = cacheflush,
	[XEN_DOMCTL_set_virq_handler] = set_virq_handler,
	[XEN_DOMCTL_get_paging_mempool_size] = paging_mempool_size,
	[XEN_DOMCTL_set_paging_mempool_size] = paging_mempool_size,
};

/* What it does may be to the domain's memory, a vCPU's clock in it, say: it does not go meanwhile.
 */
static long run_arch(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	long rc = p2m_begin(d, 0);

	if (rc)
		return rc;
	rc = arch_domctl(v, d, op, copy);
	p2m_end(d, 0);
	return rc;
}

static long run(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	uint64_t cmd = nospec_index(op->cmd, ARRAY_SIZE(ops));

	if (op->cmd < ARRAY_SIZE(ops) && ops[cmd])
		return ops[cmd](v, d, op, copy);
	return d ? run_arch(v, d, op, copy) : -XEN_ENOSYS;
}

/* getdomaininfo is about the first domain of that id or above: so its users walk over all. */
static int find_from(struct vcpu *v, const struct xen_domctl *op, struct domain **ret_d)
{
	int rc = access_check(v, __HYPERVISOR_domctl, op->cmd, NULL);

	if (rc)
		return rc;
	*ret_d = domain_find_from(op->domain);
	return *ret_d ? 0 : -XEN_ESRCH;
}

hypercall_fn hc_domctl;
long hc_domctl(struct vcpu *v, const struct hypercall *call)
{
	uint64_t ptr = call->compat ? (uint32_t)call->arg[0] : call->arg[0];
	struct domain *d = NULL;
	struct xen_domctl op;
	bool copy = false;
	long rc;

	if (!SUPPORT_ACTIVE(control_interface))
		return -XEN_ENOSYS;
	if (!v->domain->privileged)
		return -XEN_EPERM;
	if (arch_copy_from_guest(v, &op, ptr, sizeof(op)))
		return -XEN_EFAULT;
	if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
		return -XEN_EACCES;
	if (op.cmd == XEN_DOMCTL_createdomain)
		rc = access_check(v, __HYPERVISOR_domctl, op.cmd, NULL);
	else if (op.cmd == XEN_DOMCTL_getdomaininfo)
		rc = find_from(v, &op, &d);
	else
		rc = access_domain(v, __HYPERVISOR_domctl, op.cmd, op.domain, &d);
	if (rc)
		return rc;
	rc = run(v, d, &op, &copy);
	domain_put(d);
	if (rc == -XEN_ERESTART)
		return hypercall_continue(v, __HYPERVISOR_domctl, ptr, 0, 0, 0, 0);
	if (copy && rc >= 0 && arch_copy_to_guest(v, ptr, &op, sizeof(op)))
		return -XEN_EFAULT;
	return rc;
}
