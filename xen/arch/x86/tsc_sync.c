/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares TSCs by question and answer through one word of memory. A CPU whose TSC differs
 * gets an offset that all readings of it are corrected by, and guests are told that theirs
 * may differ a little.
 */
#include "tsc_sync.h"

#include <arch/arch.h>
#include <hv/printk.h>

#include "cpu.h"
#include "pcpu.h"
#include "time.h"

#define NR_ROUNDS 8
#define TIMEOUT (2 * NSEC_PER_SEC)

/* Whose turn it is: the id of the CPU asked, in the upper half; a step in the lower. */
static uint64_t turn;
static uint64_t answer;

#define TURN(cpu, step) ((uint64_t)(cpu) << 32 | (step))

bool tsc_sync_judge(const struct tsc_round *round, unsigned nr, int64_t *ret_adjust)
{
	const struct tsc_round *best = round;
	bool same = true;

	for (unsigned i = 0; i < nr; i++) {
		const struct tsc_round *r = &round[i];

		if ((int64_t)(r->there - r->before) < 0 || (int64_t)(r->after - r->there) < 0)
			same = false;
		if (r->after - r->before < best->after - best->before)
			best = r;
	}
	if (!same)
		*ret_adjust =
			(int64_t)(best->before + (best->after - best->before) / 2 - best->there);
	return same;
}

/* Wait for @value; false if it does not come. */
static bool wait_turn(uint64_t value)
{
	stime_t end = arch_now() + TIMEOUT;

	while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != value) {
		cpu_relax();
		if (arch_now() > end)
			return false;
	}
	return true;
}

/* Odd steps are questions, even ones answers. */
static bool ask(const struct pcpu *cpu, struct tsc_round *round)
{
	for (unsigned i = 0; i < NR_ROUNDS; i++) {
		round[i].before = rdtsc();
		__atomic_store_n(&turn, TURN(cpu->cpu.id, 2 * i + 1), __ATOMIC_RELEASE);
		if (!wait_turn(TURN(cpu->cpu.id, 2 * i + 2)))
			return false;
		round[i].after = rdtsc();
		round[i].there = answer;
	}
	return true;
}

/* On the CPU that is asked, out of its loop. */
static void answer_all(void *data)
{
	uint32_t id = this_cpu()->cpu.id;

	for (unsigned i = 0; i < NR_ROUNDS; i++) {
		if (!wait_turn(TURN(id, 2 * i + 1)))
			return;
		answer = rdtsc();
		__atomic_store_n(&turn, TURN(id, 2 * i + 2), __ATOMIC_RELEASE);
	}
}

static void compare(struct pcpu *cpu)
{
	static struct cpu_call call;
	struct tsc_round round[NR_ROUNDS];

	if (cpu_call(&cpu->cpu, &call, answer_all, NULL) || !ask(cpu, round)) {
		printk(LOG_WARNING, "CPU %u: its TSC could not be compared", cpu->cpu.id);
		time_set_tsc_unstable();
	} else if (!tsc_sync_judge(round, NR_ROUNDS, &cpu->tsc_adjust)) {
		printk(LOG_WARNING, "CPU %u: its TSC is off by %ld ticks", cpu->cpu.id,
		       -cpu->tsc_adjust);
		time_set_tsc_unstable();
	}
}

void tsc_sync_all(void)
{
	cpumask_for_each(id, &cpus_online)
	{
		struct pcpu *cpu = pcpu_of(cpu_get(id));

		if (cpu != this_cpu())
			compare(cpu);
	}
}
