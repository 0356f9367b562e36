/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables: the version 1 frames a guest writes its grants into. Nothing can
 * map a grant yet: there is no other domain.
 */
#ifndef HV_GNTTAB_H
#define HV_GNTTAB_H

#include <hv/domain.h>

#define GNTTAB_MAX_FRAMES 64

int gnttab_create(struct domain *d, const struct domain_config *config) __must_check;
/** Let go of all that the dying @d has mapped. -ERESTART: call again. */
int gnttab_relinquish(struct domain *d) __must_check;
/** Accepts a domain without one. */
void gnttab_destroy(struct domain *d);

unsigned gnttab_nr_frames(const struct domain *d);
/**
 * Frame @idx of the table, which grows up to it. *ret_at is where its place in the
 * guest is noted, GFN_NONE if it has none. -EINVAL beyond the limit, -ENOMEM.
 */
int gnttab_get_frame(struct domain *d, uint64_t idx, mfn_t *ret_m, gfn_t **ret_at) __must_check;

#endif
