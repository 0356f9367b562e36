/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the PV console: what a guest puts in the ring comes out in order,
 * more than the ring holds and across its end, with a yield where it is full.
 * With how=hostile: indices no honest guest would write neither hang the
 * hypervisor nor make it print memory that is not the ring's, and the guest
 * goes on.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#include "boot.h"
#include "console.h"
#include "evtchn.h"
#include "hypercall.h"
#include "report.h"
#include "string.h"

SUPPORT_TEST(pv_console, "guest/console");
SUPPORT_TEST(pv_console, "guest/console-hostile");

#define NR_LINES 400
#define MAX_YIELDS 1000000u

const char guest_name[] = "console";

static volatile struct xencons_interface *ring;
static unsigned int port;

static void ring_yield(void)
{
	(void)evtchn_op(EVTCHNOP_send, port);
	(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

/* False if the ring stays full. */
static bool ring_write(const char *text, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++) {
		uint32_t prod = ring->out_prod;

		for (unsigned int n = 0; prod - ring->out_cons >= sizeof(ring->out); n++) {
			if (n == MAX_YIELDS)
				return false;
			ring_yield();
		}
		ring->out[prod % sizeof(ring->out)] = text[i];
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		ring->out_prod = prod + 1;
	}
	return true;
}

static bool ring_drain(void)
{
	for (unsigned int n = 0; ring->out_cons != ring->out_prod; n++) {
		if (n == MAX_YIELDS)
			return false;
		ring_yield();
	}
	return true;
}

/* "ring NNNN" and letters that depend on the number, so that a mix-up shows. */
static unsigned int make_line(char *line, unsigned int number)
{
	unsigned int size = 0;

	memcpy(line, "ring ", 5);
	size = 5;
	for (unsigned int div = 1000; div; div /= 10)
		line[size++] = (char)('0' + number / div % 10);
	line[size++] = ' ';
	for (unsigned int i = 0; i < 20 + number % 7; i++)
		line[size++] = (char)('a' + (number + i) % 26);
	line[size++] = '\n';
	return size;
}

static void test_lines(void)
{
	uint32_t first = ring->out_prod;
	char line[64];
	bool drained, ok = true;

	for (unsigned int i = 0; i < NR_LINES && ok; i++)
		ok = ring_write(line, make_line(line, i));
	/* First empty it: our own reports share the hypervisor's line. */
	drained = ring_drain();
	report_ok(ok, "%u lines went into the ring", NR_LINES);
	report_ok(drained, "the ring is drained");
	report_ok(ring->out_prod - first > 4 * sizeof(ring->out), "it wrapped four times or more");
}

static void test_hostile(void)
{
	static const uint32_t distance[] = {
		2049, 4096, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff
	};
	static const char end[] = "ring alive\n";

	for (unsigned int i = 0; i < sizeof(distance) / sizeof(distance[0]); i++) {
		ring->out_prod = ring->out_cons + distance[i];
		for (unsigned int n = 0; n < 50; n++)
			ring_yield();
		report_ok(true, "the hypervisor lives with a producer 0x%x ahead", distance[i]);
		ring->out_prod = ring->out_cons;
	}
	for (unsigned int n = 0; n < 50; n++) {
		ring->out_cons = n * 0x01234567u;
		ring->in_cons = n * 0x89abcdefu;
		ring->in_prod = n * 0x31415926u;
		ring_yield();
	}
	report_ok(true, "the hypervisor lives with a consumer that jumps");
	ring->out_prod = ring->out_cons;
	ring->in_prod = ring->in_cons;
	ring_yield();
	ring->out_prod = ring->out_cons;
	report_ok(ring_write(end, sizeof(end) - 1) && ring_drain(), "an honest write then works");
}

/* For a toolstack to look at: all of a CPU or none of it is used. */
static void stay(bool idle)
{
	for (;;) {
		if (idle)
			__asm__ volatile("sti; hlt");
		else
			__asm__ volatile("pause");
	}
}

void guest_main(void)
{
	uint64_t gfn = 0, evtchn = 0;

	report_rc(hypercall_get_param(HVM_PARAM_CONSOLE_PFN, &gfn), 0, "CONSOLE_PFN");
	report_rc(hypercall_get_param(HVM_PARAM_CONSOLE_EVTCHN, &evtchn), 0, "CONSOLE_EVTCHN");
	report_ok(gfn && gfn < 0x100000 && evtchn, "a console at frame 0x%lx, port %lu",
		  (unsigned long)gfn, (unsigned long)evtchn);
	if (!gfn || gfn >= 0x100000 || !evtchn)
		return;
	ring = (volatile struct xencons_interface *)(gfn << 12);
	port = (unsigned int)evtchn;
	report_rc(evtchn_op(EVTCHNOP_send, port), 0, "sending on the console's port");
	report_ok(ring_drain(), "the ring is empty to begin with");
	if (boot_option_is("how", "busy") || boot_option_is("how", "idle"))
		stay(boot_option_is("how", "idle"));
	if (boot_option_is("how", "hostile"))
		test_hostile();
	else
		test_lines();
}
