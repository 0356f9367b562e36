/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vcpu_op, set_timer_op: a vCPU's state, its shared areas and its timers. */
#include <candor/support.h>

#include <stdint.h>

#include <xen/vcpu.h>
#include <xen/hvm/hvm_vcpu.h>

#include <hv/evtchn.h>

#include <arch/arch.h>

#include "subop.h"

#define PERIOD_MIN (1 * NSEC_PER_MSEC)
#define PERIOD_MAX (3600ll * 24 * NSEC_PER_SEC)

/* The vCPU a call is about; hc_vcpu_op() has checked that it exists. */
static struct vcpu *target(const struct vcpu *v, const struct hypercall *call)
{
	return domain_vcpu(v->domain, (uint32_t)call->arg[1]);
}

/* Once only; the lock is for two that try at the same time. */
static long initialise(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct vcpu *t = target(v, call);
	struct vcpu_hvm_context ctx;
	int rc = -XEN_EEXIST;

	if (arch_copy_from_guest(v, &ctx, guest_ptr(call, call->arg[2]), sizeof(ctx)))
		return -XEN_EFAULT;
	spin_lock(&v->domain->lock);
	/* One that is up has been started otherwise, and its state is a CPU's. */
	if (!t->initialised && !vcpu_is_up(t)) {
		rc = arch_vcpu_initialise(t, &ctx);
		__atomic_store_n(&t->initialised, !rc, __ATOMIC_RELEASE);
	}
	spin_unlock(&v->domain->lock);
	return rc;
}

static long up(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct vcpu *t = target(v, call);

	if (!__atomic_load_n(&t->initialised, __ATOMIC_ACQUIRE))
		return -XEN_EINVAL;
	vcpu_up(t);
	return 0;
}

static long down(struct vcpu *v, const struct hypercall *call, void *arg)
{
	vcpu_down(target(v, call));
	return 0;
}

static long is_up(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return vcpu_is_up(target(v, call));
}

static long get_runstate_info(struct vcpu *v, const struct hypercall *call, void *arg)
{
	vcpu_get_runstate(target(v, call), arch_now(), arg);
	return 0;
}

static long register_runstate(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct vcpu_register_runstate_memory_area *area = arg;
	struct vcpu *t = target(v, call);
	uint64_t old = __atomic_exchange_n(&t->runstate_gva, area->addr.p, __ATOMIC_RELAXED);

	/* By the caller's translations: the other one's are in use elsewhere. */
	if (vcpu_write_runstate(t, v)) {
		__atomic_store_n(&t->runstate_gva, old, __ATOMIC_RELAXED);
		return -XEN_EFAULT;
	}
	return 0;
}

static long register_time(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct vcpu_register_time_memory_area *area = arg;
	struct vcpu *t = target(v, call);
	uint64_t old =
		__atomic_exchange_n(&t->time_gva, guest_ptr(call, area->addr.p), __ATOMIC_RELAXED);

	if (vcpu_write_time(t, v)) {
		__atomic_store_n(&t->time_gva, old, __ATOMIC_RELAXED);
		return -XEN_EFAULT;
	}
	return 0;
}

static long set_periodic(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct vcpu_set_periodic_timer *p = arg;

	if (p->period_ns < PERIOD_MIN || p->period_ns > PERIOD_MAX)
		return -XEN_EINVAL;
	vcpu_set_periodic(target(v, call), (stime_t)p->period_ns);
	return 0;
}

static long stop_periodic(struct vcpu *v, const struct hypercall *call, void *arg)
{
	vcpu_set_periodic(target(v, call), 0);
	return 0;
}

static stime_t clamp_deadline(uint64_t ns)
{
	return ns < STIME_MAX ? (stime_t)ns : STIME_MAX;
}

static long set_singleshot(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct vcpu_set_singleshot_timer *s = arg;
	stime_t deadline = clamp_deadline(s->timeout_abs_ns);

	if (target(v, call) != v)
		return -XEN_EINVAL;
	if ((s->flags & VCPU_SSHOTTMR_future) && deadline < arch_now())
		return -XEN_ETIME;
	vcpu_set_singleshot(v, deadline);
	return 0;
}

