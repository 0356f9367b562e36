/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits of the guest: one table by exit code. A handler changes the guest's
 * state, sets av->attention if more than resuming is to be done, and returns.
 */
#include <candor/support.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/printk.h>
#include <hv/string.h>
#include <hv/trace.h>

#include "guest_walk.h"
#include "insn.h"
#include "pcpu.h"
#include "svm.h"

SUPPORT_PROVIDES(x86_svm, "x86");
_Static_assert(SUPPORT_ENABLED(x86_svm), "no x86 hypervisor without x86_svm: change the policy");

typedef void exit_fn(struct arch_vcpu *av);

#define EXIT_COUNTERS 162 /* codes up to 0x9f; all others; nested page faults */
_Static_assert(PERFC_exits + EXIT_COUNTERS - 1 == PERFC_LAST_exits, "hv/perfc.def");

#define EXT1D_RDTSCP (1u << 27)

bool svm_have_nrip;

void svm_skip(struct arch_vcpu *av, unsigned length)
{
	struct vmcb *c = av->vmcb;
	uint64_t rip = c->rip + length;

	c->rip = code_bits(c) == 64 ? rip : (uint32_t)rip;
	c->int_shadow = 0;
}

/*
 * Decode the instruction the exit named. False if the guest's memory holds
 * another one by now: then it runs again and exits for what it is.
 */
static bool decode(struct arch_vcpu *av, enum insn_op op, struct insn *in)
{
	uint8_t bytes[INSN_MAX_LENGTH];
	size_t nr = guest_fetch(av, bytes, sizeof(bytes));

	return !insn_match(bytes, nr, code_bits(av->vmcb), op, in);
}

/* The exit is not of the kind next_rip() is for: nobody needs to wait for us any longer. */
static void leave_guest(struct arch_vcpu *av)
{
	translations_end(av);
}

/*
 * Where the instruction behind @op, whose operands do not matter, is. Where the CPU does not say,
 * four bytes, read once, tell the length of the usual form: translations are in use
 * since before the entry, and no more after this.
 */
static inline __attribute__((always_inline)) bool next_rip(struct arch_vcpu *av, enum insn_op op,
							   uint64_t *ret_rip)
{
	const struct vmcb *c = av->vmcb;
	struct insn in;
	uint8_t word[4];
	const char *p;
	uint64_t rip;

	if (svm_have_nrip) {
		translations_end(av);
		*ret_rip = c->nrip;
		return true;
	}
	p = guest_short_way(av, c->rip, ACCESS_READ);
	if (likely(p && code_bits(c) == 64 && (c->rip & PAGE_MASK) <= PAGE_SIZE - sizeof(word))) {
		__builtin_memcpy(word, p, sizeof(word)); /* one load */
		translations_end(av);
		if (likely(!insn_match(word, sizeof(word), 64, op, &in))) {
			*ret_rip = c->rip + in.length;
			return true;
		}
	}
	translations_end(av);
	if (unlikely(!decode(av, op, &in)))
		return false;
	rip = c->rip + in.length;
	*ret_rip = code_bits(c) == 64 ? rip : (uint32_t)rip;
	return true;
}

static inline void go_to(struct vmcb *c, uint64_t rip)
{
	c->rip = rip;
	c->int_shadow = 0;
}

static void exit_cpuid(struct arch_vcpu *av)
{
	struct cpuid_regs r;
	uint64_t next;

	if (!next_rip(av, INSN_CPUID, &next))
		return;
	go_to(av->vmcb, next);
	cpuid_guest(av, (uint32_t)av->vmcb->rax, (uint32_t)av->regs[GPR_RCX], &r);
	av->vmcb->rax = r.eax;
	av->regs[GPR_RBX] = r.ebx;
	av->regs[GPR_RCX] = r.ecx;
	av->regs[GPR_RDX] = r.edx;
}

