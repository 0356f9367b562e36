/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames of a domain's grant table. */
#include <hv/gnttab.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/string.h>

#include <arch/arch.h>

struct grant_table {
	unsigned nr_frames;
	mfn_t frame[GNTTAB_MAX_FRAMES];
	gfn_t at[GNTTAB_MAX_FRAMES]; /* where the guest mapped it last */
};

int gnttab_create(struct domain *d, const struct domain_config *config)
{
	d->grants = heap_alloc(sizeof(*d->grants));
	return d->grants ? 0 : -XEN_ENOMEM;
}

/* Nothing can be mapped yet. */
int gnttab_relinquish(struct domain *d)
{
	return 0;
}

void gnttab_destroy(struct domain *d)
{
	if (!d->grants)
		return;
	for (unsigned i = 0; i < d->grants->nr_frames; i++)
		frames_free(d->grants->frame[i], 0);
	heap_free(d->grants);
	d->grants = NULL;
}

unsigned gnttab_nr_frames(const struct domain *d)
{
	return d->grants->nr_frames;
}

static int grow(struct grant_table *t)
{
	mfn_t m = frames_alloc(0);

	if (!mfn_valid(m))
		return -XEN_ENOMEM;
	memset(arch_frame_map(m), 0, PAGE_SIZE);
	t->frame[t->nr_frames] = m;
	t->at[t->nr_frames] = GFN_NONE;
	t->nr_frames++;
	return 0;
}

int gnttab_get_frame(struct domain *d, uint64_t idx, mfn_t *ret_m, gfn_t **ret_at)
{
	struct grant_table *t = d->grants;

	if (idx >= GNTTAB_MAX_FRAMES)
		return -XEN_EINVAL;
	while (t->nr_frames <= idx) {
		int rc = grow(t);

		if (rc)
			return rc;
	}
	*ret_m = t->frame[idx];
	*ret_at = &t->at[idx];
	return 0;
}
