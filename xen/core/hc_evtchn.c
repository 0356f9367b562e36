/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_channel_op. Without the FIFO ABI init_control, expand_array and
 * set_priority give -ENOSYS, and guests stay with the 2-level one.
 */
#include <hv/errno.h>
#include <hv/printk.h>

#include "evtchn.h"
#include "subop.h"

/* Virtual interrupts of each vCPU; all others exist once and belong to vCPU 0. */
static bool virq_is_per_vcpu(uint32_t virq)
{
	return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF ||
	       virq == VIRQ_XENPMU;
}

/* Give a free port the contents of @as. */
static long open_port(struct domain *d, struct evtchn as, evtchn_port_t *ret_port)
{
	int rc;

	spin_lock(&d->lock);
	rc = evtchn_find_free(d, ret_port);
	if (!rc)
		evtchn_open_port(evtchn_lookup(d, *ret_port), as);
	spin_unlock(&d->lock);
	return rc;
}

static long alloc_unbound(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_alloc_unbound *a = arg;
	domid_t remote = a->remote_dom == DOMID_SELF ? v->domain->id : a->remote_dom;
	int rc = own_domain(v, a->dom);

	if (rc)
		return rc;
	return open_port(v->domain, (struct evtchn){ .state = ECS_UNBOUND, .remote_domid = remote },
			 &a->port);
}

/* Only within the domain: no other one exists. */
static int do_bind_interdomain(struct domain *d, evtchn_port_t remote_port, evtchn_port_t *ret_port)
{
	struct evtchn *remote = evtchn_lookup(d, remote_port);
	struct evtchn *local;
	int rc;

	if (!remote || remote->state != ECS_UNBOUND || remote->remote_domid != d->id)
		return -XEN_EINVAL;
	rc = evtchn_find_free(d, ret_port);
	if (rc)
		return rc;
	local = evtchn_lookup(d, *ret_port);
	evtchn_open_port(local,
			 (struct evtchn){ .state = ECS_INTERDOMAIN, .remote_port = remote_port });
	remote->state = ECS_INTERDOMAIN;
	remote->remote_port = *ret_port;
	/* What was sent to the port while it was unbound is lost: let the binder look. */
	evtchn_set_pending(d, *ret_port, local);
	return 0;
}

static long bind_interdomain(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_bind_interdomain *b = arg;
	struct domain *d = v->domain;
	int rc = own_domain(v, b->remote_dom);

	if (rc)
		return rc;
	spin_lock(&d->lock);
	rc = do_bind_interdomain(d, b->remote_port, &b->local_port);
	spin_unlock(&d->lock);
	return rc;
}

static int do_bind_virq(struct vcpu *target, uint32_t virq, evtchn_port_t *ret_port)
{
	struct domain *d = target->domain;
	int rc;

	if (target->virq_port[virq])
		return -XEN_EEXIST;
	rc = evtchn_find_free(d, ret_port);
	if (rc)
		return rc;
	evtchn_open_port(
		evtchn_lookup(d, *ret_port),
		(struct evtchn){ .state = ECS_VIRQ, .vcpu = (uint16_t)target->id, .virq = virq });
	target->virq_port[virq] = *ret_port;
	return 0;
}

static long bind_virq(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_bind_virq *b = arg;
	struct domain *d = v->domain;
	int rc;

	if (b->virq >= NR_VIRQS || (b->vcpu && !virq_is_per_vcpu(b->virq)))
		return -XEN_EINVAL;
	if (b->vcpu >= d->nr_vcpus)
		return -XEN_ENOENT;
	spin_lock(&d->lock);
	rc = do_bind_virq(d->vcpu[b->vcpu], b->virq, &b->port);
	spin_unlock(&d->lock);
	return rc;
}

static long bind_ipi(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_bind_ipi *b = arg;

	if (b->vcpu >= v->domain->nr_vcpus)
		return -XEN_ENOENT;
	return open_port(v->domain, (struct evtchn){ .state = ECS_IPI, .vcpu = (uint16_t)b->vcpu },
			 &b->port);
}

