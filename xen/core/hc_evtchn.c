/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_channel_op. Without the FIFO ABI init_control, expand_array and
 * set_priority give -ENOSYS, and guests stay with the 2-level one.
 */
#include <hv/access.h>
#include <hv/errno.h>
#include <hv/nospec.h>
#include <hv/printk.h>

#include "evtchn.h"
#include "subop.h"

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

/* The domain that sub-operation @op names; see access_domain(). */
static int find_target(struct vcpu *v, unsigned op, domid_t id, struct domain **ret_d)
{
	return access_domain(v, __HYPERVISOR_event_channel_op, op, id, ret_d);
}

static long alloc_unbound(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_alloc_unbound *a = arg;
	domid_t remote = a->remote_dom == DOMID_SELF ? v->domain->id : a->remote_dom;
	struct domain *d;
	long rc = find_target(v, EVTCHNOP_alloc_unbound, a->dom, &d);

	if (rc)
		return rc;
	rc = open_port(d, (struct evtchn){ .state = ECS_UNBOUND, .remote_domid = remote },
		       &a->port);
	domain_put(d);
	return rc;
}

/* Whoever the port waits for may bind to it: that is all the right it takes. */
static long bind_interdomain(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_bind_interdomain *b = arg;
	domid_t id = b->remote_dom == DOMID_SELF ? v->domain->id : b->remote_dom;
	struct domain *rd = domain_find(id);
	int rc;

	if (!rd)
		return -XEN_ESRCH;
	rc = evtchn_bind_interdomain(v->domain, rd, b->remote_port, &b->local_port);
	domain_put(rd);
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

	if (b->virq >= NR_VIRQS || (b->vcpu && !evtchn_virq_is_per_vcpu(b->virq)))
		return -XEN_EINVAL;
	if (b->vcpu >= d->nr_vcpus)
		return -XEN_ENOENT;
	spin_lock(&d->lock);
	rc = do_bind_virq(domain_vcpu(d, b->vcpu), (uint32_t)nospec_index(b->virq, NR_VIRQS),
			  &b->port);
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

static long close_port(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_close *c = arg;

	return evtchn_close(v->domain, c->port, CLOSED_BY_GUEST);
}

/* All ports, and back to the 2-level ABI. */
static int reset_domain(struct domain *d)
{
	struct evtchn_fifo *fifo = NULL;
	int rc = evtchn_close_all(d, CLOSED_BY_GUEST);

	if (rc || !SUPPORT_ENABLED(evtchn_fifo))
		return rc;
	spin_lock(&d->lock);
	fifo = evtchn_fifo_detach(d);
	spin_unlock(&d->lock);
	evtchn_fifo_destroy(d, fifo);
	return 0;
}

static long reset(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_reset *r = arg;
	struct domain *d;
	long rc = find_target(v, EVTCHNOP_reset, r->dom, &d);

	if (rc)
		return rc;
	rc = domain_is_alive(d) ? reset_domain(d) : -XEN_EINVAL;
	domain_put(d);
	if (rc == -XEN_ERESTART)
		rc = hypercall_continue(v, __HYPERVISOR_event_channel_op, call->arg[0],
					call->arg[1], 0, 0, 0);
	return rc;
}

static long send(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct evtchn_send *s = arg;

	return evtchn_send(v->domain, s->port);
}

static void fill_status(const struct evtchn *chn, struct evtchn_status *s)
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
		s->u.interdomain.dom = chn->remote_domid;
		s->u.interdomain.port = chn->remote_port;
	} else if (chn->state == ECS_HYPERVISOR) {
		s->u.interdomain.dom = DOMID_XEN;
		s->u.interdomain.port = 0;
	} else if (chn->state == ECS_VIRQ) {
		s->u.virq = chn->virq;
	}
}

static int get_status(struct domain *d, struct evtchn_status *s)
{
	static const struct evtchn unused = { .state = ECS_FREE };
	const struct evtchn *chn;

	if (s->port >= evtchn_ops(d)->nr_ports)
		return -XEN_EINVAL;
	chn = evtchn_lookup(d, s->port);
	fill_status(chn ? chn : &unused, s);
	return 0;
}

static long status(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct evtchn_status *s = arg;
	struct domain *d;
	long rc = find_target(v, EVTCHNOP_status, s->dom, &d);

	if (rc)
		return rc;
	spin_lock(&d->lock);
	rc = get_status(d, s);
	spin_unlock(&d->lock);
	domain_put(d);
	return rc;
}

static int do_bind_vcpu(struct domain *d, evtchn_port_t port, uint32_t vcpu)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	if (!chn)
		return -XEN_EINVAL;
	switch ((enum evtchn_state)chn->state) {
	case ECS_VIRQ:
		if (evtchn_virq_is_per_vcpu(chn->virq))
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
	int rc = -XEN_EINVAL;

	spin_lock(&v->domain->lock);
	chn = evtchn_lookup(v->domain, u->port);
	if (chn && chn->state != ECS_FREE) {
		evtchn_ops(v->domain)->clear_mask(v->domain, u->port, chn);
		rc = 0;
	}
	spin_unlock(&v->domain->lock);
	return rc;
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
