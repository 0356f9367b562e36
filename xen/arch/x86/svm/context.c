/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a vCPU lies in the CPU that ran it and in no control block: FPU and vector
 * registers, XCR0, DR0 to DR3, TSC_AUX. It is saved as soon as another one, or nobody, is to
 * run; it is loaded only if anybody else's was in between.
 */
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/string.h>

#include <xen/vcpu.h>

#include "pcpu.h"
#include "svm.h"
#include "time.h"

#define FXSAVE_SIZE 512
#define FXSAVE_FCW 0
#define FXSAVE_MXCSR 24
#define FXSAVE_MXCSR_MASK 28
#define MXCSR_MASK_FIRST 0xffbfu
#define FCW_RESET 0x37f
#define MXCSR_RESET 0x1f80
#define LEAF1C_XSAVE (1u << 26)
#define EXT1D_RDTSCP (1u << 27)

static const struct cpuid_policy *policy_of(const struct arch_vcpu *av)
{
	return &av->vcpu->domain->arch->cpuid;
}

int svm_fpu_create(struct arch_vcpu *av)
{
	const struct cpuid_policy *p = policy_of(av);

	av->fpu = heap_alloc(p->xcr0_mask ? p->xstate[0].ecx : FXSAVE_SIZE);
	if (!av->fpu)
		return -XEN_ENOMEM;
	svm_fpu_reset(av);
	return 0;
}

/* AMD APM volume 1, 11.4.3 and 11.5.2: an empty XSTATE_BV gives all else its reset value. */
void svm_fpu_reset(struct arch_vcpu *av)
{
	const struct cpuid_policy *p = policy_of(av);
	const uint16_t fcw = FCW_RESET;
	const uint32_t mxcsr = MXCSR_RESET;

	memset(av->fpu, 0, p->xcr0_mask ? p->xstate[0].ecx : FXSAVE_SIZE);
	memcpy((char *)av->fpu + FXSAVE_FCW, &fcw, sizeof(fcw));
	memcpy((char *)av->fpu + FXSAVE_MXCSR, &mxcsr, sizeof(mxcsr));
	av->xcr0 = 1;
	pcpu_forget(av);
}

/* AMD APM volume 2, 11.5.10: 0 in the image stands for the first processors' bits. */
uint32_t svm_fpu_mxcsr_mask(void)
{
	struct {
		char image[FXSAVE_SIZE];
	} __attribute__((aligned(16))) area = { { 0 } };
	uint32_t mask;

	__asm__ volatile("fxsave64 %0" : "=m"(area));
	memcpy(&mask, area.image + FXSAVE_MXCSR_MASK, sizeof(mask));
	return mask ? mask : MXCSR_MASK_FIRST;
}

static void load_xcr0(struct pcpu *cpu, uint64_t value)
{
	if (cpu->xcr0 == value)
		return;
	cpu->xcr0 = value;
	__asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static uint64_t read_xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

void svm_load_xcr0(struct arch_vcpu *av, uint64_t value)
{
	av->xcr0 = value;
	load_xcr0(this_cpu(), value);
}

/* All components, also those that the guest has turned off: they keep their values. */
static void fpu_save(struct pcpu *cpu, struct arch_vcpu *av)
{
	uint64_t mask = policy_of(av)->xcr0_mask;

	if (!mask) {
		__asm__ volatile("fxsave64 (%0)" : : "r"(av->fpu) : "memory");
		return;
	}
	/* Read, not remembered: an emulator may let the guest set it without an exit. */
	cpu->xcr0 = read_xcr0();
	av->xcr0 = cpu->xcr0 & mask;
	load_xcr0(cpu, mask);
	__asm__ volatile("xsave64 (%0)"
			 :
			 : "r"(av->fpu), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32))
			 : "memory");
}

static void fpu_load(struct pcpu *cpu, const struct arch_vcpu *av)
{
	uint64_t mask = policy_of(av)->xcr0_mask;

	if (!mask) {
		__asm__ volatile("fxrstor64 (%0)" : : "r"(av->fpu));
		return;
	}
	load_xcr0(cpu, mask);
	__asm__ volatile("xrstor64 (%0)"
			 :
			 : "r"(av->fpu), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32)));
}

static void debug_save(struct arch_vcpu *av)
{
	__asm__ volatile("mov %%db0, %0" : "=r"(av->dr[0]));
	__asm__ volatile("mov %%db1, %0" : "=r"(av->dr[1]));
	__asm__ volatile("mov %%db2, %0" : "=r"(av->dr[2]));
	__asm__ volatile("mov %%db3, %0" : "=r"(av->dr[3]));
}

static void debug_load(const struct arch_vcpu *av)
{
	__asm__ volatile("mov %0, %%db0" : : "r"(av->dr[0]));
	__asm__ volatile("mov %0, %%db1" : : "r"(av->dr[1]));
	__asm__ volatile("mov %0, %%db2" : : "r"(av->dr[2]));
	__asm__ volatile("mov %0, %%db3" : : "r"(av->dr[3]));
}

void svm_context_save(struct pcpu *cpu, struct arch_vcpu *av)
{
	fpu_save(cpu, av);
	debug_save(av);
}

void svm_show_tsc(struct arch_vcpu *av)
{
	av->vmcb->tsc_offset = av->tsc_offset + (uint64_t)this_cpu()->tsc_adjust;
}

/* And wait for its function, should it run just now on the CPU it comes from: it takes no lock
 * that is held here, and waits for nobody. */
static void move_timer(struct timer *t, struct timer_queue *to)
{
	struct timer_queue *from = t->queue;

	if (from == to)
		return;
	timer_move(t, to);
	while (__atomic_load_n(&from->running, __ATOMIC_ACQUIRE) == t)
		cpu_relax();
}

/* The vCPU comes from another CPU, or from none. */
static void move_here(struct pcpu *cpu, struct arch_vcpu *av)
{
	struct timer_queue *q = &cpu->cpu.timers;

	move_timer(&av->vcpu->singleshot, q);
	move_timer(&av->vcpu->periodic, q);
	move_timer(&av->vcpu->poll_timer, q);
	move_timer(&av->vlapic.timer, q);
	av->host_vmcb_pa = cpu->host_vmcb_pa;
	svm_show_tsc(av);
}

void svm_context_load(struct pcpu *cpu, struct arch_vcpu *av)
{
	if (av->host_vmcb_pa != cpu->host_vmcb_pa)
		move_here(cpu, av);
	tlb_load(cpu, av);
	/* It may have run elsewhere since its state was here last. */
	if (__atomic_load_n(&cpu->loaded, __ATOMIC_ACQUIRE) != av || av->loaded_on != cpu) {
		fpu_load(cpu, av);
		debug_load(av);
		if (policy_of(av)->ext[1].edx & EXT1D_RDTSCP)
			wrmsr(MSR_TSC_AUX, av->tsc_aux);
		av->loaded_on = cpu;
		__atomic_store_n(&cpu->loaded, av, __ATOMIC_RELEASE);
	}
	if (policy_of(av)->xcr0_mask)
		load_xcr0(cpu, av->xcr0);
}
