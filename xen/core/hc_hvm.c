/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvm_op: parameters, callback vectors, time. */
#include <stdint.h>

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

#include <arch/arch.h>

#include "subop.h"

_Static_assert(sizeof(struct xen_hvm_param) == 16, "the same in both modes");

/* What a guest may do with a parameter of its own; without either bit, -EPERM. */
enum {
	GUEST_GET = 1,
	GUEST_SET = 2,
	DEPRECATED = 4, /* -EINVAL for everyone */
};

static const uint8_t param_rights[HVM_NR_PARAMS] = {
	[HVM_PARAM_CALLBACK_IRQ] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_STORE_PFN] = GUEST_GET,
	[HVM_PARAM_STORE_EVTCHN] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_VM86_TSS] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_CONSOLE_PFN] = GUEST_GET,
	[HVM_PARAM_CONSOLE_EVTCHN] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_ACPI_IOPORTS_LOCATION] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_VM_GENERATION_ID_ADDR] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_ALTP2M] = GUEST_GET,
	[HVM_PARAM_X87_FIP_WIDTH] = GUEST_GET | GUEST_SET,
	[HVM_PARAM_VM86_TSS_SIZED] = GUEST_GET | GUEST_SET,
	/* xen/hvm/params.h names these only for its own use: "their meaning is undefined". */
	[4] = DEPRECATED,
	[13] = DEPRECATED,
	[20 ... 26] = DEPRECATED,
	[30] = DEPRECATED,
};

/* Whether the caller may do @right with the parameter it names. */
static int check_param(const struct vcpu *v, const struct xen_hvm_param *p, uint8_t right)
{
	int rc = own_domain(v, p->domid);

	if (rc)
		return rc;
	if (p->index >= HVM_NR_PARAMS || (param_rights[p->index] & DEPRECATED))
		return -XEN_EINVAL;
	return param_rights[p->index] & right ? 0 : -XEN_EPERM;
}

static long set_param(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct xen_hvm_param *p = arg;
	int rc = check_param(v, p, GUEST_SET);

	if (rc)
		return rc;
	if (p->index == HVM_PARAM_CALLBACK_IRQ)
		rc = arch_set_callback_via(v->domain, p->value);
	else if (p->index == HVM_PARAM_X87_FIP_WIDTH && p->value != 0 && p->value != 4 &&
		 p->value != 8)
		rc = -XEN_EINVAL;
	else if (p->index == HVM_PARAM_ACPI_IOPORTS_LOCATION)
		rc = -XEN_ENODEV; /* no power management ports that could move */
	if (!rc)
		v->domain->hvm_param[p->index] = p->value;
	return rc;
}

static long get_param(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct xen_hvm_param *p = arg;
	int rc = check_param(v, p, GUEST_GET);

	if (!rc)
		p->value = v->domain->hvm_param[p->index];
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
	return arch_set_upcall_vector(v->domain->vcpu[u->vcpu], u->vector);
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
