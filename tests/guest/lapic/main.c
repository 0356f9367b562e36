/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the virtual local APIC: the registers a kernel reads by MMIO before
 * x2APIC, the one-way switch, self-IPIs, priorities by TPR and in service,
 * EOI, error status, CR8, and the #GP of each access x2APIC forbids.
 */
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "cpu.h"
#include "lapic.h"
#include "report.h"
#include "trap.h"

SUPPORT_TEST(vlapic, "guest/lapic");
SUPPORT_TEST(vlapic_x2apic, "guest/lapic");

#define ICR_SELF 0x40000
#define MAX_SEEN 8

const char guest_name[] = "lapic";

static volatile unsigned int seen[MAX_SEEN];
static volatile unsigned int nr_seen;

static void note(const struct trap_frame *frame)
{
	if (nr_seen < MAX_SEEN)
		seen[nr_seen] = (unsigned int)frame->vector;
	nr_seen++;
}

static void simple(struct trap_frame *frame)
{
	note(frame);
	lapic_eoi();
}

static void simple_mmio(struct trap_frame *frame)
{
	note(frame);
	lapic_write_mmio(LAPIC_EOI, 0);
}

/* Lets others in before its own EOI; asks for a lower and a higher one first. */
static void nesting(struct trap_frame *frame)
{
	note(frame);
	lapic_write(LAPIC_ICR, ICR_SELF | 0x41);
	lapic_write(LAPIC_ICR, ICR_SELF | 0xb1);
	cpu_irq_enable();
	for (unsigned int i = 0; i < 1000; i++)
		cpu_pause();
	cpu_irq_disable();
	seen[MAX_SEEN - 1] = nr_seen;
	lapic_eoi();
}

static void let_in(void)
{
	cpu_irq_enable();
	for (unsigned int i = 0; i < 2000; i++)
		cpu_pause();
	cpu_irq_disable();
}

static void test_mmio(void)
{
	uint32_t version = lapic_read_mmio(LAPIC_VERSION);

	report_equal(lapic_read_mmio(LAPIC_ID) >> 24, 0, "APIC id");
	report_ok((version & 0xff) >= 0x10 && (version & 0xff) < 0x20 &&
			  (version >> 16 & 0xff) >= 3,
		  "version register is 0x%x", version);
	lapic_write_mmio(LAPIC_SVR, 0x1ff);
	report_equal(lapic_read_mmio(LAPIC_SVR), 0x1ff, "SVR");
	lapic_write_mmio(LAPIC_TPR, 0x20);
	report_equal(lapic_read_mmio(LAPIC_TPR), 0x20, "TPR");
	report_equal(lapic_read_mmio(LAPIC_PPR), 0x20, "PPR with nothing in service");
	lapic_write_mmio(LAPIC_TPR, 0);
	report_equal(lapic_read_mmio(LAPIC_LVT0) & 0x10000, 0x10000, "LVT0's mask bit");
	trap_set_handler(0x51, simple_mmio);
	nr_seen = 0;
	lapic_write_mmio(LAPIC_ICR2, 0);
	lapic_write_mmio(LAPIC_ICR, ICR_SELF | 0x51);
	report_ok(lapic_read_mmio(LAPIC_IRR + 0x20) & 1u << 17, "a self-IPI is in the IRR");
	report_equal(lapic_read_mmio(LAPIC_ICR) & 0x1000, 0, "the delivery status");
	let_in();
	report_ok(nr_seen == 1 && seen[0] == 0x51, "and is taken once interrupts are on");
	report_equal(lapic_read_mmio(LAPIC_ISR + 0x20), 0, "in service after EOI by MMIO");
}

static void test_switch(void)
{
	uint64_t base = cpu_rdmsr(MSR_APIC_BASE);
	uint64_t value;

	report_ok(trap_read_msr(0x802, &value)->vector == VEC_GP,
		  "an x2APIC register in xAPIC mode gives #GP");
	lapic_enable_x2apic();
	report_equal(cpu_rdmsr(MSR_APIC_BASE), base | APIC_BASE_EXTD, "APIC_BASE");
	report_equal(lapic_read(LAPIC_ID), 0, "x2APIC id");
	report_equal(lapic_read(LAPIC_LDR), 1, "logical id");
	report_equal(lapic_read(LAPIC_SVR), 0x1ff, "SVR");
	report_ok(trap_write_msr(MSR_APIC_BASE, base)->vector == VEC_GP,
		  "back to xAPIC without a pass through disabled gives #GP");
}

static void test_forbidden(void)
{
	uint64_t value;

	report_ok(trap_write_msr(0x802, 1)->vector == VEC_GP, "writing the id gives #GP");
	report_ok(trap_write_msr(0x803, 1)->vector == VEC_GP, "writing the version gives #GP");
	report_ok(trap_write_msr(0x80d, 1)->vector == VEC_GP, "writing the logical id gives #GP");
	report_ok(trap_read_msr(0x80e, &value)->vector == VEC_GP, "reading DFR gives #GP");
	report_ok(trap_read_msr(0x831, &value)->vector == VEC_GP, "reading ICR2 gives #GP");
	report_ok(trap_read_msr(0x804, &value)->vector == VEC_GP, "a hole in the MSRs gives #GP");
	report_ok(trap_read_msr(0x80b, &value)->vector == VEC_GP, "reading EOI gives #GP");
	report_ok(trap_write_msr(0x80b, 1)->vector == VEC_GP, "EOI of other than 0 gives #GP");
	report_ok(trap_write_msr(0x820, 0)->vector == VEC_GP, "writing the IRR gives #GP");
	report_ok(trap_write_msr(0x80f, 1UL << 32)->vector == VEC_GP,
		  "reserved bits of SVR give #GP");
	report_ok(trap_read_msr(0x83f, &value)->vector == VEC_GP, "reading SELF_IPI gives #GP");
}

