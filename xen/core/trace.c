/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes trace records. A CPU writes its own ring alone, with interrupts off, so there is
 * no lock; the reader is told of a record by the index behind it, once it is all there.
 * Offsets count modulo twice the size, as xen/trace.h has it: full and empty differ.
 */
#include "trace.h"

#include <hv/evtchn.h>
#include <hv/string.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(tracing, "common");

_Static_assert(sizeof(struct t_buf) == 8, "xen/trace.h: records follow at once");
_Static_assert(offsetof(struct t_rec, u) == 4, "xen/trace.h");

#define MAX_WORDS (3 + TRACE_EXTRA_MAX) /* header, cycles, the event's own */
#define LOST_WORDS 7

bool trace_any;
uint32_t trace_mask;
struct cpumask trace_cpus;

/* A record as it is to stand in the ring. */
struct record {
	uint32_t word[MAX_WORDS];
	uint32_t nr; /* words */
};

void trace_ring_init(struct trace_ring *r, mfn_t frames, uint32_t nr_frames)
{
	*r = (struct trace_ring){ .shared = arch_frame_map(frames),
				  .size = (uint32_t)(nr_frames * PAGE_SIZE) -
					  (uint32_t)sizeof(struct t_buf),
				  .frames = frames,
				  .nr_frames = nr_frames };
}

/* Does @mask have a class of @event and a subclass of it? */
static bool wanted(uint32_t mask, uint32_t event)
{
	uint32_t both = mask & event;

	return both >> TRC_CLS_SHIFT && (both >> TRC_SUBCLS_SHIFT & 0xf);
}

/* Bytes that wait to be read; an index that makes no sense leaves no room. */
static uint32_t unread(const struct trace_ring *r)
{
	uint32_t cons = __atomic_load_n(&r->shared->cons, __ATOMIC_ACQUIRE), nr;

	if (cons >= 2 * r->size)
		return r->size;
	nr = r->prod >= cons ? r->prod - cons : r->prod + 2 * r->size - cons;
	return MIN(nr, r->size);
}

static uint32_t offset(const struct trace_ring *r)
{
	return r->prod >= r->size ? r->prod - r->size : r->prod;
}

/* Write @nr words, which fit before the end, and move on behind them. */
static void put(struct trace_ring *r, const uint32_t *words, uint32_t nr)
{
	uint32_t size = nr * (uint32_t)sizeof(*words);

	memcpy((char *)(r->shared + 1) + offset(r), words, size);
	r->prod += size;
	if (r->prod >= 2 * r->size)
		r->prod -= 2 * r->size;
}

/* What is left up to the end is skipped by records that say so: one that is wanted is in one
 * piece. */
static void fill_to_end(struct trace_ring *r)
{
	uint32_t left = (r->size - offset(r)) / (uint32_t)sizeof(uint32_t);

	while (left) {
		uint32_t skip[1 + TRACE_EXTRA_MAX] = { TRC_TRACE_WRAP_BUFFER };
		uint32_t nr = MIN(left, (uint32_t)ARRAY_SIZE(skip));

		skip[0] |= (nr - 1) << TRACE_EXTRA_SHIFT;
		put(r, skip, nr);
		left -= nr;
	}
}

/* False: there is no room, and nothing has been written. */
static bool put_record(struct trace_ring *r, const struct record *rec)
{
	uint32_t need = rec->nr * (uint32_t)sizeof(rec->word[0]);
	uint32_t left = r->size - offset(r), skip = need > left ? left : 0;

	if (r->size - unread(r) < need + skip)
		return false;
	if (skip)
		fill_to_end(r);
	put(r, rec->word, rec->nr);
	/* Pairs with the reader's barrier between the index and the records. */
	__atomic_store_n(&r->shared->prod, r->prod, __ATOMIC_RELEASE);
	return true;
}

/* What a handler says stands between an exit and an entry, which have the time. */
static bool with_cycles(uint32_t event)
{
	return (event & TRC_HVM_HANDLER) != TRC_HVM_HANDLER;
}

static struct record make_record(uint32_t event, uint64_t cycles, const uint32_t *words,
				 unsigned nr)
{
	struct record rec = { .nr = 1 };

	nr = MIN(nr, (unsigned)TRACE_EXTRA_MAX);
	rec.word[0] = TRC_HD_TO_EVENT(event) | nr << TRACE_EXTRA_SHIFT;
	if (with_cycles(event)) {
		rec.word[0] |= (uint32_t)TRC_HD_CYCLE_FLAG;
		rec.word[rec.nr++] = TRACE_LOW(cycles);
		rec.word[rec.nr++] = TRACE_HIGH(cycles);
	}
	for (unsigned i = 0; i < nr; i++)
		rec.word[rec.nr++] = words[i];
	return rec;
}

/* May CPU @id record? */
static bool chosen(unsigned id)
{
	return __atomic_load_n(&trace_cpus.word[id / 64], __ATOMIC_RELAXED) >> id % 64 & 1;
}

static uint32_t who_runs(const struct cpu *cpu)
{
	return cpu->current ? trace_vcpu(cpu->current) : trace_idle(cpu->id);
}

/* How many are missing where it stands: it comes before the first that has room again. */
static bool put_lost(struct trace_ring *r, uint64_t cycles)
{
	const uint32_t words[] = { r->nr_lost, r->lost_who, TRACE_LOW(r->lost_when),
				   TRACE_HIGH(r->lost_when) };
	struct record rec = make_record(TRC_LOST_RECORDS, cycles, words, ARRAY_SIZE(words));

	_Static_assert(ARRAY_SIZE(words) + 3 == LOST_WORDS, "the record of lost ones");
	if (!put_record(r, &rec))
		return false;
	r->nr_lost = 0;
	return true;
}

static void lose(struct trace_ring *r, const struct cpu *cpu, uint64_t cycles)
{
	if (!r->nr_lost) {
		r->lost_who = who_runs(cpu);
		r->lost_when = cycles;
	}
	/* It stays at the most it can say. */
	r->nr_lost += r->nr_lost != UINT32_MAX;
}

void trace_write(uint32_t event, const uint32_t *words, unsigned nr)
{
	struct cpu *cpu = cpu_this();
	struct trace_ring *r = __atomic_load_n(&cpu->trace, __ATOMIC_ACQUIRE);
	uint64_t cycles;
	struct record rec;
	uint32_t before;

	if (!r || !wanted(__atomic_load_n(&trace_mask, __ATOMIC_RELAXED), event) ||
	    !chosen(cpu->id))
		return;
	cycles = arch_cycles();
	rec = make_record(event, cycles, words, nr);
	before = unread(r);
	if ((r->nr_lost && !put_lost(r, cycles)) || !put_record(r, &rec))
		lose(r, cpu, cycles);
	else if (before < r->size / 2 && unread(r) >= r->size / 2)
		cpu_raise(cpu, CPU_WORK_TRACE);
}

void trace_tell_reader(void)
{
	evtchn_raise_global_virq(VIRQ_TBUF);
}
