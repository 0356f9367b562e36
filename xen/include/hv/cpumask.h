/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of physical CPUs. Plain memory: who shares one has a lock for it. */
#ifndef HV_CPUMASK_H
#define HV_CPUMASK_H

#include <hv/types.h>

#define HV_MAX_CPUS 1024
#define CPUMASK_WORDS (HV_MAX_CPUS / 64)

struct cpumask {
	uint64_t word[CPUMASK_WORDS];
};

/** Words that CPUs of this host can be in; what is beyond is not looked at. Set before any is used.
 */
extern unsigned cpumask_nr_words;

static inline void cpumask_set(struct cpumask *m, unsigned cpu)
{
	m->word[cpu / 64] |= 1ull << (cpu % 64);
}

static inline void cpumask_clear(struct cpumask *m, unsigned cpu)
{
	m->word[cpu / 64] &= ~(1ull << (cpu % 64));
}

static inline bool cpumask_test(const struct cpumask *m, unsigned cpu)
{
	return m->word[cpu / 64] >> (cpu % 64) & 1;
}

static inline bool cpumask_empty(const struct cpumask *m)
{
	for (unsigned i = 0; i < cpumask_nr_words; i++)
		if (m->word[i])
			return false;
	return true;
}

static inline unsigned cpumask_weight(const struct cpumask *m)
{
	unsigned n = 0;

	for (unsigned i = 0; i < cpumask_nr_words; i++)
		for (uint64_t w = m->word[i]; w; w &= w - 1)
			n++;
	return n;
}

/** The first CPU of @m at or above @from; HV_MAX_CPUS if there is none. */
static inline unsigned cpumask_next(const struct cpumask *m, unsigned from)
{
	unsigned i = from / 64;
	uint64_t w;

	if (from >= 64 * cpumask_nr_words)
		return HV_MAX_CPUS;
	w = m->word[i] & (~0ull << (from % 64));
	while (!w) {
		if (++i >= cpumask_nr_words)
			return HV_MAX_CPUS;
		w = m->word[i];
	}
	return i * 64 + (unsigned)__builtin_ctzll(w);
}

static inline unsigned cpumask_first(const struct cpumask *m)
{
	return cpumask_next(m, 0);
}

#define cpumask_for_each(cpu, m)                                   \
	for (unsigned cpu = cpumask_first(m); (cpu) < HV_MAX_CPUS; \
	     (cpu) = cpumask_next(m, (cpu) + 1))

static inline void cpumask_and(struct cpumask *to, const struct cpumask *a, const struct cpumask *b)
{
	for (unsigned i = 0; i < cpumask_nr_words; i++)
		to->word[i] = a->word[i] & b->word[i];
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	for (unsigned i = 0; i < cpumask_nr_words; i++)
		if (a->word[i] & b->word[i])
			return true;
	return false;
}

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	for (unsigned i = 0; i < cpumask_nr_words; i++)
		if (a->word[i] != b->word[i])
			return false;
	return true;
}

static inline void cpumask_fill(struct cpumask *m)
{
	for (unsigned i = 0; i < CPUMASK_WORDS; i++)
		m->word[i] = ~0ull;
}

#endif
