/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grants in use. The entries are the granter's memory, which it writes at any time: the
 * flags and the domain are read together and changed by compare-and-swap (version 1), or
 * the status word is changed and then the entry looked at again (version 2), as
 * xen/grant_table.h asks of both sides. What the granter changes meanwhile can only
 * turn a use of its own memory into an error.
 */
#include "gnttab.h"

#include <hv/errno.h>
#include <hv/nospec.h>

#include <arch/arch.h>

#include "p2m.h"

#define MAX_TRIES 4
#define MAX_USES UINT16_MAX
#define TYPE_BITS (GTF_type_mask | GTF_sub_page)

/* The first four bytes of an entry of either version. */
union header {
	uint32_t word;
	grant_entry_header_t h;
};

_Static_assert(sizeof(union header) == 4, "flags and domid, changed as one");

static struct grant_entry_v1 *entry_v1(const struct grant_table *t, grant_ref_t ref)
{
	unsigned per_frame = PAGE_SIZE / sizeof(struct grant_entry_v1);

	return (struct grant_entry_v1 *)arch_frame_map(t->shared.frame[ref / per_frame]) +
	       ref % per_frame;
}

static union grant_entry_v2 *entry_v2(const struct grant_table *t, grant_ref_t ref)
{
	unsigned per_frame = PAGE_SIZE / sizeof(union grant_entry_v2);

	return (union grant_entry_v2 *)arch_frame_map(t->shared.frame[ref / per_frame]) +
	       ref % per_frame;
}

static uint32_t *header_of(const struct grant_table *t, grant_ref_t ref)
{
	return t->version == 1 ? (uint32_t *)entry_v1(t, ref) : (uint32_t *)entry_v2(t, ref);
}

static union header read_header(const struct grant_table *t, grant_ref_t ref)
{
	return (union header){ .word = __atomic_load_n(header_of(t, ref), __ATOMIC_SEQ_CST) };
}

/* The word that holds GTF_reading and GTF_writing. */
static uint16_t *status_of(const struct grant_table *t, grant_ref_t ref)
{
	if (t->version == 1)
		return &entry_v1(t, ref)->flags;
	return (grant_status_t *)arch_frame_map(t->status.frame[ref / STATUS_PER_FRAME]) +
	       ref % STATUS_PER_FRAME;
}

static struct grant_active *find_active(const struct grant_table *t, grant_ref_t ref)
{
	struct grant_active *block = t->active[ref / ACTIVE_PER_BLOCK];

	return block ? &block[ref % ACTIVE_PER_BLOCK] : NULL;
}

static struct grant_active *make_active(struct grant_table *t, grant_ref_t ref)
{
	struct grant_active **block = &t->active[ref / ACTIVE_PER_BLOCK];

	if (!*block)
		*block = heap_alloc(ACTIVE_PER_BLOCK * sizeof(**block));
	return find_active(t, ref);
}

bool grant_is_active(const struct grant_table *t, grant_ref_t ref)
{
	const struct grant_active *a = find_active(t, ref);

	return a && a->readers;
}

/* May @user do this by what the entry says? */
static int16_t check_header(union header e, domid_t user, const struct grant_use *use,
			    enum grant_purpose purpose)
{
	unsigned type = e.h.flags & GTF_type_mask;

	if (type != GTF_permit_access && type != GTF_transitive)
		return GNTST_bad_gntref;
	if (e.h.domid != user)
		return GNTST_bad_gntref;
	if (purpose == GRANT_MAP && (type == GTF_transitive || (e.h.flags & GTF_sub_page)))
		return GNTST_general_error;
	if (type == GTF_transitive && (e.h.flags & GTF_sub_page))
		return GNTST_bad_gntref;
	if (use->access == GRANT_WRITE && (e.h.flags & GTF_readonly))
		return GNTST_general_error;
	return GNTST_okay;
}

/* Version 1 has neither parts of pages nor transitive grants. */
static bool fits_version(const struct grant_table *t, union header e)
{
	return t->version == 2 || (e.h.flags & GTF_type_mask) == GTF_permit_access;
}

