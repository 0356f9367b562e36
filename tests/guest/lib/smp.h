/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Further CPUs of a test guest: started by INIT and SIPI or by VCPUOP_initialise,
 * they wait, with interrupts on, for work the first one gives to all at once.
 */
#ifndef GUEST_SMP_H
#define GUEST_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/hvm/hvm_vcpu.h>

#define SMP_MAX_CPUS 128

enum smp_mode { SMP_XAPIC, SMP_X2APIC };

/** Which mode the APICs are used in; brings that of the first CPU into it. */
void smp_init(enum smp_mode mode);

/** This CPU, by its APIC id. */
unsigned int smp_id(void);

/** INIT, SIPI, SIPI to CPU @cpu, which then waits for work; false: it did not come. */
bool smp_start(unsigned int cpu);
/** Has @cpu come since it was last started? smp_start() asks by itself. */
bool smp_wait_online(unsigned int cpu);
/** Forget that it has come. */
void smp_set_offline(unsigned int cpu);

/** A 64-bit state of VCPUOP_initialise that brings @cpu to the same place. */
void smp_context(unsigned int cpu, struct vcpu_hvm_context *ret_ctx);
/** A 32-bit one, whose code adds 1 to smp_count_32 and halts for ever. */
void smp_context_32(struct vcpu_hvm_context *ret_ctx);
extern volatile uint32_t smp_count_32;

/** Run fn(id) on CPUs 0 to @nr - 1 at the same time; false if one does not come back. */
bool smp_run(unsigned int nr, void (*fn)(unsigned int id));

/** Low half of the ICR to @dest (an APIC id, or what the low half makes of it). */
void smp_icr(uint32_t dest, uint32_t low);
void smp_eoi(void);

#define SMP_APIC_ID(cpu) (2u * (cpu))
#define ICR_LOWEST (1u << 8)
#define ICR_NMI (4u << 8)
#define ICR_INIT (5u << 8)
#define ICR_SIPI (6u << 8)
#define ICR_LOGICAL (1u << 11)
#define ICR_ASSERT (1u << 14)
#define ICR_SELF (1u << 18)
#define ICR_ALL (2u << 18)
#define ICR_OTHERS (3u << 18)

/* Give up after so many TSC ticks: seconds on any machine, and on an emulator's own clock. */
#define SMP_PATIENCE 20000000000ul
/** Wait for (cond); false if it does not come. */
#define SMP_WAIT(cond)                                      \
	({                                                  \
		uint64_t end_ = cpu_rdtsc() + SMP_PATIENCE; \
		for (unsigned int n_ = 1; !(cond); n_++) {  \
			if (cpu_rdtsc() > end_)             \
				break;                      \
			smp_relax(n_);                      \
		}                                           \
		(bool)(cond);                               \
	})
/** Pause; the CPU is given up now and then, for more vCPUs than the host has CPUs. */
void smp_relax(unsigned int n);

#endif
