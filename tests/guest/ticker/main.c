/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that knows nothing of being saved: its first CPU writes a numbered line to the PV
 * console five times a second, with what the second one has counted meanwhile. Who
 * saves and restores it sees both go on where they were. With end=triple it ends by a triple
 * fault after a few lines, with end=crash by saying that it crashed.
 */
#include <stdbool.h>
#include <stdint.h>

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#include "boot.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "report.h"
#include "smp.h"

#define MS 1000000ul
#define TICK (200 * MS)
#define COUNT (20 * MS)
#define LAST_TICK 5

const char guest_name[] = "ticker";

static volatile struct xencons_interface *ring;
static unsigned int port;
static volatile uint32_t counted;

static void sleep_ns(uint64_t ns)
{
	struct xen_hvm_get_time t = { 0 };
	struct sched_poll poll = { .nr_ports = 0 };

	if (hypercall_2(__HYPERVISOR_hvm_op, HVMOP_get_time, &t))
		return;
	poll.timeout = t.now + ns;
	(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
}

static void put(char c)
{
	uint32_t prod = ring->out_prod;

	while (prod - ring->out_cons >= sizeof(ring->out)) {
		(void)evtchn_op(EVTCHNOP_send, port);
		sleep_ns(MS);
	}
	ring->out[prod % sizeof(ring->out)] = c;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	ring->out_prod = prod + 1;
}

static void put_text(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_number(uint32_t value)
{
	char digits[10];
	unsigned int n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		put(digits[--n]);
}

static void end_if_asked(uint32_t tick)
{
	struct sched_shutdown crash = { .reason = SHUTDOWN_crash };
	const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) no_idt = { 0, 0 };

	if (tick < LAST_TICK)
		return;
	if (boot_option_is("end", "triple"))
		__asm__ volatile("lidt %0; ud2" : : "m"(no_idt));
	if (boot_option_is("end", "crash"))
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &crash);
}

static void tick_for_ever(void)
{
	for (uint32_t tick = 1;; tick++) {
		put_text("tick ");
		put_number(tick);
		put_text(" other ");
		put_number(counted);
		put('\n');
		(void)evtchn_op(EVTCHNOP_send, port);
		sleep_ns(TICK);
		end_if_asked(tick);
	}
}

static void count_for_ever(void)
{
	for (;;) {
		counted++;
		sleep_ns(COUNT);
	}
}

static void run(unsigned int id)
{
	if (id)
		count_for_ever();
	tick_for_ever();
}

void guest_main(void)
{
	uint64_t gfn = 0, evtchn = 0;
	unsigned int nr_cpus;

	report_rc(hypercall_get_param(HVM_PARAM_CONSOLE_PFN, &gfn), 0, "CONSOLE_PFN");
	report_rc(hypercall_get_param(HVM_PARAM_CONSOLE_EVTCHN, &evtchn), 0, "CONSOLE_EVTCHN");
	ring = (volatile struct xencons_interface *)(gfn << 12);
	port = (unsigned int)evtchn;
	smp_init(SMP_XAPIC);
	nr_cpus = boot_option_is("cpus", "1") ? 1 : 2;
	if (nr_cpus == 2)
		report_ok(smp_start(1), "the second CPU comes");
	(void)smp_run(nr_cpus, run);
}
