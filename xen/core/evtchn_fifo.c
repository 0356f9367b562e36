/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels, FIFO ABI: a word for each port in an array of guest pages, a
 * queue for each vCPU and priority, linked through the words, its head in the
 * vCPU's control block.
 *
 * The guest takes a port out of its queue by clearing LINKED and the link of its
 * word at once. So whether the last port of a queue still has LINKED tells, when
 * another is added, whether the guest will come by its link or needs a new head.
 *
 * The guest writes all of this at any time. Of what it can write, only the PENDING,
 * MASKED and LINKED bits are looked at, each once, as the old value of the one
 * atomic operation that changes the word; none is tried again. Where the
 * queues end is kept here, and no link or head is ever read: a guest that forges
 * them misleads nobody else. BUSY asks the guest to leave a word alone while we
 * try again, so it is never set.
 */
#include <candor/support.h>

#include <hv/bitops.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/nospec.h>

#include <arch/arch.h>

#include "evtchn.h"

SUPPORT_PROVIDES(evtchn_fifo, "common");

#define PENDING (1u << EVTCHN_FIFO_PENDING)
#define MASKED (1u << EVTCHN_FIFO_MASKED)
#define LINKED (1u << EVTCHN_FIFO_LINKED)

#define WORDS_PER_PAGE (PAGE_SIZE / sizeof(event_word_t))
#define MAX_PAGES (EVTCHN_FIFO_NR_CHANNELS / WORDS_PER_PAGE)
#define NR_QUEUES ((size_t)HV_MAX_VCPUS * EVTCHN_FIFO_MAX_QUEUES)

_Static_assert(sizeof(struct evtchn_init_control) == 24, "xen/event_channel.h");
_Static_assert(sizeof(struct evtchn_expand_array) == 8, "xen/event_channel.h");
_Static_assert(sizeof(struct evtchn_fifo_control_block) == 72, "xen/event_channel.h");
_Static_assert(NR_QUEUES <= 1 << 15, "a queue's number fits struct evtchn");
_Static_assert(MAX_PAGES < HV_MAX_PINNED_GFNS(0), "all pages can be pinned");

struct evtchn_fifo {
	/* In guest frames, which are pinned. */
	event_word_t *page[MAX_PAGES];
	gfn_t page_gfn[MAX_PAGES];
	unsigned nr_pages;
	struct fifo_vcpu {
		struct evtchn_fifo_control_block *control; /* NULL until init_control; likewise */
		gfn_t control_gfn;
		/* The port each queue was last given; 0 if none that could still be linked. */
		evtchn_port_t tail[EVTCHN_FIFO_MAX_QUEUES];
	} vcpu[]; /* [nr_vcpus] of the domain */
};

/* Queues are numbered through all vCPUs. */
static evtchn_port_t *tail_of(struct evtchn_fifo *f, unsigned queue)
{
	return &f->vcpu[queue / EVTCHN_FIFO_MAX_QUEUES].tail[queue % EVTCHN_FIFO_MAX_QUEUES];
}

/* The word of @port; NULL while the array does not reach it. */
static event_word_t *find_word(const struct evtchn_fifo *f, evtchn_port_t port)
{
	if (port / WORDS_PER_PAGE >= f->nr_pages)
		return NULL;
	port = (evtchn_port_t)nospec_index(port, (uint64_t)f->nr_pages * WORDS_PER_PAGE);
	return &f->page[port / WORDS_PER_PAGE][port % WORDS_PER_PAGE];
}

static event_word_t set_bits(event_word_t *word, event_word_t bits)
{
	return __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);
}

static event_word_t clear_bits(event_word_t *word, event_word_t bits)
{
	return __atomic_fetch_and(word, ~bits, __ATOMIC_SEQ_CST);
}

/* Let @port follow @tail; false if the guest has taken @tail out meanwhile. */
static bool append(const struct evtchn_fifo *f, evtchn_port_t tail, evtchn_port_t port)
{
	event_word_t *word = find_word(f, tail);

	if (set_bits(word, port) & LINKED)
		return true;
	clear_bits(word, EVTCHN_FIFO_LINK_MASK);
	return false;
}

/* @queue has run empty: start it anew with @port. */
static void start_queue(struct vcpu *v, struct evtchn_fifo_control_block *c, unsigned priority,
			evtchn_port_t port)
{
	__atomic_store_n(&c->head[priority], port, __ATOMIC_SEQ_CST);
	if (!(__atomic_fetch_or(&c->ready, 1u << priority, __ATOMIC_SEQ_CST) & 1u << priority))
		vcpu_mark_events_pending(v);
}

