/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC's timer: one-shot and periodic, counting down at 1 GHz over
 * the divider (APM volume 2, 16.4.1; SDM volume 3, 10.5.4).
 *
 * The state is the moment the count reaches zero; the count itself is computed
 * when read. The host's timer is armed only while an interrupt would result.
 */
#include <arch/arch.h>

#include "vlapic-private.h"

/*
 * A guest may ask for a period of one nanosecond. Interrupts come no closer
 * than this, so that no guest can keep its CPU in the timer.
 */
#define MIN_PERIOD (100 * NSEC_PER_SEC / 1000000)

static bool periodic(const struct vlapic *vl)
{
	return vl->lvt[VLAPIC_LVT_TIMER] & LVT_PERIODIC;
}

static stime_t full_count(const struct vlapic *vl)
{
	return (stime_t)vl->timer_initial * vlapic_divider(vl->timer_divide);
}

/* Bring timer_due past @now: stopped, or the end of the running period. */
static void settle(struct vlapic *vl, stime_t now)
{
	stime_t period = full_count(vl);

	if (vl->timer_due > now)
		return;
	if (!periodic(vl) || !period)
		vl->timer_due = STIME_MAX;
	else
		vl->timer_due += ((now - vl->timer_due) / period + 1) * period;
}

/* @earliest bounds how soon the next interrupt may come. */
static void rearm(struct vlapic *vl, stime_t earliest)
{
	if (vl->timer_due == STIME_MAX || (vl->lvt[VLAPIC_LVT_TIMER] & LVT_MASKED))
		timer_stop(&vl->timer);
	else
		timer_set(&vl->timer, MAX(vl->timer_due, earliest));
}

/* What is left of the count at @now, rounded up: zero only when it has expired. */
static uint32_t count_left(const struct vlapic *vl, stime_t now)
{
	stime_t divider = vlapic_divider(vl->timer_divide);

	if (vl->timer_due == STIME_MAX)
		return 0;
	return (vl->timer_due - now + divider - 1) / divider;
}

static void deliver(struct vlapic *vl)
{
	uint8_t vector = vl->lvt[VLAPIC_LVT_TIMER] & LVT_VECTOR;

	if (vector < 16)
		vlapic_error(vl, ESR_RECEIVED_ILLEGAL_VECTOR);
	else
		vlapic_set_irq(vl, vector, VLAPIC_EDGE);
}

static void expired(void *data)
{
	struct vlapic *vl = data;
	stime_t now = arch_now();

	settle(vl, now);
	rearm(vl, now + MIN_PERIOD);
	deliver(vl);
	vcpu_wake(vl->vcpu);
}

/*
 * Before the guest changes the timer: an expiry the host's timer has yet to
 * report came before the change, so it counts by the old settings.
 */
static void catch_up(struct vlapic *vl, stime_t now)
{
	if (vl->timer.active && vl->timer.expires <= now) {
		timer_stop(&vl->timer);
		deliver(vl);
	}
	settle(vl, now);
}

void vlapic_timer_init(struct vlapic *vl, struct timer_queue *queue)
{
	timer_init(&vl->timer, queue, expired, vl);
}

void vlapic_timer_reset(struct vlapic *vl)
{
	vl->timer_initial = 0;
	vl->timer_divide = 0;
	vl->timer_due = STIME_MAX;
	timer_stop(&vl->timer);
}

uint32_t vlapic_timer_current(struct vlapic *vl)
{
	stime_t now = arch_now();

	/* An interrupt that is due is still the host timer's to deliver. */
	settle(vl, now);
	return count_left(vl, now);
}

void vlapic_timer_set_initial(struct vlapic *vl, uint32_t initial)
{
	stime_t now = arch_now();

	catch_up(vl, now);
	vl->timer_initial = initial;
	vl->timer_due = initial ? now + full_count(vl) : STIME_MAX;
	rearm(vl, now);
}

void vlapic_timer_set_divide(struct vlapic *vl, uint32_t divide)
{
	stime_t now = arch_now();
	uint32_t left;

	catch_up(vl, now);
	left = count_left(vl, now);
	vl->timer_divide = divide & TIMER_DIVIDE_BITS;
	if (left)
		vl->timer_due = now + left * vlapic_divider(vl->timer_divide);
	rearm(vl, now);
}

void vlapic_timer_set_lvt(struct vlapic *vl, uint32_t lvt)
{
	stime_t now = arch_now();

	catch_up(vl, now);
	vl->lvt[VLAPIC_LVT_TIMER] = lvt;
	rearm(vl, now);
}
