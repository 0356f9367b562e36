/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hypervisor's unit tests share: a fake machine with one domain, calls
 * through hypercall_dispatch() as a guest makes them, an allocator that fails on
 * request. Teardown fails a test that leaves a single frame allocated.
 */
#ifndef TESTS_HV_TEST_H
#define TESTS_HV_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/hypercall.h>
#include <hv/sched.h>

#include "fake.h"

#define TEST_RAM_PAGES 64
#define TEST_DOMID 1

/* Guest addresses tests may use: an argument page, and one past all memory. */
#define ARG 0x10000ull
#define BAD 0x7fff0000ull

#define PEER_DOMID 2
extern struct domain *test_domain, *peer_domain;
extern struct vcpu *test_vcpu; /* its vCPU 0 */

/** cmocka fixtures: a machine; a machine with the domain running in 64 pages of RAM. */
/** A machine of one CPU with a scheduler; instead of the one there was. */
void machine_start(uint64_t nr_frames);
void machine_restart(uint64_t nr_frames);
int machine_setup(void **state);
int machine_teardown(void **state);
/** A domain that is not paused, and the end of it. */
int test_domain_create(domid_t id, uint32_t nr_vcpus, struct domain **ret_d);
void test_domain_destroy(struct domain *d);
int domain_setup(void **state);
int domain_teardown(void **state);

/** Two such domains of two vCPUs each; hypercalls are test_domain's. */
int pair_setup(void **state);
int pair_teardown(void **state);
/** The other one is test_domain from now on. */
void change_places(void);

/** How often the last hypercall gave way and was issued again. */
extern unsigned hc_restarts;
/** A hypercall of a 64-bit guest, and of a 32-bit one. */
long hc(uint64_t nr, uint64_t a0, uint64_t a1, uint64_t a2);
long hc32(uint64_t nr, uint64_t a0, uint64_t a1, uint64_t a2);

/** Copy @size bytes of @arg to guest address ARG, call @nr(@cmd, ARG), copy back. */
long hc_arg(uint64_t nr, uint64_t cmd, void *arg, size_t size);
/** sysctl @cmd with @op, of which cmd and version are filled in; what came back is in it. */
long sysctl_op(uint32_t cmd, struct xen_sysctl *op);
/** The same for vcpu_op on vCPU 0. */
long vcpu_op(uint64_t cmd, void *arg, size_t size);

/** The @n-th frames_alloc() or heap_alloc() from now on fails; 0 stops that. */
void alloc_fail_at(unsigned n);
/** Whether it has. */
bool alloc_failed(void);

#endif
