/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every vCPU has: runstate accounting, the PV clock's shared copies, the
 * timers that raise VIRQ_TIMER, and sleeping.
 */
#include <hv/domain.h>

#include <candor/support.h>

#include <stdint.h>

#include <xen/sched.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/evtchn.h>
#include <hv/sched.h>
#include <hv/trace.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "schedule.h"

SUPPORT_PROVIDES(pv_clock, "common");

_Static_assert(sizeof(struct vcpu_time_info) == 32, "xen/xen.h");
_Static_assert(sizeof(struct vcpu_runstate_info) == 48, "xen/vcpu.h, 64-bit guests");

static void singleshot_fired(void *data)
{
	evtchn_raise_virq(data, VIRQ_TIMER);
}

/* The next tick is counted from this one, not from now; missed ones are skipped. */
static void periodic_fired(void *data)
{
	struct vcpu *v = data;
	stime_t late = arch_now() - v->periodic.expires;
	stime_t period = __atomic_load_n(&v->period, __ATOMIC_RELAXED);

	if (!period) /* another CPU has just stopped it: the domain is shut down */
		return;
	evtchn_raise_virq(v, VIRQ_TIMER);
	if (late < 0)
		late = 0;
	timer_set(&v->periodic, v->periodic.expires + (late / period + 1) * period);
}

static void poll_expired(void *data)
{
	vcpu_wake(data);
}

void vcpu_init(struct vcpu *v)
{
	struct timer_queue *q = &cpu_this()->timers;

	cpumask_fill(&v->hard);
	cpumask_fill(&v->soft);
	v->runstate.state = RUNSTATE_offline;
	v->runstate.state_entry_time = (uint64_t)arch_now();
	timer_init(&v->singleshot, q, singleshot_fired, v);
	timer_init(&v->periodic, q, periodic_fired, v);
	timer_init(&v->poll_timer, q, poll_expired, v);
}

void vcpu_set_singleshot(struct vcpu *v, stime_t deadline)
{
	if (deadline > arch_now()) {
		timer_set(&v->singleshot, deadline);
		return;
	}
	timer_stop(&v->singleshot);
	evtchn_raise_virq(v, VIRQ_TIMER);
}

void vcpu_set_periodic(struct vcpu *v, stime_t period)
{
	__atomic_store_n(&v->period, period, __ATOMIC_RELAXED);
	if (period)
		timer_set(&v->periodic, arch_now() + period);
	else
		timer_stop(&v->periodic);
}

void vcpu_get_runstate(const struct vcpu *v, stime_t now, struct vcpu_runstate_info *ret_info)
{
	struct spinlock *l = sched_lock_vcpu(v);

	*ret_info = v->runstate;
	spin_unlock(l);
	/* The state may have been entered by another CPU since @now was read. */
	if (now > (stime_t)ret_info->state_entry_time)
		ret_info->time[ret_info->state] += (uint64_t)now - ret_info->state_entry_time;
}

/* Field order of xen/vcpu.h, VMASST_TYPE_runstate_update_flag: flag, the rest, no flag. */
static int write_runstate_flagged(struct vcpu *via, uint64_t to,
				  const struct vcpu_runstate_info *from)
{
	uint64_t at = to + offsetof(struct vcpu_runstate_info, state_entry_time);
	struct vcpu_runstate_info info = *from;

	info.state_entry_time |= XEN_RUNSTATE_UPDATE;
	if (arch_copy_to_guest(via, at, &info.state_entry_time, sizeof(info.state_entry_time)) ||
	    arch_copy_to_guest(via, to, &info, sizeof(info)))
		return -XEN_EFAULT;
	return arch_copy_to_guest(via, at, &from->state_entry_time, sizeof(from->state_entry_time));
}

int vcpu_write_runstate(struct vcpu *v, struct vcpu *via)
{
	uint64_t to = __atomic_load_n(&v->runstate_gva, __ATOMIC_RELAXED);
	struct vcpu_runstate_info info;
	struct spinlock *l;

	if (!to)
		return 0;
	l = sched_lock_vcpu(v);
	info = v->runstate;
	spin_unlock(l);
	if (__atomic_load_n(&v->domain->runstate_update_flag, __ATOMIC_RELAXED))
		return write_runstate_flagged(via, to, &info);
	return arch_copy_to_guest(via, to, &info, sizeof(info));
}