static void exit_msr(struct arch_vcpu *av)
{
	uint32_t msr = (uint32_t)av->regs[GPR_RCX];
	bool write = av->vmcb->exitinfo1 & 1;
	uint64_t value, next;
	bool ok;

	if (!next_rip(av, write ? INSN_WRMSR : INSN_RDMSR, &next))
		return;
	if (write) {
		ok = guest_wrmsr(av, msr, reg_pair(av));
	} else {
		ok = guest_rdmsr(av, msr, &value);
		if (ok)
			set_reg_pair(av, value);
	}
	if (unlikely(!ok))
		svm_inject_gp(av);
	else
		go_to(av->vmcb, next);
}

static const uint8_t args64[] = { GPR_RDI, GPR_RSI, GPR_RDX, GPR_R10, GPR_R8 };
static const uint8_t args32[] = { GPR_RBX, GPR_RCX, GPR_RDX, GPR_RSI, GPR_RDI };

static long hypercall(struct arch_vcpu *av, bool compat)
{
	struct hypercall call = { .compat = compat };

	if (unlikely(compat)) {
		for (unsigned i = 0; i < ARRAY_SIZE(call.arg); i++)
			call.arg[i] = (uint32_t)av->regs[args32[i]];
		return hypercall_dispatch(av->vcpu, (uint32_t)av->vmcb->rax, &call);
	}
#pragma GCC unroll 5
	for (unsigned i = 0; i < ARRAY_SIZE(call.arg); i++)
		call.arg[i] = av->regs[args64[i]];
	return hypercall_dispatch(av->vcpu, av->vmcb->rax, &call);
}

/* Registers for the call to be issued again (hypercall_continue()), by the same instruction. */
static void issue_again(struct arch_vcpu *av, bool compat)
{
	const uint8_t *gpr = compat ? args32 : args64;

	av->vmcb->rax = av->vcpu->again.nr;
	for (unsigned i = 0; i < ARRAY_SIZE(args64); i++)
		av->regs[gpr[i]] = av->vcpu->again.arg[i];
	/* Let what it gave way to come first. */
	av->attention = true;
}

static void exit_vmmcall(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;
	bool compat = code_bits(c) != 64;
	uint64_t next;
	long r;

	if (!next_rip(av, INSN_VMMCALL, &next))
		return;
	r = likely(!c->cpl) ? hypercall(av, compat) : -XEN_EPERM;
	if (unlikely(r == -XEN_ERESTART)) {
		issue_again(av, compat);
		return;
	}
	go_to(c, next);
	c->rax = compat ? (uint32_t)r : (uint64_t)r;
}

static void exit_hlt(struct arch_vcpu *av)
{
	uint64_t next;

	if (!next_rip(av, INSN_HLT, &next))
		return;
	go_to(av->vmcb, next);
	av->attention = true;
	if (!(av->vmcb->rflags & RFLAGS_IF) && !av->nmi_pending)
		vcpu_down(av->vcpu);
	else if (!svm_interrupt_deliverable(av))
		vcpu_block(av->vcpu);
}

/*
 * MOV to CR0, LMSW, CLTS (APM volume 2, 3.1.1 and 14.6.1). The CPU checks some of
 * it before the exit; an emulator may leave it all to VMRUN, or forget it.
 */
static bool guest_cr0(struct arch_vcpu *av, uint64_t value)
{
	struct vmcb *c = av->vmcb;
	uint64_t changed;

	value |= CR0_ET;
	changed = value ^ c->cr0;
	if (value >> 32 || ((value & CR0_PG) && !(value & CR0_PE)) ||
	    ((value & CR0_NW) && !(value & CR0_CD)))
		return false;
	if (changed & CR0_PG) {
		bool lme = guest_efer(av) & EFER_LME;

		/* Into long mode: PAE is on, the code segment is no 64-bit one. */
		if ((value & CR0_PG) && lme && (!(c->cr4 & CR4_PAE) || (c->cs.attr & SEG_ATTR_L)))
			return false;
		/* Out of it: not from 64-bit code. */
		if (!(value & CR0_PG) && code_bits(c) == 64)
			return false;
		c->efer = (c->efer & ~EFER_LMA) | ((value & CR0_PG) && lme ? EFER_LMA : 0);
	}
	if (changed & (CR0_PG | CR0_WP | CR0_PE)) {
		av->tlb_flush = true;
		av->attention = true;
	}
	c->cr0 = value;
	return true;
}