static void test_self_ipi(void)
{
	trap_set_handler(0x61, simple);
	nr_seen = 0;
	lapic_write(LAPIC_ICR, ICR_SELF | 0x61);
	lapic_write(LAPIC_ICR, ICR_SELF | 0x61);
	let_in();
	report_ok(nr_seen == 1 && seen[0] == 0x61, "two self-IPIs of one vector are one interrupt");
	nr_seen = 0;
	cpu_wrmsr(0x83f, 0x61);
	let_in();
	report_ok(nr_seen == 1, "SELF_IPI is taken");
	nr_seen = 0;
	lapic_write(LAPIC_ICR, 0x61);
	let_in();
	report_ok(nr_seen == 1, "an IPI to our own id is taken");
	nr_seen = 0;
	cpu_wrmsr(0x83f, 0x61);
	cpu_halt_enabled();
	report_ok(nr_seen == 1, "a pending interrupt ends hlt");
	lapic_write(LAPIC_ESR, 0);
	cpu_wrmsr(0x83f, 0x05);
	lapic_write(LAPIC_ESR, 0);
	report_ok(lapic_read(LAPIC_ESR) & 0x60, "vector 5 is an error in ESR (0x%lx)",
		  (unsigned long)lapic_read(LAPIC_ESR));
}

static void test_priority(void)
{
	uint64_t cr8;

	trap_set_handler(0x41, simple);
	trap_set_handler(0x71, nesting);
	trap_set_handler(0xb1, simple);
	nr_seen = 0;
	cpu_wrmsr(0x83f, 0x41);
	cpu_wrmsr(0x83f, 0xb1);
	let_in();
	report_ok(nr_seen == 2 && seen[0] == 0xb1 && seen[1] == 0x41, "the higher vector is first");
	nr_seen = 0;
	cpu_wrmsr(0x83f, 0x71);
	let_in();
	report_ok(seen[0] == 0x71 && seen[1] == 0xb1 && seen[MAX_SEEN - 1] == 2,
		  "a higher one nests, a lower one does not");
	report_ok(nr_seen == 3 && seen[2] == 0x41, "it comes after EOI");
	if (boot_option_is("peer", "xen")) {
		report_skip("Xen on this emulator hangs when an APIC priority blocks a vector");
		return;
	}
	nr_seen = 0;
	lapic_write(LAPIC_TPR, 0x80);
	__asm__ volatile("mov %%cr8, %0" : "=r"(cr8));
	report_equal(cr8, 8, "CR8 of TPR 0x80");
	cpu_wrmsr(0x83f, 0x41);
	let_in();
	report_ok(nr_seen == 0, "a task priority holds a lower vector back");
	report_ok(lapic_read(LAPIC_IRR + 0x20) & 1u << 1, "it stays in the IRR");
	cpu_wrmsr(0x83f, 0xb1);
	let_in();
	report_ok(nr_seen == 1 && seen[0] == 0xb1, "and lets a higher one through");
	__asm__ volatile("mov %0, %%cr8" : : "r"(3UL) : "memory");
	let_in();
	report_ok(nr_seen == 2 && seen[1] == 0x41, "lowering CR8 lets the rest in");
	report_equal(lapic_read(LAPIC_TPR), 0x30, "TPR of CR8 3");
	lapic_write(LAPIC_TPR, 0);
}

/* The hypervisor waits for IF to deliver; QEMU ended when CR8 was written meanwhile. */
static void test_cr8_while_waiting(void)
{
	if (boot_option_is("peer", "xen"))
		return;
	nr_seen = 0;
	cpu_wrmsr(0x83f, 0xb1);
	__asm__ volatile("mov %0, %%cr8" : : "r"(1UL) : "memory");
	__asm__ volatile("mov %0, %%cr8" : : "r"(0UL) : "memory");
	let_in();
	report_ok(nr_seen == 1 && seen[0] == 0xb1, "CR8 written while an interrupt waits for IF");
}

static void test_disable(void)
{
	uint64_t base = cpu_rdmsr(MSR_APIC_BASE);

	cpu_wrmsr(MSR_APIC_BASE, base & ~(uint64_t)(APIC_BASE_ENABLE | APIC_BASE_EXTD));
	report_equal(cpu_cpuid(1, 0).edx & 1u << 9, 0, "CPUID's APIC bit of a disabled APIC");
	cpu_wrmsr(MSR_APIC_BASE, (base & ~(uint64_t)APIC_BASE_EXTD) | APIC_BASE_ENABLE);
	report_ok(cpu_cpuid(1, 0).edx & 1u << 9, "it comes back");
	report_equal(lapic_read_mmio(LAPIC_ID) >> 24, 0, "APIC id in xAPIC mode again");
}

void guest_main(void)
{
	test_mmio();
	test_switch();
	test_forbidden();
	test_self_ipi();
	test_priority();
	test_cr8_while_waiting();
	test_disable();
}
