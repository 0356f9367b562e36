/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first state of a vCPU: the PVH entry, what VCPUOP_initialise gives, or INIT and a
 * start-up message from another vCPU's local APIC (AMD APM volume 2, 14.1.3 and 15.21;
 * SDM volume 3, 8.4.4).
 *
 * INIT and SIPI only leave word in av->startup; the CPU that runs the vCPU next does what they
 * ask, since until then another CPU may still have its state.
 */
#include <candor/support.h>

#include <stdint.h>

#include <hv/errno.h>
#include <hv/string.h>

#include <xen/xen.h>

#include <xen/hvm/hvm_vcpu.h>

#include "pcpu.h"
#include "svm.h"
#include "time.h"

SUPPORT_PROVIDES(guest_smp, "x86.pvh");

#define SEG_CODE16 0x9b
#define SEG_DATA16 0x93
#define SEG_CODE32 0xc9b
#define SEG_CODE64 0xa9b
#define SEG_DATA32 0xc93
#define SEG_TSS32 0x8b
#define SEG_LDT 0x82
#define SEG_LIMIT16 0xffff
#define SEG_TYPE 0xf
#define SEG_TYPE_CODE 0x8
#define SEG_TYPE_WRITE 0x2 /* data */
#define SEG_S (1u << 4)
#define SEG_P (1u << 7)
#define SEG_G (1u << 11)
#define SEG_UNUSED 0xf000u
#define SEG_DPL(attr) ((attr) >> 5 & 3)
#define DR6_RESET 0xffff0ff0ull
#define DR7_RESET 0x400ull
#define RFLAGS_TF (1ull << 8)
#define RFLAGS_VM (1ull << 17)

/* av->startup */
#define STARTUP_INIT 0x100u
#define STARTUP_SIPI 0x200u
#define STARTUP_VECTOR 0xffu

void svm_reset_registers(struct arch_vcpu *av)
{
	const struct vmcb_segment data = { 0, SEG_DATA16, SEG_LIMIT16, 0 };
	struct vmcb *c = av->vmcb;

	memset(av->regs, 0, sizeof(av->regs));
	memset(av->dr, 0, sizeof(av->dr));
	c->rax = c->rsp = c->rip = 0;
	av->regs[GPR_RDX] = cpuid(1, 0).eax;
	c->cs = (struct vmcb_segment){ 0, SEG_CODE16, SEG_LIMIT16, 0 };
	c->ds = c->es = c->ss = c->fs = c->gs = data;
	c->tr = (struct vmcb_segment){ 0, SEG_TSS32, SEG_LIMIT16, 0 };
	c->ldtr = (struct vmcb_segment){ 0, SEG_LDT, SEG_LIMIT16, 0 };
	c->gdtr = c->idtr = (struct vmcb_segment){ 0, 0, SEG_LIMIT16, 0 };
	c->kernel_gs_base = c->star = c->lstar = c->cstar = c->sfmask = 0;
	c->sysenter_cs = c->sysenter_esp = c->sysenter_eip = 0;
	c->efer = EFER_SVME;
	av->lme_waits = false;
	c->cr0 = CR0_ET;
	c->cr2 = c->cr3 = c->cr4 = 0;
	c->cpl = 0;
	c->dr6 = DR6_RESET;
	c->dr7 = DR7_RESET;
	c->rflags = RFLAGS_FIXED;
	c->int_shadow = c->exitintinfo = 0;
	svm_set_event(av, 0);
	c->intercept1 &= ~INTERCEPT1(EXIT_IRET);
	__atomic_store_n(&av->nmi_pending, false, __ATOMIC_RELAXED);
	av->nmi_masked = false;
	__atomic_store_n(&av->tlb_flush, true, __ATOMIC_RELAXED);
	svm_fpu_reset(av);
	av->attention = true;
}

void svm_set_pvh_entry(struct arch_vcpu *av, uint32_t entry, uint32_t start_info)
{
	const struct vmcb_segment code = { 8, SEG_CODE32, UINT32_MAX, 0 };
	const struct vmcb_segment data = { 16, SEG_DATA32, UINT32_MAX, 0 };
	struct vmcb *c = av->vmcb;

	svm_reset_registers(av);
	c->cs = code;
	c->ds = c->es = c->ss = data;
	c->fs = c->gs = data;
	c->tr.limit = 0x67;
	c->ldtr.limit = c->gdtr.limit = c->idtr.limit = 0;
	c->cr0 = CR0_PE | CR0_ET;
	c->rip = entry;
	av->regs[GPR_RDX] = 0;
	av->regs[GPR_RBX] = start_info;
	av->vcpu->initialised = true;
}