/* LMSW's operand: the low 4 bits of CR0, of which PE can be set but not cleared. */
static bool lmsw_value(struct arch_vcpu *av, const struct insn *in, uint64_t *ret_value)
{
	uint64_t cr0 = av->vmcb->cr0;
	uint16_t word = (uint16_t)gpr_read(av, in->gpr);

	if (in->memory && arch_copy_from_guest(av->vcpu, &word, guest_ea(av, in), sizeof(word)))
		return false;
	*ret_value = (cr0 & ~0xeull) | (word & 0xf);
	return true;
}

static void exit_cr0_write(struct arch_vcpu *av)
{
	struct insn in;
	uint64_t value;

	leave_guest(av);
	if (!decode(av, INSN_CR_WRITE, &in))
		return;
	if (in.op == INSN_MOV_TO_CR)
		value = in.size == 4 ? (uint32_t)gpr_read(av, in.gpr) : gpr_read(av, in.gpr);
	else if (in.op == INSN_CLTS)
		value = av->vmcb->cr0 & ~CR0_TS;
	else if (in.op != INSN_LMSW || !lmsw_value(av, &in, &value))
		return; /* its page went away meanwhile: it faults when it runs again */
	if (guest_cr0(av, value))
		svm_skip(av, in.length);
	else
		svm_inject_gp(av);
}

/* MOV to CR4, and CR8 while an interrupt waits for it (svm_inject_pending()). */
static bool guest_cr4(struct arch_vcpu *av, uint64_t value)
{
	struct vmcb *c = av->vmcb;
	uint64_t changed = value ^ c->cr4;

	if (value & ~av->vcpu->domain->arch->cpuid.cr4_mask)
		return false;
	/* APM volume 2, 5.1: long mode needs PAE. */
	if ((c->efer & EFER_LMA) && !(value & CR4_PAE))
		return false;
	if (changed & (CR4_PGE | CR4_PAE | CR4_PSE | CR4_SMEP | CR4_SMAP)) {
		av->tlb_flush = true;
		av->attention = true;
	}
	c->cr4 = value;
	guest_set_efer(av, guest_efer(av));
	return true;
}

static bool guest_cr8(struct arch_vcpu *av, uint64_t value)
{
	if (value & ~15ull)
		return false;
	av->vmcb->int_ctl = (av->vmcb->int_ctl & ~INT_CTL_TPR) | (uint32_t)value;
	av->attention = true;
	return true;
}

static void exit_cr_write(struct arch_vcpu *av)
{
	struct insn in;
	uint64_t value;
	bool ok;

	leave_guest(av);
	if (!decode(av, INSN_MOV_TO_CR, &in))
		return;
	value = gpr_read(av, in.gpr);
	if (in.size == 4)
		value = (uint32_t)value;
	ok = in.cr == 4 ? guest_cr4(av, value) : guest_cr8(av, value);
	if (ok)
		svm_skip(av, in.length);
	else
		svm_inject_gp(av);
}

static void exit_xsetbv(struct arch_vcpu *av)
{
	uint64_t mask = av->vcpu->domain->arch->cpuid.xcr0_mask, value = reg_pair(av), next;
	struct vmcb *c = av->vmcb;

	if (!next_rip(av, INSN_XSETBV, &next))
		return;
	if (!(c->cr4 & CR4_OSXSAVE)) {
		svm_inject_ud(av);
		return;
	}
	/* APM volume 4, XSETBV: x87 always, AVX only with SSE. */
	if (c->cpl || (uint32_t)av->regs[GPR_RCX] || (value & ~mask) || !(value & 1) ||
	    ((value & 4) && !(value & 2))) {
		svm_inject_gp(av);
		return;
	}
	svm_load_xcr0(av, value);
	go_to(c, next);
}

