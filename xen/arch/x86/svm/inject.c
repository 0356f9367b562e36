/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events into the guest (AMD APM volume 2, 15.20 and 15.21). Order: what was being
 * delivered when the exit came; exceptions; NMI; the domain-wide event callback,
 * which is level and bypasses the APIC; the local APIC's highest vector.
 */
#include <candor/support.h>
#include <hv/printk.h>
#include <hv/trace.h>

#include <xen/hvm/params.h>
#include <xen/sched.h>

#include "svm.h"

SUPPORT_PROVIDES(evtchn_2l, "x86.pvh");

/* Exceptions that push an error code, one bit per vector */
#define ERROR_CODES                                                                            \
	(1u << VEC_DF | 1u << 10 | 1u << VEC_NP | 1u << VEC_SS | 1u << VEC_GP | 1u << VEC_PF | \
	 1u << VEC_AC)
/* Contributory exceptions: divide error, 10 to 13 (APM volume 2, table 8-3) */
#define CONTRIBUTORY (1u << 0 | 1u << 10 | 1u << VEC_NP | 1u << VEC_SS | 1u << VEC_GP)

static bool in_set(uint32_t set, unsigned vector)
{
	return vector < 32 && (set >> vector & 1);
}

/* What @second during the delivery of @first becomes: itself, #DF, or a triple fault (0). */
static unsigned combine(uint64_t first, unsigned second)
{
	unsigned v = first & EVENT_VECTOR;

	if (!(first & EVENT_VALID) || (first & EVENT_TYPE_MASK) != EVENT_EXCEPTION)
		return second;
	if (v == VEC_DF && (second == VEC_PF || in_set(CONTRIBUTORY, second)))
		return 0;
	if (in_set(CONTRIBUTORY, v) && in_set(CONTRIBUTORY, second))
		return VEC_DF;
	if (v == VEC_PF && (second == VEC_PF || in_set(CONTRIBUTORY, second)))
		return VEC_DF;
	return second;
}

void svm_inject_exception(struct arch_vcpu *av, unsigned vector, uint32_t error)
{
	struct vmcb *c = av->vmcb;
	unsigned result = combine(c->eventinj, vector);

	if (!result && vector) {
		svm_triple_fault(av);
		return;
	}
	if (result != vector)
		error = 0;
	c->eventinj = result | EVENT_EXCEPTION | EVENT_VALID;
	if (in_set(ERROR_CODES, result))
		c->eventinj |= EVENT_ERROR_VALID | (uint64_t)error << 32;
}

void svm_inject_gp(struct arch_vcpu *av)
{
	svm_inject_exception(av, VEC_GP, 0);
}

void svm_inject_ud(struct arch_vcpu *av)
{
	svm_inject_exception(av, VEC_UD, 0);
}

void svm_triple_fault(struct arch_vcpu *av)
{
	struct domain *d = av->vcpu->domain;
	uint64_t reason = d->hvm_param[HVM_PARAM_TRIPLE_FAULT_REASON];

	printk(LOG_INFO, "d%u: triple fault", d->id);
	domain_shutdown(d, reason <= SHUTDOWN_MAX ? (int)reason : SHUTDOWN_crash);
}

/*
 * An interrupt that goes alone goes as a virtual interrupt. The guest can take it, so it does so
 * before its first instruction; if the host is interrupted even before that, it stays in the
 * VMCB and is taken at the next entry. (QEMU 7.2 sometimes delivers an interrupt twice that was
 * asked for by EVENTINJ. It is the one that does not give the next instruction; others get
 * EVENTINJ, for Bochs 2.7 keeps a virtual interrupt back for ever where the guest before had IF
 * clear.) A window's vector is 0, which no interrupt's is.
 */
static bool in_flight(const struct vmcb *c)
{
	return (c->int_ctl & INT_CTL_IRQ) && c->int_vector;
}

static void send_alone(struct vmcb *c, uint8_t vector)
{
	c->int_ctl |= INT_CTL_IRQ | INT_CTL_PRIO(0xf) | INT_CTL_IGNORE_TPR;
	c->int_vector = vector;
	c->intercept1 &= ~INTERCEPT1(EXIT_VINTR);
}

uint64_t svm_event(const struct arch_vcpu *av)
{
	const struct vmcb *c = av->vmcb;

	return in_flight(c) ? (uint8_t)c->int_vector | EVENT_INTR | EVENT_VALID : c->eventinj;
}

void svm_set_event(struct arch_vcpu *av, uint64_t event)
{
	av->vmcb->eventinj = event;
	av->vmcb->int_ctl &= ~INT_CTL_IRQ;
}

void svm_requeue_event(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;

	/* It has been taken, though some emulators do not say so when its delivery faults. */
	if (in_flight(c))
		c->int_ctl &= ~INT_CTL_IRQ;
	/* Software interrupts run again by themselves: RIP still points at them. */
	if ((c->exitintinfo & EVENT_VALID) && (c->exitintinfo & EVENT_TYPE_MASK) != EVENT_SOFT)
		c->eventinj = c->exitintinfo;
}

