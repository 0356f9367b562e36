/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results of a test guest. */
#include "report.h"

#include <xen/xen.h>
#include <xen/sched.h>

#include "console.h"
#include "cpu.h"
#include "hypercall.h"

static unsigned int nr_passed;
static unsigned int nr_failed;

static void report_count(bool ok)
{
	if (ok)
		nr_passed++;
	else
		nr_failed++;
	console_printf("%s %s - ", ok ? "ok" : "not ok", guest_name);
}

void report_ok(bool ok, const char *fmt, ...)
{
	__builtin_va_list ap;

	report_count(ok);
	__builtin_va_start(ap, fmt);
	console_vprintf(fmt, ap);
	__builtin_va_end(ap);
	console_printf("\n");
}

void report_equal(uint64_t got, uint64_t want, const char *what)
{
	report_count(got == want);
	if (got == want)
		console_printf("%s is 0x%lx\n", what, (unsigned long)got);
	else
		console_printf("%s is 0x%lx, expected 0x%lx\n", what, (unsigned long)got,
			       (unsigned long)want);
}

void report_rc(long got, long want, const char *what)
{
	report_count(got == want);
	if (got == want)
		console_printf("%s gives %ld\n", what, got);
	else
		console_printf("%s gives %ld, expected %ld\n", what, got, want);
}

void report_skip(const char *fmt, ...)
{
	__builtin_va_list ap;

	console_printf("skip %s - ", guest_name);
	__builtin_va_start(ap, fmt);
	console_vprintf(fmt, ap);
	__builtin_va_end(ap);
	console_printf("\n");
}

void report_end(void)
{
	bool ok = nr_passed && !nr_failed;

	console_printf("guest: %u checks, %u failed\n", nr_passed + nr_failed, nr_failed);
	console_printf("guest: %s\n", ok ? "PASS" : "FAIL");
	if (hypercall_features())
		hypercall_shutdown(ok ? SHUTDOWN_poweroff : SHUTDOWN_crash);
	for (;;)
		__asm__ volatile("cli; hlt");
}
