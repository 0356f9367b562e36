/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The short way through a guest's page tables: 64-bit paging, entries present and
 * accessed, frames that the p2m was asked for before. Whatever is
 * otherwise goes by guest_translate(), which knows every case.
 */
#ifndef X86_GUEST_WALK_H
#define X86_GUEST_WALK_H

#include "x86.h"

#define GUEST_PTE_P (1ull << 0)
#define GUEST_PTE_W (1ull << 1)
#define GUEST_PTE_A (1ull << 5)
#define GUEST_PTE_D (1ull << 6)
#define GUEST_PTE_PS (1ull << 7)
#define GUEST_PTE_ADDR 0x000ffffffffff000ull

/* Host address of guest-physical @g by a hint, NULL if there is none for it. */
static inline char *hinted(const struct arch_vcpu *av, uint64_t g)
{
	const struct p2m_hint *h = &av->hint[(g >> PAGE_SHIFT) % P2M_NR_HINTS];

	if (unlikely(h->gfn.n != g >> PAGE_SHIFT))
		return NULL;
	return h->page + (g & PAGE_MASK);
}

/* Bits that every entry, and the last one, must have for the short way. */
static inline uint64_t need_of(enum access access)
{
	return access == ACCESS_WRITE ? GUEST_PTE_P | GUEST_PTE_W | GUEST_PTE_A
				      : GUEST_PTE_P | GUEST_PTE_A;
}

/** guest_translate() by the short way; NULL says nothing but that it is not open. */
static inline __attribute__((always_inline)) char *guest_short_way(const struct arch_vcpu *av,
								   uint64_t gva, enum access access)
{
	const struct vmcb *c = av->vmcb;
	uint64_t need = need_of(access), e = c->cr3;

	/* LMA implies paging. The sign extension of bit 47 is the test for canonical. */
	if (unlikely(!(c->efer & EFER_LMA) || (uint64_t)((int64_t)(gva << 16) >> 16) != gva))
		return NULL;
#pragma GCC unroll 4
	for (unsigned shift = 39; shift >= PAGE_SHIFT; shift -= 9) {
		uint64_t mask = (1ull << shift) - 1;
		const char *p = hinted(av, (e & GUEST_PTE_ADDR) | (gva >> shift << 3 & PAGE_MASK));

		if (unlikely(!p))
			return NULL;
		e = __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED);
		if (unlikely((e & need) != need))
			return NULL;
		if (shift == PAGE_SHIFT || (shift < 39 && (e & GUEST_PTE_PS))) {
			if (access == ACCESS_WRITE && unlikely(!(e & GUEST_PTE_D)))
				return NULL;
			return hinted(av, (e & GUEST_PTE_ADDR & ~mask) | (gva & mask));
		}
	}
	return NULL;
}

/** Host address of guest-virtual @gva, good to its page's end; NULL as guest_translate(). */
static inline void *guest_pointer(struct arch_vcpu *av, uint64_t gva, enum access access)
{
	char *p = guest_short_way(av, gva, access);

	return likely(p) ? p : guest_translate(av, gva, access);
}

#endif