static bool callback_pending(const struct arch_vcpu *av)
{
	return av->vcpu->domain->arch->callback_vector && !av->upcall_vector &&
	       __atomic_load_n(&av->vcpu->info->evtchn_upcall_pending, __ATOMIC_ACQUIRE);
}

void svm_sync_tpr(struct arch_vcpu *av)
{
	uint8_t cr8 = av->vmcb->int_ctl & 0xf;

	/* An unchanged class keeps the low bits that only the APIC's register has. */
	if (cr8 != vlapic_cr8(&av->vlapic) && vlapic_set_cr8(&av->vlapic, cr8))
		printk_guest(LOG_DEBUG, "d%u: bad CR8", av->vcpu->domain->id);
}

void svm_show_tpr(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;

	c->int_ctl = (c->int_ctl & ~INT_CTL_TPR) | vlapic_cr8(&av->vlapic);
}

static bool can_take(const struct vmcb *c)
{
	return (c->rflags & RFLAGS_IF) && !(c->int_shadow & INT_SHADOW);
}

bool svm_interrupt_deliverable(const struct arch_vcpu *av)
{
	const struct vmcb *c = av->vmcb;

	if (av->nmi_pending && !av->nmi_masked)
		return true;
	return (c->rflags & RFLAGS_IF) &&
	       (callback_pending(av) || vlapic_pending_vector(&av->vlapic) >= 0);
}

/* Ask for an exit at the first moment an interrupt can be taken. */
static void set_window(struct vmcb *c, bool wanted)
{
	if (wanted) {
		/* Its own priority is the highest: only IF and the shadow hold it back. */
		c->int_ctl |= INT_CTL_IRQ | INT_CTL_PRIO(0xf) | INT_CTL_IGNORE_TPR;
		c->int_vector = 0;
		c->intercept1 |= INTERCEPT1(EXIT_VINTR);
	} else {
		c->int_ctl &= ~(INT_CTL_IRQ | INT_CTL_PRIO(0xf) | INT_CTL_IGNORE_TPR);
		c->intercept1 &= ~INTERCEPT1(EXIT_VINTR);
	}
}

static bool inject_nmi(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;

	if (!av->nmi_pending || av->nmi_masked || (c->int_shadow & INT_SHADOW))
		return false;
	c->eventinj = VEC_NMI | EVENT_NMI | EVENT_VALID;
	__atomic_store_n(&av->nmi_pending, false, __ATOMIC_RELAXED);
	av->nmi_masked = true;
	c->intercept1 |= INTERCEPT1(EXIT_IRET);
	return true;
}

/* The vector of the interrupt that goes now; 0: none. */
static uint8_t take_interrupt(struct arch_vcpu *av)
{
	int vector;

	if (in_flight(av->vmcb))
		return (uint8_t)av->vmcb->int_vector;
	if (callback_pending(av))
		return av->vcpu->domain->arch->callback_vector;
	vector = vlapic_pending_vector(&av->vlapic);
	if (vector < 0)
		return 0;
	vlapic_ack(&av->vlapic, (uint8_t)vector);
	return (uint8_t)vector;
}

/*
 * An interrupt waits behind the task priority: see when CR8 lets it in. Nor may the guest write CR8
 * while a virtual interrupt waits: QEMU 7.2's emulation of that ends the emulator.
 */
static void watch_cr8(struct arch_vcpu *av)
{
	bool waits = (av->vlapic.irr_words && vlapic_pending_vector(&av->vlapic) < 0) ||
		     (av->vmcb->int_ctl & INT_CTL_IRQ);

	if (waits)
		av->vmcb->intercept_cr_write |= 1u << 8;
	else
		av->vmcb->intercept_cr_write &= (uint16_t) ~(1u << 8);
}

void svm_inject_pending(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;
	bool queued = c->eventinj & EVENT_VALID, wait, by_event;
	uint8_t vector = 0;

	svm_sync_tpr(av);
	/* One can take no more what was on its way: its state was set from outside. */
	if (unlikely(in_flight(c) && !can_take(c) && !queued)) {
		svm_set_event(av, svm_event(av));
		queued = true;
	}
	if (!queued && !in_flight(c))
		queued = inject_nmi(av);
	if (!queued && can_take(c))
		vector = take_interrupt(av);
	/* What could not go now, or waits behind what goes now. */
	wait = vlapic_pending_vector(&av->vlapic) >= 0 ||
	       (callback_pending(av) && !((queued || vector) && can_take(c))) ||
	       (av->nmi_pending && !av->nmi_masked);
	if (vector)
		trace(TRC_HVM_INJ_VIRQ, vector, 0);
	by_event = vector && (wait || svm_have_nrip);
	if (by_event)
		svm_set_event(av, vector | EVENT_INTR | EVENT_VALID);
	if (vector && !by_event)
		send_alone(c, vector);
	else if (!in_flight(c))
		set_window(c, wait);
	watch_cr8(av);
	svm_show_tpr(av);
}