/* The hypervisor's own ends stay: a guest that closes them all still has its console. */
static int do_close(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	if (!chn || chn->state == ECS_FREE || chn->state == ECS_RESERVED ||
	    chn->state == ECS_HYPERVISOR)
		return -XEN_EINVAL;
	if (chn->state == ECS_VIRQ)
		for (uint32_t i = 0; i < d->nr_vcpus; i++)
			if (d->vcpu[i]->virq_port[chn->virq] == port)
				d->vcpu[i]->virq_port[chn->virq] = 0;
	if (chn->state == ECS_INTERDOMAIN) {
		struct evtchn *remote = evtchn_lookup(d, chn->remote_port);

		remote->state = ECS_UNBOUND;
		remote->remote_domid = d->id;
	}
	evtchn_free_port(d, port, chn);
	return 0;
}

static long close_port(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_close *c = arg;
	int rc;

	spin_lock(&v->domain->lock);
	rc = do_close(v->domain, c->port);
	spin_unlock(&v->domain->lock);
	return rc;
}

static long reset(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_reset *r = arg;
	struct domain *d = v->domain;
	struct evtchn_fifo *fifo = NULL;
	int rc = own_domain(v, r->dom);

	if (rc)
		return rc;
	spin_lock(&d->lock);
	/* At most 131071 ports, a few dozen instructions each. */
	for (evtchn_port_t port = 1; port < evtchn_ops(d)->nr_ports; port++)
		if (do_close(d, port))
			continue; /* free, or the hypervisor's */
	if (SUPPORT_ENABLED(evtchn_fifo))
		fifo = evtchn_fifo_detach(d);
	spin_unlock(&d->lock);
	if (SUPPORT_ENABLED(evtchn_fifo))
		evtchn_fifo_destroy(d, fifo);
	return 0;
}

/* Send on @port; a channel to the hypervisor is left to the caller, outside the lock. */
static int do_send(struct domain *d, evtchn_port_t port, evtchn_hv_fn **ret_fn)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	if (!chn)
		return -XEN_EINVAL;
	switch ((enum evtchn_state)chn->state) {
	case ECS_INTERDOMAIN:
		evtchn_set_pending(d, chn->remote_port, evtchn_lookup(d, chn->remote_port));
		return 0;
	case ECS_IPI:
		evtchn_set_pending(d, port, chn);
		return 0;
	case ECS_HYPERVISOR:
		*ret_fn = chn->hv_fn;
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

static long send(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_send *s = arg;
	evtchn_hv_fn *fn = NULL;
	int rc;

	spin_lock(&v->domain->lock);
	rc = do_send(v->domain, s->port, &fn);
	spin_unlock(&v->domain->lock);
	if (fn)
		fn(v->domain, s->port);
	return rc;
}

static void fill_status(const struct domain *d, const struct evtchn *chn, struct evtchn_status *s)
{
	static const uint8_t status_of[] = {
		[ECS_FREE] = EVTCHNSTAT_closed,
		[ECS_RESERVED] = EVTCHNSTAT_closed,
		[ECS_UNBOUND] = EVTCHNSTAT_unbound,
		[ECS_INTERDOMAIN] = EVTCHNSTAT_interdomain,
		[ECS_VIRQ] = EVTCHNSTAT_virq,
		[ECS_IPI] = EVTCHNSTAT_ipi,
		[ECS_HYPERVISOR] = EVTCHNSTAT_interdomain,
	};

	s->status = status_of[chn->state];
	s->vcpu = chn->vcpu;
	if (chn->state == ECS_UNBOUND) {
		s->u.unbound.dom = chn->remote_domid;
	} else if (chn->state == ECS_INTERDOMAIN) {
		s->u.interdomain.dom = d->id;
		s->u.interdomain.port = chn->remote_port;
	} else if (chn->state == ECS_HYPERVISOR) {
		s->u.interdomain.dom = DOMID_XEN;
		s->u.interdomain.port = 0;
	} else if (chn->state == ECS_VIRQ) {
		s->u.virq = chn->virq;
	}
}

static long status(struct vcpu *v, const struct hypercall *call, void *arg)
{
	static const struct evtchn unused = { .state = ECS_FREE };
	struct evtchn_status *s = arg;
	const struct evtchn *chn;
	int rc = own_domain(v, s->dom);

	if (rc)
		return rc;
	spin_lock(&v->domain->lock);
	chn = evtchn_lookup(v->domain, s->port);
	if (s->port >= evtchn_ops(v->domain)->nr_ports)
		rc = -XEN_EINVAL;
	else
		fill_status(v->domain, chn ? chn : &unused, s);
	spin_unlock(&v->domain->lock);
	return rc;
}

static int do_bind_vcpu(struct domain *d, evtchn_port_t port, uint32_t vcpu)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	if (!chn)
		return -XEN_EINVAL;
	switch ((enum evtchn_state)chn->state) {
	case ECS_VIRQ:
		if (virq_is_per_vcpu(chn->virq))
			return -XEN_EINVAL;
		break;
	case ECS_UNBOUND:
	case ECS_INTERDOMAIN:
	case ECS_HYPERVISOR:
		break;
	case ECS_FREE:
	case ECS_RESERVED:
	case ECS_IPI:
		return -XEN_EINVAL;
	}
	chn->vcpu = (uint16_t)vcpu;
	return 0;
}

