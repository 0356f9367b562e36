/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine of almost nothing around the virtual local APIC under test. */
#include "machine.h"

#include <stdlib.h>

#include <arch/arch.h>

struct machine machine;

void machine_reset(void)
{
	machine = (struct machine){ .now = NSEC_PER_SEC };
}

stime_t arch_now(void)
{
	return machine.now;
}

void vcpu_wake(struct vcpu *v)
{
	machine.nr_wakes++;
}

void vlapic_send_ipi(struct vlapic *from, const struct vlapic_ipi *ipi)
{
	machine.nr_ipis++;
	machine.ipi_from = from;
	machine.ipi = *ipi;
}

void timer_init(struct timer *t, struct timer_queue *q, void (*fn)(void *data), void *data)
{
	*t = (struct timer){ .fn = fn, .data = data, .queue = q };
}

void timer_stop(struct timer *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(machine.timers); i++)
		if (machine.timers[i] == t)
			machine.timers[i] = NULL;
	t->active = false;
}

void timer_set(struct timer *t, stime_t expires)
{
	size_t i = 0;

	timer_stop(t);
	while (machine.timers[i])
		if (++i == ARRAY_SIZE(machine.timers))
			abort();
	machine.timers[i] = t;
	machine.nr_timer_sets++;
	t->expires = expires;
	t->active = true;
}

static struct timer *earliest(void)
{
	struct timer *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(machine.timers); i++)
		if (machine.timers[i] && (!first || machine.timers[i]->expires < first->expires))
			first = machine.timers[i];
	return first;
}

void machine_advance(stime_t now)
{
	struct timer *t;

	while ((t = earliest()) && t->expires <= now) {
		machine.now = MAX(machine.now, t->expires);
		timer_stop(t);
		t->fn(t->data);
	}
	machine.now = now;
}
