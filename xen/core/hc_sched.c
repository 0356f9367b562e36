/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sched_op: yield, block, poll, shut down. */
#include <stdint.h>

#include <xen/sched.h>

#include <hv/access.h>
#include <hv/evtchn.h>
#include <hv/printk.h>
#include <hv/sched.h>

#include <arch/arch.h>

#include "subop.h"

#define POLL_MAX_PORTS 128

static long yield_cpu(struct vcpu *v, const struct hypercall *call, void *arg)
{
	sched_yield_cpu(v);
	return 0;
}

static long block(struct vcpu *v, const struct hypercall *call, void *arg)
{
	__atomic_store_n(&vcpu_info_of(v)->evtchn_upcall_mask, 0, __ATOMIC_SEQ_CST);
	vcpu_block(v);
	return 0;
}

static long shutdown_self(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct sched_shutdown *s = arg;

	if (s->reason > SHUTDOWN_MAX)
		return -XEN_EINVAL;
	domain_shutdown(v->domain, (int)s->reason);
	return 0;
}

static long latch_shutdown_code(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct sched_shutdown *s = arg;

	if (s->reason > SHUTDOWN_MAX)
		return -XEN_EINVAL;
	return domain_latch_shutdown(v->domain, (int)s->reason);
}

/* struct sched_poll as a 32-bit caller lays it out. */
struct compat_sched_poll {
	uint32_t ports, nr_ports;
	uint64_t timeout;
};

static long do_poll(struct vcpu *v, uint64_t ptr, uint32_t nr, uint64_t timeout)
{
	evtchn_port_t ports[POLL_MAX_PORTS];
	stime_t deadline = STIME_MAX;
	int rc;

	if (nr > POLL_MAX_PORTS)
		return -XEN_EINVAL;
	if (nr && arch_copy_from_guest(v, ports, ptr, nr * sizeof(ports[0])))
		return -XEN_EFAULT;
	if (timeout && timeout < STIME_MAX)
		deadline = (stime_t)timeout;
	if (deadline > arch_now())
		rc = evtchn_poll(v, ports, nr, deadline);
	else
		rc = evtchn_any_pending(v->domain, ports, nr);
	return rc < 0 ? rc : 0;
}

static long poll(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct compat_sched_poll *c = arg;
	const struct sched_poll *p = arg;

	if (call->compat)
		return do_poll(v, c->ports, c->nr_ports, c->timeout);
	return do_poll(v, (uintptr_t)p->ports.p, p->nr_ports, p->timeout);
}

static long remote_shutdown(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct sched_remote_shutdown *r = arg;
	struct domain *d;
	int rc;

	if (r->reason > SHUTDOWN_MAX)
		return -XEN_EINVAL;
	rc = access_domain(v, __HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, r->domain_id, &d);
	if (rc)
		return rc;
	if (d == v->domain)
		rc = -XEN_EPERM; /* that is SCHEDOP_shutdown's to do */
	else
		domain_shutdown(d, (int)r->reason);
	domain_put(d);
	return rc;
}

static long watchdog(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct sched_watchdog *w = arg;

	return domain_watchdog(v->domain, w->id, w->timeout);
}

static long pin_override(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return -XEN_EPERM;
}

static const struct subop sched_ops[] = {
	[SCHEDOP_yield] = SUBOP_NOARG(yield_cpu),
	[SCHEDOP_block] = SUBOP_NOARG(block),
	[SCHEDOP_shutdown] = SUBOP(shutdown_self, struct sched_shutdown),
	[SCHEDOP_poll] = { .fn = poll,
			   .in = sizeof(struct sched_poll),
			   .in_compat = sizeof(struct compat_sched_poll) },
	[SCHEDOP_remote_shutdown] = SUBOP(remote_shutdown, struct sched_remote_shutdown),
	[SCHEDOP_shutdown_code] = SUBOP(latch_shutdown_code, struct sched_shutdown),
	[SCHEDOP_watchdog] = SUBOP(watchdog, struct sched_watchdog),
	[SCHEDOP_pin_override] = SUBOP(pin_override, struct sched_pin_override),
};

hypercall_fn hc_sched_op;
long hc_sched_op(struct vcpu *v, const struct hypercall *call)
{
	return subop_call(v, call, sched_ops, ARRAY_SIZE(sched_ops), call->arg[0], call->arg[1]);
}
