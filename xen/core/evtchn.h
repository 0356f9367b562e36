/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event channel table, shared by its core and the hypercalls on it. */
#ifndef CORE_EVTCHN_H
#define CORE_EVTCHN_H

#include <candor/support.h>

#include <hv/evtchn.h>
#include <hv/hypercall.h>

#define EVTCHN_MAX_CHANNELS EVTCHN_FIFO_NR_CHANNELS /* of any ABI */
#define EVTCHN_BUCKET_SIZE 256			    /* one page */
#define EVTCHN_NR_BUCKETS (EVTCHN_MAX_CHANNELS / EVTCHN_BUCKET_SIZE)

enum evtchn_state {
	ECS_FREE,
	ECS_RESERVED, /* port 0, which no guest gets */
	ECS_UNBOUND,
	ECS_INTERDOMAIN,
	ECS_VIRQ,
	ECS_IPI,
	ECS_HYPERVISOR,
};

struct evtchn {
	uint8_t state;	 /* enum evtchn_state */
	int8_t priority; /* FIFO: above (> 0 is lower) or below the default */
	uint16_t vcpu;	 /* which is told of the event */
	/* FIFO: the queue it was linked in last, and an event that no word could take yet. */
	uint16_t queue : 15; /* outlives the channel: the guest may not have taken it out */
	uint16_t waiting : 1;
	union {
		struct {
			evtchn_port_t remote_port; /* ECS_INTERDOMAIN */
			domid_t remote_domid;	   /* that too; and ECS_UNBOUND: who may bind */
		};
		uint32_t virq;	     /* ECS_VIRQ */
		evtchn_hv_fn *hv_fn; /* ECS_HYPERVISOR */
	};
};

_Static_assert(sizeof(struct evtchn) * EVTCHN_BUCKET_SIZE == PAGE_SIZE, "a bucket is a frame");

/* How the guest is told of events: one of the ABIs. Called with d->lock held. */
struct evtchn_ops {
	evtchn_port_t nr_ports;
	/** Set @port pending; if this is news, tell its vCPU unless it is masked, and pollers. */
	void (*set_pending)(struct domain *d, evtchn_port_t port, struct evtchn *chn);
	void (*clear_pending)(struct domain *d, evtchn_port_t port);
	void (*clear_mask)(struct domain *d, evtchn_port_t port, struct evtchn *chn);
	bool (*is_pending)(struct domain *d, evtchn_port_t port);
};

struct evtchn_fifo;

struct evtchn_table {
	struct evtchn *bucket[EVTCHN_NR_BUCKETS]; /* NULL until a port of it is used */
	evtchn_port_t first_free;		  /* no port below is free */
	const struct evtchn_ops *ops;
	struct evtchn_fifo *fifo; /* NULL with the 2-level ABI */
	evtchn_port_t
		closed_to[2]; /* atomic; evtchn_close_all(), for each closer: all below are done */
	/* The vCPUs that may be in SCHEDOP_poll. */
	uint64_t pollers[(HV_MAX_VCPUS + 63) / 64];
};

extern const struct evtchn_ops evtchn_2l_ops;

/* All of these are called with d->lock held. */

/** Those of the ABI the guest uses. */
static inline const struct evtchn_ops *evtchn_ops(const struct domain *d)
{
	return SUPPORT_ENABLED(evtchn_fifo) ? d->evtchn->ops : &evtchn_2l_ops;
}

/** The channel of @port; NULL if the number is out of range or its bucket unused. */
struct evtchn *evtchn_lookup(struct domain *d, evtchn_port_t port);
/** A free port, still ECS_FREE. -ENOSPC, -ENOMEM. */
int evtchn_find_free(struct domain *d, evtchn_port_t *ret_port) __must_check;
/** Set @port pending, and tell its vCPU unless it is masked. */
static inline void evtchn_set_pending(struct domain *d, evtchn_port_t port, struct evtchn *chn)
{
	evtchn_ops(d)->set_pending(d, port, chn);
}
/** Wake who waits in SCHEDOP_poll for @port: its event is there, masked or not. */
void evtchn_wake_pollers(struct domain *d, evtchn_port_t port);
/** Make the free channel @chn what @as says. */
void evtchn_open_port(struct evtchn *chn, struct evtchn as);
/** Make @port free, whatever it is. */
void evtchn_free_port(struct domain *d, evtchn_port_t port, struct evtchn *chn);

/* evtchn_pair.c. Without a lock. */

/** As EVTCHNOP_send does. -EINVAL for a port nobody sends on. */
int evtchn_send(struct domain *d, evtchn_port_t port) __must_check;
/** Join a new port of @d with @remote_port of @rd, which waits for @d. -EINVAL, -ENOSPC, -ENOMEM.
 */
int evtchn_bind_interdomain(struct domain *d, struct domain *rd, evtchn_port_t remote_port,
			    evtchn_port_t *ret_port) __must_check;
enum evtchn_closer { CLOSED_BY_GUEST, CLOSED_AT_THE_END };
/** -EINVAL if it is not open, or the hypervisor's and the guest's to leave alone. */
int evtchn_close(struct domain *d, evtchn_port_t port, enum evtchn_closer who);
/** Close all that @who may. -ERESTART: call again. */
int evtchn_close_all(struct domain *d, enum evtchn_closer who) __must_check;

/* evtchn_fifo.c, if the policy has it. The first three are sub-operations of event_channel_op. */

long evtchn_fifo_init_control(struct vcpu *v, const struct hypercall *call, void *arg);
long evtchn_fifo_expand_array(struct vcpu *v, const struct hypercall *call, void *arg);
long evtchn_fifo_set_priority(struct vcpu *v, const struct hypercall *call, void *arg);
/** Go back to the 2-level ABI; what is taken off is the caller's to destroy. With d->lock held. */
struct evtchn_fifo *evtchn_fifo_detach(struct domain *d) __must_check;
/** Let go of the guest's frames and free @f; accepts NULL. Without d->lock. */
void evtchn_fifo_destroy(struct domain *d, struct evtchn_fifo *f);

#endif
