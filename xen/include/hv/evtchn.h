/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels (xen/event_channel.h). */
#ifndef HV_EVTCHN_H
#define HV_EVTCHN_H

#include <stdint.h>

#include <xen/event_channel.h>

#include <hv/domain.h>

int evtchn_create(struct domain *d) __must_check;
/** Close all ports of the dying @d. -ERESTART: call again. */
int evtchn_relinquish(struct domain *d) __must_check;
void evtchn_destroy(struct domain *d);

/**
 * Called when the guest sends on @port, for channels whose other end is the
 * hypervisor itself (the built-in console).
 */
typedef void evtchn_hv_fn(struct domain *d, evtchn_port_t port);

/** Open a channel whose other end is the hypervisor. Returns 0 or -errno. */
int evtchn_bind_hypervisor(struct domain *d, evtchn_hv_fn *fn,
			   evtchn_port_t *ret_port) __must_check;

/** Close it again; no-op if it is none of those. */
void evtchn_unbind_hypervisor(struct domain *d, evtchn_port_t port);

/** Raise @port in its own domain, as the other end would; no-op for a free port. */
void evtchn_raise(struct domain *d, evtchn_port_t port);

/** Raise @virq (VIRQ_*) on @v; false if the guest has not bound it. */
bool evtchn_raise_virq(struct vcpu *v, unsigned virq);

/* Virtual interrupts of each vCPU; all others exist once and go to vCPU 0. */
static inline bool evtchn_virq_is_per_vcpu(uint32_t virq)
{
	return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF ||
	       virq == VIRQ_XENPMU;
}

/** Those that exist once in the host; a domain has one of the others for itself. */
static inline bool evtchn_virq_is_global(uint32_t virq)
{
	return !evtchn_virq_is_per_vcpu(virq) && virq != VIRQ_ARGO;
}

/** Raise @virq, a global one, on the domain that handles it; false if none has bound it. */
bool evtchn_raise_global_virq(unsigned virq);
/** From now on @d handles @virq. -EINVAL if it is not a global one. */
int evtchn_set_virq_handler(unsigned virq, const struct domain *d) __must_check;

/** Set evtchn_upcall_pending of @v and tell the architecture if it was clear. */
void vcpu_mark_events_pending(struct vcpu *v);

/** 1 if any of the @nr ports is pending, else 0; -EINVAL if any is out of range. */
int evtchn_any_pending(struct domain *d, const evtchn_port_t *ports, unsigned nr);
/** If none of them is, let @v sleep until one (of one; of several, any port) or @deadline. As
 * above. */
int evtchn_poll(struct vcpu *v, const evtchn_port_t *ports, unsigned nr, stime_t deadline);

#endif
