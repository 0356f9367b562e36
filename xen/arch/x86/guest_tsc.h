/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time stamp counter a domain sees: the processor's own, or one of a rate of its own for
 * which each reading exits (xen-tscmode(7)).
 */
#ifndef X86_GUEST_TSC_H
#define X86_GUEST_TSC_H

#include <hv/types.h>

struct arch_vcpu;
struct cpuid_regs;
struct domain;
struct xen_domctl_tsc_info;

/* The numbers of XEN_DOMCTL_settscinfo. A fourth, pvrdtscp, is no more: xl.cfg(5). */
enum tsc_mode {
	TSC_DEFAULT, /* emulated only if the guest began at another rate than the host's */
	TSC_EMULATE,
	TSC_NATIVE,
};

/* Changed only while no vCPU of the domain runs. */
struct guest_tsc {
	uint32_t mode, incarnation; /* as the toolstack set them */
	uint32_t khz;		    /* 0: the host's */
	bool emulated;
	int8_t shift;	   /* with mul: ticks to nanoseconds, if emulated */
	uint32_t mul;	   /* never 0, if emulated */
	uint64_t per_ns;   /* ticks a nanosecond, times 2 to the power of per_shift */
	uint8_t per_shift; /* below 128 */
	uint64_t last;	   /* atomic; the latest that any vCPU read, if emulated */
};

/** What @t's counter without any vCPU's offset is when the host's is @host_tsc. */
uint64_t guest_tsc_base(const struct guest_tsc *t, uint64_t host_tsc);

/** What RDTSC gives the vCPU now: never less than it or a neighbour of the same offset read. */
uint64_t guest_tsc_read(struct arch_vcpu *av);

/** What the guest writes to its counter. The vCPU runs here. */
void guest_tsc_write(struct arch_vcpu *av, uint64_t value);

/** Its rate in kHz. */
uint32_t guest_tsc_khz(const struct guest_tsc *t);

/** How ticks make nanoseconds: struct vcpu_time_info. */
void guest_tsc_scale(const struct guest_tsc *t, uint32_t *ret_mul, int8_t *ret_shift);

/** CPUID leaf 3 of the hypervisor's (xen/arch-x86/cpuid.h): into *@r, which is zero. */
void guest_tsc_leaf(const struct arch_vcpu *av, uint32_t subleaf, struct cpuid_regs *r);

/**
 * XEN_DOMCTL_settscinfo: no vCPU runs. An emulated counter goes on from where the guest's time is
 * @info's. -XEN_EINVAL for what is no mode; then nothing is changed.
 */
int guest_tsc_set(struct domain *d, const struct xen_domctl_tsc_info *info) __must_check;

/** XEN_DOMCTL_gettscinfo. */
void guest_tsc_get(const struct domain *d, struct xen_domctl_tsc_info *ret_info);

#endif
