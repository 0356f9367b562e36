/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels: the table of a domain's ports, raising an event, and the 2-level
 * ABI, with which every domain starts. The pending and mask bits and each vcpu_info are pages the
 * guest writes at any time: they are only touched by atomic operations, and nothing of the
 * hypervisor's own depends on what is found there.
 */
#include "evtchn.h"

#include <candor/support.h>

#include <hv/bitops.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/hypercall.h>
#include <hv/nospec.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(evtchn_2l, "common");

_Static_assert(EVTCHN_2L_NR_CHANNELS == 4096, "xen/event_channel.h, 64-bit guests");
_Static_assert(sizeof(((struct shared_info *)0)->evtchn_pending) * 8 == EVTCHN_2L_NR_CHANNELS,
	       "one pending bit a port");

struct evtchn *evtchn_lookup(struct domain *d, evtchn_port_t port)
{
	struct evtchn *bucket;

	if (port >= EVTCHN_MAX_CHANNELS)
		return NULL;
	port = (evtchn_port_t)nospec_index(port, EVTCHN_MAX_CHANNELS);
	bucket = d->evtchn->bucket[port / EVTCHN_BUCKET_SIZE];
	return bucket ? &bucket[port % EVTCHN_BUCKET_SIZE] : NULL;
}

int evtchn_find_free(struct domain *d, evtchn_port_t *ret_port)
{
	struct evtchn_table *t = d->evtchn;
	evtchn_port_t nr_ports = evtchn_ops(d)->nr_ports;

	/* The toolstack's limit is the highest port. */
	if (d->max_evtchn_port < nr_ports)
		nr_ports = d->max_evtchn_port + 1;
	if (!domain_is_alive(d))
		return -XEN_EINVAL;
	for (evtchn_port_t port = t->first_free; port < nr_ports; port++) {
		struct evtchn **bucket = &t->bucket[port / EVTCHN_BUCKET_SIZE];

		/* evtchn_close_all() looks without the lock whether it is there. */
		if (!*bucket)
			__atomic_store_n(bucket, heap_alloc(EVTCHN_BUCKET_SIZE * sizeof(**bucket)),
					 __ATOMIC_RELEASE);
		if (!*bucket)
			return -XEN_ENOMEM;
		if ((*bucket)[port % EVTCHN_BUCKET_SIZE].state == ECS_FREE) {
			t->first_free = port;
			*ret_port = port;
			return 0;
		}
	}
	return -XEN_ENOSPC;
}

int evtchn_create(struct domain *d)
{
	evtchn_port_t zero;
	int rc;

	d->evtchn = heap_alloc(sizeof(*d->evtchn));
	if (!d->evtchn)
		return -XEN_ENOMEM;
	d->evtchn->ops = &evtchn_2l_ops;
	rc = evtchn_find_free(d, &zero);
	if (rc) {
		evtchn_destroy(d);
		return rc;
	}
	evtchn_lookup(d, zero)->state = ECS_RESERVED;
	return 0;
}

/* Ports between two looks at whether to give way; those of an unused bucket cost nothing. */
#define CLOSE_AT_ONCE 256

int evtchn_close_all(struct domain *d, enum evtchn_closer who)
{
	struct evtchn_table *t = d->evtchn;

	for (evtchn_port_t port = __atomic_load_n(&t->closed_to[who], __ATOMIC_RELAXED);
	     port < EVTCHN_MAX_CHANNELS; port++) {
		if (!__atomic_load_n(&t->bucket[port / EVTCHN_BUCKET_SIZE], __ATOMIC_ACQUIRE)) {
			port |= EVTCHN_BUCKET_SIZE - 1;
			continue;
		}
		/* Free already, port 0, or not for @who to close: all the same. */
		evtchn_close(d, port, who);
		if (port % CLOSE_AT_ONCE == CLOSE_AT_ONCE - 1 && hypercall_preempt()) {
			__atomic_store_n(&t->closed_to[who], port + 1, __ATOMIC_RELAXED);
			return -XEN_ERESTART;
		}
	}
	__atomic_store_n(&t->closed_to[who], 0, __ATOMIC_RELAXED);
	return 0;
}

/* Virtual interrupts that exist once in the host: of each, who hears of it. */

static struct spinlock virq_lock = SPINLOCK_INIT(LOCK_VIRQ);
static domid_t virq_handler[NR_VIRQS]; /* 0: nobody was named, so the first privileged domain */

