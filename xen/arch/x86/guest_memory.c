/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest-virtual memory: walks the guest's own page tables in software (AMD APM
 * volume 2, chapter 5), each table found through the p2m.
 */
#include <arch/arch.h>
#include <hv/errno.h>
#include <hv/string.h>

#include "guest_walk.h"
#include "insn.h"
#include "pcpu.h"
#include "svm/svm.h"
#include "x86.h"

#define PF_PRESENT 1u
#define PF_WRITE 2u
#define PF_USER 4u
#define SEG_FS 4
#define PAE_CR3_ADDR 0xffffffe0ull

/* One guest paging mode: entry size and index bits by level. */
struct paging {
	unsigned levels;
	unsigned entry_size;
	unsigned bits; /* of index per level */
};

static const struct paging paging_32 = { 2, 4, 10 };
static const struct paging paging_pae = { 3, 8, 9 };
static const struct paging paging_64 = { 4, 8, 9 };

static const struct paging *paging_mode(const struct vmcb *c)
{
	if (c->efer & EFER_LMA)
		return &paging_64;
	return c->cr4 & CR4_PAE ? &paging_pae : &paging_32;
}

static uint64_t read_entry(const void *p, unsigned size)
{
	if (size == 4)
		return __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED);
	return __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED);
}

/*
 * As the CPU would: set Accessed, and Dirty for a write; other bits stay. Another vCPU may have
 * changed the entry since it was read: then it is left alone, and the translation is that of a
 * moment ago, as a TLB would have it.
 */
