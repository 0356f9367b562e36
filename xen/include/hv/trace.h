/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace records (xen/trace.h): what happens, written by each CPU into a ring of its own that
 * the privileged domain maps and reads (xentrace). While nobody traces, a place that does
 * costs one test of one word; where the policy leaves the feature out, nothing.
 */
#ifndef HV_TRACE_H
#define HV_TRACE_H

#include <candor/support.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/trace.h>

#include <hv/domain.h>
#include <hv/types.h>

/** Something is recorded. Atomic. */
extern bool trace_any;

static inline bool trace_on(void)
{
#ifdef HV_DEBUG_CHECKS
	return SUPPORT_ENABLED(tracing) && unlikely(__atomic_load_n(&trace_any, __ATOMIC_RELAXED));
#else
	/* A byte, which cannot be torn: read plainly, one comparison and one jump are the test. */
	return SUPPORT_ENABLED(tracing) && unlikely(trace_any);
#endif
}

/**
 * Record @event with @nr words, at most TRACE_EXTRA_MAX, on this CPU if it is asked for. Any
 * locks may be held. What does not fit is counted, and said when there is room again.
 */
void trace_write(uint32_t event, const uint32_t *words, unsigned nr);

/** The same, with the words themselves, while anything is traced: they are not made otherwise. */
#define trace(event, ...)                                                           \
	do {                                                                        \
		if (trace_on()) {                                                   \
			const uint32_t trace_words[] = { __VA_ARGS__ };             \
			trace_write((event), trace_words, ARRAY_SIZE(trace_words)); \
		}                                                                   \
	} while (0)

/** A vCPU as records name it. */
static inline uint32_t trace_vcpu(const struct vcpu *v)
{
	return (uint32_t)v->domain->id << 16 | v->id;
}

/** An idle CPU likewise. */
static inline uint32_t trace_idle(unsigned cpu)
{
	return (uint32_t)DOMID_IDLE << 16 | cpu;
}

/** Bits of an address or number, as two words of a record. */
#define TRACE_LOW(x) ((uint32_t)(x))
#define TRACE_HIGH(x) ((uint32_t)((uint64_t)(x) >> 32))

/** A ring of this CPU is half full: tell its reader. Out of the exit loop, with no lock held. */
void trace_tell_reader(void);
/** Is @m one of the frames that the reader maps? */
bool trace_shares_frame(mfn_t m);
/** Stop for good and give back the rings: what tests and an orderly end do. */
void trace_exit(void);

#endif
