/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every architecture supplies to core, in one place. core, sched and lib
 * know nothing else of it; arch/fake supplies the same on an ordinary host.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <hv/cpu.h>
#include <hv/domain.h>
#include <hv/types.h>

/* Memory of the host */

/** The direct map's address of a frame; valid for every frame of RAM. */
void *arch_frame_map(mfn_t m);
/** The inverse, for addresses inside the direct map. */
mfn_t arch_frame_of(const void *ptr);

/* Device registers, for drivers */

uint8_t arch_io_read8(uint16_t port);
void arch_io_write8(uint16_t port, uint8_t value);

/* CPUs. hv/cpu.h says how a CPU runs; cpu_get(), cpu_this() are the architecture's too. */

/** Interrupt @cpu, another one: it leaves its guest, or wakes, and looks at its work. */
void arch_cpu_kick(struct cpu *cpu);
/** Does an interrupt or a timer wait for this CPU? For hypercall_preempt(). */
bool arch_cpu_interrupted(void);

/* NUMA nodes of the host: at least one; struct cpu has each CPU's. */

unsigned arch_nr_nodes(void);
/** As firmware gives it: 10 from a node to itself; 0 if it does not say. */
unsigned arch_node_distance(unsigned from, unsigned to);
/** The node of a frame; frames up to, not including *ret_end are of the same one. */
unsigned arch_node_of_frame(mfn_t m, mfn_t *ret_end);

/* Domains */

int arch_domain_create(struct domain *d) __must_check;
/** Give back the memory of the dying, quiet @d: frame_put() of each. -ERESTART: call again. */
int arch_domain_relinquish(struct domain *d) __must_check;
void arch_domain_destroy(struct domain *d);
int arch_vcpu_create(struct vcpu *v) __must_check;
void arch_vcpu_destroy(struct vcpu *v);
/** Print the vCPU's registers, for domain_crash(). */
void arch_vcpu_dump(const struct vcpu *v);

/* Guest-physical memory (the "p2m") */

enum p2m_type {
	P2M_NONE,
	P2M_RAM,      /* owned by the domain; freed with it */
	P2M_SHARED,   /* a page of the hypervisor's shown to the guest: shared info, grant table */
	P2M_FOREIGN,  /* another domain's RAM; the mapping holds a reference (frame_get()) */
	P2M_GRANT,    /* likewise, by a grant; writable */
	P2M_GRANT_RO, /* by a grant, read-only */
};

/** Map 1 << @order frames; @order 0, 9 or 18, all aligned. -EEXIST over another mapping. */
int arch_p2m_map(struct domain *d, gfn_t g, mfn_t m, unsigned order,
		 enum p2m_type type) __must_check;
/**
 * Unmap one 4 KiB page, splitting a superpage if need be. The frame is not freed, nor its
 * reference dropped: that is the caller's, after arch_domain_flush_tlb(), and then only once for
 * many pages.
 */
int arch_p2m_unmap(struct domain *d, gfn_t g) __must_check;
/** The frame behind @g; MFN_NONE and P2M_NONE if there is none. */
mfn_t arch_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *ret_type);
/** Highest mapped guest frame. */
gfn_t arch_p2m_max(const struct domain *d);
/**
 * When this returns, no CPU uses a translation of @d's that was cached before it was called: not
 * in a TLB, not in the hypervisor's own hints, not in a copy under way. Waits for CPUs that run
 * a vCPU of @d to leave the guest, which they do whatever locks are held: may be called with any.
 */
void arch_domain_flush_tlb(struct domain *d);
/** Memory map shown by XENMEM_memory_map, as e820 entries of 20 bytes. */
struct arch_e820_entry {
	uint64_t addr, size;
	uint32_t type;
} __attribute__((packed));
unsigned arch_memory_map(struct domain *d, const struct arch_e820_entry **ret_map);

/*
 * Guest virtual memory; @v is cpu_this()->current or belongs to a domain that is quiet.
 * As the current privilege-0 code of @v would reach it.
 * 0 or -EFAULT; on -EFAULT a part may have been copied.
 */
