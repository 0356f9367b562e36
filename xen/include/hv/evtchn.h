/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels, 2-level ABI (xen/event_channel.h). */
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

/** Set evtchn_upcall_pending of @v and tell the architecture if it was clear. */
void vcpu_mark_events_pending(struct vcpu *v);

/** 1 if any of the @nr ports is pending, else 0; -EINVAL if any is out of range. */
int evtchn_any_pending(struct domain *d, const evtchn_port_t *ports, unsigned nr);

#endif
