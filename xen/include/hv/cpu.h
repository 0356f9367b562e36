/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical CPUs: what core and the schedulers know of one. The architecture embeds
 * struct cpu in its own and hands it out.
 *
 * How a CPU runs: interrupts are off wherever the hypervisor itself runs, each CPU
 * has one stack, and no code sleeps in the middle: what cannot go on returns, and is
 * called again (hv/hypercall.h, continuations). Between two runs of guests the
 * architecture looks at ->work, runs timers, and asks sched_pick() who is next.
 *
 * The order of locks is that of hv/locks.def. Whoever waits for another CPU to
 * pass its exit loop holds none of them; arch_domain_flush_tlb() waits only for CPUs to leave
 * their guests, which takes no lock.
 */
#ifndef HV_CPU_H
#define HV_CPU_H

#include <hv/cpumask.h>
#include <hv/perfc.h>
#include <hv/timer.h>
#include <hv/types.h>

struct vcpu;
struct cpu_call;
struct cpupool;
struct trace_ring;

/* Bits of struct cpu.work */
enum cpu_work {
	CPU_WORK_SCHEDULE, /* ask the scheduler who is to run now */
	CPU_WORK_TIMERS,   /* another CPU set a timer that is due sooner than what is programmed */
	CPU_WORK_CALL,	   /* run the functions asked for by cpu_call() */
	CPU_WORK_TRACE,	   /* a trace ring is half full: tell who reads it */
	CPU_WORK_KICK,	   /* nothing but leaving the guest: what is to be done is on the vCPU */
};

struct cpu {
	uint32_t id;		     /* dense, 0 is the boot CPU */
	uint32_t node, socket, core; /* core: unique in the host, shared by hyperthreads */
	bool online;
	unsigned long work;	/* atomic: bits of enum cpu_work */
	struct cpu_call *calls; /* atomic: asked for by cpu_call(), the latest first */
	struct timer_queue timers;
	/*
	 * The vCPU whose state is in this CPU; NULL while it idles. Written by this CPU
	 * under its run queue's lock.
	 */
	struct vcpu *current;
	stime_t idle_time, idle_since; /* ns idle before @idle_since; 0: not idle now */
	/*
	 * The end of the time slice raises CPU_WORK_SCHEDULE; under the run queue's lock. The timer
	 * is set for @slice_set, which may be before @slice_end: then it is set anew when it fires.
	 */
	stime_t slice_end, slice_set;
	struct timer slice;
	struct cpupool *pool;	   /* NULL: in none */
	void *sched;		   /* the scheduler's own of this CPU */
	struct spinlock *run_lock; /* of the run queue this CPU takes from; see hv/sched.h */
	struct spinlock free_lock; /* the same while it is in no pool */
	struct trace_ring *trace;  /* atomic; NULL: there is none */
	struct perfc_set perfc;
	struct locks_held locks; /* its own alone; empty but in debug builds */
};

/** CPUs that run; complete once the host has booted. */
extern struct cpumask cpus_online;

/** By id; the architecture enters each as it makes it. */
extern struct cpu *cpu_table[HV_MAX_CPUS];

/** CPU @id, NULL if there is none of that number. */
static inline struct cpu *cpu_get(unsigned id)
{
	return likely(id < HV_MAX_CPUS) ? __atomic_load_n(&cpu_table[id], __ATOMIC_ACQUIRE) : NULL;
}

/** Before anything else is done with @cpu, all zero: its locks. */
void cpu_init(struct cpu *cpu);

/** The CPU this runs on. */
struct cpu *cpu_this(void);

/** Ask @cpu for @work; if it is another one that does not know yet, interrupt it. */
void cpu_raise(struct cpu *cpu, enum cpu_work work);

/** Take what work this CPU was asked for (bits of enum cpu_work) and run the calls among it. */
unsigned long cpu_take_work(struct cpu *cpu);

/**
 * Run @fn(@data) on @cpu, soon, out of its exit loop with no lock held. Does not wait.
 * -EBUSY while an earlier call with the same @call is under way.
 */
struct cpu_call {
	struct cpu_call *next;
	void (*fn)(void *data);
	void *data;
	bool busy; /* atomic */
};
int cpu_call(struct cpu *cpu, struct cpu_call *call, void (*fn)(void *data),
	     void *data) __must_check;

#endif
