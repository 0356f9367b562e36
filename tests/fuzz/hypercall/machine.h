/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine hypercalls are fuzzed on: three domains with two vCPUs each, of which the
 * first is privileged; an allocator that fails on request; and a check that
 * all of it can be taken down again with nothing lost.
 */
#ifndef FUZZ_HYPERCALL_MACHINE_H
#define FUZZ_HYPERCALL_MACHINE_H

#include <stdint.h>

#include <hv/hypercall.h>

#include "fake.h"

#define FUZZ_NR_DOMAINS 3
#define FUZZ_NR_VCPUS 2
#define FUZZ_NR_CPUS 3
#define FUZZ_RAM_PAGES 24

/* Guest addresses: arguments, lists they point to, the table of grants and its status. */
#define FUZZ_ARG 0x4000ull
#define FUZZ_LIST 0x6000ull
#define FUZZ_TABLE_GFN 100
#define FUZZ_STATUS_GFN 101

/** A domain that lives; NULL if it was killed. */
extern struct domain *fuzz_domain[FUZZ_NR_DOMAINS];

/** Domains anew; aborts if they cannot be had. */
void fuzz_machine_up(void);
/** Kill what lives; aborts if a frame is missing then, or a claim left. */
void fuzz_machine_down(void);
/** A step of the end of domain @n, or all of it. */
void fuzz_machine_kill(unsigned n, unsigned steps);
/** CPU @cpu passes its exit loop once. */
void fuzz_machine_run(unsigned cpu);
/** The @n-th allocation from now on fails; 0: none. */
void fuzz_machine_fail(unsigned n);

#endif
