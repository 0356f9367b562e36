/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels of a test guest: the 2-level ABI in the shared info page, one
 * vcpu_info of our own, and the upcall by a per-vCPU vector or the domain-wide
 * one.
 */
#ifndef GUEST_EVTCHN_H
#define GUEST_EVTCHN_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/event_channel.h>

#define EVTCHN_VECTOR 0xf3

enum evtchn_style { EVTCHN_VCPU_VECTOR, EVTCHN_DOMAIN_VECTOR };

/** Upcalls taken so far, and ports the handler found pending, in order. */
extern volatile unsigned int evtchn_nr_upcalls;
extern volatile unsigned int evtchn_nr_seen;
extern volatile unsigned int evtchn_last_seen;

/** Map the shared info page over one of ours and return it; NULL on failure. */
struct shared_info *evtchn_map_shared_info(void);

/** Register a vcpu_info in our own page; returns it, NULL on failure. */
struct vcpu_info *evtchn_register_vcpu_info(void);

/** Handle upcalls of @style; 0 or a negative xen_error. Interrupts stay as they are. */
long evtchn_set_upcall(enum evtchn_style style);

/** True and the number of a new port, or false. */
bool evtchn_alloc(unsigned int *ret_port);
bool evtchn_bind_ipi(unsigned int *ret_port);
bool evtchn_bind_virq(unsigned int virq, unsigned int *ret_port);

/** event_channel_op with the port as its only argument: send, close, unmask. */
long evtchn_op(unsigned int op, unsigned int port);

void evtchn_mask(unsigned int port);
bool evtchn_is_pending(unsigned int port);
void evtchn_clear(unsigned int port);

/** Wait with interrupts on, for upcalls to reach @nr; false after ~@ms milliseconds. */
bool evtchn_wait_upcalls(unsigned int nr, unsigned int ms);

#endif