int arch_copy_from_guest(struct vcpu *v, void *dst, uint64_t gva, size_t size) __must_check;
int arch_copy_to_guest(struct vcpu *v, uint64_t gva, const void *src, size_t size) __must_check;

/* Time */

stime_t arch_now(void);
/** The counter that arch_physinfo() tells the rate of; the same moment on all CPUs. */
uint64_t arch_cycles(void);
/** Seconds since 1970-01-01 UTC at arch_now() == 0, plus nanoseconds. */
uint64_t arch_wallclock_ns(void);
/** Fill all but the version: tsc_timestamp (guest TSC), system_time, mul, shift, flags. */
void arch_vcpu_time_info(const struct vcpu *v, struct vcpu_time_info *ret_info);

/* Events */

/**
 * v->info->evtchn_upcall_pending went from 0 to 1. Latch the per-vCPU vector if
 * the guest set one; wake or kick the vCPU. The domain-wide callback is level: the
 * architecture looks at upcall_pending before each entry. Called with the domain's
 * lock held: no event channel may be used in it; vcpu_wake() may.
 */
void arch_vcpu_upcall(struct vcpu *v);
/** Would an interrupt be taken if the vCPU ran now? For blocking. */
bool arch_vcpu_interrupt_pending(const struct vcpu *v);
/** HVMOP_set_evtchn_upcall_vector: @vector 16..255. */
int arch_set_upcall_vector(struct vcpu *v, uint8_t vector) __must_check;
/** HVM_PARAM_CALLBACK_IRQ changed; -EINVAL for a kind the architecture lacks. */
int arch_set_callback_via(struct domain *d, uint64_t via) __must_check;
/** VCPUOP_send_nmi */
void arch_vcpu_send_nmi(struct vcpu *v);

/* Version information for XENVER_* */
const char *arch_capabilities(void);

/** The hypervisor's own boot options, as they were given. */
const char *arch_host_cmdline(void);

/** Stop all CPUs but this one, for ever; false: some are left. Of several that call it at
 *  the same time one returns. */
bool arch_stop_others(void);
/** Stop the host; @status is for the emulator's exit device if `exit=qemu` was given. */
enum host_exit {
	HOST_EXIT_SHUTDOWN = 0x10, /* plus the SHUTDOWN_* code of the domain */
	HOST_EXIT_PANIC = 0x20,
	HOST_EXIT_BOOT_ERROR = 0x21,
};
void arch_host_stop(unsigned status) __noreturn;

/** Start a vCPU as VCPUOP_initialise asks; @ctx is a copy. -EINVAL. */
struct vcpu_hvm_context;
int arch_vcpu_initialise(struct vcpu *v, const struct vcpu_hvm_context *ctx) __must_check;

/* XEN_DOMCTL_*: the parts only the architecture can do */

struct xen_domctl;
struct xen_sysctl;
struct xen_sysctl_physinfo;
struct xen_arch_domainconfig;

/** The operations of domctl and sysctl that are the architecture's alone; -ENOSYS for others. */
long arch_domctl(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy);
long arch_sysctl(struct vcpu *v, struct xen_sysctl *op, bool *copy);
/** CPU speed, features and the like; core has filled in the rest. */
void arch_physinfo(struct xen_sysctl_physinfo *p);
/** Can a domain of ours be like that? 0 or -EINVAL. */
int arch_check_domain_config(const struct xen_arch_domainconfig *c) __must_check;
void arch_domain_config(const struct domain *d, struct xen_arch_domainconfig *ret_c);
/** Bits of a guest-physical address. */
uint8_t arch_gpaddr_bits(const struct domain *d);

/** Records of xen/hvm/save.h of @d, into @buf of *size bytes (NULL: only the size). */
int arch_domain_save(struct domain *d, void *buf, size_t *size) __must_check;
/** The reverse; all vCPUs without a CPU record are down after it. Nothing changes on failure. */
int arch_domain_load(struct domain *d, const void *buf, size_t size) __must_check;

#endif
