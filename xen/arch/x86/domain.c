/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The x86 part of domains: memory map, callbacks, register dump, IPIs. */
#include <candor/support.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <xen/hvm/params.h>

#include "svm/svm.h"
#include "time.h"
#include "x86.h"

#define VIA_TYPE_SHIFT 56
#define VIA_VECTOR 2
#define MIN_VECTOR 16

int arch_domain_create(struct domain *d)
{
	int rc;

	d->arch = heap_alloc(sizeof(*d->arch));
	if (!d->arch)
		return -XEN_ENOMEM;
	spin_init(&d->arch->p2m_lock, LOCK_P2M, 0);
	spin_init(&d->arch->startup_lock, LOCK_STARTUP, 0);
	cpuid_policy_init(&d->arch->cpuid);
	rc = p2m_create(d);
	if (rc) {
		heap_free(d->arch);
		d->arch = NULL;
	}
	return rc;
}

void arch_domain_destroy(struct domain *d)
{
	if (!d->arch)
		return;
	p2m_destroy(d);
	heap_free(d->arch);
	d->arch = NULL;
}

unsigned arch_memory_map(struct domain *d, const struct arch_e820_entry **ret_map)
{
	*ret_map = d->arch->map;
	return d->arch->nr_map;
}

void arch_vcpu_time_info(const struct vcpu *v, struct vcpu_time_info *t)
{
	const struct guest_tsc *tsc = &v->domain->arch->tsc;

	/* Host time is 0 where the TSC was time_tsc_at_boot(): no rounding adds up. */
	t->tsc_timestamp = guest_tsc_base(tsc, time_tsc_at_boot()) + v->arch->tsc_offset;
	t->system_time = 0;
	guest_tsc_scale(tsc, &t->tsc_to_system_mul, &t->tsc_shift);
	t->flags = tsc->emulated || time_tsc_stable() ? XEN_PVCLOCK_TSC_STABLE_BIT : 0;
}

void arch_vcpu_upcall(struct vcpu *v)
{
	struct arch_vcpu *av = v->arch;

	if (av->upcall_vector)
		vlapic_set_irq(&av->vlapic, av->upcall_vector, VLAPIC_EDGE);
	vcpu_notice(av);
	vcpu_wake(v);
}

bool arch_vcpu_interrupt_pending(const struct vcpu *v)
{
	return svm_interrupt_deliverable(v->arch);
}

int arch_set_upcall_vector(struct vcpu *v, uint8_t vector)
{
	if (vector < MIN_VECTOR)
		return -XEN_EINVAL;
	v->arch->upcall_vector = vector;
	/* An event that was pending before must not be lost. */
	if (__atomic_load_n(&v->info->evtchn_upcall_pending, __ATOMIC_ACQUIRE))
		arch_vcpu_upcall(v);
	return 0;
}

int arch_set_callback_via(struct domain *d, uint64_t via)
{
	uint8_t vector = 0;

	switch (via >> VIA_TYPE_SHIFT) {
	case 0: /* 0 turns it off; GSIs need an I/O APIC, which PVH guests lack */
		break;
	case VIA_VECTOR:
		vector = (uint8_t)via;
		if (vector < MIN_VECTOR)
			return -XEN_EINVAL;
		break;
	default:
		return -XEN_EINVAL;
	}
	d->arch->callback_vector = vector;
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		vcpu_notice(d->vcpu[i]->arch);
	return 0;
}

void arch_vcpu_send_nmi(struct vcpu *v)
{
	__atomic_store_n(&v->arch->nmi_pending, true, __ATOMIC_RELEASE);
	vcpu_notice(v->arch);
	vcpu_wake(v);
}

static void deliver(struct vcpu *v, const struct vlapic_ipi *ipi)
{
	switch (ipi->mode) {
	case VLAPIC_FIXED:
	case VLAPIC_LOWEST:
		if (!vlapic_accept_ipi(&v->arch->vlapic, ipi))
			return;
		vcpu_notice(v->arch);
		vcpu_wake(v);
		return;
	case VLAPIC_NMI:
		if (v->up)
			arch_vcpu_send_nmi(v);
		return;
	case VLAPIC_INIT:
		svm_startup_init(v);
		return;
	case VLAPIC_SIPI:
		svm_startup_sipi(v, ipi->vector);
		return;
	case VLAPIC_SMI: /* nobody is there to take it */
		return;
	}
}

/* Of those a lowest-priority message may go to: one that takes interrupts, with the lowest PPR. */
static struct vcpu *lowest_priority(struct vlapic *from, const struct vlapic_ipi *ipi)
{
	struct domain *d = from->vcpu->domain;
	struct vcpu *best = NULL;

	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		const struct vlapic *vl = &d->vcpu[i]->arch->vlapic;

		if (!vlapic_sw_enabled(vl) || !vlapic_match_dest(vl, from, ipi))
			continue;
		if (!best || vl->ppr < best->arch->vlapic.ppr)
			best = d->vcpu[i];
	}
	return best;
}

void vlapic_send_ipi(struct vlapic *from, const struct vlapic_ipi *ipi)
{
	struct domain *d = from->vcpu->domain;
	struct vcpu *v;

	if (ipi->mode == VLAPIC_LOWEST) {
		v = lowest_priority(from, ipi);
		if (v)
			deliver(v, ipi);
		return;
	}
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		v = d->vcpu[i];
		/* INIT to oneself is not delivered by hardware of today either. */
		if (vlapic_match_dest(&v->arch->vlapic, from, ipi) &&
		    !(ipi->mode >= VLAPIC_INIT && &v->arch->vlapic == from))
			deliver(v, ipi);
	}
}

const char *arch_capabilities(void)
{
	return "hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64";
}

static void print_segment(const char *name, const struct vmcb_segment *s)
{
	printk(LOG_ERROR, "%s %04x attr %03x limit %08x base %016lx", name, s->selector, s->attr,
	       s->limit, s->base);
}

void arch_vcpu_dump(const struct vcpu *v)
{
	const struct arch_vcpu *av = v->arch;
	const struct vmcb *c = av->vmcb;
	const uint64_t *r = av->regs;

	printk(LOG_ERROR, "d%u vcpu%u: rip %016lx rsp %016lx rflags %08lx cpl %u", v->domain->id,
	       v->id, c->rip, c->rsp, c->rflags, c->cpl);
	printk(LOG_ERROR, "rax %016lx rbx %016lx rcx %016lx rdx %016lx", c->rax, r[GPR_RBX],
	       r[GPR_RCX], r[GPR_RDX]);
	printk(LOG_ERROR, "rsi %016lx rdi %016lx rbp %016lx r8  %016lx", r[GPR_RSI], r[GPR_RDI],
	       r[GPR_RBP], r[8]);
	printk(LOG_ERROR, "r9  %016lx r10 %016lx r11 %016lx r12 %016lx", r[9], r[10], r[11], r[12]);
	printk(LOG_ERROR, "r13 %016lx r14 %016lx r15 %016lx", r[13], r[14], r[15]);
	printk(LOG_ERROR, "cr0 %08lx cr2 %016lx cr3 %016lx cr4 %08lx efer %04lx", c->cr0, c->cr2,
	       c->cr3, c->cr4, c->efer);
	print_segment("cs", &c->cs);
	print_segment("ss", &c->ss);
	print_segment("ds", &c->ds);
}