void vcpu_set_runstate(struct vcpu *v, int state, stime_t now)
{
	/* Of the one that runs here nobody else changes it. */
	if (v->runstate.state != state) {
		struct spinlock *l = sched_lock_vcpu(v);

		schedule_account(v, state, now);
		spin_unlock(l);
	}
	if (state != RUNSTATE_running || !v->runstate_stale)
		return;
	v->runstate_stale = false;
	/*
	 * The address may not be mapped just now, as in user mode of a guest that
	 * keeps separate page tables for it; the next change writes it then.
	 */
	if (__atomic_load_n(&v->runstate_gva, __ATOMIC_RELAXED) && vcpu_write_runstate(v, v))
		return;
}

static void set_blocked(struct vcpu *v, bool blocked)
{
	__atomic_store_n(&v->blocked, blocked, __ATOMIC_SEQ_CST);
}

void vcpu_up(struct vcpu *v)
{
	if (__atomic_exchange_n(&v->up, true, __ATOMIC_SEQ_CST))
		return;
	vcpu_recheck(v);
}

static void note_block(const struct vcpu *v)
{
	perfc(blocks);
	trace(TRC_SCHED_BLOCK, v->domain->id, v->id);
}

/* Who raises an event marks it first and looks at @blocked then: one of the two sees the other. */
void vcpu_block(struct vcpu *v)
{
	set_blocked(v, true);
	if (arch_vcpu_interrupt_pending(v))
		set_blocked(v, false);
	else
		note_block(v);
	vcpu_recheck(v);
}

static void stop_polling(struct vcpu *v)
{
	if (!__atomic_load_n(&v->polling, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&v->polling, false, __ATOMIC_SEQ_CST);
	timer_stop(&v->poll_timer);
}

void vcpu_wake(struct vcpu *v)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&v->blocked, __ATOMIC_RELAXED))
		return;
	perfc(wakes);
	trace(TRC_SCHED_WAKE, v->domain->id, v->id);
	stop_polling(v);
	set_blocked(v, false);
	vcpu_recheck(v);
}

void vcpu_poll(struct vcpu *v, evtchn_port_t port, stime_t deadline)
{
	v->poll_port = port;
	__atomic_store_n(&v->polling, true, __ATOMIC_SEQ_CST);
	if (deadline != STIME_MAX)
		timer_set(&v->poll_timer, deadline);
	vcpu_block(v);
	if (!__atomic_load_n(&v->blocked, __ATOMIC_SEQ_CST))
		stop_polling(v);
}

void vcpu_pause(struct vcpu *v)
{
	trace(TRC_SCHED_SLEEP, v->domain->id, v->id);
	__atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
	vcpu_recheck(v);
}

void vcpu_unpause(struct vcpu *v)
{
	if (!__atomic_sub_fetch(&v->pause_count, 1, __ATOMIC_SEQ_CST))
		vcpu_recheck(v);
}

static bool any_vcpu_up(const struct domain *d)
{
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (vcpu_is_up(d->vcpu[i]))
			return true;
	return false;
}

void vcpu_down(struct vcpu *v)
{
	__atomic_store_n(&v->up, false, __ATOMIC_SEQ_CST);
	set_blocked(v, false);
	stop_polling(v);
	timer_stop(&v->singleshot);
	vcpu_set_periodic(v, 0);
	vcpu_recheck(v);
	if (!any_vcpu_up(v->domain))
		domain_shutdown(v->domain, SHUTDOWN_poweroff);
}

