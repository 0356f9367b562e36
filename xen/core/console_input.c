/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is typed on the host's console: for the privileged domain, which is told by
 * VIRQ_CONSOLE and reads it by console_io, or debug keys for the hypervisor. CTRL-A three
 * times in a row goes from the one to the other.
 */
#include <hv/console_input.h>

#include <candor/support.h>

#include <hv/cpu.h>
#include <hv/debugkeys.h>
#include <hv/domain.h>
#include <hv/evtchn.h>
#include <hv/printk.h>
#include <hv/spinlock.h>

#include <arch/arch.h>

#include "console.h"

SUPPORT_PROVIDES(console_input, "common");

#define CTRL_A '\x01'
#define SWITCH_COUNT 3
#define RING_SIZE 1024u /* a power of two: indices wrap */
/* At one look; the next one is a moment later. */
#define LOOK_MAX 256
/* An interrupt tells; this is for one that got lost, or a host that has none. */
#define LOOK_EVERY NSEC_PER_SEC

static struct spinlock lock = SPINLOCK_INIT(LOCK_INPUT); /* of the ring */
static char ring[RING_SIZE];
static uint32_t start, end; /* bytes that wait for the domain: [start, end) */

/* Of the one CPU that listens. */
static struct timer look_again;
static bool to_hypervisor;
static unsigned held; /* CTRL-A that may become a switch */

/* False: it is full, and the byte is lost, as on a line without flow control. */
static bool ring_put(char c)
{
	bool room;

	spin_lock(&lock);
	room = end - start < RING_SIZE;
	if (room)
		ring[end++ % RING_SIZE] = c;
	spin_unlock(&lock);
	return room;
}

uint32_t console_input_read(char *buf, uint32_t size)
{
	uint32_t n = 0;

	spin_lock(&lock);
	while (n < size && start != end)
		buf[n++] = ring[start++ % RING_SIZE];
	spin_unlock(&lock);
	return n;
}

static void announce(void)
{
	printk(LOG_ERROR, "console input goes to %s (CTRL-A three times switches)",
	       to_hypervisor ? "the hypervisor: 'h' lists its keys" : "domain 0");
}

/* Where it is meant for. True: the domain is to be told. */
static bool deliver(char c)
{
	if (!to_hypervisor)
		return ring_put(c);
	debugkeys_handle(c);
	return false;
}

bool console_input_take(char c)
{
	bool tell = false;

	if (c == CTRL_A && ++held == SWITCH_COUNT) {
		held = 0;
		to_hypervisor = !to_hypervisor;
		announce();
		return false;
	}
	if (c == CTRL_A)
		return false;
	/* They were no switch after all. */
	for (; held; held--)
		tell |= deliver(CTRL_A);
	return deliver(c) || tell;
}

void console_input_look(void)
{
	bool tell = false;
	char c;

	for (unsigned i = 0; i < LOOK_MAX && console_read(&c); i++)
		tell |= console_input_take(c);
	if (tell)
		evtchn_raise_global_virq(VIRQ_CONSOLE);
}

static void time_to_look(void *data)
{
	console_input_look();
	timer_set(&look_again, arch_now() + LOOK_EVERY);
}

void console_input_exit(void)
{
	timer_kill(&look_again);
}

void console_input_init(enum console_input_owner owner)
{
	to_hypervisor = owner == CONSOLE_INPUT_HYPERVISOR;
	held = 0;
	start = end = 0;
	announce();
	timer_init(&look_again, &cpu_this()->timers, time_to_look, NULL);
	timer_set(&look_again, arch_now() + LOOK_EVERY);
}
