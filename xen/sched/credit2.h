/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of Credit2 share; credit2.c says how it works. */
#ifndef SCHED_CREDIT2_H
#define SCHED_CREDIT2_H

#include <candor/support.h>

#include <hv/mtree.h>
#include <hv/sched.h>

#define C2_WEIGHT_DEFAULT 256
#define C2_QUEUE_CPUS 64 /* at most in one run queue: a word has a bit for each */

/* Sets of a queued vCPU (hv/mtree.h): CPUs of its run queue it may be on, and prefers, by
 * their slots; and CPUs of the whole host it may be on, by c2_far(). */
enum { C2_ALLOWED, C2_PREFERRED, C2_FAR };

struct c2_queue {
	struct spinlock lock;
	struct mtree waiting; /* queued vCPUs by virtual time */
	unsigned id;
	uint64_t group; /* what its CPUs have in common: a socket, a node, … */
	unsigned nr_cpus;
	uint64_t slots, idle; /* slots in use; of these, CPUs that idle and were not told of work */
	uint64_t contended;   /* CPUs that one that waits might run on */
	uint16_t cpu[C2_QUEUE_CPUS]; /* by slot */
	int64_t clock;		     /* the latest of its CPUs' */
	uint32_t weight;	     /* of all that are ready, running ones too */
	int64_t load;		     /* the same averaged over time, in 1/256 */
	stime_t load_time, balance_time;
};

struct c2_cpu {
	struct c2_queue *queue;
	unsigned id, slot;
	bool used;
	int64_t clock;	 /* virtual time of those that share this CPU; never goes back */
	stime_t started; /* when the current vCPU was picked */
	/*
	 * For whom it was told to pick, and where that one waits, in one atomic word; 0: nobody.
	 * While it is named here it does, as long as that run queue is locked.
	 */
	uint64_t expects;
};

struct c2_domain {
	struct domain *domain;
	uint16_t weight, cap;
	/* Caps (credit2-caps.c), under @lock, which is inside the run queues'. */
	struct spinlock lock;
	uint32_t nr_vcpus;
	struct timer refill;
	stime_t refill_time;
	int64_t budget, budget_full; /* ns left in this period; ns a period */
	struct c2_vcpu *parked;	     /* out of budget */
};

struct c2_vcpu {
	struct mtree_node node; /* key: virtual time */
	struct vcpu *vcpu;
	struct c2_domain *domain;
	unsigned weight;		  /* its domain's, as it was last told */
	int64_t vtime;			  /* ns run, the faster the lower the weight */
	stime_t charged;		  /* up to when its running has been charged */
	uint64_t allowed, preferred, far; /* the sets of the node; of the run queue of v->cpu */
	struct c2_cpu *told;		  /* the CPU that expects it */
	bool yields;
	bool bound;	/* atomic; one CPU of the host alone is allowed */
	int64_t budget; /* ns it has taken from its domain's */
	bool parked;
	struct c2_vcpu *parked_next, *parked_prev;
};

struct c2_priv {
	uint32_t ratelimit_us;
	uint32_t random;
	unsigned nr_queues;
	struct c2_queue **queue;	 /* [HV_MAX_CPUS]; they stay until deinit */
	struct c2_cpu **cpu;		 /* likewise, by CPU id */
	uint64_t idle[CPUMASK_WORDS];	 /* atomic; CPUs that idle, by id */
	uint64_t crowded[CPUMASK_WORDS]; /* atomic; run queues in which some wait */
};

static inline struct c2_vcpu *c2_of(const struct vcpu *v)
{
	return v->sched;
}

static inline struct c2_cpu *c2_cpu_of(const struct scheduler *s, unsigned id)
{
	return ((struct c2_priv *)s->priv)->cpu[id];
}

