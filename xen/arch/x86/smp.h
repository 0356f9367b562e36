/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting the CPUs other than the first, and what is known of all of them. */
#ifndef X86_SMP_H
#define X86_SMP_H

#include "boot.h"
#include "pcpu.h"

/* What trampoline.S finds by APIC id. */
struct smp_start {
	uint32_t apic_id;
	void *stack; /* its end */
	struct pcpu *cpu;
};

/**
 * Give the boot CPU its final stacks for exceptions, start all others that the firmware's tables
 * name (as many as the boot options allow), bring their TSCs in line. One that does not answer is
 * said and left out.
 */
void smp_init(const struct boot_info *bi);

#endif
