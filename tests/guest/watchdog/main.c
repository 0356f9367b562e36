/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that a domain's own watchdogs can be set, poked and let go, that wrong ids are
 * refused, and (how=fire) that one which is not poked ends the domain. how=stay does nothing,
 * for what is tried on the hypervisor from outside.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/sched.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "pvclock.h"
#include "report.h"

SUPPORT_TEST(pvh_guest, "guest/watchdog");

#define SECOND 1000000000ul

const char guest_name[] = "watchdog";

static long watchdog(uint32_t id, uint32_t timeout)
{
	struct sched_watchdog w = { .id = id, .timeout = timeout };

	return hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_watchdog, &w);
}

static void wait(uint64_t ns)
{
	uint64_t end = pvclock_read() + ns;

	while (pvclock_read() < end)
		cpu_pause();
}

/* Leave the CPU to the hypervisor alone. */
static void stay(void)
{
	struct sched_poll poll = { .timeout = pvclock_read() + 1000 * SECOND };

	(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
}

void guest_main(void)
{
	struct shared_info *shared = evtchn_map_shared_info();

	report_ok(shared != NULL, "shared_info is there");
	pvclock_init(&shared->vcpu_info[0].time);
	if (boot_option_is("how", "stay")) {
		console_printf("guest: stays\n");
		stay();
	}
	report_rc(watchdog(0, 0), -XEN_EINVAL, "a new one without a timeout");
	report_rc(watchdog(1, 5), -XEN_EINVAL, "one that has not been set");
	report_rc(watchdog(77, 5), -XEN_EINVAL, "one that cannot be");
	report_rc(watchdog(0, 1), 1, "the first one");
	report_rc(watchdog(0, 100), 2, "the second one");
	for (unsigned int i = 0; i < 3; i++) {
		wait(SECOND / 2);
		report_rc(watchdog(1, 1), 0, "to poke it");
	}
	report_rc(watchdog(1, 0), 0, "to let it go");
	report_rc(watchdog(1, 0), -XEN_EINVAL, "to let it go again");
	wait(SECOND * 3 / 2);
	report_rc(watchdog(0, 1), 1, "it can be set again");
	if (!boot_option_is("how", "fire"))
		return;
	console_printf("PASS so far\n");
	wait(10 * SECOND);
	report_ok(false, "it fires");
}
