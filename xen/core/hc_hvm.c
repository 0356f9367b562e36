/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvm_op: parameters, callback vectors, time. */
#include <stdint.h>

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

#include <hv/access.h>
#include <hv/nospec.h>

#include <arch/arch.h>

#include "subop.h"

_Static_assert(sizeof(struct xen_hvm_param) == 16, "the same in both modes");

/*
 * What a guest may do with a parameter of its own; without either bit, -EPERM. Who controls the
 * domain may do all that is not deprecated.
 */
enum {
	GUEST_GET = 1,
	GUEST_SET = 2,
	DEPRECATED = 4, /* -EINVAL for everyone */
	ONCE = 8,	/* a second, different value: -EEXIST */
};

static const uint8_t param_rights[HVM_NR_PARAMS] = {
	[HVM_PARAM_CALLBACK_IRQ] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_STORE_PFN] = GUEST_GET,
	[HVM_PARAM_STORE_EVTCHN] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_VM86_TSS] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_IOREQ_PFN] = ONCE,
	[HVM_PARAM_BUFIOREQ_PFN] = ONCE,
	[HVM_PARAM_VIRIDIAN] = ONCE,
	[HVM_PARAM_IOREQ_SERVER_PFN] = ONCE,
	[HVM_PARAM_NR_IOREQ_SERVER_PAGES] = ONCE,
	[HVM_PARAM_MCA_CAP] = ONCE,
	[HVM_PARAM_CONSOLE_PFN] = GUEST_GET,
	[HVM_PARAM_CONSOLE_EVTCHN] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_ACPI_IOPORTS_LOCATION] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_VM_GENERATION_ID_ADDR] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_ALTP2M] = GUEST_GET | ONCE,
	[HVM_PARAM_X87_FIP_WIDTH] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_VM86_TSS_SIZED] = GUEST_GET | GUEST_SET,
	/* xen/hvm/params.h names these only for its own use: "their meaning is undefined". */
	[4] = DEPRECATED,
	[13] = DEPRECATED,
	[20 ... 26] = DEPRECATED,
	[30] = DEPRECATED,
};

/* Whether the caller may do @right with the parameter of @d; *index indexes safely then. */
static int check_param(const struct vcpu *v, const struct domain *d, uint32_t *index, uint8_t right)
{
	if (*index >= HVM_NR_PARAMS)
		return -XEN_EINVAL;
	*index = (uint32_t)nospec_index(*index, HVM_NR_PARAMS);
	if (param_rights[*index] & DEPRECATED)
		return -XEN_EINVAL;
	return d != v->domain || (param_rights[*index] & right) ? 0 : -XEN_EPERM;
}

static bool differs(const struct domain *d, const struct xen_hvm_param *p)
{
	return d->hvm_param[p->index] && d->hvm_param[p->index] != p->value;
}

/* With the lock held. */
static int do_set_param(struct domain *d, const struct xen_hvm_param *p)
{
	int rc = 0;

	if ((param_rights[p->index] & ONCE) && differs(d, p))
		return -XEN_EEXIST;
	if (p->index == HVM_PARAM_CALLBACK_IRQ)
		rc = arch_set_callback_via(d, p->value);
	else if (p->index == HVM_PARAM_X87_FIP_WIDTH && p->value != 0 && p->value != 4 &&
		 p->value != 8)
		rc = -XEN_EINVAL;
	else if (p->index == HVM_PARAM_ACPI_IOPORTS_LOCATION)
		rc = -XEN_ENODEV; /* no power management ports that could move */
	else if ((p->index == HVM_PARAM_ALTP2M || p->index == HVM_PARAM_VIRIDIAN) && p->value)
		rc = -XEN_EOPNOTSUPP;
	if (!rc)
		__atomic_store_n(&d->hvm_param[p->index], p->value, __ATOMIC_RELAXED);
	return rc;
}

static long set_param(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct xen_hvm_param *p = arg;
	struct domain *d;
	int rc = access_domain(v, __HYPERVISOR_hvm_op, HVMOP_set_param, p->domid, &d);

	if (rc)
		return rc;
	rc = check_param(v, d, &p->index, GUEST_SET);
	if (!rc) {
		spin_lock(&d->lock);
		rc = do_set_param(d, p);
		spin_unlock(&d->lock);
	}
	domain_put(d);
	return rc;
}

static long get_param(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct xen_hvm_param *p = arg;
	struct domain *d;
	int rc = access_domain(v, __HYPERVISOR_hvm_op, HVMOP_get_param, p->domid, &d);

	if (rc)
		return rc;
	rc = check_param(v, d, &p->index, GUEST_GET);
	if (!rc)
		p->value = __atomic_load_n(&d->hvm_param[p->index], __ATOMIC_RELAXED);
	domain_put(d);
	return rc;
}

/* The argument, a mask of vCPUs, was never given a meaning: it must be NULL. */
static long flush_tlbs(struct vcpu *v, const struct hypercall *call, void *arg)
{
	if (guest_ptr(call, call->arg[1]))
		return -XEN_EINVAL;
	arch_domain_flush_tlb(v->domain);
	return 0;
}

static long get_time(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct xen_hvm_get_time *t = arg;

	t->now = (uint64_t)arch_now();
	return 0;
}

static long set_upcall_vector(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct xen_hvm_evtchn_upcall_vector *u = arg;

	if (u->vector < 16)
		return -XEN_EINVAL;
	if (u->vcpu >= v->domain->nr_vcpus)
		return -XEN_ENOENT;
	return arch_set_upcall_vector(domain_vcpu(v->domain, u->vcpu), u->vector);
}

static const struct subop hvm_ops[] = {
	[HVMOP_set_param] = SUBOP(set_param, struct xen_hvm_param),
	[HVMOP_get_param] = SUBOP_OUT(get_param, struct xen_hvm_param),
	[HVMOP_flush_tlbs] = SUBOP_NOARG(flush_tlbs),
	[HVMOP_get_time] = { .fn = get_time, .out = sizeof(struct xen_hvm_get_time) },
	[HVMOP_set_evtchn_upcall_vector] =
		SUBOP(set_upcall_vector, struct xen_hvm_evtchn_upcall_vector),
};

hypercall_fn hc_hvm_op;
long hc_hvm_op(struct vcpu *v, const struct hypercall *call)
{
	return subop_call(v, call, hvm_ops, ARRAY_SIZE(hvm_ops), call->arg[0], call->arg[1]);
}
