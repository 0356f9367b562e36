/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Channels whose ends are two ports, of one domain or of two. Each end names the other by
 * number; while it does, the other's domain is there, for a domain closes all of its
 * channels before it goes. Who sends holds one lock at a time, and looks whether the other
 * end is still what it was; who changes both ends holds both locks, the lower id's first.
 */
#include <hv/cpu.h>
#include <hv/errno.h>

#include "evtchn.h"

/* The domain of the other end; with the lock of this end's domain held. */
static struct domain *other_domain(const struct evtchn *chn)
{
	return domain_of_frame_owner(chn->remote_domid);
}

/* Lock both, which may be one. */
static void lock_two(struct domain *a, struct domain *b)
{
	if (a->id > b->id) {
		struct domain *c = a;

		a = b;
		b = c;
	}
	spin_lock(&a->lock);
	if (a != b)
		spin_lock(&b->lock);
}

static void unlock_two(struct domain *a, struct domain *b)
{
	if (a != b)
		spin_unlock(&b->lock);
	spin_unlock(&a->lock);
}

static bool leads_to(const struct evtchn *chn, const struct domain *d, evtchn_port_t port)
{
	return chn && chn->state == ECS_INTERDOMAIN && chn->remote_domid == d->id &&
	       chn->remote_port == port;
}

/* What is to be done about a send once the sender's lock is dropped. */
struct send_to {
	evtchn_hv_fn *fn;
	struct domain *d; /* with a reference; NULL: all is done */
	evtchn_port_t port;
};

static int send_locked(struct domain *d, evtchn_port_t port, struct send_to *ret_to)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	if (!chn)
		return -XEN_EINVAL;
	switch ((enum evtchn_state)chn->state) {
	case ECS_INTERDOMAIN:
		if (chn->remote_domid == d->id) {
			evtchn_set_pending(d, chn->remote_port, evtchn_lookup(d, chn->remote_port));
			return 0;
		}
		ret_to->d = other_domain(chn);
		ret_to->port = chn->remote_port;
		domain_get(ret_to->d);
		return 0;
	case ECS_IPI:
		evtchn_set_pending(d, port, chn);
		return 0;
	case ECS_HYPERVISOR:
		ret_to->fn = chn->hv_fn;
		return 0;
	case ECS_UNBOUND: /* nobody is there yet; not the sender's fault */
		return 0;
	case ECS_FREE:
	case ECS_RESERVED:
	case ECS_VIRQ:
		break;
	}
	return -XEN_EINVAL;
}

int evtchn_send(struct domain *d, evtchn_port_t port)
{
	struct send_to to = { 0 };
	struct evtchn *chn;
	int rc;

	perfc(evtchn_sends);
	spin_lock(&d->lock);
	rc = send_locked(d, port, &to);
	spin_unlock(&d->lock);
	if (to.fn)
		to.fn(d, port);
	if (!to.d)
		return rc;
	spin_lock(&to.d->lock);
	chn = evtchn_lookup(to.d, to.port);
	if (leads_to(chn, d, port))
		evtchn_set_pending(to.d, to.port, chn);
	spin_unlock(&to.d->lock);
	domain_put(to.d);
	return rc;
}

/* With both locks held. */
static int bind_locked(struct domain *d, struct domain *rd, evtchn_port_t remote_port,
		       evtchn_port_t *ret_port)
{
	struct evtchn *remote = evtchn_lookup(rd, remote_port);
	struct evtchn *local;
	int rc;

	if (!domain_is_alive(rd) || !remote || remote->state != ECS_UNBOUND ||
	    remote->remote_domid != d->id)
		return -XEN_EINVAL;
	rc = evtchn_find_free(d, ret_port);
	if (rc)
		return rc;
	local = evtchn_lookup(d, *ret_port);
	evtchn_open_port(local, (struct evtchn){ .state = ECS_INTERDOMAIN,
						 .remote_domid = rd->id,
						 .remote_port = remote_port });
	remote->state = ECS_INTERDOMAIN;
	remote->remote_domid = d->id;
	remote->remote_port = *ret_port;
	/* What was sent to the port while it was unbound is lost: let the binder look. */
	evtchn_set_pending(d, *ret_port, local);
	return 0;
}

int evtchn_bind_interdomain(struct domain *d, struct domain *rd, evtchn_port_t remote_port,
			    evtchn_port_t *ret_port)
{
	int rc;

	lock_two(d, rd);
	rc = bind_locked(d, rd, remote_port, ret_port);
	unlock_two(d, rd);
	return rc;
}

static void forget_virq(struct domain *d, evtchn_port_t port, const struct evtchn *chn)
{
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (d->vcpu[i]->virq_port[chn->virq] == port)
			d->vcpu[i]->virq_port[chn->virq] = 0;
}

/*
 * With d->lock held. *ret_other: the domain of the other end, with a reference, if its lock is
 * needed as well and is not @held; nothing has changed then.
 */
static int close_locked(struct domain *d, evtchn_port_t port, enum evtchn_closer who,
			const struct domain *held, struct domain **ret_other)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	*ret_other = NULL;
	if (!chn || chn->state == ECS_FREE || chn->state == ECS_RESERVED)
		return -XEN_EINVAL;
	/* The hypervisor's own ends stay: a guest that closes them all still has its console. */
	if (chn->state == ECS_HYPERVISOR && who == CLOSED_BY_GUEST)
		return -XEN_EINVAL;
	if (chn->state == ECS_VIRQ)
		forget_virq(d, port, chn);
	if (chn->state == ECS_INTERDOMAIN) {
		struct domain *rd = other_domain(chn);
		struct evtchn *remote;

		if (rd != d && rd != held) {
			domain_get(rd);
			*ret_other = rd;
			return 0;
		}
		remote = evtchn_lookup(rd, chn->remote_port);
		remote->state = ECS_UNBOUND;
		remote->remote_domid = d->id;
	}
	evtchn_free_port(d, port, chn);
	return 0;
}

/* Tried again only if between the two locks the port became a channel to a third domain. */
int evtchn_close(struct domain *d, evtchn_port_t port, enum evtchn_closer who)
{
	struct domain *held = NULL, *other;
	int rc;

	for (;;) {
		lock_two(d, held ? held : d);
		rc = close_locked(d, port, who, held, &other);
		unlock_two(d, held ? held : d);
		domain_put(held);
		if (!other)
			return rc;
		held = other;
	}
}