static uint16_t use_bits(enum grant_access access)
{
	return access == GRANT_WRITE ? GTF_reading | GTF_writing : GTF_reading;
}

/* Show the guest the use of an entry that says @e; false if it says something else by now. */
static bool show_use(const struct grant_table *t, grant_ref_t ref, union header e, uint16_t bits)
{
	uint16_t *status = status_of(t, ref);

	if (t->version == 1) {
		union header new = e;

		new.h.flags |= bits;
		return __atomic_compare_exchange_n(header_of(t, ref), &e.word, new.word, false,
						   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	}
	__atomic_fetch_or(status, bits, __ATOMIC_SEQ_CST);
	return read_header(t, ref).word == e.word;
}

static void hide_use(const struct grant_table *t, grant_ref_t ref, uint16_t bits)
{
	__atomic_fetch_and(status_of(t, ref), (uint16_t)~bits, __ATOMIC_SEQ_CST);
}

/* Those of @bits that are true of no use of @a any more. */
static uint16_t stale_bits(const struct grant_active *a, uint16_t bits)
{
	if (a->readers)
		bits &= (uint16_t)~GTF_reading;
	if (a->writers)
		bits &= (uint16_t)~GTF_writing;
	return bits;
}

/* The entry with its use shown. *ret_e: what it said then. */
static int16_t open_entry(const struct grant_table *t, const struct grant_active *a, domid_t user,
			  const struct grant_use *use, enum grant_purpose purpose,
			  union header *ret_e)
{
	uint16_t bits = use_bits(use->access);

	for (unsigned i = 0; i < MAX_TRIES; i++) {
		union header e = read_header(t, use->ref);
		int16_t status =
			fits_version(t, e) ? check_header(e, user, use, purpose) : GNTST_bad_gntref;

		if (status)
			return status;
		/* All uses at a time are of one domain and one kind. */
		if (a->readers && (a->user != user || a->type != (e.h.flags & TYPE_BITS)))
			return GNTST_general_error;
		if (show_use(t, use->ref, e, bits)) {
			*ret_e = e;
			return GNTST_okay;
		}
		if (t->version == 2)
			hide_use(t, use->ref, stale_bits(a, bits));
	}
	return GNTST_eagain;
}

static gfn_t frame_of(const struct grant_table *t, grant_ref_t ref)
{
	if (t->version == 1)
		return gfn(__atomic_load_n(&entry_v1(t, ref)->frame, __ATOMIC_RELAXED));
	return gfn(__atomic_load_n(&entry_v2(t, ref)->full_page.frame, __ATOMIC_RELAXED));
}

/* Where a part of a page, or a transitive grant, leads. */
static int16_t read_rest(const struct grant_table *t, grant_ref_t ref, uint16_t flags,
			 struct grant_page *page)
{
	const union grant_entry_v2 *e;

	if (t->version == 1)
		return GNTST_okay;
	e = entry_v2(t, ref);
	if (flags & GTF_sub_page) {
		page->offset = __atomic_load_n(&e->sub_page.page_off, __ATOMIC_RELAXED);
		page->size = __atomic_load_n(&e->sub_page.length, __ATOMIC_RELAXED);
		if (!page->size || page->offset >= PAGE_SIZE ||
		    page->size > PAGE_SIZE - page->offset)
			return GNTST_bad_copy_arg;
	} else if ((flags & GTF_type_mask) == GTF_transitive) {
		page->next = __atomic_load_n(&e->transitive.trans_domid, __ATOMIC_RELAXED);
		page->next_ref = __atomic_load_n(&e->transitive.gref, __ATOMIC_RELAXED);
	}
	return GNTST_okay;
}

/* The frame of a use, counted once for all uses of the grant. */
static int16_t take_frame(const struct grant_use *use, const struct grant_active *a, uint16_t flags,
			  mfn_t *ret_m)
{
	*ret_m = a->m;
	if (a->readers)
		return GNTST_okay;
	*ret_m = MFN_NONE;
	if ((flags & GTF_type_mask) == GTF_transitive)
		return GNTST_okay;
	switch (p2m_get_ram(use->granter, frame_of(use->granter->grants, use->ref), ret_m)) {
	case 0:
		return GNTST_okay;
	case -XEN_EAGAIN:
		return GNTST_eagain;
	}
	return GNTST_bad_page;
}

static int16_t begin(const struct grant_use *use, domid_t user, enum grant_purpose purpose,
		     struct grant_page *page)
{
	struct grant_table *t = use->granter->grants;
	struct grant_use safe = *use;
	struct grant_active *a;
	int16_t status;
	union header e;

	if (use->ref >= t->shared.nr * grant_entries_per_frame(t))
		return GNTST_bad_gntref;
	safe.ref = (grant_ref_t)nospec_index(use->ref,
					     (uint64_t)t->shared.nr * grant_entries_per_frame(t));
	use = &safe;
	a = make_active(t, use->ref);
	if (!a || a->readers == MAX_USES)
		return GNTST_no_space;
	status = open_entry(t, a, user, use, purpose, &e);
	if (status)
		return status;
	status = read_rest(t, use->ref, e.h.flags, page);
	if (!status)
		status = take_frame(use, a, e.h.flags, &page->m);
	if (status) {
		hide_use(t, use->ref, stale_bits(a, use_bits(use->access)));
		return status;
	}
	if (!a->readers++)
		t->nr_active++;
	a->writers = (uint16_t)(a->writers + (use->access == GRANT_WRITE));
	a->m = page->m;
	a->user = user;
	a->type = e.h.flags & TYPE_BITS;
	return GNTST_okay;
}

int16_t grant_begin(const struct grant_use *use, domid_t user, enum grant_purpose purpose,
		    struct grant_page *ret_page)
{
	struct grant_table *t = use->granter->grants;
	struct grant_page page = { .m = MFN_NONE };
	int16_t status;

	if (!t)
		return GNTST_bad_domain;
	spin_lock(&t->lock);
	/* The dying give nothing any more. */
	status =
		domain_is_alive(use->granter) ? begin(use, user, purpose, &page) : GNTST_bad_domain;
	spin_unlock(&t->lock);
	if (!status)
		*ret_page = page;
	return status;
}

void grant_end(const struct grant_use *use)
{
	struct grant_table *t = use->granter->grants;
	mfn_t m = MFN_NONE;
	struct grant_active *a;
	uint16_t bits;

	spin_lock(&t->lock);
	a = find_active(t, use->ref);
	a->writers = (uint16_t)(a->writers - (use->access == GRANT_WRITE));
	if (!--a->readers) {
		t->nr_active--;
		m = a->m;
	}
	bits = stale_bits(a, use_bits(use->access));
	if (bits)
		hide_use(t, use->ref, bits);
	spin_unlock(&t->lock);
	if (mfn_valid(m))
		frame_put(m);
}

/* Both entries are the guest's, and it has no use for either while it swaps them. */
static void swap_entries(const struct grant_table *t, grant_ref_t a, grant_ref_t b)
{
	if (t->version == 1) {
		struct grant_entry_v1 was = *entry_v1(t, a);

		*entry_v1(t, a) = *entry_v1(t, b);
		*entry_v1(t, b) = was;
	} else {
		union grant_entry_v2 was = *entry_v2(t, a);

		*entry_v2(t, a) = *entry_v2(t, b);
		*entry_v2(t, b) = was;
	}
}

int16_t gnttab_swap(struct domain *d, grant_ref_t a, grant_ref_t b)
{
	struct grant_table *t = d->grants;
	int16_t status = GNTST_okay;
	grant_ref_t nr;

	spin_lock(&t->lock);
	nr = t->shared.nr * grant_entries_per_frame(t);
	if (a >= nr || b >= nr) {
		spin_unlock(&t->lock);
		return GNTST_bad_gntref;
	}
	a = (grant_ref_t)nospec_index(a, nr);
	b = (grant_ref_t)nospec_index(b, nr);
	if (grant_is_active(t, a) || grant_is_active(t, b))
		status = GNTST_eagain;
	else if (a != b)
		swap_entries(t, a, b);
	spin_unlock(&t->lock);
	return status;
}
