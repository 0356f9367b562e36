/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A discrete-event simulator: the hypervisor's own schedulers and core/schedule.c on
 * arch/fake, with as many CPUs as wanted, virtual time, and vCPUs that compute and sleep by
 * pattern. Nothing in it takes real time, and a seed makes it repeat exactly.
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include <hv/domain.h>
#include <hv/sched.h>

#include "fake.h"

#define MS NSEC_PER_MSEC
#define FOREVER STIME_MAX

/** What a host is like. Zero is a good default for all but the first two. */
struct sim_config {
	unsigned nr_cpus;
	const char *sched;
	unsigned cpus_per_core, cpus_per_socket; /* 0: 1, and all */
	stime_t kick_latency; /* from raising work on another CPU to its look at it */
	stime_t save_latency; /* from a switch to the old state being saved */
	unsigned nr_domains;  /* how many there will be, for the memory they take */
	unsigned nr_vcpus;    /* altogether */
	uint32_t seed;
	bool check; /* look at all invariants after each step */
};

/** A vCPU's pattern: computes for @burst, sleeps for @sleep, over and over. */
struct sim_vcpu {
	struct vcpu *v;
	stime_t burst; /* FOREVER: never sleeps */
	stime_t sleep;
	unsigned jitter; /* percent by which both vary */
	stime_t release; /* not 0: it wakes each @release ns, late or not, and burst is its job */
	unsigned nr_jobs, nr_missed; /* jobs done, and done after the next release */
	stime_t worst;		     /* the longest from waking to the end of a burst */
	/* the simulator's own */
	stime_t left, since, woken, next_release;
	uint64_t created;
	uint32_t generation;
	unsigned long nr_switches;
};

void sim_create(const struct sim_config *config);
void sim_destroy(void);

/** A domain of @nr_vcpus, not paused, in pool 0; no vCPU is up. */
struct domain *sim_domain(unsigned nr_vcpus);
struct sim_vcpu *sim_of(const struct vcpu *v);
/** Bring a vCPU up with a pattern. */
struct sim_vcpu *sim_start(struct domain *d, unsigned id, stime_t burst, stime_t sleep);
void sim_domain_destroy(struct domain *d);

stime_t sim_now(void);
void sim_run(stime_t ns);
/** Run @fn at @ns from now, as CPU 0. */
void sim_at(stime_t ns, void (*fn)(void *data), void *data);
/** As some CPU, let what it raised there be done: after calling the hypervisor from outside. */
void sim_settle(void);
uint32_t sim_random(void);
uint64_t sim_nr_picks(void);

/** Time @v has run, waited to run, slept. */
stime_t sim_ran(const struct vcpu *v);
stime_t sim_waited(const struct vcpu *v);
/** Time CPU @id has idled. */
stime_t sim_idle(unsigned id);

void sim_set_weight(struct domain *d, unsigned weight, unsigned cap);
/** Affinities as ranges of CPUs, [from, to]; -1: all. */
void sim_pin(struct vcpu *v, int hard_from, int hard_to, int soft_from, int soft_to);

/** All invariants that hold between steps (invariants.c); stops the program where one does not. */
void sim_check(void);
struct mtree;
void sim_check_tree(const struct mtree *t);
/** An interrupt to CPU @id is on its way. */
bool sim_on_its_way(unsigned id);
/** Every vCPU there is, for loops: NULL at the end. */
struct sim_vcpu *sim_nth(unsigned n);

#endif
