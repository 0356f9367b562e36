/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest frames and what is behind them, for core. */
#ifndef CORE_P2M_H
#define CORE_P2M_H

#include <hv/domain.h>
#include <hv/types.h>

#include <arch/arch.h>

/**
 * The frame of RAM behind @g, with a reference (frame_put()): it stays @d's whatever
 * becomes of @g. -EINVAL if there is no RAM, -EAGAIN if it does not stand still,
 * -EBUSY if it has all the references it can.
 */
int p2m_get_ram(struct domain *d, gfn_t g, mfn_t *ret_m) __must_check;

/* Something taken out of a domain's memory. The zero one is nothing. */
struct p2m_page {
	mfn_t m;
	enum p2m_type type;
};

/**
 * Take out what is at @g, if its type is in @types (bits of enum p2m_type) and, unless that is
 * MFN_NONE, it is @m. The caller lets go of it by p2m_let_go() after arch_domain_flush_tlb().
 * -ENOENT: nothing or something else is there; -EBUSY: it is pinned; -ENOMEM.
 */
int p2m_take(struct domain *d, gfn_t g, unsigned types, mfn_t m,
	     struct p2m_page *ret_page) __must_check;
/** RAM is freed unless others have it mapped, a foreign page is its owner's alone again. */
void p2m_let_go(const struct p2m_page *page);

/**
 * Empty @g of RAM, a page shown, or a foreign one; 0 if nothing is there. -EBUSY if it is pinned,
 * or a grant, which is unmapped by its handle only.
 */
int p2m_clear(struct domain *d, gfn_t g) __must_check;

/**
 * Others than @d's own vCPUs change its memory until p2m_end(). -EINVAL if it is dying,
 * -ENOMEM if @nr_pages more would be beyond what it may own.
 */
int p2m_begin(struct domain *d, uint64_t nr_pages) __must_check;
void p2m_end(struct domain *d, uint64_t nr_pages);
/** For domain_kill(): whether somebody is between the two still. Nobody begins any more. */
bool p2m_in_use(struct domain *d);

#endif
