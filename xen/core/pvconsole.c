/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's end of a guest's console ring. The ring's page is the guest's
 * to write at any time: each index is read once, and what it says is bounded by
 * the ring before it is used.
 */
#include <hv/pvconsole.h>

#include <candor/support.h>

#include <stdint.h>

#include <xen/io/console.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/evtchn.h>
#include <hv/frames.h>
#include <hv/printk.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(pv_console, "common");

_Static_assert(sizeof(struct xencons_interface) == 3088, "xen/io/console.h");

struct pv_console {
	struct xencons_interface *ring; /* in a page of the guest, which is pinned */
	gfn_t gfn;
	evtchn_port_t port;
	struct spinlock lock; /* of what is taken out of the ring */
	struct timer again;   /* when it may show the rest */
};

#define RETRY (10 * NSEC_PER_MSEC)

static void guest_sent(struct domain *d, evtchn_port_t port)
{
	pvconsole_drain(d);
}

static void try_again(void *data)
{
	pvconsole_drain(data);
}

int pvconsole_create(struct domain *d, gfn_t ring_gfn, mfn_t ring_mfn)
{
	struct pv_console *c = heap_alloc(sizeof(*c));
	int rc;

	if (!c)
		return -XEN_ENOMEM;
	spin_init(&c->lock, LOCK_PV_CONSOLE, 0);
	c->ring = arch_frame_map(ring_mfn);
	c->gfn = ring_gfn;
	timer_init(&c->again, &cpu_this()->timers, try_again, d);
	rc = domain_pin_gfn(d, ring_gfn);
	if (rc)
		goto free_console;
	rc = evtchn_bind_hypervisor(d, guest_sent, &c->port);
	if (rc)
		goto unpin;
	d->console = c;
	d->hvm_param[HVM_PARAM_CONSOLE_PFN] = ring_gfn.n;
	d->hvm_param[HVM_PARAM_CONSOLE_EVTCHN] = c->port;
	return 0;
unpin:
	domain_unpin_gfn(d, ring_gfn);
free_console:
	heap_free(c);
	return rc;
}

/* Show ring bytes [cons, prod), at most the whole ring. */
static void show(const struct domain *d, const struct xencons_interface *ring, uint32_t cons,
		 uint32_t prod)
{
	char chunk[256];

	while (cons != prod) {
		unsigned n = 0;

		while (cons != prod && n < sizeof(chunk)) {
			unsigned at = MASK_XENCONS_IDX(cons, ring->out);

			chunk[n++] = __atomic_load_n(&ring->out[at], __ATOMIC_RELAXED);
			cons++;
		}
		console_guest_write(d->id, chunk, n);
	}
}

/* Of @nr bytes as many as may be shown now; at the end of the domain all: there are no more. */
static uint32_t allow(struct domain *d, struct pv_console *c, uint32_t nr, enum console_all all)
{
	uint32_t some = all == CONSOLE_ALL ? nr : (uint32_t)console_allow(d, nr, CONSOLE_SOME);

	/* The guest waits for room, and is told of it then. */
	if (some < nr)
		timer_set(&c->again, arch_now() + RETRY);
	return some;
}

/* True: the guest has room in its ring that it has not been told of. */
static bool drain_locked(struct domain *d, struct pv_console *c, enum console_all all)
{
	struct xencons_interface *ring = c->ring;
	uint32_t cons = __atomic_load_n(&ring->out_cons, __ATOMIC_RELAXED);
	/* Pairs with the guest's barrier between the bytes and the index. */
	uint32_t prod = __atomic_load_n(&ring->out_prod, __ATOMIC_ACQUIRE), nr = prod - cons;

	if (!nr)
		return false;
	/* Nonsense; start anew from where the guest says it is. */
	if (nr > sizeof(ring->out)) {
		printk_guest(LOG_WARNING, "d%u: console ring indices %u, %u make no sense", d->id,
			     cons, prod);
	} else {
		nr = allow(d, c, nr, all);
		show(d, ring, cons, cons + nr);
	}
	__atomic_store_n(&ring->out_cons, cons + nr, __ATOMIC_RELEASE);
	return nr;
}

static bool drain(struct domain *d, struct pv_console *c, enum console_all all)
{
	bool tell;

	spin_lock(&c->lock);
	tell = drain_locked(d, c, all);
	spin_unlock(&c->lock);
	return tell;
}

void pvconsole_destroy(struct domain *d)
{
	if (!d->console)
		return;
	timer_kill(&d->console->again);
	drain(d, d->console, CONSOLE_ALL);
	evtchn_unbind_hypervisor(d, d->console->port);
	domain_unpin_gfn(d, d->console->gfn);
	heap_free(d->console);
	d->console = NULL;
}

void pvconsole_drain(struct domain *d)
{
	if (d->console && drain(d, d->console, CONSOLE_SOME))
		evtchn_raise(d, d->console->port);
}
