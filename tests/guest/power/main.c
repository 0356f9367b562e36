/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the ways a domain ends, one a run by how=NAME: hlt with interrupts
 * off and a triple fault are a power-off, sched_op shutdown ends with each of
 * its reasons. The harness checks what the
 * hypervisor says and the emulator's exit status.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/sched.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "hypercall.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(pvh_guest, "guest/power-hlt");
SUPPORT_TEST(pvh_guest, "guest/power-triple");
SUPPORT_TEST(debug_exit, "guest/power-reboot");
SUPPORT_TEST(debug_exit, "guest/power-crash");

const char guest_name[] = "power";

static void by_hlt(void)
{
	__asm__ volatile("cli; hlt");
}

static void by_triple(void)
{
	trap_break();
	__asm__ volatile("ud2");
}

static const struct {
	const char *name;
	unsigned int reason;
} reasons[] = {
	{ "poweroff", SHUTDOWN_poweroff }, { "reboot", SHUTDOWN_reboot },
	{ "suspend", SHUTDOWN_suspend },   { "crash", SHUTDOWN_crash },
	{ "watchdog", SHUTDOWN_watchdog }, { "soft_reset", SHUTDOWN_soft_reset },
};

static void by_reason(const char *name)
{
	for (unsigned int i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strcmp(name, reasons[i].name) == 0) {
			console_printf("guest: PASS\n");
			hypercall_shutdown(reasons[i].reason);
		}
	}
	report_ok(false, "how=%s is a known way", name);
}

void guest_main(void)
{
	char how[16] = "none";

	(void)boot_option("how", how, sizeof(how));
	if (strcmp(how, "hlt") == 0) {
		console_printf("guest: PASS\n");
		by_hlt();
		report_ok(false, "hlt did not come back");
	} else if (strcmp(how, "triple") == 0) {
		console_printf("guest: PASS\n");
		by_triple();
		report_ok(false, "the triple fault did not come back");
	} else {
		by_reason(how);
	}
}
