/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's time stamp counter. A native one is the host's plus an offset, which the processor
 * adds by itself. An emulated one counts the host's nanoseconds at its own rate: whatever host
 * the guest is on, and whatever that one's counters do, it goes on at the rate the guest
 * knows and never back.
 */
#include "guest_tsc.h"

#include <xen/xen.h>

#include <xen/domctl.h>

#include <hv/errno.h>

#include <arch/arch.h>

#include "cpu.h"
#include "svm/svm.h"
#include "time.h"
#include "x86.h"

#define EMULATED_KHZ 1000000u /* xl.cfg(5): always_emulate is "at a fixed 1GHz rate" */
#define LEAF_EMULATED (1u << 0)
#define LEAF_RELIABLE (1u << 1)
#define LEAF_RDTSCP (1u << 2)
#define EXT1D_RDTSCP (1u << 27)
/* Two measures of one rate are at most so many millionths apart; a guest's NTP makes up for it. */
#define SAME_RATE_PPM 100u

uint64_t guest_tsc_base(const struct guest_tsc *t, uint64_t host_tsc)
{
	if (likely(!t->emulated))
		return host_tsc;
	return mul_shift((uint64_t)time_of_tsc(host_tsc), t->per_ns, t->per_shift);
}

/* What one CPU reads a moment after another may be a moment before it. */
static uint64_t not_before_last(struct guest_tsc *t, uint64_t base)
{
	uint64_t last = __atomic_load_n(&t->last, __ATOMIC_SEQ_CST);

	do {
		if (base <= last)
			return last;
	} while (!__atomic_compare_exchange_n(&t->last, &last, base, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	return base;
}

uint64_t guest_tsc_read(struct arch_vcpu *av)
{
	struct guest_tsc *t = &av->vcpu->domain->arch->tsc;
	uint64_t base = guest_tsc_base(t, time_host_tsc());

	return (t->emulated ? not_before_last(t, base) : base) + av->tsc_offset;
}

void guest_tsc_write(struct arch_vcpu *av, uint64_t value)
{
	av->tsc_offset = value - guest_tsc_base(&av->vcpu->domain->arch->tsc, time_host_tsc());
	svm_show_tsc(av);
	vcpu_update_time(av->vcpu);
}

uint32_t guest_tsc_khz(const struct guest_tsc *t)
{
	return t->emulated ? t->khz : (uint32_t)time_tsc_khz();
}

void guest_tsc_scale(const struct guest_tsc *t, uint32_t *ret_mul, int8_t *ret_shift)
{
	if (t->emulated) {
		*ret_mul = t->mul;
		*ret_shift = t->shift;
	} else {
		time_tsc_scale(ret_mul, ret_shift);
	}
}

void guest_tsc_leaf(const struct arch_vcpu *av, uint32_t subleaf, struct cpuid_regs *r)
{
	const struct arch_domain *ad = av->vcpu->domain->arch;
	uint64_t at_boot;
	int8_t shift;

	switch (subleaf) {
	case 0:
		r->eax = (ad->tsc.emulated ? LEAF_EMULATED : 0) |
			 (time_tsc_stable() ? LEAF_RELIABLE : 0) |
			 (ad->cpuid.ext[1].edx & EXT1D_RDTSCP ? LEAF_RDTSCP : 0);
		r->ebx = ad->tsc.mode;
		r->ecx = guest_tsc_khz(&ad->tsc);
		r->edx = ad->tsc.incarnation;
		break;
	case 1: /* what the counter was when the host's time was 0 */
		at_boot = guest_tsc_base(&ad->tsc, time_tsc_at_boot()) + av->tsc_offset;
		r->eax = (uint32_t)at_boot;
		r->ebx = (uint32_t)(at_boot >> 32);
		guest_tsc_scale(&ad->tsc, &r->ecx, &shift);
		r->edx = (uint32_t)shift;
		break;
	case 2:
		r->eax = (uint32_t)time_tsc_khz();
		break;
	default:
		break;
	}
}

/*
 * Ticks a nanosecond are 2^(32 - shift) / mul: the exact inverse of what the guest does, so that
 * its clock and the host's never drift apart. 2^31 <= mul < 2^32 and -13 <= shift <= 20.
 */
static void set_rate(struct guest_tsc *t, uint32_t khz)
{
	t->khz = khz;
	time_scale_of(khz * 1000ull, &t->mul, &t->shift);
	t->per_ns = mul_div(1ull << 62, 1ull << 32, t->mul);
	t->per_shift = (uint8_t)(62 + t->shift);
}

static uint64_t ticks_of(const struct guest_tsc *t, uint64_t ns)
{
	return mul_shift(ns, t->per_ns, t->per_shift);
}

static uint64_t ns_of(const struct guest_tsc *t, uint64_t ticks)
{
	return t->shift < 0 ? mul_shift(ticks, t->mul, 32 + (unsigned)-t->shift)
			    : mul_shift(ticks, (uint64_t)t->mul << t->shift, 32);
}

static bool is_host_rate(uint32_t khz)
{
	uint64_t host = time_tsc_khz(), off = khz > host ? khz - host : host - khz;

	return !khz || off * 1000000 <= host * SAME_RATE_PPM;
}

/* All counters of the domain read @value now, or what they read at the start if native. */
static void set_offsets(struct domain *d, uint64_t value)
{
	const struct guest_tsc *t = &d->arch->tsc;
	uint64_t zero = guest_tsc_base(t, t->emulated ? time_host_tsc() : time_tsc_at_boot());

	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		struct arch_vcpu *av = d->vcpu[i]->arch;

		av->tsc_offset = value - zero;
		av->host_vmcb_pa = 0; /* the CPU that runs it next shows it the offset */
		svm_choose_tsc_exits(av);
		vcpu_update_time(d->vcpu[i]);
	}
}

int guest_tsc_set(struct domain *d, const struct xen_domctl_tsc_info *info)
{
	struct guest_tsc *t = &d->arch->tsc;
	bool was = t->emulated;

	if (info->tsc_mode > TSC_NATIVE)
		return -XEN_EINVAL;
	t->mode = info->tsc_mode;
	t->incarnation = info->incarnation;
	t->emulated =
		t->mode == TSC_EMULATE || (t->mode == TSC_DEFAULT && !is_host_rate(info->gtsc_khz));
	if (t->emulated)
		set_rate(t, info->gtsc_khz ? info->gtsc_khz : EMULATED_KHZ);
	__atomic_store_n(&t->last, 0, __ATOMIC_SEQ_CST);
	if (t->emulated)
		set_offsets(d, ticks_of(t, info->elapsed_nsec));
	else if (was)
		set_offsets(d, 0);
	return 0;
}

void guest_tsc_get(const struct domain *d, struct xen_domctl_tsc_info *ret_info)
{
	const struct guest_tsc *t = &d->arch->tsc;
	uint64_t now = (uint64_t)arch_now();

	if (t->emulated && d->nr_vcpus)
		now = ns_of(t, guest_tsc_base(t, time_host_tsc()) + d->vcpu[0]->arch->tsc_offset);
	*ret_info = (struct xen_domctl_tsc_info){ .tsc_mode = t->mode,
						  .gtsc_khz = guest_tsc_khz(t),
						  .incarnation = t->incarnation,
						  .elapsed_nsec = now };
}