static void mark_entry(uint8_t *p, uint64_t entry, uint64_t bits)
{
	uint8_t low = (uint8_t)entry;

	if (likely((entry & bits) == bits))
		return;
	__atomic_compare_exchange_n(p, &low, (uint8_t)(low | bits), false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
}

/* Base address of a large page at @level, PSE36 bits included. */
static uint64_t large_page(uint64_t entry, const struct paging *mode, uint64_t mask)
{
	if (mode->entry_size == 4)
		return (entry & 0xffc00000) | (entry & 0x1fe000) << 19;
	return entry & GUEST_PTE_ADDR & ~mask;
}

static bool canonical(uint64_t gva)
{
	return (uint64_t)((int64_t)(gva << 16) >> 16) == gva;
}

/* Guest-physical address of @gva; false if the guest has none for this access. */
static bool walk(struct arch_vcpu *av, uint64_t gva, enum access access, gpa_t *ret_gpa)
{
	const struct vmcb *c = av->vmcb;
	const struct paging *mode = paging_mode(c);
	uint64_t table = c->cr3 & (mode == &paging_pae ? PAE_CR3_ADDR : GUEST_PTE_ADDR);
	bool writable = true;

	av->walk_error = access == ACCESS_WRITE ? PF_WRITE : 0;
	if (mode != &paging_64)
		gva = (uint32_t)gva;
	else if (unlikely(!canonical(gva)))
		return false;
	for (unsigned level = mode->levels; level; level--) {
		unsigned shift = PAGE_SHIFT + mode->bits * (level - 1);
		uint64_t pos =
			table + ((gva >> shift) & ((1u << mode->bits) - 1)) * mode->entry_size;
		/* Its Accessed bit is ours to set, as the CPU would. */
		char *page = p2m_page(av, gpa_to_gfn(gpa(pos)), ACCESS_WRITE);
		bool pdpte = mode == &paging_pae && level == 3;
		bool last;
		uint64_t e;

		if (unlikely(!page))
			return false;
		page += pos & PAGE_MASK;
		e = read_entry(page, mode->entry_size);
		if (unlikely(!(e & GUEST_PTE_P)))
			return false;
		/* PAE's top entries have no rights and no Accessed bit. */
		if (!pdpte && !(e & GUEST_PTE_W))
			writable = false;
		last = level == 1 || (level < 4 && !pdpte && (e & GUEST_PTE_PS) &&
				      (mode->entry_size == 8 || (c->cr4 & CR4_PSE)));
		if (access == ACCESS_WRITE && last && !writable && (c->cr0 & CR0_WP)) {
			av->walk_error |= PF_PRESENT;
			return false;
		}
		if (!pdpte)
			mark_entry((uint8_t *)page, e,
				   last && access == ACCESS_WRITE ? GUEST_PTE_A | GUEST_PTE_D
								  : GUEST_PTE_A);
		if (last) {
			uint64_t mask = (1ull << shift) - 1;
			uint64_t base = level > 1 ? large_page(e, mode, mask) : e & GUEST_PTE_ADDR;

			*ret_gpa = gpa(base | (gva & mask));
			return true;
		}
		table = e & GUEST_PTE_ADDR;
		if (mode->entry_size == 4)
			table &= 0xffffffff;
	}
	return false;
}

void *guest_translate(struct arch_vcpu *av, uint64_t gva, enum access access)
{
	gpa_t g = gpa((uint32_t)gva);
	char *page;

	if ((av->vmcb->cr0 & CR0_PG) && !walk(av, gva, access, &g))
		return NULL;
	page = p2m_page(av, gpa_to_gfn(g), access);
	if (likely(page))
		return page + (g.a & PAGE_MASK);
	av->walk_error = WALK_NO_MEMORY;
	return NULL;
}

uint64_t guest_linear(const struct arch_vcpu *av, unsigned seg, uint64_t offset)
{
	const struct vmcb *c = av->vmcb;

	/* 64-bit code ignores all bases but those of FS and GS. */
	if (code_bits(c) == 64)
		return offset + (seg >= SEG_FS ? (&c->es)[seg].base : 0);
	return (uint32_t)(offset + (&c->es)[seg].base);
}

uint64_t guest_ea(const struct arch_vcpu *av, const struct insn *in)
{
	const struct insn_ea *ea = &in->ea;
	uint64_t offset = (uint64_t)ea->disp;

	if (ea->base != INSN_NO_REG)
		offset += gpr_read(av, ea->base);
	if (ea->index != INSN_NO_REG)
		offset += gpr_read(av, ea->index) << ea->scale;
	if (ea->rip_relative)
		offset += av->vmcb->rip + in->length;
	return guest_linear(av, ea->segment, offset & addr_mask(ea->addr_bits));
}

void guest_page_fault(struct arch_vcpu *av, uint64_t gva)
{
	av->vmcb->cr2 = gva;
	svm_inject_exception(av, VEC_PF, av->walk_error | (av->vmcb->cpl == 3 ? PF_USER : 0));
}

void gpr_write_bits(struct arch_vcpu *av, unsigned n, uint64_t value, unsigned bits)
{
	if (bits == 16)
		value = (gpr_read(av, n) & ~0xffffull) | (value & 0xffff);
	else if (bits == 32)
		value = (uint32_t)value;
	gpr_write(av, n, value);
}

size_t guest_fetch(struct arch_vcpu *av, uint8_t *buf, size_t max)
{
	const struct vmcb *c = av->vmcb;
	uint64_t rip = c->rip + c->cs.base;
	size_t done = 0;

	if (code_bits(c) == 64)
		rip = c->rip; /* bases are ignored there */
	else
		rip = (uint32_t)rip;
	translations_begin(av);
	while (done < max) {
		const void *p = guest_pointer(av, rip + done, ACCESS_READ);
		size_t n = MIN(max - done, PAGE_SIZE - ((rip + done) & PAGE_MASK));

		if (!p)
			break;
		memcpy(buf + done, p, n);
		done += n;
	}
	translations_end(av);
	return done;
}

/*
 * Copying. One vCPU's memory is reached through the vCPU that runs here, if that is of the same
 * domain: its registers are those of this moment. A domain that is quiet is reached through the
 * vCPU named, without hints, and the flusher is told of it by ->foreign.
 */
static struct arch_vcpu *copy_begin(struct pcpu *cpu, struct vcpu *v)
{
	struct vcpu *current = cpu->cpu.current;

	if (unlikely(v != current)) {
		if (!current || current->domain != v->domain) {
			__atomic_store_n(&cpu->foreign, v->domain, __ATOMIC_SEQ_CST);
			return v->arch;
		}
		v = current;
	}
	translations_begin(v->arch);
	return v->arch;
}

static void copy_end(struct pcpu *cpu, struct arch_vcpu *av)
{
	if (likely(av->vcpu == cpu->cpu.current))
		translations_end(av);
	else
		__atomic_store_n(&cpu->foreign, NULL, __ATOMIC_RELEASE);
}

static inline void *copy_pointer(const struct pcpu *cpu, struct arch_vcpu *av, uint64_t gva,
				 enum access access)
{
	if (likely(av->vcpu == cpu->cpu.current))
		return guest_pointer(av, gva, access);
	return guest_translate(av, gva, access);
}

void foreign_access_wait(const struct domain *d)
{
	const struct pcpu *self = this_cpu();

	cpumask_for_each(id, &cpus_online)
	{
		struct pcpu *p = pcpu_of(cpu_get(id));

		while (p != self && __atomic_load_n(&p->foreign, __ATOMIC_SEQ_CST) == d)
			cpu_relax();
	}
}

int arch_copy_from_guest(struct vcpu *v, void *dst, uint64_t gva, size_t size)
{
	struct pcpu *cpu = this_cpu();
	struct arch_vcpu *av = copy_begin(cpu, v);
	char *out = dst;
	int rc = 0;

	while (size) {
		const void *p = copy_pointer(cpu, av, gva, ACCESS_READ);
		size_t n = MIN(size, PAGE_SIZE - (gva & PAGE_MASK));

		if (unlikely(!p)) {
			rc = -XEN_EFAULT;
			break;
		}
		memcpy(out, p, n);
		out += n;
		gva += n;
		size -= n;
	}
	copy_end(cpu, av);
	return rc;
}

int arch_copy_to_guest(struct vcpu *v, uint64_t gva, const void *src, size_t size)
{
	struct pcpu *cpu = this_cpu();
	struct arch_vcpu *av = copy_begin(cpu, v);
	const char *in = src;
	int rc = 0;

	while (size) {
		void *p = copy_pointer(cpu, av, gva, ACCESS_WRITE);
		size_t n = MIN(size, PAGE_SIZE - (gva & PAGE_MASK));

		if (unlikely(!p)) {
			rc = -XEN_EFAULT;
			break;
		}
		memcpy(p, in, n);
		in += n;
		gva += n;
		size -= n;
	}
	copy_end(cpu, av);
	return rc;
}