/* #DB and #AC are intercepted because delivering them can raise them again for ever. */
static void exit_db(struct arch_vcpu *av)
{
	leave_guest(av);
	svm_inject_exception(av, VEC_DB, 0);
}

static void exit_ac(struct arch_vcpu *av)
{
	leave_guest(av);
	svm_inject_exception(av, VEC_AC, 0);
}

static void exit_mc(struct arch_vcpu *av)
{
	panic("machine check on CPU %u while d%u ran", this_cpu()->cpu.id, av->vcpu->domain->id);
}

/* The guest now takes interrupts, or one of the host's is due: both on entry. */
static void exit_attention(struct arch_vcpu *av)
{
	leave_guest(av);
	av->attention = true;
}

/* The guest's NMI handler ends: the next NMI may come. */
static void exit_iret(struct arch_vcpu *av)
{
	leave_guest(av);
	av->nmi_masked = false;
	av->vmcb->intercept1 &= ~INTERCEPT1(EXIT_IRET);
	/* The IRET itself runs first: its shadow holds the NMI back until after it. */
	av->vmcb->int_shadow |= INT_SHADOW;
	av->attention = true;
}

/*
 * Only where the counter is emulated. QEMU's emulation gives the exit of RDTSC for RDTSCP, so the
 * opcode decides. CR4.TSD comes before the exit (APM volume 2, table 15-7); an emulator may
 * forget it.
 */
static void exit_rdtsc(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;
	struct insn in;

	leave_guest(av);
	if (!decode(av, INSN_RDTSC_ANY, &in))
		return;
	if ((c->cr4 & CR4_TSD) && c->cpl) {
		svm_inject_gp(av);
		return;
	}
	if (in.op == INSN_RDTSCP) {
		if (!(av->vcpu->domain->arch->cpuid.ext[1].edx & EXT1D_RDTSCP)) {
			svm_inject_ud(av);
			return;
		}
		av->regs[GPR_RCX] = av->tsc_aux;
	}
	set_reg_pair(av, guest_tsc_read(av));
	svm_skip(av, in.length);
}

static void exit_wbinvd(struct arch_vcpu *av)
{
	uint64_t next;

	/*
	 * Caches are coherent and shared; nothing of the guest's is uncached. QEMU's
	 * emulation gives the exit of WBINVD for both, hence the second try.
	 */
	if (next_rip(av, INSN_WBINVD, &next) || next_rip(av, INSN_INVD, &next))
		go_to(av->vmcb, next);
}

static void exit_shutdown(struct arch_vcpu *av)
{
	leave_guest(av);
	svm_triple_fault(av);
	av->attention = true;
}

static void exit_ud(struct arch_vcpu *av)
{
	leave_guest(av);
	svm_inject_ud(av);
}

static void exit_gp(struct arch_vcpu *av)
{
	leave_guest(av);
	svm_inject_gp(av);
}

static void exit_io(struct arch_vcpu *av)
{
	leave_guest(av);
	io_exit(av);
}

static void exit_npf(struct arch_vcpu *av)
{
	leave_guest(av);
	npf_exit(av);
}

