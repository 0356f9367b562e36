/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC of a test guest, by MMIO or by x2APIC MSRs. */
#include "lapic.h"

#include "cpu.h"

void lapic_enable_x2apic(void)
{
	cpu_wrmsr(MSR_APIC_BASE, cpu_rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE | APIC_BASE_EXTD);
	lapic_write(LAPIC_SVR, 0x1ff);
	lapic_write(LAPIC_TPR, 0);
}

uint64_t lapic_read(unsigned int offset)
{
	return cpu_rdmsr(0x800 + (offset >> 4));
}

void lapic_write(unsigned int offset, uint64_t value)
{
	cpu_wrmsr(0x800 + (offset >> 4), value);
}

uint32_t lapic_read_mmio(unsigned int offset)
{
	uint32_t value;

	__asm__ volatile("movl (%1), %0" : "=r"(value) : "r"(LAPIC_BASE + offset) : "memory");
	return value;
}

void lapic_write_mmio(unsigned int offset, uint32_t value)
{
	__asm__ volatile("movl %0, (%1)" : : "r"(value), "r"(LAPIC_BASE + offset) : "memory");
}

void lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}
