/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PV clock of a test guest. */
#include "pvclock.h"

#include <stddef.h>

#include "cpu.h"

static const volatile struct vcpu_time_info *clock_info;

void pvclock_init(const volatile struct vcpu_time_info *info)
{
	clock_info = info;
}

uint64_t pvclock_scale(uint64_t ticks)
{
	int8_t shift = clock_info->tsc_shift;

	ticks = shift < 0 ? ticks >> -shift : ticks << shift;
	return (uint64_t)((unsigned __int128)ticks * clock_info->tsc_to_system_mul >> 32);
}

uint64_t pvclock_read(void)
{
	uint32_t version;
	uint64_t time;

	if (!clock_info)
		return 0;
	do {
		version = clock_info->version;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		time = clock_info->system_time +
		       pvclock_scale(cpu_rdtsc() - clock_info->tsc_timestamp);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	} while ((version & 1) || version != clock_info->version);
	return time;
}