/* Another domain may get the number. */
static void forget_handler(domid_t id)
{
	spin_lock(&virq_lock);
	for (unsigned i = 0; i < NR_VIRQS; i++)
		if (virq_handler[i] == id)
			virq_handler[i] = 0;
	spin_unlock(&virq_lock);
}

int evtchn_relinquish(struct domain *d)
{
	int rc = evtchn_close_all(d, CLOSED_AT_THE_END);

	forget_handler(d->id);
	if (!rc && SUPPORT_ENABLED(evtchn_fifo)) {
		struct evtchn_fifo *fifo;

		spin_lock(&d->lock);
		fifo = evtchn_fifo_detach(d);
		spin_unlock(&d->lock);
		evtchn_fifo_destroy(d, fifo);
	}
	return rc;
}

void evtchn_destroy(struct domain *d)
{
	if (!d->evtchn)
		return;
	if (SUPPORT_ENABLED(evtchn_fifo))
		evtchn_fifo_destroy(d, evtchn_fifo_detach(d));
	for (unsigned i = 0; i < EVTCHN_NR_BUCKETS; i++)
		heap_free(d->evtchn->bucket[i]);
	heap_free(d->evtchn);
	d->evtchn = NULL;
}

/* Level 2 of the ABI: the selector bit of the port's word, then the upcall. */
static void select_port(struct vcpu *v, evtchn_port_t port)
{
	if (bit_test_and_set(&v->info->evtchn_pending_sel, port / BITS_PER_WORD))
		return;
	vcpu_mark_events_pending(v);
}

void vcpu_mark_events_pending(struct vcpu *v)
{
	if (__atomic_exchange_n(&v->info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST))
		return;
	perfc(upcalls);
	arch_vcpu_upcall(v);
}

static void wake_if_polling(struct domain *d, unsigned id, evtchn_port_t port)
{
	uint64_t *word = &d->evtchn->pollers[id / 64];
	struct vcpu *v = d->vcpu[id];
	bool polling = __atomic_load_n(&v->polling, __ATOMIC_SEQ_CST);

	if (polling && v->poll_port && v->poll_port != port)
		return;
	*word &= ~(1ull << id % 64);
	if (polling)
		vcpu_wake(v);
}

void evtchn_wake_pollers(struct domain *d, evtchn_port_t port)
{
	for (unsigned i = 0; i < ARRAY_SIZE(d->evtchn->pollers); i++)
		for (uint64_t bits = d->evtchn->pollers[i]; bits; bits &= bits - 1)
			wake_if_polling(d, i * 64 + (unsigned)__builtin_ctzll(bits), port);
}

static void set_pending_2l(struct domain *d, evtchn_port_t port, struct evtchn *chn)
{
	struct shared_info *si = d->shared_info;

	if (bit_test_and_set(si->evtchn_pending, port))
		return;
	if (!bit_test(si->evtchn_mask, port))
		select_port(d->vcpu[chn->vcpu], port);
	evtchn_wake_pollers(d, port);
}

static void clear_pending_2l(struct domain *d, evtchn_port_t port)
{
	bit_test_and_clear(d->shared_info->evtchn_pending, port);
}

static void clear_mask_2l(struct domain *d, evtchn_port_t port, struct evtchn *chn)
{
	struct shared_info *si = d->shared_info;

	if (bit_test_and_clear(si->evtchn_mask, port) && bit_test(si->evtchn_pending, port))
		select_port(d->vcpu[chn->vcpu], port);
}

static bool is_pending_2l(struct domain *d, evtchn_port_t port)
{
	return bit_test(d->shared_info->evtchn_pending, port);
}

const struct evtchn_ops evtchn_2l_ops = {
	.nr_ports = EVTCHN_2L_NR_CHANNELS,
	.set_pending = set_pending_2l,
	.clear_pending = clear_pending_2l,
	.clear_mask = clear_mask_2l,
	.is_pending = is_pending_2l,
};

void evtchn_open_port(struct evtchn *chn, struct evtchn as)
{
	as.queue = chn->queue;
	*chn = as;
}

