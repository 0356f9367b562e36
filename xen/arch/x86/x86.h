/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an x86 domain and vCPU are beyond what core knows. */
#ifndef X86_X86_H
#define X86_X86_H

#include <arch/arch.h>
#include <hv/domain.h>
#include <hv/types.h>

#include "cpuid_policy.h"
#include "guest_tsc.h"
#include "mtrr.h"
#include "svm/vmcb.h"
#include "vlapic.h"

/* General registers in the processor's encoding order */
enum gpr {
	GPR_RAX,
	GPR_RCX,
	GPR_RDX,
	GPR_RBX,
	GPR_RSP,
	GPR_RBP,
	GPR_RSI,
	GPR_RDI,
	GPR_R8,
	GPR_R9,
	GPR_R10,
	GPR_NR = 16,
};

#define MCA_BANKS 2

/*
 * Where in host memory a guest frame is: what a walk found last, by the frame number's
 * low bits. Dropped whenever a mapping goes.
 */
#define P2M_NR_HINTS 64
struct p2m_hint {
	gfn_t gfn; /* GFN_NONE: empty */
	char *page;
};

struct pcpu;

struct arch_vcpu {
	/* Offsets known to svm/run.S, checked there. RAX and RSP live in the VMCB. */
	uint64_t regs[GPR_NR];
	uint64_t vmcb_pa, host_vmcb_pa;
	uint32_t spec_ctrl;	  /* what the MSR holds while it runs */
	uint32_t spec_ctrl_guest; /* what the guest has written to it */

	struct vmcb *vmcb;
	struct vcpu *vcpu;
	/*
	 * Two neighbours that svm_exit() looks at as one. Atomic: something beyond resuming the
	 * guest is to be done before the next entry; any CPU sets it, svm_next() clears it.
	 * And the same asked for by this vCPU's own CPU for the exit after the next entry.
	 */
	bool attention, at_next_exit;
	/*
	 * Atomic. Translations of this vCPU's may be in use: it is in the guest, or the hypervisor
	 * uses what guest_translate() gave. Set with a full barrier before, by this vCPU's CPU;
	 * others wait for it in arch_domain_flush_tlb(), so nothing that could wait for them is
	 * done meanwhile: no lock is taken.
	 */
	bool in_use;
	bool tlb_flush;	       /* atomic; to be done before the next entry */
	bool hints_stale;      /* atomic; to be done before a hint is used */
	bool nmi_pending;      /* atomic */
	bool nmi_masked;       /* delivered, its IRET not seen */
	bool lme_waits;	       /* the guest has set EFER.LME; see guest_set_efer() */
	uint32_t walk_error;   /* of the last guest_translate() that failed */
	uint8_t upcall_vector; /* HVMOP_set_evtchn_upcall_vector; 0 = none */
	uint64_t cr4_mask;     /* bits the guest may set */
	uint64_t xcr0, xcr0_mask;
	uint64_t tsc_aux;
	uint64_t tsc_offset; /* guest TSC - guest_tsc_base(); the VMCB's is against the CPU's own */
	uint64_t dr[4];	     /* the others are in the VMCB */
	void *fpu;	     /* XSAVE area, standard form; or FXSAVE's */
	struct pcpu *loaded_on; /* where the registers were loaded last */
	struct pcpu *asid_cpu;	/* where the ASID in the VMCB is from */
	uint64_t asid_generation;
	uint32_t startup; /* atomic; INIT and SIPI that wait, see svm/startup.c */
	uint64_t mci_ctl[MCA_BANKS];
	struct p2m_hint hint[P2M_NR_HINTS];
	struct mtrr_state mtrr;
	struct vlapic vlapic;
};

/* The table of a 2 MiB page that is whole again: p2m.c. */
#define P2M_NR_KEPT 14 /* what struct arch_domain has room for in its size class */
struct p2m_kept {
	uint32_t region; /* guest frames >> 9 */
	uint32_t table;	 /* machine frame */
};

struct arch_domain {
	/*
	 * For those who change the nested page tables; lookups take no lock: an entry is one
	 * atomic word, and tables go only with the domain.
	 */
	struct spinlock p2m_lock;
	struct spinlock startup_lock; /* INIT, SIPI and what comes of them; no lock is held */
	uint64_t *npt;		      /* root of the nested page tables */
	gfn_t max_gfn;
	uint64_t nr_tables;		   /* frames that hold nested page tables */
	uint8_t callback_vector;	   /* HVM_PARAM_CALLBACK_IRQ of type vector; 0 = none */
	struct p2m_kept kept[P2M_NR_KEPT]; /* p2m_lock */
	unsigned nr_kept;
	struct guest_tsc tsc;
	unsigned nr_map;
	struct arch_e820_entry map[8];
	struct cpuid_policy cpuid;
};

static inline uint64_t gpr_read(const struct arch_vcpu *av, unsigned n)
{
	if (n == GPR_RAX)
		return av->vmcb->rax;
	if (n == GPR_RSP)
		return av->vmcb->rsp;
	return av->regs[n];
}

static inline void gpr_write(struct arch_vcpu *av, unsigned n, uint64_t value)
{
	if (n == GPR_RAX)
		av->vmcb->rax = value;
	else if (n == GPR_RSP)
		av->vmcb->rsp = value;
	else
		av->regs[n] = value;
}

/* edx:eax of CPUID-like results: the upper halves are cleared. */
static inline uint64_t reg_pair(const struct arch_vcpu *av)
{
	return (av->vmcb->rax & 0xffffffff) | av->regs[GPR_RDX] << 32;
}

