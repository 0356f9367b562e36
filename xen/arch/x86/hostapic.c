/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's local APICs, by MMIO or, where firmware chose x2APIC, by MSRs. */
#include "hostapic.h"

#include <arch/arch.h>
#include <hv/printk.h>

#include "cpu.h"
#include "mm.h"
#include "pcpu.h"
#include "time.h"
#include "traps.h"

/* AMD APM volume 2, table 16-2: register offsets */
#define APIC_ID 0x20
#define APIC_TPR 0x80
#define APIC_EOI 0xb0
#define APIC_SVR 0xf0
#define APIC_ICR 0x300
#define APIC_ICR_HIGH 0x310
#define APIC_LVT_TIMER 0x320
#define APIC_LVT_PERF 0x340
#define APIC_LVT_LINT0 0x350
#define APIC_LVT_LINT1 0x360
#define APIC_LVT_ERROR 0x370
#define APIC_TIMER_INIT 0x380
#define APIC_TIMER_NOW 0x390
#define APIC_TIMER_DIV 0x3e0

#define APIC_LVT_MASKED (1u << 16)
#define APIC_LVT_EXTINT (7u << 8)
#define ICR_NMI (4u << 8)
#define ICR_INIT (5u << 8)
#define ICR_SIPI (6u << 8)
#define ICR_BUSY (1u << 12)
#define ICR_ASSERT (1u << 14)
#define MAX_POLLS 100000u /* for a message to leave: far more than it can take */
#define APIC_SVR_ENABLE (1u << 8)
#define APIC_DIV_1 0xb
#define APIC_BASE_ENABLE (1ull << 11)
#define APIC_BASE_X2APIC (1ull << 10)
#define APIC_BASE_ADDR 0x000ffffffffff000ull
#define MSR_X2APIC 0x800

#define CALIBRATION_NS (2 * NSEC_PER_MSEC)
#define RATE_SHIFT 32

static volatile char *mmio;   /* NULL in x2APIC mode */
static uint64_t ticks_per_ns; /* fixed point, RATE_SHIFT bits of fraction */
static uint64_t max_ns;	      /* what the 32-bit counter can hold */

static uint32_t apic_read(unsigned reg)
{
	if (mmio)
		return *(volatile uint32_t *)(mmio + reg);
	return (uint32_t)rdmsr(MSR_X2APIC + reg / 16);
}

static void apic_write(unsigned reg, uint32_t value)
{
	if (mmio)
		*(volatile uint32_t *)(mmio + reg) = value;
	else
		wrmsr(MSR_X2APIC + reg / 16, value);
}

static void measure_timer(void)
{
	stime_t start, end;
	uint32_t left;

	apic_write(APIC_TIMER_INIT, UINT32_MAX);
	start = arch_now();
	do {
		cpu_relax();
		end = arch_now();
	} while (end - start < CALIBRATION_NS);
	left = apic_read(APIC_TIMER_NOW);
	apic_write(APIC_TIMER_INIT, 0);
	ticks_per_ns = ((uint64_t)(UINT32_MAX - left) << RATE_SHIFT) / (uint64_t)(end - start);
	if (!ticks_per_ns)
		panic("the local APIC timer does not count");
	max_ns = ((uint64_t)UINT32_MAX << RATE_SHIFT) / ticks_per_ns;
}

static void enable(void)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE);
	apic_write(APIC_SVR, APIC_SVR_ENABLE | VECTOR_SPURIOUS);
	apic_write(APIC_TPR, 0);
	apic_write(APIC_LVT_LINT0, APIC_LVT_MASKED);
	apic_write(APIC_LVT_LINT1, APIC_LVT_MASKED);
	apic_write(APIC_LVT_PERF, APIC_LVT_MASKED);
	apic_write(APIC_LVT_ERROR, APIC_LVT_MASKED);
	apic_write(APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_TIMER);
	apic_write(APIC_TIMER_DIV, APIC_DIV_1);
}

void hostapic_init(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	if (!(base & APIC_BASE_X2APIC))
		mmio = mm_map_device(maddr(base & APIC_BASE_ADDR));
	enable();
	this_cpu()->apic_id = apic_read(APIC_ID) >> (mmio ? 24 : 0);
	measure_timer();
	apic_write(APIC_LVT_TIMER, VECTOR_TIMER);
	printk(LOG_INFO, "local APIC timer: %lu kHz", mul_shift(ticks_per_ns, 1000000, RATE_SHIFT));
}

bool hostapic_init_secondary(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	/* In the mode of the boot CPU; that is where firmware leaves all. */
	if (!mmio && !(base & APIC_BASE_X2APIC)) {
		wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
		wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE | APIC_BASE_X2APIC);
	} else if (mmio && (base & APIC_BASE_X2APIC)) {
		return false;
	}
	enable();
	apic_write(APIC_LVT_TIMER, VECTOR_TIMER);
	return true;
}

/* Interrupts are off wherever this is called, so nobody comes between the two halves. */
static void send(uint32_t apic_id, uint32_t command)
{
	unsigned polls = 0;

	if (!mmio) {
		wrmsr(MSR_X2APIC + APIC_ICR / 16, (uint64_t)apic_id << 32 | command);
		return;
	}
	while ((apic_read(APIC_ICR) & ICR_BUSY) && ++polls < MAX_POLLS)
		cpu_relax();
	apic_write(APIC_ICR_HIGH, apic_id << 24);
	apic_write(APIC_ICR, command);
}

void hostapic_kick(uint32_t apic_id)
{
	send(apic_id, ICR_ASSERT | VECTOR_KICK);
}

void hostapic_init_ipi(uint32_t apic_id)
{
	send(apic_id, ICR_ASSERT | ICR_INIT);
}

void hostapic_startup_ipi(uint32_t apic_id, uint8_t page)
{
	send(apic_id, ICR_ASSERT | ICR_SIPI | page);
}

void hostapic_nmi(uint32_t apic_id)
{
	send(apic_id, ICR_ASSERT | ICR_NMI);
}

void hostapic_take_pic(void)
{
	apic_write(APIC_LVT_LINT0, APIC_LVT_EXTINT);
}

void hostapic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

void hostapic_timer_program(stime_t when)
{
	struct pcpu *cpu = this_cpu();
	stime_t delta;
	uint64_t ticks;

	if (when == cpu->timer_programmed)
		return;
	cpu->timer_programmed = when;
	if (when == STIME_MAX) {
		apic_write(APIC_TIMER_INIT, 0);
		return;
	}
	delta = when - arch_now();
	if (delta < 0)
		delta = 0;
	/* Too far for the counter: it fires early, and the rest is programmed then. */
	ticks = mul_shift(MIN((uint64_t)delta, max_ns), ticks_per_ns, RATE_SHIFT);
	apic_write(APIC_TIMER_INIT, ticks ? (uint32_t)MIN(ticks + 1, UINT32_MAX) : 1);
}

void hostapic_timer_interrupt(void)
{
	this_cpu()->timer_programmed = STIME_MAX;
	this_cpu()->timer_fired = true;
	hostapic_eoi();
}
