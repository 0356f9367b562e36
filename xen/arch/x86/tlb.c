/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address space ids and their flushing (AMD APM volume 2, 15.16).
 *
 * Each CPU hands out its own ids. A vCPU keeps its id as long as it stays on one CPU; to
 * forget what is cached under it, it takes the next id, and the old one's entries are
 * never asked for again. Only when all ids are used up is the whole TLB flushed and a
 * new generation begun, so that nobody's translations go for another's sake before.
 */
#include <arch/arch.h>
#include <hv/bitops.h>

#include "pcpu.h"
#include "svm/svm.h"
#include "x86.h"

/* Whoever enters next on this CPU flushes: it need not be the one that found no id left. */
static void new_generation(struct pcpu *cpu)
{
	cpu->asid_generation++;
	cpu->asid_next = 1; /* 0 is the host's */
	cpu->tlb_flush_all = true;
}

static void new_asid(struct pcpu *cpu, struct arch_vcpu *av)
{
	if (cpu->asid_next >= cpu->nr_asids)
		new_generation(cpu);
	av->vmcb->asid = cpu->asid_next++;
	av->asid_generation = cpu->asid_generation;
	av->asid_cpu = cpu;
}

void tlb_load(struct pcpu *cpu, struct arch_vcpu *av)
{
	if (av->asid_cpu != cpu || av->asid_generation != cpu->asid_generation)
		new_asid(cpu, av);
}

void tlb_flush_asid(struct pcpu *cpu, struct arch_vcpu *av)
{
	if (!svm_flush_by_asid) {
		new_asid(cpu, av);
		return;
	}
	av->vmcb->tlb_control = TLB_FLUSH_ASID;
	av->at_next_exit = true;
}

void tlb_prepare(const struct pcpu *cpu, struct arch_vcpu *av)
{
	if (likely(!cpu->tlb_flush_all))
		return;
	av->vmcb->tlb_control = TLB_FLUSH_ALL;
	av->at_next_exit = true;
}

void tlb_exited(struct pcpu *cpu, struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;

	/* One that could not be entered may have flushed nothing. */
	if (likely(c->tlb_control == TLB_FLUSH_NONE) || c->exitcode == EXIT_INVALID)
		return;
	if (c->tlb_control == TLB_FLUSH_ALL)
		cpu->tlb_flush_all = false;
	c->tlb_control = TLB_FLUSH_NONE;
	av->at_next_exit = false;
}

/* Wait until @av is seen outside, or has come by the place where it flushes. */
static void wait_outside(const struct arch_vcpu *av)
{
	if (__atomic_load_n(&av->in_use, __ATOMIC_ACQUIRE))
		perfc(tlb_waits);
	while (__atomic_load_n(&av->in_use, __ATOMIC_ACQUIRE) &&
	       __atomic_load_n(&av->tlb_flush, __ATOMIC_ACQUIRE))
		cpu_relax();
}

void arch_domain_flush_tlb(struct domain *d)
{
	const struct vcpu *current = cpu_this()->current;

	perfc(tlb_flushes);
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		struct arch_vcpu *av;

		if (!d->vcpu[i]) /* it is being made */
			continue;
		av = d->vcpu[i]->arch;
		__atomic_store_n(&av->tlb_flush, true, __ATOMIC_RELAXED);
		__atomic_store_n(&av->hints_stale, true, __ATOMIC_RELAXED);
		vcpu_notice(av);
	}
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (d->vcpu[i] && d->vcpu[i] != current)
			wait_outside(d->vcpu[i]->arch);
	foreign_access_wait(d);
}

void vcpu_notice(struct arch_vcpu *av)
{
	const struct vcpu *v = av->vcpu;

	/* A full barrier: either it sees this before it enters, or here it is seen inside. */
	__atomic_store_n(&av->attention, true, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&av->in_use, __ATOMIC_SEQ_CST) && v != cpu_this()->current)
		cpu_raise(cpu_get(v->cpu), CPU_WORK_KICK);
}
