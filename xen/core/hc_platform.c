/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * platform_op and physdev_op: what the kernel of a privileged domain asks about the machine it
 * looks after. Devices are not passed to it yet, so it is told of none.
 */
#include <candor/support.h>

#include <stdint.h>

#include <xen/physdev.h>
#include <xen/platform.h>

#include <hv/access.h>
#include <hv/string.h>

#include "toolstack.h"

_Static_assert(sizeof(struct xen_platform_op) == 136, "xen/platform.h");

/* The wall clock of every guest is counted from the host's; setting it is left to its firmware. */
static long settime(struct xen_platform_op *op)
{
	stime_t at;
	uint64_t ns;

	if (op->cmd == XENPF_settime64) {
		if (op->u.settime64.mbz)
			return -XEN_EINVAL;
		ns = op->u.settime64.secs * NSEC_PER_SEC + op->u.settime64.nsecs;
		at = (stime_t)op->u.settime64.system_time;
	} else {
		ns = op->u.settime32.secs * (uint64_t)NSEC_PER_SEC + op->u.settime32.nsecs;
		at = (stime_t)op->u.settime32.system_time;
	}
	domain_set_wallclock(ns - (uint64_t)at);
	return 0;
}

static long get_cpuinfo(struct xen_platform_op *op)
{
	struct xenpf_pcpuinfo *p = &op->u.pcpu_info;
	const struct cpu *cpu = p->xen_cpuid < HV_MAX_CPUS ? cpu_get(p->xen_cpuid) : NULL;
	unsigned last = 0;

	cpumask_for_each(id, &cpus_online) last = id;
	if (p->xen_cpuid > last)
		return -XEN_EINVAL;
	p->max_present = last;
	p->flags = cpu ? XEN_PCPU_FLAGS_ONLINE : XEN_PCPU_FLAGS_INVALID;
	p->apic_id = p->acpi_id = p->xen_cpuid;
	return 0;
}

hypercall_fn hc_platform_op;
long hc_platform_op(struct vcpu *v, const struct hypercall *call)
{
	uint64_t ptr = call->compat ? (uint32_t)call->arg[0] : call->arg[0];
	struct xen_platform_op op;
	long rc;

	if (!SUPPORT_ACTIVE(control_interface))
		return -XEN_ENOSYS;
	/* 32-bit callers have another layout of some of it, and no privileged one is one. */
	if (!v->domain->privileged || call->compat)
		return -XEN_EPERM;
	if (arch_copy_from_guest(v, &op, ptr, sizeof(op)))
		return -XEN_EFAULT;
	if (op.interface_version != XENPF_INTERFACE_VERSION)
		return -XEN_EACCES;
	rc = access_check(v, __HYPERVISOR_platform_op, op.cmd, NULL);
	if (rc)
		return rc;
	switch (op.cmd) {
	case XENPF_settime32:
	case XENPF_settime64:
		return settime(&op);
	case XENPF_get_cpuinfo:
		rc = get_cpuinfo(&op);
		break;
	default:
		return -XEN_ENOSYS;
	}
	if (!rc && arch_copy_to_guest(v, ptr, &op, sizeof(op)))
		return -XEN_EFAULT;
	return rc;
}

hypercall_fn hc_physdev_op;
long hc_physdev_op(struct vcpu *v, const struct hypercall *call)
{
	uint32_t op = (uint32_t)call->arg[0];
	int rc;

	if (!SUPPORT_ACTIVE(control_interface))
		return -XEN_ENOSYS;
	rc = access_check(v, __HYPERVISOR_physdev_op, op, NULL);
	return rc ? rc : -XEN_ENOSYS;
}

/* dm_op: no device model's operation is offered; with no buffer it is a question whether it is. */
hypercall_fn hc_dm_op;
long hc_dm_op(struct vcpu *v, const struct hypercall *call)
{
	if (!SUPPORT_ACTIVE(control_interface))
		return -XEN_ENOSYS;
	if (!v->domain->privileged)
		return -XEN_EPERM;
	return -XEN_EOPNOTSUPP;
}
