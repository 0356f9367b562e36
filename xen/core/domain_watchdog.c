/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watchdogs a domain sets itself: shut down if it does not poke them in time. */
#include <hv/domain.h>

#include <stdint.h>

#include <xen/sched.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/printk.h>

#include <arch/arch.h>

static void fired(void *data)
{
	struct domain *d = data;

	printk_guest(LOG_WARNING, "d%u: a watchdog was not poked in time", d->id);
	domain_shutdown(d, SHUTDOWN_watchdog);
}

void domain_watchdog_init(struct domain *d)
{
	for (unsigned i = 0; i < DOMAIN_NR_WATCHDOGS; i++)
		timer_init(&d->watchdog[i], &cpu_this()->timers, fired, d);
}

void domain_watchdog_destroy(struct domain *d)
{
	for (unsigned i = 0; i < DOMAIN_NR_WATCHDOGS; i++)
		timer_kill(&d->watchdog[i]);
}

static void start(struct domain *d, unsigned i, uint32_t timeout)
{
	d->watchdog_used[i] = true;
	timer_set(&d->watchdog[i], arch_now() + timeout * NSEC_PER_SEC);
}

static long create(struct domain *d, uint32_t timeout)
{
	if (!timeout)
		return -XEN_EINVAL;
	for (unsigned i = 0; i < DOMAIN_NR_WATCHDOGS; i++) {
		if (d->watchdog_used[i])
			continue;
		start(d, i, timeout);
		return (long)i + 1;
	}
	return -XEN_ENOSPC;
}

/* Poke it, or with no timeout let it go. */
static long change(struct domain *d, uint32_t id, uint32_t timeout)
{
	unsigned i = id - 1;

	if (id > DOMAIN_NR_WATCHDOGS || !d->watchdog_used[i])
		return -XEN_EINVAL;
	if (timeout) {
		start(d, i, timeout);
		return 0;
	}
	timer_stop(&d->watchdog[i]);
	d->watchdog_used[i] = false;
	return 0;
}

long domain_watchdog(struct domain *d, uint32_t id, uint32_t timeout)
{
	long rc;

	spin_lock(&d->lock);
	rc = id ? change(d, id, timeout) : create(d, timeout);
	spin_unlock(&d->lock);
	return rc;
}
