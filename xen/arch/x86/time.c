/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's clock is the TSC. Its rate is measured once against channel 2 of
 * the 8254, whose 1.193182 MHz every PC and emulator has; the wall clock is
 * read once from the CMOS clock.
 */
#include "time.h"

#include <arch/arch.h>
#include <candor/support.h>
#include <hv/printk.h>

#include "cpu.h"
#include "pcpu.h"

#define PIT_HZ 1193182u
#define PIT_START 0xffffu
#define PIT_TICKS 41762u    /* 35 ms, of the 55 ms the counter lasts */
#define PIT_TICKS_MIN 2983u /* 2.5 ms: what must do where this CPU is held up all the time */
#define PIT_CH2 0x42
#define PIT_CMD 0x43
#define PIT_GATE 0x61
#define PIT_OUT2 (1u << 5)
#define NR_LOOKS 8
#define NR_MEASURES 3
#define MAX_MEASURES 20
#define MAX_POLLS 1000000u /* a PIT that does not count must not hang the boot */

static uint64_t tsc_khz_measured;
static uint64_t tsc_at_boot;
static bool tsc_stable = true; /* constant once the host has booted */
static uint32_t scale_mul;
static int8_t scale_shift;
static uint64_t wallclock_ns_at_boot;

/* A moment on both clocks: no more than @width TSC ticks passed around it. */
struct moment {
	uint64_t tsc;
	uint64_t width;
	uint32_t pit; /* ticks since the counter was started */
	bool over;    /* the counter had ended: pit says nothing */
};

/* The PIT counts on while this CPU may be held up, so the tightest look counts. */
static struct moment look(void)
{
	struct moment best = { .width = UINT64_MAX };

	for (unsigned i = 0; i < NR_LOOKS; i++) {
		uint64_t before = rdtsc(), after;
		uint32_t count;

		outb(PIT_CMD, 0x80); /* latch channel 2 */
		after = rdtsc();
		count = inb(PIT_CH2);
		count |= (uint32_t)inb(PIT_CH2) << 8;
		if (after - before < best.width)
			best = (struct moment){ before + (after - before) / 2, after - before,
						PIT_START - count, inb(PIT_GATE) & PIT_OUT2 };
	}
	return best;
}

/* TSC ticks a second, as far as @ret_error ticks of it are sure; 0 if disturbed. */
static uint64_t measure_once(uint64_t *ret_error)
{
	struct moment start, end, now;
	uint32_t polls = 0;

	outb(PIT_GATE, (uint8_t)((inb(PIT_GATE) & ~2u) | 1u)); /* gate on, speaker off */
	outb(PIT_CMD, 0xb0);				       /* channel 2, both bytes, mode 0 */
	outb(PIT_CH2, PIT_START & 0xff);
	outb(PIT_CH2, PIT_START >> 8);
	/* From one step of the counter to another. */
	end = look();
	do {
		start = look();
	} while (!start.over && start.pit == end.pit && ++polls < MAX_POLLS);
	polls = 0;
	end = now = start;
	while (!now.over && now.pit - start.pit < PIT_TICKS) {
		now = look();
		if (!now.over)
			end = now;
		if (++polls == MAX_POLLS)
			return 0;
	}
	if (start.over || end.pit < start.pit + PIT_TICKS_MIN)
		return 0;
	*ret_error = mul_div(start.width + end.width, PIT_HZ, end.pit - start.pit);
	return mul_div(end.tsc - start.tsc, PIT_HZ, end.pit - start.pit);
}

/* As sure as the counter's own steps, one at each end, let any be. */
static bool sure(uint64_t hz, uint64_t error)
{
	return hz && error <= hz / (PIT_TICKS / 2);
}

/* The surest of a few; 0 if none was any good. */
static uint64_t measure_tsc(void)
{
	uint64_t best = 0, best_error = UINT64_MAX, error;

	for (unsigned i = 0;
	     !sure(best, best_error) && (i < NR_MEASURES || (!best && i < MAX_MEASURES)); i++) {
		uint64_t hz = measure_once(&error);

		if (hz && error < best_error) {
			best = hz;
			best_error = error;
		}
	}
	return best;
}

static uint8_t cmos(uint8_t reg)
{
	outb(0x70, reg);
	return inb(0x71);
}

static unsigned cmos_value(uint8_t reg, bool binary)
{
	uint8_t v = cmos(reg);

	return binary ? v : (v >> 4) * 10u + (v & 15u);
}

/* Days from 1970-01-01 to the first of @month of @year (proleptic Gregorian). */
static int64_t days_to_month(int64_t year, unsigned month)
{
	static const uint16_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int64_t y = year - 1;
	int64_t days = y * 365 + y / 4 - y / 100 + y / 400 - 719162;

	return days + before[(month - 1) % 12] + (leap && month > 2);
}

/* Seconds since 1970 of the MC146818; it counts in UTC, as the field has it. */
static uint64_t read_clock(void)
{
	bool binary = cmos(0x0b) & 4;
	unsigned polls = 0;
	uint64_t seconds;
	unsigned check;

	do {
		while ((cmos(0x0a) & 0x80) && ++polls < 100000)
			;
		check = cmos_value(0, binary);
		seconds = (uint64_t)(days_to_month(2000 + (int64_t)cmos_value(9, binary),
						   MAX(cmos_value(8, binary), 1u)) +
				     cmos_value(7, binary) - 1) *
			  86400;
		seconds += cmos_value(4, binary) * 3600ull + cmos_value(2, binary) * 60ull + check;
	} while (check != cmos_value(0, binary) && ++polls < 100000);
	return seconds;
}

uint64_t time_read_clock(void)
{
	return SUPPORT_NR_OPT_IN ? read_clock() : 0;
}

void time_init(void)
{
	uint64_t hz = measure_tsc();

	if (!hz)
		panic("channel 2 of the PIT does not count: no clock to measure the TSC by");
	tsc_khz_measured = hz / 1000;
	time_scale_of(hz, &scale_mul, &scale_shift);
	wallclock_ns_at_boot = read_clock() * (uint64_t)NSEC_PER_SEC;
	tsc_at_boot = rdtsc();
	printk(LOG_INFO, "TSC: %lu.%03lu MHz", tsc_khz_measured / 1000, tsc_khz_measured % 1000);
}

uint64_t time_host_tsc(void)
{
	return rdtsc() + (uint64_t)this_cpu()->tsc_adjust;
}

uint64_t arch_cycles(void)
{
	return time_host_tsc();
}

bool time_tsc_stable(void)
{
	return tsc_stable;
}

void time_set_tsc_unstable(void)
{
	tsc_stable = false;
}

stime_t time_of_tsc(uint64_t host_tsc)
{
	uint64_t ticks = host_tsc - tsc_at_boot;

	if (scale_shift < 0)
		return (stime_t)mul_shift(ticks, scale_mul, 32 + (unsigned)-scale_shift);
	return (stime_t)mul_shift(ticks << scale_shift, scale_mul, 32);
}

stime_t arch_now(void)
{
	return time_of_tsc(time_host_tsc());
}

uint64_t arch_wallclock_ns(void)
{
	return wallclock_ns_at_boot;
}

uint64_t time_tsc_khz(void)
{
	return tsc_khz_measured;
}

uint64_t time_tsc_at_boot(void)
{
	return tsc_at_boot;
}

void time_tsc_scale(uint32_t *ret_mul, int8_t *ret_shift)
{
	*ret_mul = scale_mul;
	*ret_shift = scale_shift;
}
