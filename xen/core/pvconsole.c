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
};

static void guest_sent(struct domain *d, evtchn_port_t port)
{
	pvconsole_drain(d);
}

int pvconsole_create(struct domain *d, gfn_t ring_gfn, mfn_t ring_mfn)
{
	struct pv_console *c = heap_alloc(sizeof(*c));
	int rc;

	if (!c)
		return -XEN_ENOMEM;
	c->ring = arch_frame_map(ring_mfn);
	c->gfn = ring_gfn;
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

void pvconsole_destroy(struct domain *d)
{
	if (!d->console)
		return;
	pvconsole_drain(d);
	evtchn_unbind_hypervisor(d, d->console->port);
	domain_unpin_gfn(d, d->console->gfn);
	heap_free(d->console);
	d->console = NULL;
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

void pvconsole_drain(struct domain *d)
{
	struct xencons_interface *ring;
	uint32_t cons, prod;

	if (!d->console)
		return;
	ring = d->console->ring;
	cons = __atomic_load_n(&ring->out_cons, __ATOMIC_RELAXED);
	/* Pairs with the guest's barrier between the bytes and the index. */
	prod = __atomic_load_n(&ring->out_prod, __ATOMIC_ACQUIRE);
	if (cons == prod)
		return;
	/* Nonsense; start anew from where the guest says it is. */
	if (prod - cons > sizeof(ring->out))
		printk_guest(LOG_WARNING, "d%u: console ring indices %u, %u make no sense", d->id,
			     cons, prod);
	else
		show(d, ring, cons, prod);
	__atomic_store_n(&ring->out_cons, prod, __ATOMIC_RELEASE);
	evtchn_raise(d, d->console->port);
}
