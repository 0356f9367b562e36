/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the control hypercalls (domctl, sysctl) share: their argument is a structure with a
 * command, an interface version and a union, of one layout for 32- and 64-bit callers.
 */
#ifndef CORE_TOOLSTACK_H
#define CORE_TOOLSTACK_H

#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/sched.h>

#include <arch/arch.h>

/* Handlers set *@copy if the structure is to be copied back after success. */
typedef long domctl_fn(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy);
typedef long sysctl_fn(struct vcpu *v, struct xen_sysctl *op, bool *copy);

/** A guest address of a XEN_GUEST_HANDLE_64. */
#define handle_address(h) ((uint64_t)(uintptr_t)(h).p)

/** Copy @nr elements of @size bytes from element @first on to the guest's array at @h. */
static inline int copy_elements(struct vcpu *v, uint64_t h, uint64_t first, const void *from,
				uint64_t nr, size_t size)
{
	return arch_copy_to_guest(v, h + first * size, from, nr * size) ? -XEN_EFAULT : 0;
}

/** A cpumask to the guest's bitmap: its bits beyond what it has room for are left out. */
int bitmap_to_guest(struct vcpu *v, const struct xenctl_bitmap *to, const struct cpumask *from,
		    unsigned nr_bits);
/** The reverse. Bits beyond HV_MAX_CPUS are ignored. */
int bitmap_from_guest(struct vcpu *v, struct cpumask *to, const struct xenctl_bitmap *from);

/* domctl-info.c */
void domctl_fill_info(struct domain *d, struct xen_domctl_getdomaininfo *info);
domctl_fn domctl_getdomaininfo, domctl_getvcpuinfo;

/* domctl-save.c, if the policy has it */
domctl_fn domctl_getpageframeinfo3;

/* trace_control.c, perfc.c */
sysctl_fn trace_sysctl, perfc_sysctl;

/* domctl-vcpu.c */
domctl_fn domctl_setvcpuaffinity, domctl_getvcpuaffinity, domctl_scheduler_op;
domctl_fn domctl_setnodeaffinity, domctl_getnodeaffinity, domctl_sendtrigger;

#endif
