/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event channel table, shared by its core and the hypercalls on it. */
#ifndef CORE_EVTCHN_H
#define CORE_EVTCHN_H

#include <hv/evtchn.h>

#define EVTCHN_BUCKET_SIZE 64
#define EVTCHN_NR_BUCKETS (EVTCHN_2L_NR_CHANNELS / EVTCHN_BUCKET_SIZE)

enum evtchn_state {
	ECS_FREE,
	ECS_RESERVED, /* port 0, which no guest gets */
	ECS_UNBOUND,
	ECS_INTERDOMAIN, /* the other end is a port of the same domain */
	ECS_VIRQ,
	ECS_IPI,
	ECS_HYPERVISOR,
};

struct evtchn {
	uint8_t state; /* enum evtchn_state */
	uint16_t vcpu; /* which is told of the event */
	union {
		domid_t remote_domid;	   /* ECS_UNBOUND: who may bind */
		evtchn_port_t remote_port; /* ECS_INTERDOMAIN */
		uint32_t virq;		   /* ECS_VIRQ */
		evtchn_hv_fn *hv_fn;	   /* ECS_HYPERVISOR */
	};
};

struct evtchn_table {
	struct evtchn *bucket[EVTCHN_NR_BUCKETS]; /* NULL until a port of it is used */
	evtchn_port_t first_free;		  /* no port below is free */
};

/* All of these are called with d->lock held. */

/** The channel of @port; NULL if the number is out of range or its bucket unused. */
struct evtchn *evtchn_lookup(struct domain *d, evtchn_port_t port);
/** A free port, still ECS_FREE. -ENOSPC, -ENOMEM. */
int evtchn_find_free(struct domain *d, evtchn_port_t *ret_port) __must_check;
/** Set @port pending, and tell its vCPU unless it is masked. */
void evtchn_set_pending(struct domain *d, evtchn_port_t port, const struct evtchn *chn);
/** Clear the mask of @port; a pending event is delivered now. */
void evtchn_clear_mask(struct domain *d, evtchn_port_t port, const struct evtchn *chn);
/** Make @port free, whatever it is. */
void evtchn_free_port(struct domain *d, evtchn_port_t port, struct evtchn *chn);

#endif
