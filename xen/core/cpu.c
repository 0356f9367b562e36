/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical CPUs: asking one for work, and what it does about it in its exit loop. */
#include <hv/cpu.h>

#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/spinlock.h>
#include <hv/trace.h>

#include <arch/arch.h>

struct cpumask cpus_online;
struct cpu *cpu_table[HV_MAX_CPUS];
unsigned cpumask_nr_words = CPUMASK_WORDS;
bool spinlock_unfair;

static void kick(struct cpu *cpu)
{
	perfc(ipis);
	arch_cpu_kick(cpu);
}

void cpu_init(struct cpu *cpu)
{
	spin_init(&cpu->timers.lock, LOCK_TIMERS, 0);
	spin_init(&cpu->free_lock, LOCK_RUN_QUEUE, 0);
}

void cpu_raise(struct cpu *cpu, enum cpu_work work)
{
	/* Who finds work there already has been before us: the CPU has been told. */
	if (!__atomic_fetch_or(&cpu->work, 1ul << work, __ATOMIC_SEQ_CST) && cpu != cpu_this())
		kick(cpu);
}

int cpu_call(struct cpu *cpu, struct cpu_call *call, void (*fn)(void *data), void *data)
{
	if (__atomic_exchange_n(&call->busy, true, __ATOMIC_ACQUIRE))
		return -XEN_EBUSY;
	call->fn = fn;
	call->data = data;
	call->next = __atomic_load_n(&cpu->calls, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&cpu->calls, &call->next, call, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
	cpu_raise(cpu, CPU_WORK_CALL);
	return 0;
}

/* In the order they were asked for: the list has the latest first. */
static void run_calls(struct cpu *cpu)
{
	struct cpu_call *list = __atomic_exchange_n(&cpu->calls, NULL, __ATOMIC_ACQUIRE);
	struct cpu_call *first = NULL;

	while (list) {
		struct cpu_call *next = list->next;

		list->next = first;
		first = list;
		list = next;
	}
	while (first) {
		struct cpu_call call = *first, *done = first;

		first = first->next;
		__atomic_store_n(&done->busy, false, __ATOMIC_RELEASE);
		call.fn(call.data);
	}
}

unsigned long cpu_take_work(struct cpu *cpu)
{
	unsigned long work = __atomic_exchange_n(&cpu->work, 0, __ATOMIC_SEQ_CST);

	spin_none_held("the exit loop is passed");
	if (work & 1ul << CPU_WORK_CALL)
		run_calls(cpu);
	if (SUPPORT_ENABLED(tracing) && (work & 1ul << CPU_WORK_TRACE))
		trace_tell_reader();
	return work;
}

bool hypercall_preempt(void)
{
	/* Who is asked to give way must be able to. */
	spin_none_held("a hypercall asks whether to give way");
	return __atomic_load_n(&cpu_this()->work, __ATOMIC_RELAXED) || arch_cpu_interrupted();
}
