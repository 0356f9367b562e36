/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Further CPUs of a test guest. */
#include "smp.h"

#include <xen/sched.h>

#include "cpu.h"
#include "hypercall.h"
#include "lapic.h"
#include "string.h"
#include "trap.h"

#define TRAMPOLINE 0x8000ul
#define VECTOR_WAKE 0xee
#define STACK_SIZE 8192 /* smp-start.S shifts by 13 */

extern char smp_trampoline[], smp_trampoline_end[], smp_entry[], smp_entry_32[];
extern uint64_t paging_root[512];
void smp_secondary(unsigned int id);

char smp_stacks[SMP_MAX_CPUS][STACK_SIZE] __attribute__((aligned(4096)));
volatile uint32_t smp_count_32;

static enum smp_mode apic_mode;
static volatile bool online[SMP_MAX_CPUS];
static void (*volatile job)(unsigned int id);
static volatile unsigned int job_nr_cpus;
static volatile unsigned int job_number; /* counts up with each job */
static volatile unsigned int nr_done;

static void apic_enable(void)
{
	if (apic_mode == SMP_X2APIC)
		lapic_enable_x2apic();
	else
		lapic_write_mmio(LAPIC_SVR, 0x1ff);
}

void smp_relax(unsigned int n)
{
	cpu_pause();
	if (n % 64 == 0)
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

static void on_wake(struct trap_frame *frame)
{
	smp_eoi();
}

void smp_init(enum smp_mode mode)
{
	trap_set_handler(VECTOR_WAKE, on_wake);
	apic_mode = mode;
	memcpy((void *)TRAMPOLINE, smp_trampoline,
	       (uint64_t)smp_trampoline_end - (uint64_t)smp_trampoline);
	apic_enable();
}

unsigned int smp_id(void)
{
	if (apic_mode == SMP_X2APIC)
		return (unsigned int)lapic_read(LAPIC_ID) / 2;
	return lapic_read_mmio(LAPIC_ID) >> 25;
}

void smp_icr(uint32_t dest, uint32_t low)
{
	if (apic_mode == SMP_X2APIC) {
		lapic_write(LAPIC_ICR, (uint64_t)dest << 32 | low);
		return;
	}
	lapic_write_mmio(LAPIC_ICR2, dest << 24);
	lapic_write_mmio(LAPIC_ICR, low);
}

void smp_eoi(void)
{
	if (apic_mode == SMP_X2APIC)
		lapic_write(LAPIC_EOI, 0);
	else
		lapic_write_mmio(LAPIC_EOI, 0);
}

bool smp_wait_online(unsigned int cpu)
{
	return SMP_WAIT(online[cpu]);
}

void smp_set_offline(unsigned int cpu)
{
	online[cpu] = false;
}

bool smp_start(unsigned int cpu)
{
	uint32_t sipi = ICR_ASSERT | ICR_SIPI | (uint32_t)(TRAMPOLINE >> 12);

	online[cpu] = false;
	smp_icr(SMP_APIC_ID(cpu), ICR_ASSERT | ICR_INIT);
	smp_icr(SMP_APIC_ID(cpu), sipi);
	smp_icr(SMP_APIC_ID(cpu), sipi);
	return smp_wait_online(cpu);
}

void smp_context(unsigned int cpu, struct vcpu_hvm_context *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->mode = VCPU_HVM_MODE_64B;
	ctx->cpu_regs.x86_64 = (struct vcpu_hvm_x86_64){
		.rsp = (uint64_t)smp_stacks[cpu + 1],
		.rip = (uint64_t)smp_entry,
		.rflags = 2,
		.cr0 = CR0_PG | CR0_WP | CR0_NE | CR0_PE,
		.cr3 = (uint64_t)paging_root,
		.cr4 = CR4_PAE,
		.efer = EFER_LME | EFER_LMA | EFER_NXE,
	};
}

void smp_context_32(struct vcpu_hvm_context *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->mode = VCPU_HVM_MODE_32B;
	ctx->cpu_regs.x86_32 = (struct vcpu_hvm_x86_32){
		.eip = (uint32_t)(uint64_t)smp_entry_32,
		.eflags = 2,
		.cr0 = CR0_PE,
		.cs_limit = ~0u,
		.ds_limit = ~0u,
		.ss_limit = ~0u,
		.es_limit = ~0u,
		.tr_limit = 0x67,
		.cs_ar = 0xc9b,
		.ds_ar = 0xc93,
		.ss_ar = 0xc93,
		.es_ar = 0xc93,
		.tr_ar = 0x8b,
	};
}

/* Called by the entry code on the CPU's own stack. */
void smp_secondary(unsigned int id)
{
	unsigned int seen = job_number;

	trap_init_secondary();
	apic_enable();
	online[id] = true;
	for (;;) {
		cpu_irq_disable();
		while (job_number == seen)
			cpu_halt_enabled();
		seen = job_number;
		if (id >= job_nr_cpus)
			continue;
		job(id);
		__atomic_fetch_add(&nr_done, 1, __ATOMIC_SEQ_CST);
	}
}

bool smp_run(unsigned int nr, void (*fn)(unsigned int id))
{
	bool ok;

	job = fn;
	job_nr_cpus = nr;
	nr_done = 0;
	__atomic_fetch_add(&job_number, 1, __ATOMIC_SEQ_CST);
	smp_icr(0, ICR_ASSERT | ICR_OTHERS | VECTOR_WAKE);
	fn(0);
	cpu_irq_enable(); /* some may still want something of this CPU */
	ok = SMP_WAIT(nr_done == nr - 1);
	cpu_irq_disable();
	return ok;
}
