/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that memory a guest gives back is gone for all its CPUs when the hypercall
 * returns: while the others read a page without pause, the first one gives it back and
 * fills it again, again and again. Nobody may read what was there before, nor write to a
 * frame that is no longer the guest's.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/memory.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "paging.h"
#include "report.h"
#include "smp.h"
#include "string.h"

SUPPORT_TEST(guest_smp, "guest/smp-tlb");
SUPPORT_TEST(x86_svm, "guest/smp-tlb");

#define ROUNDS 50
#define NOTHING (~0ul)

const char guest_name[] = "smp_tlb";

static unsigned int nr_cpus = 4;
static char page[4096] __attribute__((aligned(4096)));

/* What the page holds, by the first CPU: odd while it is not there; CHANGING: nobody can tell. */
#define CHANGING (1ul << 32)
static volatile uint64_t phase;
static volatile bool over;
static volatile unsigned int nr_stale, nr_reads[SMP_MAX_CPUS], nr_gone[SMP_MAX_CPUS];

static long reservation(unsigned int op)
{
	uint64_t gfn = boot_gfn(page);
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, &gfn);
	return hypercall_2(__HYPERVISOR_memory_op, op, &r);
}

/* A value is judged only if the phase was the same before and after it was read. */
static void read_all(unsigned int id)
{
	const volatile uint64_t *word = (const volatile uint64_t *)PAGING_WINDOW;

	while (!over) {
		uint64_t before = phase, value, after;

		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		value = *word;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		after = phase;
		nr_reads[id]++;
		cpu_pause(); /* an emulator may let others run only now */
		if (before != after || before == CHANGING)
			continue;
		if (before & 1)
			nr_gone[id]++;
		if (value != (before & 1 ? NOTHING : before))
			__atomic_fetch_add(&nr_stale, 1, __ATOMIC_SEQ_CST);
	}
}

/* Wait until every other CPU has read once more. */
static bool all_read(void)
{
	bool ok = true;

	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++) {
		unsigned int seen = nr_reads[cpu];

		ok = ok && SMP_WAIT(nr_reads[cpu] - seen >= 2);
	}
	return ok;
}

static void change(unsigned int id)
{
	volatile uint64_t *word = (volatile uint64_t *)PAGING_WINDOW;
	unsigned int nr_done = 0;

	if (id) {
		read_all(id);
		return;
	}
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		phase = CHANGING;
		if (reservation(XENMEM_decrease_reservation) != 1)
			break;
		phase = 2 * round - 1;
		if (!all_read())
			break;
		phase = CHANGING;
		if (reservation(XENMEM_populate_physmap) != 1)
			break;
		*word = 2 * round;
		phase = 2 * round;
		if (!all_read())
			break;
		nr_done++;
	}
	over = true;
	report_equal(nr_done, ROUNDS, "the number of times the page went and came");
}

void guest_main(void)
{
	unsigned int gone = 0;

	smp_init(SMP_X2APIC);
	paging_map(PAGING_WINDOW, (uint64_t)page, PTE_P | PTE_RW);
	*(volatile uint64_t *)PAGING_WINDOW = 0;
	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++)
		report_ok(smp_start(cpu), "CPU %u comes", cpu);
	report_ok(smp_run(nr_cpus, change), "all come to an end");
	for (unsigned int cpu = 1; cpu < nr_cpus; cpu++)
		gone += nr_gone[cpu] > ROUNDS;
	report_equal(gone, nr_cpus - 1, "the number of CPUs that saw it gone each time");
	report_equal(nr_stale, 0, "the number of reads of what was there before");
}