static inline void set_reg_pair(struct arch_vcpu *av, uint64_t value)
{
	av->vmcb->rax = (uint32_t)value;
	av->regs[GPR_RDX] = value >> 32;
}

/** EFER as the guest knows it. */
static inline uint64_t guest_efer(const struct arch_vcpu *av)
{
	return (av->vmcb->efer & ~EFER_SVME) | (av->lme_waits ? EFER_LME : 0);
}

/**
 * Set it, after CR0 and CR4. Without paging and without PAE LME means nothing yet, and the control
 * block is not told of it: an exit from such a state leaves the host without paging where QEMU
 * 7.2 emulates the processor (it restores CR0 by the rules of the guest's EFER and CR4).
 */
static inline void guest_set_efer(struct arch_vcpu *av, uint64_t value)
{
	struct vmcb *c = av->vmcb;

	av->lme_waits = (value & EFER_LME) && !(c->cr0 & CR0_PG) && !(c->cr4 & CR4_PAE);
	c->efer = (av->lme_waits ? value & ~EFER_LME : value) | EFER_SVME;
}

/** Default operand size of the code the vCPU runs: 16, 32 or 64. */
static inline unsigned code_bits(const struct vmcb *c)
{
	if ((c->efer & EFER_LMA) && (c->cs.attr & SEG_ATTR_L))
		return 64;
	return c->cs.attr & SEG_ATTR_DB ? 32 : 16;
}

/* msr.c: false means #GP */
bool guest_rdmsr(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value) __must_check;
bool guest_wrmsr(struct arch_vcpu *av, uint32_t msr, uint64_t value) __must_check;
/** Bitmap for the VMCB: which MSRs exit. */
uint64_t msr_bitmap_pa(void);
int msr_init(void) __must_check;

/* io.c */
void io_exit(struct arch_vcpu *av);

/* mmio.c */
void npf_exit(struct arch_vcpu *av);

/*
 * guest_memory.c. What returns pointers or leaves av->walk_error is for the current vCPU, between
 * translations_begin() and translations_end(); guest_fetch() does that by itself.
 */

enum access { ACCESS_READ, ACCESS_WRITE };
/** Where in host memory guest-virtual @gva is, good to the page's end. NULL if
 *  nowhere; then av->walk_error has the page fault's error code. */
void *guest_translate(struct arch_vcpu *av, uint64_t gva, enum access access);
/** walk_error of an address that is mapped to where no memory is. */
#define WALK_NO_MEMORY ~0u
/** Linear address of @offset in segment @seg: 0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5 GS. */
uint64_t guest_linear(const struct arch_vcpu *av, unsigned seg, uint64_t offset);
/** Mask of the addresses of an instruction with addresses of @bits. */
static inline uint64_t addr_mask(unsigned bits)
{
	return bits == 64 ? ~0ull : (1ull << bits) - 1;
}
struct insn;
/** Linear address of the memory operand of @in, at the current instruction pointer. */
uint64_t guest_ea(const struct arch_vcpu *av, const struct insn *in);
/** Replace general register @n by a result of @bits: 32 clear the upper half, 16 leave it. */
void gpr_write_bits(struct arch_vcpu *av, unsigned n, uint64_t value, unsigned bits);
/** Deliver the page fault of a guest_translate() of @gva that failed. */
void guest_page_fault(struct arch_vcpu *av, uint64_t gva);
/** Up to @max bytes at the instruction pointer; how many there are. */
size_t guest_fetch(struct arch_vcpu *av, uint8_t *buf, size_t max);

/** Wait until no other CPU is within a copy from or to @d that it began before. */
void foreign_access_wait(const struct domain *d);

/* p2m.c */
int p2m_create(struct domain *d) __must_check;
void p2m_destroy(struct domain *d);
/** Host address of a guest frame, NULL if nothing that allows @access is there; leaves a hint.
 *  Translations of @av are in use. */
void *p2m_page(struct arch_vcpu *av, gfn_t g, enum access access);
/** Forget all hints. */
void p2m_drop_hints(struct arch_vcpu *av);

/* tlb.c */
/** Give the vCPU, which this CPU is about to run, an ASID of this CPU's with nothing stale. */
void tlb_load(struct pcpu *cpu, struct arch_vcpu *av);
/** Before the next entry of the current vCPU forget what its ASID holds. */
void tlb_flush_asid(struct pcpu *cpu, struct arch_vcpu *av);

/** The last thing before an entry: what this CPU's TLB as a whole needs is asked for with it. */
void tlb_prepare(const struct pcpu *cpu, struct arch_vcpu *av);
/** @av has left the guest here: a flush asked for with that entry is done, and only now. */
void tlb_exited(struct pcpu *cpu, struct arch_vcpu *av);

/** Something is to be done for @av before its next entry: set a reason first. From any CPU. */
void vcpu_notice(struct arch_vcpu *av);

/* Translations of the current vCPU are in use between these two; see ->in_use. */
static inline void translations_begin(struct arch_vcpu *av)
{
	__atomic_or_fetch((uint8_t *)&av->in_use, 1, __ATOMIC_SEQ_CST);
	if (unlikely(__atomic_load_n(&av->hints_stale, __ATOMIC_RELAXED))) {
		__atomic_store_n(&av->hints_stale, false, __ATOMIC_SEQ_CST);
		p2m_drop_hints(av);
	}
}

static inline void translations_end(struct arch_vcpu *av)
{
	__atomic_store_n(&av->in_use, false, __ATOMIC_RELEASE);
}

/* hypercall_page.c, if the policy has it */
bool hypercall_page_write(struct arch_vcpu *av, uint64_t value);

/* debug_exit.c, if the policy has it */
void debug_exit(unsigned status);

#endif