static void set_real_mode(struct arch_vcpu *av, uint8_t vector)
{
	struct vmcb *c = av->vmcb;

	c->cs = (struct vmcb_segment){ (uint16_t)(vector << 8), SEG_CODE16, SEG_LIMIT16,
				       (uint64_t)vector << PAGE_SHIFT };
	c->rip = 0;
	av->vcpu->initialised = true;
}

void svm_startup_init(struct vcpu *v)
{
	struct arch_vcpu *av = v->arch;

	__atomic_fetch_or(&av->startup, STARTUP_INIT, __ATOMIC_SEQ_CST);
	vcpu_notice(av);
	vcpu_wake(v);
}

/* Only one that waits for it takes a start-up message: it is down, or its INIT is on the way. */
void svm_startup_sipi(struct vcpu *v, uint8_t vector)
{
	struct arch_domain *ad = v->domain->arch;
	struct arch_vcpu *av = v->arch;
	bool start = false;
	uint32_t waits;

	spin_lock(&ad->startup_lock);
	waits = __atomic_load_n(&av->startup, __ATOMIC_RELAXED);
	if (!(waits & STARTUP_SIPI) && (!v->up || (waits & STARTUP_INIT))) {
		__atomic_fetch_or(&av->startup, STARTUP_SIPI | vector, __ATOMIC_SEQ_CST);
		start = !v->up;
	}
	spin_unlock(&ad->startup_lock);
	if (start)
		vcpu_up(v);
	vcpu_notice(av);
}

/* INIT forgets what was requested; the event channel upcall is no message to be lost with it. */
static void reset_apic(struct arch_vcpu *av)
{
	vlapic_reset(&av->vlapic);
	if (av->upcall_vector &&
	    __atomic_load_n(&av->vcpu->info->evtchn_upcall_pending, __ATOMIC_ACQUIRE))
		vlapic_set_irq(&av->vlapic, av->upcall_vector, VLAPIC_EDGE);
}

bool svm_startup_apply(struct arch_vcpu *av)
{
	struct arch_domain *ad = av->vcpu->domain->arch;
	struct pcpu *cpu = this_cpu();
	uint32_t waits;
	bool down;

	spin_lock(&ad->startup_lock);
	waits = __atomic_exchange_n(&av->startup, 0, __ATOMIC_SEQ_CST);
	down = !(waits & STARTUP_SIPI);
	if (down)
		vcpu_down(av->vcpu);
	spin_unlock(&ad->startup_lock);
	if (waits & STARTUP_INIT)
		reset_apic(av);
	svm_reset_registers(av);
	svm_show_tpr(av);
	svm_context_load(cpu, av);
	if (!down)
		set_real_mode(av, (uint8_t)waits);
	return !down;
}

/* A segment of struct vcpu_hvm_x86_32 that VMRUN will take, and that means what it says. */
static bool segment_ok(uint32_t base, uint32_t limit, uint16_t attr, bool code, bool stack)
{
	if ((attr & SEG_UNUSED) || (attr & SEG_ATTR_L))
		return false;
	if (!(attr & SEG_P))
		return !code && !stack;
	if (!(attr & SEG_S) || (code && !(attr & SEG_TYPE_CODE)))
		return false;
	if (stack && ((attr & SEG_TYPE_CODE) || !(attr & SEG_TYPE_WRITE)))
		return false;
	/* The limit as the CPU holds it: in bytes, so its low bits are ones if it has granularity.
	 */
	return (attr & SEG_G) ? (limit & PAGE_MASK) == PAGE_MASK || !limit : limit <= 0xfffff;
}

static bool segments_ok(const struct vcpu_hvm_x86_32 *r)
{
	if (!segment_ok(r->cs_base, r->cs_limit, r->cs_ar, true, false) ||
	    !segment_ok(r->ss_base, r->ss_limit, r->ss_ar, false, true) ||
	    !segment_ok(r->ds_base, r->ds_limit, r->ds_ar, false, false) ||
	    !segment_ok(r->es_base, r->es_limit, r->es_ar, false, false))
		return false;
	/* Privilege 0 all over, and a task register that is busy. */
	return !SEG_DPL(r->cs_ar) && SEG_DPL(r->ss_ar) == SEG_DPL(r->cs_ar) &&
	       !(r->tr_ar & (SEG_UNUSED | SEG_S)) && (r->tr_ar & SEG_P) &&
	       ((r->tr_ar & SEG_TYPE) == 0xb || (r->tr_ar & SEG_TYPE) == 3);
}

