/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's local APIC: xAPIC registers in memory, and (if the policy has
 * vlapic_x2apic on) the x2APIC MSRs over the same state.
 *
 * Sources: AMD64 APM volume 2, chapter 16; Intel SDM volume 3, chapter 10. It is
 * a version 0x14 APIC with six LVT entries and no TSC deadline; its timer counts
 * at 1 GHz. Nothing drives LINT0, LINT1, the thermal and the performance entry.
 *
 * Locking: vlapic_set_irq(), vlapic_accept_ipi() and vlapic_match_dest() may
 * run on any CPU; everything else only where the vCPU itself runs.
 */
#ifndef X86_VLAPIC_H
#define X86_VLAPIC_H

#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/timer.h>
#include <hv/types.h>

#define VLAPIC_DEFAULT_BASE 0xfee00000u
#define VLAPIC_TIMER_HZ 1000000000u

#define VLAPIC_MSR_BASE 0x1bu	/* IA32_APIC_BASE */
#define VLAPIC_MSR_FIRST 0x800u /* x2APIC registers */
#define VLAPIC_MSR_LAST 0x8ffu
#define VLAPIC_MSR_EOI 0x80bu

/* IA32_APIC_BASE */
#define VLAPIC_BASE_BSP (1u << 8)
#define VLAPIC_BASE_EXTD (1u << 10) /* x2APIC mode */
#define VLAPIC_BASE_ENABLE (1u << 11)

#define VLAPIC_SVR_ENABLE (1u << 8)

enum vlapic_trigger { VLAPIC_EDGE, VLAPIC_LEVEL };

enum vlapic_lvt {
	VLAPIC_LVT_TIMER,
	VLAPIC_LVT_THERMAL,
	VLAPIC_LVT_PERF,
	VLAPIC_LVT_LINT0,
	VLAPIC_LVT_LINT1,
	VLAPIC_LVT_ERROR,
	VLAPIC_NR_LVT,
};

/** One register of 256 bits, vector v at bit v % 64 of word v / 64. */
struct vlapic_bits {
	uint64_t word[4];
};

struct vlapic {
	/* Requests: set by any CPU. */
	struct vlapic_bits irr; /* atomic */
	struct vlapic_bits tmr; /* atomic */
	uint32_t irr_words;	/* atomic: bit w if irr.word[w] may be non-zero */
	uint32_t esr_pending;	/* atomic: errors since the last write to ESR */

	/*
	 * Vectors in service, lowest first. An interrupt is taken only if its
	 * priority class is above all those in service, so they are nested, at
	 * most one a class, and EOI is a pop.
	 */
	uint8_t isr[16];
	uint8_t nr_isr;
	uint8_t ppr;
	uint8_t tpr;
	uint8_t phys_bits; /* of a base address; 52, until the owner sets the guest's MAXPHYADDR */

	uint32_t svr; /* read by other CPUs: atomic */
	uint32_t apic_id;
	uint64_t base;	   /* IA32_APIC_BASE; read by other CPUs: atomic */
	uint32_t ldr, dfr; /* xAPIC; read by other CPUs: atomic */
	uint32_t esr;
	uint32_t icr_low, icr_high;
	uint32_t lvt[VLAPIC_NR_LVT]; /* the error entry is read by other CPUs: atomic */

	uint32_t timer_initial;
	uint32_t timer_divide; /* as written: bits 0, 1, 3 */
	stime_t timer_due;     /* when the count reaches 0; STIME_MAX: it stands at 0 */
	struct timer timer;    /* armed while an interrupt is due */

	struct vcpu *vcpu;
};

/** Delivery modes of the ICR that reach another APIC, with the encoding's values. */
enum vlapic_mode {
	VLAPIC_FIXED = 0,
	VLAPIC_LOWEST = 1, /* one of the destinations */
	VLAPIC_SMI = 2,
	VLAPIC_NMI = 4,
	VLAPIC_INIT = 5,
	VLAPIC_SIPI = 6, /* start at vector << 12 */
};

enum vlapic_shorthand {
	VLAPIC_TO_DEST,
	VLAPIC_TO_SELF,
	VLAPIC_TO_ALL,
	VLAPIC_TO_OTHERS,
};

#define VLAPIC_BROADCAST 0xffffffffu

struct vlapic_ipi {
	enum vlapic_mode mode;
	enum vlapic_shorthand shorthand;
	bool logical;
	uint8_t vector;
	uint32_t dest; /* as in x2APIC mode; VLAPIC_BROADCAST for either form of it */
};

/** Called with an interrupt message that leaves @from's vCPU's APIC. */
typedef void vlapic_ipi_fn(struct vlapic *from, const struct vlapic_ipi *ipi);

/**
 * Supplied by the owner of the vlapics: for each vCPU of @from's domain (itself
 * included) for which vlapic_match_dest() holds, give FIXED to vlapic_accept_ipi()
 * and wake or kick the vCPU if that says so; LOWEST to one such vCPU; act on NMI, INIT and
 * SIPI; ignore SMI. A fixed message to the sender alone never comes here.
 */
vlapic_ipi_fn vlapic_send_ipi;

/**
 * Bring @vl into the state after power-up: xAPIC mode, enabled at 0xfee00000,
 * software-disabled, boot processor if @v is vCPU 0. Its timer runs on @queue.
 */
