/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables: the frames of a domain's table, and the limits. The frames belong to
 * the hypervisor (DOMID_XEN) and are counted, so that one which a toolstack has mapped
 * outlives its domain.
 */
#include "gnttab.h"

#include <hv/errno.h>
#include <hv/string.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(gnttab_v1, "common");
SUPPORT_PROVIDES(gnttab_domain_limits, "common");

_Static_assert(sizeof(struct grant_entry_v1) == 8, "xen/grant_table.h");
_Static_assert(sizeof(union grant_entry_v2) == 16, "xen/grant_table.h");
_Static_assert(sizeof(struct grant_active) == 16, "a block of them is a frame");

/* Each word is read and written whole. */
static struct gnttab_limits host_limits = {
	.frames = GNTTAB_DEFAULT_FRAMES,
	.maptrack_frames = GNTTAB_DEFAULT_MAPTRACK_FRAMES,
	.version = SUPPORT_ENABLED(gnttab_v2) ? 2 : 1,
};

struct gnttab_limits gnttab_get_limits(void)
{
	struct gnttab_limits limits = {
		.frames = __atomic_load_n(&host_limits.frames, __ATOMIC_RELAXED),
		.maptrack_frames = __atomic_load_n(&host_limits.maptrack_frames, __ATOMIC_RELAXED),
		.version = __atomic_load_n(&host_limits.version, __ATOMIC_RELAXED),
	};

	if (SUPPORT_ENABLED(gnttab_v2) && !SUPPORT_ACTIVE(gnttab_v2))
		limits.version = 1;
	return limits;
}

int gnttab_set_limits(struct gnttab_limits l)
{
	if (!l.frames || l.frames > GNTTAB_CEILING_FRAMES || !l.maptrack_frames ||
	    l.maptrack_frames > GNTTAB_CEILING_MAPTRACK_FRAMES || !l.version ||
	    l.version > (SUPPORT_ACTIVE(gnttab_v2) ? 2 : 1))
		return -XEN_EINVAL;
	__atomic_store_n(&host_limits.frames, l.frames, __ATOMIC_RELAXED);
	__atomic_store_n(&host_limits.maptrack_frames, l.maptrack_frames, __ATOMIC_RELAXED);
	__atomic_store_n(&host_limits.version, l.version, __ATOMIC_RELAXED);
	return 0;
}

/* A limit of a new domain: what it asks for, or the host's. */
static int choose_limit(int64_t asked, bool is_default, uint32_t host, unsigned *ret_limit)
{
	if (!is_default && (!SUPPORT_ENABLED(gnttab_domain_limits) || asked <= 0 || asked > host))
		return -XEN_EINVAL;
	*ret_limit = is_default ? host : (unsigned)asked;
	return 0;
}

static int choose_limits(struct grant_table *t, const struct domain_config *c)
{
	struct gnttab_limits host = gnttab_get_limits();
	int rc = choose_limit(c->max_grant_frames, c->max_grant_frames < 0, host.frames,
			      &t->max_frames);

	if (!rc)
		rc = choose_limit(c->max_maptrack_frames, c->max_maptrack_frames < 0,
				  host.maptrack_frames, &t->max_maptrack_frames);
	if (!rc)
		rc = choose_limit(c->max_grant_version, !c->max_grant_version, host.version,
				  &t->max_version);
	return rc;
}

static unsigned status_frames(const struct grant_table *t, unsigned nr)
{
	return t->version == 1 ? 0
			       : ((size_t)nr * grant_entries_per_frame(t) + STATUS_PER_FRAME - 1) /
					 STATUS_PER_FRAME;
}

/* The arrays of pointers and numbers lie in one allocation, behind the table. */
static void place_arrays(struct grant_table *t, unsigned max_status)
{
	char *at = (char *)(t + 1);

	t->shared.frame = (mfn_t *)at;
	t->shared.at = (gfn_t *)(t->shared.frame + t->max_frames);
	t->status.frame = (mfn_t *)(t->shared.at + t->max_frames);
	t->status.at = (gfn_t *)(t->status.frame + max_status);
	t->active = (struct grant_active **)(t->status.at + max_status);
}

static unsigned max_active_blocks(const struct grant_table *t)
{
	return t->max_frames * (PAGE_SIZE / sizeof(struct grant_entry_v1)) / ACTIVE_PER_BLOCK;
}

int gnttab_create(struct domain *d, const struct domain_config *config)
{
	struct grant_table wanted = { .version = 1, .free_handle = HANDLE_NONE };
	unsigned max_status;
	int rc = choose_limits(&wanted, config);

	if (rc)
		return rc;
	/* Version 2 has 256 entries a frame, and 2048 status words. */
	max_status = wanted.max_version == 1 ? 0 : (wanted.max_frames + 7) / 8;
	d->grants = heap_alloc(sizeof(wanted) +
			       (wanted.max_frames + max_status) * (sizeof(mfn_t) + sizeof(gfn_t)) +
			       max_active_blocks(&wanted) * sizeof(*wanted.active));
	if (!d->grants)
		return -XEN_ENOMEM;
	*d->grants = wanted;
	spin_init(&d->grants->lock, LOCK_GRANTS, 0);
	spin_init(&d->grants->maptrack_lock, LOCK_MAPTRACK, 0);
	place_arrays(d->grants, max_status);
	return 0;
}

