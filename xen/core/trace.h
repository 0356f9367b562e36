/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring of trace records of one CPU. */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include <hv/cpu.h>
#include <hv/trace.h>

struct trace_ring {
	/*
	 * Its header and the records behind it. The reader, who may be wrong or mean it, writes
	 * all of it at any time: nothing is read back but ->cons, which is held against ->size.
	 */
	struct t_buf *shared;
	uint32_t size;	   /* bytes of records; a multiple of 4 */
	uint32_t prod;	   /* modulo 2 * size; this CPU's alone, as all that follows */
	uint32_t nr_lost;  /* since there was room last */
	uint32_t lost_who; /* whom the first of them was about */
	uint64_t lost_when;
	mfn_t frames; /* nr_frames of them */
	uint32_t nr_frames;
};

/** Classes and subclasses of events that are recorded (TRC_*); 0: none. Atomic. */
extern uint32_t trace_mask;
/** CPUs that record. Written under the lock of the control operations, read at any time. */
extern struct cpumask trace_cpus;

/** No record, none lost. @frames: zeroed, the hypervisor's own. */
void trace_ring_init(struct trace_ring *r, mfn_t frames, uint32_t nr_frames);

#endif
