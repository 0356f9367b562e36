/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts what single operations cost a PVH guest: TSC ticks an operation, the
 * least of 32 rounds of 200. In an emulator that counts instructions a tick is
 * one, so the figures repeat exactly; the loop itself is measured and left in.
 * Prints "bench: NAME TICKS" in tenths, and what the hypervisor keeps for
 * itself where a hardware domain may ask.
 */
#include <stdint.h>

#include <xen/event_channel.h>
#include <xen/sched.h>
#include <xen/version.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "lapic.h"
#include "report.h"
#include "string.h"

#define ROUNDS 32
#define LOOPS 200
#define SYSCTL_PHYSINFO 3
#define SYSCTL_VERSION_4_17 0x15

const char guest_name[] = "bench";

static unsigned int port;
static uint64_t efer, cr4;
static char buffer[64];

static void op_empty(void)
{
	__asm__ volatile("");
}

static void op_cpuid(void)
{
	(void)cpu_cpuid(0, 0);
}

static void op_rdmsr(void)
{
	(void)cpu_rdmsr(MSR_EFER);
}

static void op_wrmsr(void)
{
	cpu_wrmsr(MSR_EFER, efer);
}

static void op_cr4(void)
{
	cpu_set_cr4(cr4);
}

static void op_in(void)
{
	(void)cpu_inb(0x61);
}

static void op_version(void)
{
	(void)hypercall_2(__HYPERVISOR_xen_version, XENVER_version, NULL);
}

static void op_unknown(void)
{
	(void)hypercall_5(63, 0, 0, 0, 0, 0);
}

static void op_extraversion(void)
{
	(void)hypercall_2(__HYPERVISOR_xen_version, XENVER_extraversion, buffer);
}

static void op_yield(void)
{
	(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

static void op_send(void)
{
	(void)evtchn_op(EVTCHNOP_send, port);
}

static void op_alloc_close(void)
{
	unsigned int fresh;

	if (evtchn_alloc(&fresh))
		(void)evtchn_op(EVTCHNOP_close, fresh);
}

/* Least ticks of LOOPS calls; not inlined, so that each is one call. */
static void measure(const char *name, void (*op)(void))
{
	uint64_t least = ~0UL;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		uint64_t start = cpu_rdtsc();

		for (unsigned int i = 0; i < LOOPS; i++)
			op();
		start = cpu_rdtsc() - start;
		least = start < least ? start : least;
	}
	console_printf("bench: %s %lu.%lu\n", name, (unsigned long)(least / LOOPS),
		       (unsigned long)(least * 10 / LOOPS % 10));
}

static void measure_all(void)
{
	measure("empty", op_empty);
	measure("cpuid", op_cpuid);
	measure("rdmsr_efer", op_rdmsr);
	measure("wrmsr_efer", op_wrmsr);
	measure("mov_cr4", op_cr4);
	measure("in_61", op_in);
	measure("x2apic_eoi", lapic_eoi);
	measure("xen_version", op_version);
	measure("unknown_hypercall", op_unknown);
	measure("extraversion", op_extraversion);
	measure("sched_yield", op_yield);
	evtchn_mask(port);
	measure("evtchn_send_masked", op_send);
	(void)evtchn_op(EVTCHNOP_unmask, port);
	cpu_irq_enable();
	measure("evtchn_send_upcall", op_send);
	cpu_irq_disable();
	measure("evtchn_alloc_close", op_alloc_close);
}

/* What Xen keeps: all frames less the free ones and ours. */
static void print_memory(void)
{
	static uint8_t sysctl[136] __attribute__((aligned(8)));
	uint64_t total, free, scrub, ours = 0;
	uint32_t head[2] = { SYSCTL_PHYSINFO, SYSCTL_VERSION_4_17 };

	memcpy(sysctl, head, sizeof(head));
	if (!hypercall_is_dom0() || hypercall_2(__HYPERVISOR_sysctl, (unsigned long)sysctl, NULL))
		return;
	memcpy(&total, sysctl + 48, 8);
	memcpy(&free, sysctl + 56, 8);
	memcpy(&scrub, sysctl + 64, 8);
	for (unsigned int i = 0; i < boot_nr_memmap(); i++) {
		if (boot_memmap(i)->type == XEN_HVM_MEMMAP_TYPE_RAM)
			ours += boot_memmap(i)->size >> 12;
	}
	console_printf("bench: kept_kib %lu.0\n", (unsigned long)(total - free - scrub - ours) * 4);
}

void guest_main(void)
{
	struct shared_info *shared = evtchn_map_shared_info();
	struct vcpu_info *info = evtchn_register_vcpu_info();

	report_ok(shared && info, "shared_info and vcpu_info are there");
	if (!shared || !info)
		return;
	/* The domain-wide vector: an upcall without an APIC, so without an EOI. */
	lapic_enable_x2apic();
	report_rc(evtchn_set_upcall(EVTCHN_DOMAIN_VECTOR), 0, "the upcall vector");
	report_ok(evtchn_bind_ipi(&port), "an IPI port");
	cpu_halt_enabled(); /* the upcall that a new vcpu_info starts with */
	efer = cpu_rdmsr(MSR_EFER);
	cr4 = cpu_cr4();
	measure_all();
	report_ok(evtchn_nr_upcalls >= ROUNDS * LOOPS, "every send gave an upcall (%u)",
		  evtchn_nr_upcalls);
	print_memory();
}