/* Put the unmasked pending @port into the queue of its vCPU and priority. */
static void link_port(struct domain *d, evtchn_port_t port, struct evtchn *chn, event_word_t *word)
{
	struct evtchn_fifo *f = d->evtchn->fifo;
	struct evtchn_fifo_control_block *control = f->vcpu[chn->vcpu].control;
	unsigned priority = (unsigned)(EVTCHN_FIFO_PRIORITY_DEFAULT + chn->priority);
	unsigned queue = chn->vcpu * EVTCHN_FIFO_MAX_QUEUES + priority;
	evtchn_port_t tail;

	/* Its vCPU hears of nothing before it has a control block. */
	if (!control || set_bits(word, LINKED) & LINKED)
		return;
	/* It was out: where it was the last one, all before it are out as well. */
	if (*tail_of(f, chn->queue) == port)
		*tail_of(f, chn->queue) = 0;
	chn->queue = (uint16_t)queue;
	tail = *tail_of(f, queue);
	*tail_of(f, queue) = port;
	if (!tail || !append(f, tail, port))
		start_queue(d->vcpu[chn->vcpu], control, priority, port);
}

static void set_pending(struct domain *d, evtchn_port_t port, struct evtchn *chn)
{
	event_word_t *word = find_word(d->evtchn->fifo, port);
	event_word_t old;

	if (word) {
		old = set_bits(word, PENDING);
	} else {
		old = MASKED | (chn->waiting ? PENDING : 0);
		chn->waiting = true;
	}
	/* Pending and in no queue: the guest has taken it out and not acknowledged it yet. */
	if (!(old & (MASKED | LINKED)))
		link_port(d, port, chn, word);
	if (!(old & PENDING))
		evtchn_wake_pollers(d, port);
}

static void clear_pending(struct domain *d, evtchn_port_t port)
{
	event_word_t *word = find_word(d->evtchn->fifo, port);

	if (word)
		clear_bits(word, PENDING);
}

/* The guest may have cleared MASKED itself, and only asks to have the port linked. */
static void clear_mask(struct domain *d, evtchn_port_t port, struct evtchn *chn)
{
	event_word_t *word = find_word(d->evtchn->fifo, port);

	if (word && clear_bits(word, MASKED) & PENDING)
		link_port(d, port, chn, word);
}

static bool is_pending(struct domain *d, evtchn_port_t port)
{
	const event_word_t *word = find_word(d->evtchn->fifo, port);
	const struct evtchn *chn = evtchn_lookup(d, port);

	if (word)
		return __atomic_load_n(word, __ATOMIC_SEQ_CST) & PENDING;
	return chn && chn->waiting;
}

static const struct evtchn_ops fifo_ops = {
	.nr_ports = EVTCHN_FIFO_NR_CHANNELS,
	.set_pending = set_pending,
	.clear_pending = clear_pending,
	.clear_mask = clear_mask,
	.is_pending = is_pending,
};

/*
 * Pin RAM page @g of the guest and map it. Pinned first: from then on what is found
 * stays there.
 */
static int map_page(struct domain *d, uint64_t n, void **ret_page)
{
	enum p2m_type type;
	mfn_t m;
	int rc = domain_pin_gfn(d, gfn(n));

	if (rc)
		return rc;
	m = arch_p2m_lookup(d, gfn(n), &type);
	if (type != P2M_RAM) {
		domain_unpin_gfn(d, gfn(n));
		return -XEN_EINVAL;
	}
	*ret_page = arch_frame_map(m);
	return 0;
}

/* Events the 2-level ABI has not delivered wait for their words. 64 words are looked at. */
static void take_over_pending(struct domain *d)
{
	unsigned long *map = d->shared_info->evtchn_pending;

	for (unsigned i = 0; i < EVTCHN_2L_NR_CHANNELS / BITS_PER_WORD; i++) {
		unsigned long bits = __atomic_exchange_n(&map[i], 0, __ATOMIC_SEQ_CST);

		for (; bits; bits &= bits - 1) {
			unsigned bit = (unsigned)__builtin_ctzl(bits);
			struct evtchn *chn = evtchn_lookup(d, i * BITS_PER_WORD + bit);

			if (chn && chn->state != ECS_FREE)
				chn->waiting = true;
		}
	}
}

/* Make @control the one of @v; @fresh is used, and taken, if this is the domain's first. */
static int set_control(struct vcpu *v, gfn_t g, struct evtchn_fifo_control_block *control,
		       struct evtchn_fifo **fresh)
{
	struct evtchn_table *t = v->domain->evtchn;