void evtchn_free_port(struct domain *d, evtchn_port_t port, struct evtchn *chn)
{
	evtchn_open_port(chn, (struct evtchn){ .state = ECS_FREE });
	if (port < d->evtchn->first_free)
		d->evtchn->first_free = port;
	/* Whoever gets the port next is not to find this one's event. */
	evtchn_ops(d)->clear_pending(d, port);
}

int evtchn_bind_hypervisor(struct domain *d, evtchn_hv_fn *fn, evtchn_port_t *ret_port)
{
	evtchn_port_t port;
	int rc;

	spin_lock(&d->lock);
	rc = evtchn_find_free(d, &port);
	/* The guest may go back to the 2-level ABI, and the port stays. */
	if (!rc && port >= EVTCHN_2L_NR_CHANNELS)
		rc = -XEN_ENOSPC;
	if (!rc) {
		evtchn_open_port(evtchn_lookup(d, port),
				 (struct evtchn){ .state = ECS_HYPERVISOR, .hv_fn = fn });
		*ret_port = port;
	}
	spin_unlock(&d->lock);
	return rc;
}

void evtchn_unbind_hypervisor(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn;

	spin_lock(&d->lock);
	chn = evtchn_lookup(d, port);
	if (chn && chn->state == ECS_HYPERVISOR)
		evtchn_free_port(d, port, chn);
	spin_unlock(&d->lock);
}

void evtchn_raise(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn;

	spin_lock(&d->lock);
	chn = evtchn_lookup(d, port);
	if (chn && chn->state != ECS_FREE && chn->state != ECS_RESERVED)
		evtchn_set_pending(d, port, chn);
	spin_unlock(&d->lock);
}

bool evtchn_raise_virq(struct vcpu *v, unsigned virq)
{
	struct domain *d = v->domain;
	evtchn_port_t port;

	spin_lock(&d->lock);
	port = v->virq_port[virq];
	perfc(virqs);
	if (port)
		evtchn_set_pending(d, port, evtchn_lookup(d, port));
	spin_unlock(&d->lock);
	return port != 0;
}

static int any_pending(struct domain *d, const evtchn_port_t *ports, unsigned nr)
{
	int rc = 0;

	for (unsigned i = 0; i < nr && rc >= 0; i++) {
		if (ports[i] >= evtchn_ops(d)->nr_ports)
			rc = -XEN_EINVAL;
		else if (evtchn_ops(d)->is_pending(d, ports[i]))
			rc = 1;
	}
	return rc;
}

int evtchn_any_pending(struct domain *d, const evtchn_port_t *ports, unsigned nr)
{
	int rc;

	spin_lock(&d->lock);
	rc = any_pending(d, ports, nr);
	spin_unlock(&d->lock);
	return rc;
}

int evtchn_poll(struct vcpu *v, const evtchn_port_t *ports, unsigned nr, stime_t deadline)
{
	struct domain *d = v->domain;
	int rc;

	/* No event is raised between the look at the ports and the sleep. */
	spin_lock(&d->lock);
	rc = any_pending(d, ports, nr);
	if (!rc) {
		d->evtchn->pollers[v->id / 64] |= 1ull << v->id % 64;
		vcpu_poll(v, nr == 1 ? ports[0] : 0, deadline);
	}
	spin_unlock(&d->lock);
	return rc;
}

static struct domain *first_privileged(void)
{
	struct domain *d = domain_find_from(0);

	while (d && !(d->privileged && domain_is_alive(d))) {
		domid_t next = (domid_t)(d->id + 1);

		domain_put(d);
		d = domain_find_from(next);
	}
	return d;
}

bool evtchn_raise_global_virq(unsigned virq)
{
	struct domain *d;
	bool raised;
	domid_t id;

	spin_lock(&virq_lock);
	id = virq_handler[virq];
	spin_unlock(&virq_lock);
	d = id ? domain_find(id) : NULL;
	if (!d)
		d = first_privileged();
	raised = d && evtchn_raise_virq(d->vcpu[0], virq);
	domain_put(d);
	return raised;
}

int evtchn_set_virq_handler(unsigned virq, const struct domain *d)
{
	if (virq >= NR_VIRQS || !evtchn_virq_is_global(virq))
		return -XEN_EINVAL;
	virq = (unsigned)nospec_index(virq, NR_VIRQS);
	spin_lock(&virq_lock);
	virq_handler[virq] = d->privileged ? 0 : d->id;
	spin_unlock(&virq_lock);
	return 0;
}