/* Control registers the guest could have set itself. */
static bool control_ok(const struct cpuid_policy *p, uint64_t cr0, uint64_t cr4, uint64_t efer)
{
	bool long_mode = efer & (EFER_LME | EFER_LMA);

	if (cr0 >> 32 || ((cr0 & CR0_PG) && !(cr0 & CR0_PE)) || ((cr0 & CR0_NW) && !(cr0 & CR0_CD)))
		return false;
	if ((cr4 & ~p->cr4_mask) || (efer & ~p->efer_mask))
		return false;
	return !long_mode || ((cr4 & CR4_PAE) && (cr0 & CR0_PG));
}

static void set_control(struct arch_vcpu *av, uint64_t cr0, uint64_t cr3, uint64_t cr4,
			uint64_t efer)
{
	struct vmcb *c = av->vmcb;

	c->cr0 = cr0 | CR0_ET;
	c->cr3 = cr3;
	c->cr4 = cr4;
	c->efer = efer | EFER_SVME;
	if ((efer & EFER_LME) && (cr0 & CR0_PG))
		c->efer |= EFER_LMA;
}

static int initialise_32(struct arch_vcpu *av, const struct vcpu_hvm_x86_32 *r)
{
	struct vmcb *c = av->vmcb;

	if (!control_ok(&av->vcpu->domain->arch->cpuid, r->cr0, r->cr4, r->efer) || !segments_ok(r))
		return -XEN_EINVAL;
	if (r->eflags & (RFLAGS_TF | RFLAGS_VM))
		return -XEN_EINVAL;
	svm_reset_registers(av);
	set_control(av, r->cr0, r->cr3, r->cr4, r->efer);
	c->cs = (struct vmcb_segment){ 0, r->cs_ar, r->cs_limit, r->cs_base };
	c->ds = (struct vmcb_segment){ 0, r->ds_ar, r->ds_limit, r->ds_base };
	c->ss = (struct vmcb_segment){ 0, r->ss_ar, r->ss_limit, r->ss_base };
	c->es = (struct vmcb_segment){ 0, r->es_ar, r->es_limit, r->es_base };
	c->tr = (struct vmcb_segment){ 0, r->tr_ar | 8, r->tr_limit, r->tr_base };
	c->rip = r->eip;
	c->rflags = r->eflags | RFLAGS_FIXED;
	c->rax = r->eax;
	c->rsp = r->esp;
	av->regs[GPR_RCX] = r->ecx;
	av->regs[GPR_RDX] = r->edx;
	av->regs[GPR_RBX] = r->ebx;
	av->regs[GPR_RBP] = r->ebp;
	av->regs[GPR_RSI] = r->esi;
	av->regs[GPR_RDI] = r->edi;
	return 0;
}

static int initialise_64(struct arch_vcpu *av, const struct vcpu_hvm_x86_64 *r)
{
	const struct vmcb_segment data = { 0, SEG_DATA32, UINT32_MAX, 0 };
	struct vmcb *c = av->vmcb;

	/* All of long mode is to be on. */
	if (!control_ok(&av->vcpu->domain->arch->cpuid, r->cr0, r->cr4, r->efer) ||
	    !(r->cr0 & CR0_PG) || !(r->cr4 & CR4_PAE) || !(r->efer & EFER_LME) ||
	    !(r->efer & EFER_LMA) || (r->rflags & (RFLAGS_TF | RFLAGS_VM)) || r->rflags >> 22)
		return -XEN_EINVAL;
	svm_reset_registers(av);
	set_control(av, r->cr0, r->cr3, r->cr4, r->efer);
	c->cs = (struct vmcb_segment){ 0, SEG_CODE64, UINT32_MAX, 0 };
	c->ds = c->es = c->ss = data;
	c->tr = (struct vmcb_segment){ 0, SEG_TSS32, 0x67, 0 };
	c->rip = r->rip;
	c->rflags = r->rflags | RFLAGS_FIXED;
	c->rax = r->rax;
	c->rsp = r->rsp;
	av->regs[GPR_RCX] = r->rcx;
	av->regs[GPR_RDX] = r->rdx;
	av->regs[GPR_RBX] = r->rbx;
	av->regs[GPR_RBP] = r->rbp;
	av->regs[GPR_RSI] = r->rsi;
	av->regs[GPR_RDI] = r->rdi;
	return 0;
}

int arch_vcpu_initialise(struct vcpu *v, const struct vcpu_hvm_context *ctx)
{
	if (ctx->pad)
		return -XEN_EINVAL;
	switch (ctx->mode) {
	case VCPU_HVM_MODE_32B:
		return initialise_32(v->arch, &ctx->cpu_regs.x86_32);
	case VCPU_HVM_MODE_64B:
		return initialise_64(v->arch, &ctx->cpu_regs.x86_64);
	default:
		return -XEN_EINVAL;
	}
}
