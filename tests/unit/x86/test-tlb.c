/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address space ids against a processor that forgets nothing it is not told to: whatever order
 * vCPUs come, move, flush and are not entered after all in, none meets a translation of another
 * one, nor one of its own from before a flush.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>

#include "pcpu.h"
#include "svm/svm.h"
#include "x86.h"

SUPPORT_TEST(x86_svm, "unit/tlb");

#define NR_CPUS 2
#define NR_ASIDS 4 /* 0 is the host's */
#define NR_VCPUS 5
#define NR_STEPS 200000

bool svm_flush_by_asid;

/* What a CPU has cached under each id: whose, and after how many flushes of that one. */
static struct {
	const struct arch_vcpu *of;
	unsigned nr_flushes;
} tlb[NR_CPUS][NR_ASIDS];
static struct pcpu cpus[NR_CPUS];
static struct vmcb blocks[NR_VCPUS];
static struct arch_vcpu vcpus[NR_VCPUS];
static unsigned nr_flushes[NR_VCPUS];

struct cpu *cpu_this(void)
{
	return &cpus[0].cpu;
}

struct cpu *cpu_table[HV_MAX_CPUS];

void cpu_raise(struct cpu *cpu, enum cpu_work work)
{
}

void foreign_access_wait(const struct domain *d)
{
}

static void reset(void)
{
	memset(tlb, 0, sizeof(tlb));
	memset(cpus, 0, sizeof(cpus));
	memset(blocks, 0, sizeof(blocks));
	memset(vcpus, 0, sizeof(vcpus));
	memset(nr_flushes, 0, sizeof(nr_flushes));
	for (unsigned i = 0; i < NR_CPUS; i++) {
		cpu_table[i] = &cpus[i].cpu;
		cpus[i].nr_asids = NR_ASIDS;
		cpus[i].asid_generation = 1;
		cpus[i].asid_next = 1;
	}
	for (unsigned i = 0; i < NR_VCPUS; i++)
		vcpus[i].vmcb = &blocks[i];
}

static bool one_in(unsigned n)
{
	return !(rand() % (int)n);
}

/* VMRUN and the exit behind it. */
static void run(unsigned cpu, unsigned v)
{
	struct vmcb *c = &blocks[v];

	c->exitcode = one_in(50) ? EXIT_INVALID : EXIT_HLT;
	if (c->exitcode == EXIT_INVALID)
		return;
	assert_in_range(c->asid, 1, NR_ASIDS - 1);
	if (c->tlb_control == TLB_FLUSH_ALL)
		memset(tlb[cpu], 0, sizeof(tlb[cpu]));
	else if (c->tlb_control == TLB_FLUSH_ASID)
		tlb[cpu][c->asid].of = NULL;
	if (tlb[cpu][c->asid].of) {
		assert_ptr_equal(tlb[cpu][c->asid].of, &vcpus[v]);
		assert_int_equal(tlb[cpu][c->asid].nr_flushes, nr_flushes[v]);
	}
	tlb[cpu][c->asid].of = &vcpus[v];
	tlb[cpu][c->asid].nr_flushes = nr_flushes[v];
}

/* As svm_next() does it: the entry may be given up, and another one be chosen. */
static void step(unsigned cpu, unsigned v)
{
	struct arch_vcpu *av = &vcpus[v];

	tlb_load(&cpus[cpu], av);
	do {
		if (one_in(4)) {
			av->tlb_flush = true;
			nr_flushes[v]++;
		}
		if (av->tlb_flush) {
			av->tlb_flush = false;
			tlb_flush_asid(&cpus[cpu], av);
		}
		tlb_prepare(&cpus[cpu], av);
		if (one_in(3))
			return;
	} while (one_in(3));
	if (blocks[v].tlb_control != TLB_FLUSH_NONE)
		assert_true(av->at_next_exit);
	run(cpu, v);
	tlb_exited(&cpus[cpu], av);
	if (blocks[v].exitcode == EXIT_INVALID)
		return;
	assert_int_equal(blocks[v].tlb_control, TLB_FLUSH_NONE);
	assert_false(av->at_next_exit);
}

static void any_order(bool by_asid)
{
	svm_flush_by_asid = by_asid;
	srand(1);
	reset();
	for (unsigned i = 0; i < NR_STEPS; i++)
		step((unsigned)rand() % NR_CPUS, (unsigned)rand() % NR_VCPUS);
}

static void ids_flushed_alone(void **state)
{
	any_order(true);
}

static void ids_used_up(void **state)
{
	any_order(false);
}

/* Once all is well, nothing is flushed: a vCPU alone on its CPU keeps its translations. */
static void no_more_than_needed(void **state)
{
	svm_flush_by_asid = true;
	reset();
	for (unsigned i = 0; i < 100; i++) {
		tlb_load(&cpus[0], &vcpus[0]);
		tlb_prepare(&cpus[0], &vcpus[0]);
		assert_int_equal(blocks[0].tlb_control, TLB_FLUSH_NONE);
		assert_int_equal(blocks[0].asid, 1);
		tlb_exited(&cpus[0], &vcpus[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_flushed_alone),
		cmocka_unit_test(ids_used_up),
		cmocka_unit_test(no_more_than_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