/* To where the guest reads and writes meanwhile: word by word, each whole. */
static void store_words(void *to, const void *from, size_t size)
{
	const uint64_t *in = from;
	uint64_t *out = to;

	for (size_t i = 0; i < size / sizeof(*out); i++)
		__atomic_store_n(&out[i], __atomic_load_n(&in[i], __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
}

/* The version protocol of struct vcpu_time_info: odd while the rest changes. */
static void store_time(struct vcpu_time_info *to, const struct vcpu_time_info *from)
{
	size_t rest = offsetof(struct vcpu_time_info, tsc_timestamp);

	__atomic_store_n(&to->version, from->version - 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	store_words((char *)to + rest, (const char *)from + rest, sizeof(*to) - rest);
	__atomic_store_n(&to->version, from->version, __ATOMIC_RELEASE);
}

int vcpu_write_time(struct vcpu *v, struct vcpu *via)
{
	uint64_t to = __atomic_load_n(&v->time_gva, __ATOMIC_RELAXED);
	uint32_t version = __atomic_load_n(&v->time_version, __ATOMIC_RELAXED);
	struct vcpu_time_info info = { 0 };

	if (!to)
		return 0;
	arch_vcpu_time_info(v, &info);
	info.version = version - 1;
	if (arch_copy_to_guest(via, to, &info.version, sizeof(info.version)) ||
	    arch_copy_to_guest(via, to, &info, sizeof(info)))
		return -XEN_EFAULT;
	return arch_copy_to_guest(via, to, &version, sizeof(version));
}

void vcpu_update_time(struct vcpu *v)
{
	struct vcpu_time_info info = { 0 };

	info.version = __atomic_add_fetch(&v->time_version, 2, __ATOMIC_RELAXED);
	arch_vcpu_time_info(v, &info);
	store_time(&vcpu_info_of(v)->time, &info);
	/* As with the runstate, the address may not be mapped just now. */
	if (vcpu_write_time(v, v))
		return;
}

/* What the privileged domain has set it forward or back since boot. */
static uint64_t wallclock_shift; /* atomic; ns modulo 2^64 */

void domain_set_wallclock(uint64_t ns_at_boot)
{
	struct domain *d;

	__atomic_store_n(&wallclock_shift, ns_at_boot - arch_wallclock_ns(), __ATOMIC_RELAXED);
	for (domid_t id = 0; (d = domain_find_from(id));) {
		id = (domid_t)(d->id + 1);
		domain_update_wallclock(d);
		domain_put(d);
	}
}

void domain_update_wallclock(struct domain *d)
{
	struct shared_info *si = d->shared_info;
	uint64_t ns, sec;
	uint32_t version;

	/* One writer at a time, or the version would mean nothing. */
	spin_lock(&d->lock);
	ns = arch_wallclock_ns() + __atomic_load_n(&wallclock_shift, __ATOMIC_RELAXED) +
	     (uint64_t)d->time_offset * NSEC_PER_SEC;
	sec = ns / NSEC_PER_SEC;
	version = (si->wc_version + 1) | 1;
	__atomic_store_n(&si->wc_version, version, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	si->wc_sec = (uint32_t)sec;
	si->wc_sec_hi = (uint32_t)(sec >> 32);
	si->wc_nsec = (uint32_t)(ns % NSEC_PER_SEC);
	__atomic_store_n(&si->wc_version, version + 1, __ATOMIC_RELEASE);
	spin_unlock(&d->lock);
}

/* Once. Events are raised under the same lock: none goes to the old place any more. */
static int change_info(struct vcpu *v, struct vcpu_info *info)
{
	int rc = -XEN_EINVAL;

	spin_lock(&v->domain->lock);
	if (!v->info_moved) {
		store_words(info, v->info, sizeof(*info));
		__atomic_store_n(&v->info, info, __ATOMIC_RELEASE);
		v->info_moved = true;
		rc = 0;
	}
	spin_unlock(&v->domain->lock);
	return rc;
}

int vcpu_move_info(struct vcpu *v, gfn_t g, uint32_t offset)
{
	struct vcpu_info *info = NULL;
	enum p2m_type type;
	mfn_t m;
	int rc;

	if (offset > PAGE_SIZE - sizeof(*info) || offset % _Alignof(struct vcpu_info))
		return -XEN_ENXIO;
	/* Pinned first: what is found from then on stays there. */
	rc = domain_pin_gfn(v->domain, g);
	if (rc)
		return rc;
	m = arch_p2m_lookup(v->domain, g, &type);
	rc = -XEN_EINVAL;
	if (type == P2M_RAM) {
		info = (struct vcpu_info *)((char *)arch_frame_map(m) + offset);
		rc = change_info(v, info);
	}
	if (rc) {
		domain_unpin_gfn(v->domain, g);
		return rc;
	}
	vcpu_update_time(v);
	/* What was raised before, and maybe not seen yet: let the guest look at all. */
	__atomic_store_n(&info->evtchn_pending_sel, ~0ul, __ATOMIC_SEQ_CST);
	__atomic_store_n(&info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
	vcpu_mark_events_pending(v);
	return 0;
}