static void array_shrink(struct grant_array *a, unsigned nr)
{
	while (a->nr > nr)
		frame_put(a->frame[--a->nr]);
}

void gnttab_destroy(struct domain *d)
{
	struct grant_table *t = d->grants;

	if (!t)
		return;
	array_shrink(&t->shared, 0);
	array_shrink(&t->status, 0);
	for (unsigned i = 0; i < max_active_blocks(t); i++)
		heap_free(t->active[i]);
	for (unsigned i = 0; i < t->nr_maptrack_frames; i++)
		heap_free(t->maptrack[i]);
	heap_free(t->maptrack);
	heap_free(t);
	d->grants = NULL;
}

static int array_grow(struct grant_array *a, unsigned nr)
{
	while (a->nr < nr) {
		mfn_t m = frames_alloc(0);

		if (!mfn_valid(m))
			return -XEN_ENOMEM;
		memset(arch_frame_map(m), 0, PAGE_SIZE);
		frames_assign(m, 0, NULL);
		a->frame[a->nr] = m;
		a->at[a->nr] = GFN_NONE;
		/* How many there are, anybody may ask without the lock. */
		__atomic_store_n(&a->nr, a->nr + 1, __ATOMIC_RELEASE);
	}
	return 0;
}

/* A status frame more than is needed yet does no harm, so nothing is undone. */
int gnttab_grow(struct domain *d, unsigned nr)
{
	struct grant_table *t = d->grants;
	int rc;

	if (nr > t->max_frames)
		return -XEN_EINVAL;
	rc = array_grow(&t->status, status_frames(t, nr));
	return rc ? rc : array_grow(&t->shared, nr);
}

int gnttab_set_size(struct domain *d, unsigned nr)
{
	int rc;

	spin_lock(&d->grants->lock);
	rc = gnttab_grow(d, nr);
	spin_unlock(&d->grants->lock);
	return rc;
}

unsigned gnttab_nr_status(struct domain *d)
{
	return __atomic_load_n(&d->grants->status.nr, __ATOMIC_RELAXED);
}

unsigned gnttab_nr_frames(struct domain *d)
{
	return __atomic_load_n(&d->grants->shared.nr, __ATOMIC_RELAXED);
}

unsigned gnttab_max_frames(const struct domain *d)
{
	return d->grants->max_frames;
}

static struct grant_array *array_of(struct grant_table *t, enum gnttab_array array)
{
	return array == GNTTAB_SHARED ? &t->shared : &t->status;
}

/* How many frames of shared entries the table needs to have frame @idx of @array. */
static int frames_needed(const struct grant_table *t, enum gnttab_array array, uint64_t idx,
			 unsigned *ret_nr)
{
	uint64_t per_status = 1;

	if (array == GNTTAB_STATUS) {
		if (t->version == 1)
			return -XEN_EINVAL;
		per_status = STATUS_PER_FRAME / grant_entries_per_frame(t);
	}
	if (idx >= t->max_frames || idx * per_status >= t->max_frames)
		return -XEN_EINVAL;
	*ret_nr = (unsigned)(idx * per_status + 1);
	return 0;
}

int gnttab_get_frame(struct domain *d, enum gnttab_array array, uint64_t idx, mfn_t *ret_m)
{
	struct grant_table *t = d->grants;
	unsigned nr;
	int rc;

	spin_lock(&t->lock);
	rc = frames_needed(t, array, idx, &nr);
	if (!rc)
		rc = gnttab_grow(d, nr);
	if (!rc && !frame_get(array_of(t, array)->frame[idx], DOMID_XEN))
		rc = -XEN_EBUSY;
	if (!rc)
		*ret_m = array_of(t, array)->frame[idx];
	spin_unlock(&t->lock);
	return rc;
}

int gnttab_moved(struct domain *d, enum gnttab_array array, uint64_t idx, mfn_t m, gfn_t g,
		 gfn_t *ret_old)
{
	struct grant_table *t = d->grants;
	struct grant_array *a = array_of(t, array);
	int rc = -XEN_EAGAIN;

	spin_lock(&t->lock);
	if (idx < a->nr && a->frame[idx].n == m.n) {
		*ret_old = a->at[idx];
		a->at[idx] = g;
		rc = 0;
	}
	spin_unlock(&t->lock);
	return rc;
}

gfn_t gnttab_seen_at(struct domain *d, enum gnttab_array array, unsigned i)
{
	const struct grant_array *a = array_of(d->grants, array);
	gfn_t g = GFN_NONE;

	spin_lock(&d->grants->lock);
	if (i < a->nr)
		g = a->at[i];
	spin_unlock(&d->grants->lock);
	return g;
}