/* The word for struct c2_cpu.expects: an address' low 48 bits, and a run queue's number. */
#define C2_QUEUE_BITS 16
static inline uint64_t c2_expected(const struct c2_vcpu *c, unsigned queue)
{
	return (uint64_t)(uintptr_t)c << C2_QUEUE_BITS | queue;
}
static inline struct c2_vcpu *c2_expected_vcpu(uint64_t expected)
{
	return (struct c2_vcpu *)(uintptr_t)((int64_t)expected >> C2_QUEUE_BITS);
}
static inline unsigned c2_expected_queue(uint64_t expected)
{
	return expected & ((1u << C2_QUEUE_BITS) - 1);
}
/** @expected, which waits in a locked run queue, is so by @cpu no more. False: it was not. */
static inline bool c2_expect_no_more(struct c2_cpu *cpu, uint64_t expected)
{
	return __atomic_compare_exchange_n(&cpu->expects, &expected, 0, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

/** Virtual time that @ns of running are to @c, and the reverse. */
static inline int64_t c2_virtual(const struct c2_vcpu *c, int64_t ns)
{
	return ns * C2_WEIGHT_DEFAULT / c->weight;
}
static inline int64_t c2_real(const struct c2_vcpu *c, int64_t virtual)
{
	return virtual * c->weight / C2_WEIGHT_DEFAULT;
}

/** The bit of CPU @id in a set of the whole host; others share it where there are over 64. */
static inline uint64_t c2_far(unsigned id)
{
	return 1ull << id % 64;
}

/* credit2.c */
/** Put the ready @c into the run queue of its CPU, and tell a CPU that should run it. */
void c2_enter(struct scheduler *s, struct c2_vcpu *c, stime_t now);

/* credit2-queues.c: run queues and their CPUs */
int c2_set_option(const char *name, const char *value);
uint32_t c2_boot_ratelimit(void);
int c2_cpu_add(struct scheduler *s, struct cpu *cpu, struct spinlock **ret_lock);
void c2_cpu_remove(struct scheduler *s, struct cpu *cpu);
void c2_load_add(struct c2_queue *q, int weight, stime_t now);
/** The sets of @c for the run queue of its CPU. */
void c2_update_sets(struct scheduler *s, struct c2_vcpu *c);
/** Bring the virtual time of @c from one clock to another, and within bounds of it. */
void c2_translate(struct c2_vcpu *c, const struct c2_cpu *from, const struct c2_cpu *to);
void c2_bound(struct c2_vcpu *c, const struct c2_cpu *to);
/** Charge @c, which runs on @me, up to @now. */
void c2_charge(struct c2_cpu *me, struct c2_vcpu *c, stime_t now);
/** One that may run on @slots is about to wait in @q: what runs there costs from now on. */
void c2_contend(struct scheduler *s, struct c2_queue *q, uint64_t slots, stime_t now);
void c2_insert(struct scheduler *s, struct c2_queue *q, struct c2_vcpu *c);
void c2_erase(struct scheduler *s, struct c2_queue *q, struct c2_vcpu *c, stime_t now);
/** Erase @out and insert @in, which waits for no CPU that @out does not. */
void c2_exchange(struct scheduler *s, struct c2_queue *q, struct c2_vcpu *out, struct c2_vcpu *in,
		 stime_t now);
/** CPU @me idles, or does not. */
void c2_set_idle(struct scheduler *s, struct c2_cpu *me, bool idle);
/** An idle CPU of @mask, near CPU @near if there is; HV_MAX_CPUS. */
unsigned c2_find_idle(const struct scheduler *s, const struct cpumask *mask, unsigned near);
uint32_t c2_random(struct c2_priv *p);

/* credit2-balance.c */
unsigned c2_place(struct scheduler *s, struct vcpu *v);
/**
 * Take one that waits in another run queue for the idle CPU @me, whose run queue is locked; it is
 * in that queue's tree no more, and of CPU @me. NULL: none. *ret_busy: a queue could not be seen.
 */
struct c2_vcpu *c2_steal(struct scheduler *s, struct c2_cpu *me, stime_t now, bool *ret_busy);
/** Get one from a run queue that has more to do, or give one away. */
void c2_balance(struct scheduler *s, struct c2_cpu *me, stime_t now);
/** Is it time for that again? */
static inline bool c2_balance_due(const struct scheduler *s, const struct c2_cpu *me, stime_t now)
{
	return unlikely(now >= me->queue->balance_time) &&
	       ((const struct c2_priv *)s->priv)->nr_queues > 1;
}

/* credit2-caps.c */
/** Has the domain a cap just now? It is set under the lock of caps, and read without. */
static inline bool c2_capped(const struct c2_domain *d)
{
	return __atomic_load_n(&d->cap, __ATOMIC_RELAXED);
}
/** May it run as far as its cap is concerned? Takes budget from its domain if need be. */
bool c2_caps_take(struct c2_vcpu *c);
static inline bool c2_caps_allow(struct c2_vcpu *c)
{
	return !SUPPORT_ENABLED(sched_credit2_caps) || likely(!c2_capped(c->domain)) ||
	       c2_caps_take(c);
}
/** It has run for @ns. */
void c2_caps_charge(struct c2_vcpu *c, int64_t ns);
/** It stops running: what is left is its domain's again. */
void c2_caps_return(struct c2_vcpu *c, stime_t now);
void c2_caps_park(struct c2_vcpu *c);
void c2_caps_unpark(struct c2_vcpu *c);
/** The cap of @d is @cap now, of a CPU's hundredths; 0: none. No lock is held. */
void c2_caps_set(struct c2_domain *d, uint16_t cap);
/** @d has one vCPU more, or less: none of its vCPUs is looked at meanwhile. No lock is held. */
void c2_caps_vcpu_added(struct c2_domain *d);
void c2_caps_vcpu_removed(struct c2_domain *d);

#endif