void vlapic_init(struct vlapic *vl, struct vcpu *v, uint32_t apic_id, struct timer_queue *queue);

/** Stop the timer; @vl may be freed then. */
void vlapic_destroy(struct vlapic *vl);

/** INIT: as vlapic_init(), but mode, base and APIC id stay. */
void vlapic_reset(struct vlapic *vl);

static inline bool vlapic_hw_enabled(const struct vlapic *vl)
{
	return __atomic_load_n(&vl->base, __ATOMIC_RELAXED) & VLAPIC_BASE_ENABLE;
}

/** Enabled by both IA32_APIC_BASE and the spurious vector register. */
static inline bool vlapic_sw_enabled(const struct vlapic *vl)
{
	return vlapic_hw_enabled(vl) &&
	       (__atomic_load_n(&vl->svr, __ATOMIC_RELAXED) & VLAPIC_SVR_ENABLE);
}

static inline bool vlapic_x2apic_mode(const struct vlapic *vl)
{
	return __atomic_load_n(&vl->base, __ATOMIC_RELAXED) & VLAPIC_BASE_EXTD;
}

/** Does a guest-physical access to @g reach the registers (xAPIC mode only)? */
bool vlapic_owns(const struct vlapic *vl, gpa_t g);

/**
 * Read @size bytes (1, 2, 4, 8) at @offset (0 to 0xfff) of the register page.
 * A part of a register may be read; eight bytes give four. Reserved registers
 * read 0 and log an error in ESR. -XEN_ENXIO if the page is not there now
 * (disabled, or x2APIC mode): the access is one to unmapped memory.
 */
int vlapic_mmio_read(struct vlapic *vl, uint32_t offset, unsigned size,
		     uint32_t *ret_val) __must_check;
/** As above; a write of less than four bytes, or unaligned, is ignored. */
int vlapic_mmio_write(struct vlapic *vl, uint32_t offset, unsigned size, uint32_t val) __must_check;

/** RDMSR of IA32_APIC_BASE or 0x800 to 0x8ff; -XEN_EINVAL means #GP. */
int vlapic_msr_read(struct vlapic *vl, uint32_t msr, uint64_t *ret_val) __must_check;
/** WRMSR, likewise; nothing changes on failure. */
int vlapic_msr_write(struct vlapic *vl, uint32_t msr, uint64_t val) __must_check;

/**
 * Request interrupt @vector (16 to 255), from any CPU. True if it was not
 * pending before: the vCPU is to be woken or kicked. It is kept even while the
 * guest has the APIC software-disabled, so that an event channel's upcall
 * requested before the guest sets its APIC up is delivered after.
 */
bool vlapic_set_irq(struct vlapic *vl, uint8_t vector, enum vlapic_trigger trigger);

/** Highest requested vector the guest can take now by priority, or -1. */
int vlapic_pending_vector_slow(const struct vlapic *vl);
static inline int vlapic_pending_vector(const struct vlapic *vl)
{
	if (likely(!__atomic_load_n(&vl->irr_words, __ATOMIC_ACQUIRE)))
		return -1;
	return vlapic_pending_vector_slow(vl);
}

/**
 * The vCPU takes @vector, which vlapic_pending_vector() just returned: it moves
 * from requested to in service.
 */
void vlapic_ack(struct vlapic *vl, uint8_t vector);

/** End of the interrupt in service with the highest priority; none: no effect. */
static inline void vlapic_eoi(struct vlapic *vl)
{
	uint8_t in_service;

	if (unlikely(!vl->nr_isr))
		return;
	vl->nr_isr--;
	in_service = vl->nr_isr ? vl->isr[vl->nr_isr - 1] & 0xf0 : 0;
	vl->ppr = in_service > (vl->tpr & 0xf0) ? in_service : vl->tpr;
}

/** Task priority as CR8 shows it, 0 to 15. */
static inline uint8_t vlapic_cr8(const struct vlapic *vl)
{
	return vl->tpr >> 4;
}
/** MOV to CR8; -XEN_EINVAL (#GP) for reserved bits. */
int vlapic_set_cr8(struct vlapic *vl, uint64_t cr8) __must_check;

/** Is @target among the destinations of @ipi, sent by @from? Any CPU. */
bool vlapic_match_dest(const struct vlapic *target, const struct vlapic *from,
		       const struct vlapic_ipi *ipi);

/**
 * A fixed or lowest-priority message arrives at @target, from any CPU. True if
 * the vCPU is to be woken or kicked. A disabled APIC takes none.
 */
bool vlapic_accept_ipi(struct vlapic *target, const struct vlapic_ipi *ipi);

/* vlapic-save.c: the toolstack's saved form; the vCPU does not run */
struct hvm_hw_lapic;
struct hvm_hw_lapic_regs;
void vlapic_save(const struct vlapic *vl, struct hvm_hw_lapic *ret);
void vlapic_save_regs(struct vlapic *vl, struct hvm_hw_lapic_regs *ret);
/** Could an APIC be like that? 0 or -EINVAL. */
int vlapic_check_saved(const struct hvm_hw_lapic *l) __must_check;
void vlapic_load(struct vlapic *vl, const struct hvm_hw_lapic *l);
void vlapic_load_regs(struct vlapic *vl, const struct hvm_hw_lapic_regs *from);

#endif
