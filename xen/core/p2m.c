/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every architecture's guest-physical memory has in common. */
#include "p2m.h"

#include <hv/errno.h>
#include <hv/frames.h>

#define MAX_TRIES 4

int p2m_get_ram(struct domain *d, gfn_t g, mfn_t *ret_m)
{
	int rc = -XEN_EAGAIN;

	for (unsigned i = 0; i < MAX_TRIES; i++) {
		enum p2m_type type;
		mfn_t m = arch_p2m_lookup(d, g, &type);

		if (type != P2M_RAM)
			return -XEN_EINVAL;
		if (!frame_get(m, d->id)) {
			rc = frame_owner(m) == d->id ? -XEN_EBUSY : -XEN_EAGAIN;
			continue;
		}
		/* Only now does it stay: what was looked up may have been freed meanwhile. */
		if (arch_p2m_lookup(d, g, &type).n == m.n && type == P2M_RAM) {
			*ret_m = m;
			return 0;
		}
		frame_put(m);
		rc = -XEN_EAGAIN;
	}
	return rc;
}

static int take_locked(struct domain *d, gfn_t g, unsigned types, mfn_t m,
		       struct p2m_page *ret_page)
{
	struct p2m_page page;
	int rc;

	page.m = arch_p2m_lookup(d, g, &page.type);
	if (page.type == P2M_NONE || !(types & 1u << page.type) ||
	    (mfn_valid(m) && page.m.n != m.n))
		return -XEN_ENOENT;
	/* Who pins it looks it up after that, and so finds either the pin or nothing. */
	if (page.type == P2M_RAM && domain_gfn_pinned_locked(d, g))
		return -XEN_EBUSY;
	rc = arch_p2m_unmap(d, g);
	if (!rc)
		*ret_page = page;
	return rc;
}

int p2m_take(struct domain *d, gfn_t g, unsigned types, mfn_t m, struct p2m_page *ret_page)
{
	int rc;

	spin_lock(&d->lock);
	rc = take_locked(d, g, types, m, ret_page);
	spin_unlock(&d->lock);
	return rc;
}

void p2m_let_go(const struct p2m_page *page)
{
	if (page->type == P2M_RAM || page->type == P2M_FOREIGN)
		frame_put(page->m);
}

int p2m_clear(struct domain *d, gfn_t g)
{
	unsigned types = 1u << P2M_RAM | 1u << P2M_SHARED | 1u << P2M_FOREIGN;
	struct p2m_page page;
	enum p2m_type type;
	int rc = p2m_take(d, g, types, MFN_NONE, &page);

	if (rc == -XEN_ENOENT) {
		arch_p2m_lookup(d, g, &type);
		return type == P2M_NONE ? 0 : -XEN_EBUSY;
	}
	if (rc)
		return rc;
	arch_domain_flush_tlb(d);
	p2m_let_go(&page);
	return 0;
}

/* domain_kill() makes it DOMAIN_DYING first and then, by p2m_in_use(), takes the lock. */
int p2m_begin(struct domain *d, uint64_t nr_pages)
{
	uint64_t owned, max = domain_max_pages(d);
	int rc = 0;

	spin_lock(&d->lock);
	owned = __atomic_load_n(&d->nr_pages, __ATOMIC_RELAXED) + d->pages_to_come;
	if (!domain_is_alive(d))
		rc = -XEN_EINVAL;
	else if (nr_pages && (owned > max || nr_pages > max - owned))
		rc = -XEN_ENOMEM;
	if (!rc) {
		d->p2m_users++;
		d->pages_to_come += nr_pages;
	}
	spin_unlock(&d->lock);
	return rc;
}

void p2m_end(struct domain *d, uint64_t nr_pages)
{
	spin_lock(&d->lock);
	d->p2m_users--;
	d->pages_to_come -= nr_pages;
	spin_unlock(&d->lock);
}

bool p2m_in_use(struct domain *d)
{
	bool in_use;

	spin_lock(&d->lock);
	in_use = d->p2m_users;
	spin_unlock(&d->lock);
	return in_use;
}
