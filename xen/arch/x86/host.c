/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of the host: an emulator's exit status, a reset, or a halt for ever. */
#include "host.h"

#include <stdarg.h>

#include <xen/sched.h>

#include <arch/arch.h>
#include <candor/support.h>
#include <hv/printk.h>

#include "acpi.h"
#include "boot.h"
#include "cpu.h"
#include "hostapic.h"
#include "x86.h"

#define STOP_TIMEOUT (NSEC_PER_SEC / 2)

uint32_t host_stopper = HOST_NOBODY;
static struct domain *host_domain;

uint8_t arch_io_read8(uint16_t port)
{
	return inb(port);
}

void arch_io_write8(uint16_t port, uint8_t value)
{
	outb(port, value);
}

void host_halt_cpu(void)
{
	__atomic_store_n(&this_cpu()->stopped, true, __ATOMIC_RELEASE);
	for (;;)
		__asm__ volatile("cli; hlt");
}

void host_nmi(uint64_t rip)
{
	if (host_is_stopping())
		host_halt_cpu();
	printk_guest(LOG_WARNING, "unexpected NMI on CPU %u at rip %016lx", this_cpu()->cpu.id,
		     rip);
}

static bool others_stopped(void)
{
	cpumask_for_each(id, &cpus_online)
	{
		const struct pcpu *p = pcpu_of(cpu_get(id));

		if (p != this_cpu() && !__atomic_load_n(&p->stopped, __ATOMIC_ACQUIRE))
			return false;
	}
	return true;
}

static void nmi_others(void)
{
	cpumask_for_each(id, &cpus_online)
	{
		const struct pcpu *p = pcpu_of(cpu_get(id));

		if (p != this_cpu())
			hostapic_nmi(p->apic_id);
	}
}

/*
 * NMIs reach a CPU in a guest or in its sleep at once, one in the hypervisor at the end of what
 * it does. Of several CPUs that want this at the same time the first goes on.
 */
bool arch_stop_others(void)
{
	uint32_t me = this_cpu()->cpu.id, stopper = HOST_NOBODY;
	stime_t end;

	if (!__atomic_compare_exchange_n(&host_stopper, &stopper, me, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST) &&
	    stopper != me)
		host_halt_cpu();
	if (others_stopped())
		return true;
	nmi_others();
	end = arch_now() + STOP_TIMEOUT;
	while (!others_stopped()) {
		cpu_relax();
		if (arch_now() > end)
			return false;
	}
	return true;
}

static void reset(void)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) no_idt = { 0, 0 };

	acpi_reset();
	outb(0xcf9, 0x02); /* full reset by the chipset, in two steps */
	outb(0xcf9, 0x06);
	outb(0x64, 0xfe); /* or by the keyboard controller */
	for (unsigned i = 0; i < 1000000; i++)
		cpu_relax();
	/* or by a fault that cannot be delivered */
	__asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}

void arch_host_stop(unsigned status)
{
	if (!arch_stop_others())
		printk(LOG_WARNING, "not all CPUs have stopped");
	if (SUPPORT_ENABLED(debug_exit) && boot_options.exit_qemu)
		debug_exit(status);
	if (status == HOST_EXIT_SHUTDOWN + SHUTDOWN_reboot)
		reset();
	if (status == HOST_EXIT_SHUTDOWN + SHUTDOWN_poweroff)
		acpi_power_off();
	printk(LOG_INFO, "halted");
	host_halt_cpu();
}

void host_set_domain(struct domain *d)
{
	host_domain = d;
}

void host_check_domain(void)
{
	const struct domain *d = host_domain;
	int code;

	if (likely(!d || d->shutdown_code == DOMAIN_RUNNING))
		return;
	if (!arch_stop_others())
		printk(LOG_WARNING, "not all CPUs have stopped");
	code = d->shutdown_code;
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
