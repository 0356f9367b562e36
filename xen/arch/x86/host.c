/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of the host: an emulator's exit status, a reset, or a halt for ever. */
#include "host.h"

#include <stdarg.h>

#include <xen/sched.h>

#include <arch/arch.h>
#include <candor/support.h>
#include <hv/printk.h>

#include "boot.h"
#include "cpu.h"
#include "x86.h"

uint8_t arch_io_read8(uint16_t port)
{
	return inb(port);
}

void arch_io_write8(uint16_t port, uint8_t value)
{
	outb(port, value);
}

static void halt(void) __noreturn;
static void halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

void arch_host_stop(unsigned status)
{
	if (SUPPORT_ENABLED(debug_exit) && boot_options.exit_qemu)
		debug_exit(status);
	if (status == HOST_EXIT_SHUTDOWN + SHUTDOWN_reboot) {
		outb(0xcf9, 0x02); /* full reset by the chipset, in two steps */
		outb(0xcf9, 0x06);
		outb(0x64, 0xfe); /* or by the keyboard controller */
	}
	printk(LOG_INFO, "halted");
	halt();
}

void host_domain_stopped(struct domain *d)
{
	int code = d->shutdown_code;

	printk(LOG_INFO, "domain %u shut down: %s", d->id, domain_shutdown_name(code));
	arch_host_stop(HOST_EXIT_SHUTDOWN + (unsigned)code);
}

void boot_error(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	hv_vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printk(LOG_ERROR, "error: %s", text);
	arch_host_stop(HOST_EXIT_BOOT_ERROR);
}