	if (t->fifo && t->fifo->vcpu[v->id].control)
		return -XEN_EINVAL;
	if (!t->fifo) {
		t->fifo = *fresh;
		*fresh = NULL;
		t->ops = &fifo_ops;
		take_over_pending(v->domain);
	}
	t->fifo->vcpu[v->id].control = control;
	t->fifo->vcpu[v->id].control_gfn = g;
	return 0;
}

long evtchn_fifo_init_control(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_init_control *a = arg;
	struct domain *d = v->domain;
	struct evtchn_fifo *fresh;
	void *page;
	int rc;

	if (!SUPPORT_ACTIVE(evtchn_fifo))
		return -XEN_ENOSYS;
	if (a->vcpu >= d->nr_vcpus)
		return -XEN_ENOENT;
	if (a->offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block) || a->offset % 8)
		return -XEN_EINVAL;
	fresh = heap_alloc(sizeof(*fresh) + d->nr_vcpus * sizeof(fresh->vcpu[0]));
	if (!fresh)
		return -XEN_ENOMEM;
	rc = map_page(d, a->control_gfn, &page);
	if (rc)
		goto free_fresh;
	spin_lock(&d->lock);
	rc = set_control(domain_vcpu(d, a->vcpu), gfn(a->control_gfn),
			 (void *)((char *)page + a->offset), &fresh);
	spin_unlock(&d->lock);
	if (rc)
		domain_unpin_gfn(d, gfn(a->control_gfn));
	else
		a->link_bits = EVTCHN_FIFO_LINK_BITS;
free_fresh:
	heap_free(fresh);
	return rc;
}

/* Events of the ports of the last page that waited for it. */
static void deliver_waiting(struct domain *d)
{
	evtchn_port_t first = (d->evtchn->fifo->nr_pages - 1) * WORDS_PER_PAGE;

	for (evtchn_port_t port = first; port < first + WORDS_PER_PAGE; port++) {
		struct evtchn *chn = evtchn_lookup(d, port);

		if (!chn || !chn->waiting)
			continue;
		chn->waiting = false;
		evtchn_set_pending(d, port, chn);
	}
}

static int add_page(struct domain *d, gfn_t g, void *page)
{
	struct evtchn_fifo *f = d->evtchn->fifo;

	if (!f)
		return -XEN_EOPNOTSUPP;
	if (f->nr_pages == MAX_PAGES)
		return -XEN_ENOSPC;
	f->page[f->nr_pages] = page;
	f->page_gfn[f->nr_pages++] = g;
	deliver_waiting(d);
	return 0;
}

long evtchn_fifo_expand_array(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_expand_array *a = arg;
	struct domain *d = v->domain;
	void *page;
	int rc;

	if (!SUPPORT_ACTIVE(evtchn_fifo))
		return -XEN_ENOSYS;
	rc = map_page(d, a->array_gfn, &page);
	if (rc)
		return rc;
	spin_lock(&d->lock);
	rc = add_page(d, gfn(a->array_gfn), page);
	spin_unlock(&d->lock);
	if (rc)
		domain_unpin_gfn(d, gfn(a->array_gfn));
	return rc;
}

static int do_set_priority(struct domain *d, evtchn_port_t port, uint32_t priority)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	if (!d->evtchn->fifo)
		return -XEN_ENOSYS;
	if (!chn || chn->state == ECS_FREE || chn->state == ECS_RESERVED)
		return -XEN_EINVAL;
	/* Where it is linked now it stays until the guest takes it out. */
	chn->priority = (int8_t)((int)priority - EVTCHN_FIFO_PRIORITY_DEFAULT);
	return 0;
}

long evtchn_fifo_set_priority(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_set_priority *a = arg;
	int rc;

	if (!SUPPORT_ACTIVE(evtchn_fifo))
		return -XEN_ENOSYS;
	if (a->priority > EVTCHN_FIFO_PRIORITY_MIN)
		return -XEN_EINVAL;
	spin_lock(&v->domain->lock);
	rc = do_set_priority(v->domain, a->port, a->priority);
	spin_unlock(&v->domain->lock);
	return rc;
}

struct evtchn_fifo *evtchn_fifo_detach(struct domain *d)
{
	struct evtchn_fifo *f = d->evtchn->fifo;

	d->evtchn->fifo = NULL;
	d->evtchn->ops = &evtchn_2l_ops;
	return f;
}

void evtchn_fifo_destroy(struct domain *d, struct evtchn_fifo *f)
{
	if (!f)
		return;
	for (unsigned i = 0; i < d->nr_vcpus; i++)
		if (f->vcpu[i].control)
			domain_unpin_gfn(d, f->vcpu[i].control_gfn);
	for (unsigned i = 0; i < f->nr_pages; i++)
		domain_unpin_gfn(d, f->page_gfn[i]);
	heap_free(f);
}
