/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two numbers by which a guest makes nanoseconds of ticks (struct vcpu_time_info). */
#include "cpu.h"
#include "time.h"

void time_scale_of(uint64_t hz, uint32_t *ret_mul, int8_t *ret_shift)
{
	uint64_t rate = hz;
	int8_t shift = 0;

	/* Normalize so that ticks fit 32 bits of multiplier: 1e9 < rate <= 2e9. */
	while (rate > 2ull * NSEC_PER_SEC) {
		rate >>= 1;
		shift--;
	}
	while (rate <= (uint64_t)NSEC_PER_SEC) {
		rate <<= 1;
		shift++;
	}
	/* From hz itself, so that no low bits are lost to the shift. */
	if (shift < 0)
		*ret_mul = (uint32_t)mul_div(NSEC_PER_SEC, 1ull << (32 - shift), hz);
	else
		*ret_mul = (uint32_t)mul_div(NSEC_PER_SEC, 1ull << 32, hz << shift);
	*ret_shift = shift;
}