static long bind_vcpu(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_bind_vcpu *b = arg;
	int rc;

	if (b->vcpu >= v->domain->nr_vcpus)
		return -XEN_ENOENT;
	spin_lock(&v->domain->lock);
	rc = do_bind_vcpu(v->domain, b->port, b->vcpu);
	spin_unlock(&v->domain->lock);
	return rc;
}

static long unmask(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_unmask *u = arg;
	struct evtchn *chn;

	spin_lock(&v->domain->lock);
	chn = evtchn_lookup(v->domain, u->port);
	if (chn && chn->state != ECS_FREE)
		evtchn_ops(v->domain)->clear_mask(v->domain, u->port, chn);
	spin_unlock(&v->domain->lock);
	return chn && chn->state != ECS_FREE ? 0 : -XEN_EINVAL;
}

#define FIFO_OP(fn) (SUPPORT_ENABLED(evtchn_fifo) ? (fn) : NULL)

static const struct subop subops[] = {
	[EVTCHNOP_bind_interdomain] = SUBOP_OUT(bind_interdomain, struct evtchn_bind_interdomain),
	[EVTCHNOP_bind_virq] = SUBOP_OUT(bind_virq, struct evtchn_bind_virq),
	[EVTCHNOP_close] = SUBOP(close_port, struct evtchn_close),
	[EVTCHNOP_send] = SUBOP(send, struct evtchn_send),
	[EVTCHNOP_status] = SUBOP_OUT(status, struct evtchn_status),
	[EVTCHNOP_alloc_unbound] = SUBOP_OUT(alloc_unbound, struct evtchn_alloc_unbound),
	[EVTCHNOP_bind_ipi] = SUBOP_OUT(bind_ipi, struct evtchn_bind_ipi),
	[EVTCHNOP_bind_vcpu] = SUBOP(bind_vcpu, struct evtchn_bind_vcpu),
	[EVTCHNOP_unmask] = SUBOP(unmask, struct evtchn_unmask),
	[EVTCHNOP_reset] = SUBOP(reset, struct evtchn_reset),
	[EVTCHNOP_init_control] =
		SUBOP_OUT(FIFO_OP(evtchn_fifo_init_control), struct evtchn_init_control),
	[EVTCHNOP_expand_array] =
		SUBOP(FIFO_OP(evtchn_fifo_expand_array), struct evtchn_expand_array),
	[EVTCHNOP_set_priority] =
		SUBOP(FIFO_OP(evtchn_fifo_set_priority), struct evtchn_set_priority),
};

hypercall_fn hc_event_channel_op;
long hc_event_channel_op(struct vcpu *v, const struct hypercall *call)
{
	return subop_call(v, call, subops, ARRAY_SIZE(subops), call->arg[0], call->arg[1]);
}
