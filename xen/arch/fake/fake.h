/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch/fake: the architecture contract on an ordinary host, so that core runs as
 * host code, under sanitizers. One machine at a time: an arena of frames, a clock
 * that stands until it is set, a console that keeps what was written, and guests
 * whose virtual addresses are their physical ones. Threads may be its CPUs.
 */
#ifndef ARCH_FAKE_FAKE_H
#define ARCH_FAKE_FAKE_H

#include <setjmp.h>

#include <hv/domain.h>

#include <arch/arch.h>

#define FAKE_NR_GFNS 4096 /* guest frames a fake domain can map */
#define FAKE_CONSOLE_SIZE 65536

/** What the contract was asked to do, and what it is to do; for tests to look at and set. */
struct fake_host {
	stime_t now;
	uint64_t wallclock_ns;
	char console[FAKE_CONSOLE_SIZE]; /* NUL-terminated; what does not fit is dropped */
	size_t console_len;
	const char *typed; /* what the console's reader gets next; NULL or "": nothing */
	unsigned nr_kicks; /* atomic: calls of arch_cpu_kick() */
	void (*on_kick)(struct cpu *cpu); /* what it does besides counting; may be NULL */
	unsigned preempt; /* the n-th question whether to give way from now is a yes; 0 = none */
	unsigned preempt_every; /* and so is each n-th; 0 = none */
	unsigned nr_questions;
	unsigned fail_p2m_map; /* the n-th arch_p2m_map() from now fails; 0 = none */
	jmp_buf *on_stop;      /* where arch_host_stop() goes; NULL: abort() */
	unsigned stop_status;
	unsigned nr_nodes; /* 0 counts as 1; 10 from one to itself, 20 + both to another */
	const struct arch_e820_entry *e820;
	unsigned nr_e820;
};
extern struct fake_host fake_host;

struct arch_domain {
	struct spinlock p2m_lock;     /* changes; looking something up takes none */
	uint64_t entry[FAKE_NR_GFNS]; /* atomic: machine frame and enum p2m_type */
	uint64_t end;		      /* atomic: nothing was ever mapped at it or above */
	bool read_only[FAKE_NR_GFNS];
	uint64_t callback_via;
	unsigned nr_flushes;
};

struct arch_vcpu {
	bool interrupts_off;
	uint8_t upcall_vector;
	unsigned nr_upcalls, nr_nmis;
};

/** A machine with @nr_frames free frames; the allocator starts over. */
void fake_host_create(uint64_t nr_frames);
void fake_host_destroy(void);

/** CPUs [0, nr) are online, and this is CPU 0. */
void fake_cpus_create(unsigned nr);
/** From now on this is CPU @id. */
void fake_cpu_switch(unsigned id);

/** Give @d @nr pages of zeroed RAM from @start on. 0 or -ENOMEM. */
int fake_ram_add(struct domain *d, gfn_t start, uint64_t nr) __must_check;
/** The host's view of guest address @gpa, which must be mapped. */
void *fake_guest(const struct domain *d, uint64_t gpa);
/** Let time pass to @now and run what timers are due by then. */
void fake_clock_set(stime_t now);
void fake_console_clear(void);

#endif
