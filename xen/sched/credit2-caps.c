/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caps of Credit2: a domain gets so many hundredths of a CPU each period, and no more. Its
 * vCPUs take the budget in pieces, and give back what they leave; who finds none is parked
 * until the next period, out of the run queue. What was used beyond is owed.
 */
#include "credit2.h"

#include <candor/support.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(sched_credit2_caps, "common");

#define PERIOD (10 * NSEC_PER_MSEC)
/* What one takes at once, unless its share of the period's budget is more. */
#define PIECE (NSEC_PER_MSEC / 2)
/* Parked ones are let go on when so much has been given back. */
#define WORTH_UNPARKING (NSEC_PER_MSEC / 4)

bool c2_caps_take(struct c2_vcpu *c)
{
	struct c2_domain *d = c->domain;
	int64_t piece;

	if (!c2_capped(d) || c->budget > 0)
		return true;
	spin_lock(&d->lock);
	piece = MIN(MAX(d->budget_full / MAX(d->nr_vcpus, 1u), PIECE), d->budget);
	/* What it owes comes first. */
	if (d->budget > 0) {
		c->budget += piece;
		d->budget -= piece;
	}
	spin_unlock(&d->lock);
	return c->budget > 0;
}

void c2_caps_charge(struct c2_vcpu *c, int64_t ns)
{
	c->budget -= ns;
}

void c2_caps_return(struct c2_vcpu *c, stime_t now)
{
	struct c2_domain *d = c->domain;

	spin_lock(&d->lock);
	d->budget += c->budget;
	c->budget = 0;
	if (d->parked && d->budget >= WORTH_UNPARKING && d->refill.active)
		timer_set(&d->refill, now);
	spin_unlock(&d->lock);
}

void c2_caps_park(struct c2_vcpu *c)
{
	struct c2_domain *d = c->domain;

	spin_lock(&d->lock);
	d->budget += c->budget;
	c->budget = 0;
	c->parked = true;
	c->parked_prev = NULL;
	c->parked_next = d->parked;
	if (d->parked)
		d->parked->parked_prev = c;
	d->parked = c;
	spin_unlock(&d->lock);
}

/* With the lock of its domain's budget held. */
static void unlink_parked(struct c2_vcpu *c)
{
	if (c->parked_next)
		c->parked_next->parked_prev = c->parked_prev;
	if (c->parked_prev)
		c->parked_prev->parked_next = c->parked_next;
	else if (c->domain->parked == c)
		c->domain->parked = c->parked_next;
	c->parked_next = NULL;
	c->parked_prev = NULL;
}

void c2_caps_unpark(struct c2_vcpu *c)
{
	spin_lock(&c->domain->lock);
	unlink_parked(c);
	c->parked = false;
	spin_unlock(&c->domain->lock);
}

/*
 * Take one from the list; it stays c->parked until its run queue is locked, and may by then
 * have come back to the list.
 */
static struct c2_vcpu *pop_parked(struct c2_domain *d)
{
	struct c2_vcpu *c;

	spin_lock(&d->lock);
	c = d->budget > 0 || !d->cap ? d->parked : NULL;
	if (c)
		unlink_parked(c);
	spin_unlock(&d->lock);
	return c;
}

/*
 * Who removes a vCPU waits until this does not run (c2_caps_vcpu_removed()), so that those taken
 * from the list are there.
 */
static void unpark_all(struct c2_domain *d)
{
	struct c2_vcpu *c;

	/* One that finds no budget again is parked anew, and the list ends with the budget. */
	for (uint32_t i = 0; i < HV_MAX_VCPUS && (c = pop_parked(d)); i++) {
		struct spinlock *l = sched_lock_vcpu(c->vcpu);

		if (c->parked) {
			c2_caps_unpark(c);
			c2_enter(sched_of(c->vcpu), c, arch_now());
		}
		spin_unlock(l);
	}
}

/* A new period: its budget, less what is owed; what was left over of the last is lost. */
static void refill(void *data)
{
	struct c2_domain *d = data;
	stime_t now = arch_now();

	spin_lock(&d->lock);
	if (d->refill_time <= now) {
		int64_t periods = (now - d->refill_time) / PERIOD + 1;

		d->budget = MIN(d->budget + periods * d->budget_full, d->budget_full);
		d->refill_time += periods * PERIOD;
	}
	timer_set(&d->refill, d->refill_time);
	spin_unlock(&d->lock);
	unpark_all(d);
}

void c2_caps_set(struct c2_domain *d, uint16_t cap)
{
	if (d->refill.queue)
		timer_kill(&d->refill);
	else
		timer_init(&d->refill, &cpu_this()->timers, refill, d);
	spin_lock(&d->lock);
	__atomic_store_n(&d->cap, cap, __ATOMIC_RELAXED);
	d->budget_full = cap * (PERIOD / 100);
	d->budget = d->budget_full;
	d->refill_time = arch_now() + PERIOD;
	if (cap)
		timer_set(&d->refill, d->refill_time);
	spin_unlock(&d->lock);
	unpark_all(d);
}

void c2_caps_vcpu_added(struct c2_domain *d)
{
	spin_lock(&d->lock);
	d->nr_vcpus++;
	spin_unlock(&d->lock);
}

void c2_caps_vcpu_removed(struct c2_domain *d)
{
	bool active;

	spin_lock(&d->lock);
	d->nr_vcpus--;
	active = d->cap && d->refill.queue;
	spin_unlock(&d->lock);
	if (!active)
		return;
	timer_kill(&d->refill);
	spin_lock(&d->lock);
	timer_set(&d->refill, d->refill_time);
	spin_unlock(&d->lock);
}