/* Each begins with next_rip() or leave_guest(). */
static exit_fn *const exits[EXIT_NR] = {
	[EXIT_CR_WRITE + 0] = exit_cr0_write,
	[EXIT_CR_WRITE + 4] = exit_cr_write,
	[EXIT_CR_WRITE + 8] = exit_cr_write,
	[EXIT_EXCEPTION + VEC_DB] = exit_db,
	[EXIT_EXCEPTION + VEC_AC] = exit_ac,
	[EXIT_EXCEPTION + VEC_MC] = exit_mc,
	[EXIT_INTR] = exit_attention,
	[EXIT_NMI] = exit_attention,
	[EXIT_INIT] = exit_attention,
	[EXIT_SMI] = exit_attention,
	[EXIT_VINTR] = exit_attention,
	[EXIT_CPUID] = exit_cpuid,
	[EXIT_IRET] = exit_iret,
	[EXIT_INVD] = exit_wbinvd,
	[EXIT_HLT] = exit_hlt,
	[EXIT_INVLPGA] = exit_ud,
	[EXIT_IOIO] = exit_io,
	[EXIT_MSR] = exit_msr,
	[EXIT_SHUTDOWN] = exit_shutdown,
	[EXIT_VMRUN] = exit_ud,
	[EXIT_VMMCALL] = exit_vmmcall,
	[EXIT_VMLOAD] = exit_ud,
	[EXIT_VMSAVE] = exit_ud,
	[EXIT_STGI] = exit_ud,
	[EXIT_CLGI] = exit_ud,
	[EXIT_SKINIT] = exit_ud,
	[EXIT_WBINVD] = exit_wbinvd,
	[EXIT_RDTSC] = exit_rdtsc,
	[EXIT_RDTSCP] = exit_rdtsc,
	[EXIT_RDPMC] = exit_gp,
	[EXIT_MONITOR] = exit_ud,
	[EXIT_MWAIT] = exit_ud,
	[EXIT_MWAIT_COND] = exit_ud,
	[EXIT_XSETBV] = exit_xsetbv,
	[EXIT_RDPRU] = exit_ud,
	[EXIT_NPF] = exit_npf,
};

static void exit_unknown(struct arch_vcpu *av)
{
	const struct vmcb *c = av->vmcb;

	leave_guest(av);
	/* An invalid VMCB (all-ones) can only come of a state the guest made. */
	domain_crash(av->vcpu, "unexpected exit %lx, info %lx %lx", c->exitcode, c->exitinfo1,
		     c->exitinfo2);
}

/* av->attention and av->at_next_exit, which are neighbours, in one look. */
static inline uint16_t attention(const struct arch_vcpu *av)
{
	_Static_assert(offsetof(struct arch_vcpu, at_next_exit) ==
			       offsetof(struct arch_vcpu, attention) + 1,
		       "one look for both");
	uint16_t both;

	__builtin_memcpy(&both, &av->attention, sizeof(both)); /* one instruction, no call */
	return both;
}

/* Which of the counters; those of exceptions and the like are the codes, which are dense. */
static inline uint64_t counter_of(uint64_t code)
{
	return code < EXIT_COUNTERS - 2 ? code
	       : code == EXIT_NPF	? EXIT_COUNTERS - 1
					: EXIT_COUNTERS - 2;
}

static inline __attribute__((always_inline)) void handle(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;
	uint64_t code = c->exitcode;

	perfc_count(&this_cpu()->cpu.perfc, perfc_of(exits, counter_of(code)));
	c->eventinj = 0;
	if (unlikely(c->exitintinfo & EVENT_VALID))
		svm_requeue_event(av);
	if (likely(code < EXIT_NR && exits[code]))
		exits[code](av);
	else
		exit_unknown(av);
}

static inline __attribute__((always_inline)) void finish(struct arch_vcpu *av)
{
	struct pcpu *cpu;

	/*
	 * From here on others wait for the next exit; and what they asked for before is seen. What
	 * stops the vCPU asks this CPU to schedule.
	 */
	__atomic_or_fetch((uint8_t *)&av->in_use, 1, __ATOMIC_SEQ_CST);
	cpu = this_cpu();
	if (unlikely(attention(av) | cpu->cpu.work | cpu->cpu.timers.changed)) {
		translations_end(av);
		tlb_exited(cpu, av);
		*cpu->run_slot = svm_next();
	}
}

/* After finish() another vCPU may run here, and this one be gone. */
static __attribute__((cold, noinline)) void traced_exit(struct arch_vcpu *av)
{
	struct svm_trace t = svm_trace_exit(av);

	handle(av);
	svm_trace_done(av, &t);
	finish(av);
	svm_trace_entry();
}

__attribute__((hot)) void svm_exit(struct arch_vcpu *av)
{
	if (trace_on()) {
		traced_exit(av);
		return;
	}
	handle(av);
	finish(av);
}

void svm_exit_init(void)
{
	svm_have_nrip = cpuid(0x8000000a, 0).edx & (1u << 3);
}