static long stop_singleshot(struct vcpu *v, const struct hypercall *call, void *arg)
{
	if (target(v, call) != v)
		return -XEN_EINVAL;
	timer_stop(&v->singleshot);
	return 0;
}

static long register_vcpu_info(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct vcpu_register_vcpu_info *info = arg;
	struct vcpu *t = target(v, call);

	if (t != v && vcpu_is_up(t))
		return -XEN_EINVAL;
	return vcpu_move_info(t, gfn(info->mfn), info->offset);
}

static long send_nmi(struct vcpu *v, const struct hypercall *call, void *arg)
{
	arch_vcpu_send_nmi(target(v, call));
	return 0;
}

/* Only for a vCPU pinned to a physical one, which none is. */
static long get_physid(struct vcpu *v, const struct hypercall *call, void *arg)
{
	return -XEN_EINVAL;
}

#define IF_CLOCK(fn) (SUPPORT_ENABLED(pv_clock) ? (fn) : NULL)

/*
 * The runstate's layout and the width of pending_sel depend on the caller's mode;
 * only the 64-bit ones are spoken. The argument of set_singleshot_timer is the same
 * but for the padding at its end.
 */
static const struct subop vcpu_ops[] = {
	[VCPUOP_initialise] = SUBOP_NOARG(initialise),
	[VCPUOP_up] = SUBOP_NOARG(up),
	[VCPUOP_down] = SUBOP_NOARG(down),
	[VCPUOP_is_up] = SUBOP_NOARG(is_up),
	[VCPUOP_get_runstate_info] = { .fn = IF_CLOCK(get_runstate_info),
				       .out = sizeof(struct vcpu_runstate_info),
				       .no_compat = true },
	[VCPUOP_register_runstate_memory_area] = { .fn = IF_CLOCK(register_runstate),
						   .in = 8,
						   .no_compat = true },
	[VCPUOP_set_periodic_timer] = SUBOP(IF_CLOCK(set_periodic), struct vcpu_set_periodic_timer),
	[VCPUOP_stop_periodic_timer] = SUBOP_NOARG(IF_CLOCK(stop_periodic)),
	[VCPUOP_set_singleshot_timer] = { .fn = IF_CLOCK(set_singleshot),
					  .in = sizeof(struct vcpu_set_singleshot_timer),
					  .in_compat = 12 },
	[VCPUOP_stop_singleshot_timer] = SUBOP_NOARG(IF_CLOCK(stop_singleshot)),
	[VCPUOP_register_vcpu_info] = { .fn = register_vcpu_info,
					.in = sizeof(struct vcpu_register_vcpu_info),
					.no_compat = true },
	[VCPUOP_send_nmi] = SUBOP_NOARG(send_nmi),
	[VCPUOP_get_physid] = SUBOP_NOARG(get_physid),
	[VCPUOP_register_vcpu_time_memory_area] = SUBOP(IF_CLOCK(register_time), uint64_t),
};

hypercall_fn hc_vcpu_op;
long hc_vcpu_op(struct vcpu *v, const struct hypercall *call)
{
	if ((uint32_t)call->arg[1] >= v->domain->nr_vcpus)
		return -XEN_ENOENT;
	return subop_call(v, call, vcpu_ops, ARRAY_SIZE(vcpu_ops), call->arg[0], call->arg[2]);
}

/* The older way to set the same timer; 0 stops it. A 32-bit caller passes two halves. */
hypercall_fn hc_set_timer_op;
long hc_set_timer_op(struct vcpu *v, const struct hypercall *call)
{
	uint64_t timeout = call->arg[0];

	if (call->compat)
		timeout = (uint32_t)call->arg[0] | (uint64_t)(uint32_t)call->arg[1] << 32;
	if (timeout)
		vcpu_set_singleshot(v, clamp_deadline(timeout));
	else
		timer_stop(&v->singleshot);
	return 0;
}
