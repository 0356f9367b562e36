/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The neighbour of a hostile guest: for ever computes the same sum, looks whether its clock goes
 * on and its timer comes, and passes an event to and fro with the other neighbour.
 */
#include <stddef.h>
#include <stdint.h>

#include <xen/event_channel.h>
#include <xen/vcpu.h>

#include "boot.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "mailbox.h"
#include "pvclock.h"
#include "report.h"
#include "string.h"

#define TIMER_NS 5000000ul
#define ROUNDING_NS 10000ul /* a guest's clock is as exact as its multiplier */
#define BLOCK 2000u
#define WORDS 8192u

static uint64_t pattern[WORDS];
static volatile uint64_t timer_due;
static unsigned int timer_port, other_port;

static void complain(const char *what)
{
	size_t size = strlen(what) + 1;

	if (!mailbox.wrong && size <= sizeof(mailbox.what))
		memcpy(mailbox.what, what, size);
	mailbox.wrong++;
}

static uint64_t compute(void)
{
	uint64_t sum = 1;

	for (unsigned int i = 0; i < BLOCK; i++)
		sum = sum * 6364136223846793005ul + pattern[i * 37 % WORDS];
	return sum;
}

static void set_timer(void)
{
	struct vcpu_set_singleshot_timer t;

	timer_due = pvclock_read() + TIMER_NS;
	t = (struct vcpu_set_singleshot_timer){ .timeout_abs_ns = timer_due };
	if (hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &t))
		complain("the timer cannot be set");
}

static void look_at_timer(uint64_t now)
{
	if (evtchn_is_pending(timer_port)) {
		evtchn_clear(timer_port);
		now = pvclock_read(); /* it may have come since */
		if (now + ROUNDING_NS < timer_due)
			complain("the timer came too early");
		else if (now > timer_due + mailbox.late_ns)
			mailbox.late_ns = now - timer_due;
		set_timer();
	} else if (now > timer_due + 20000000000ul) {
		complain("the timer did not come within 20 s");
		set_timer();
	}
}

static uint64_t show_time(uint64_t last)
{
	uint64_t before = cpu_rdtsc(), now = pvclock_read(), after = cpu_rdtsc();

	if (now < last)
		complain("the clock went back");
	/* Only a reading that nothing came between says which TSC the time belongs to. */
	if (after - before < 3000 || !mailbox.version) {
		mailbox.version++;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		mailbox.tsc = before + (after - before) / 2;
		mailbox.ns = now;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		mailbox.version++;
	}
	return now;
}

static bool connect(void)
{
	struct evtchn_bind_interdomain b;
	char text[24];
	uint64_t other = 0;

	if (boot_option("other", text, sizeof(text)))
		for (const char *p = text; *p; p++)
			other = other * 10 + (uint64_t)(*p - '0');
	if (!other) {
		/* The first one waits for the second, whose id the parent knows by then. */
		other_port = (unsigned int)mailbox.port;
		return other_port;
	}
	b = (struct evtchn_bind_interdomain){ .remote_dom = (domid_t)other,
					      .remote_port = (evtchn_port_t)mailbox.remote_port };
	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &b))
		return false;
	other_port = b.local_port;
	return !evtchn_op(EVTCHNOP_send, other_port); /* the first one, which goes round */
}

void neighbour_main(void)
{
	struct shared_info *shared = evtchn_map_shared_info();
	struct vcpu_info *info = evtchn_register_vcpu_info();
	uint64_t sum, now = 0;

	if (!shared || !info || !connect() || !evtchn_bind_virq(VIRQ_TIMER, &timer_port)) {
		complain("it cannot start");
		report_end();
	}
	pvclock_init(&info->time);
	for (unsigned int i = 0; i < WORDS; i++)
		pattern[i] = i * 0x9e3779b97f4a7c15ul;
	sum = compute();
	set_timer();
	mailbox.ready = 1;
	for (;;) {
		if (compute() != sum)
			complain("the sum came out wrong");
		now = show_time(now);
		look_at_timer(now);
		if (evtchn_is_pending(other_port)) {
			evtchn_clear(other_port);
			mailbox.events++;
			if (evtchn_op(EVTCHNOP_send, other_port))
				complain("an event cannot be sent");
		}
		mailbox.beats++;
	}
}
