/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables (xen/grant_table.h): what a domain lets others reach of its memory,
 * and what it has mapped of theirs.
 */
#ifndef HV_GNTTAB_H
#define HV_GNTTAB_H

#include <hv/domain.h>

/*
 * What the host allows: the default of a domain that names no limit of its own, and
 * the most that one can be created with. Plain words, which may change at any
 * time; a domain keeps what it was created with.
 */
struct gnttab_limits {
	uint32_t frames;	  /* of shared entries */
	uint32_t maptrack_frames; /* of handles for what a domain maps */
	uint32_t version;	  /* 1 or 2 */
};
#define GNTTAB_DEFAULT_FRAMES 64
#define GNTTAB_DEFAULT_MAPTRACK_FRAMES 1024
/* No setting goes beyond: the tables of one domain stay in a few pages. */
#define GNTTAB_CEILING_FRAMES 4096
#define GNTTAB_CEILING_MAPTRACK_FRAMES 65536

struct gnttab_limits gnttab_get_limits(void);
/** -EINVAL, with nothing changed, if a limit is 0 or above its ceiling, or no such version. */
int gnttab_set_limits(struct gnttab_limits limits) __must_check;

/** -EINVAL if @config asks for more than the host's limits, -ENOMEM. */
int gnttab_create(struct domain *d, const struct domain_config *config) __must_check;
/**
 * Let go of all that @d, which runs no more, has mapped of others. -ERESTART: call
 * again. 0 when nothing is left, and for a domain without a table.
 */
int gnttab_relinquish(struct domain *d) __must_check;
/** With the last reference to @d: nobody has a grant of its in use any more. */
void gnttab_destroy(struct domain *d);

unsigned gnttab_nr_frames(struct domain *d);
unsigned gnttab_max_frames(const struct domain *d);

/** Which of the two arrays of frames; status words exist with version 2 only. */
enum gnttab_array { GNTTAB_SHARED, GNTTAB_STATUS };

/**
 * Frame @idx of an array, which grows up to it, with a reference (frame_put()). Its owner
 * is DOMID_XEN. -EINVAL beyond the limit, or a status frame with version 1; -ENOMEM.
 */
int gnttab_get_frame(struct domain *d, enum gnttab_array array, uint64_t idx,
		     mfn_t *ret_m) __must_check;
/**
 * The guest sees frame @idx, @m, at @g from now on. *ret_old: the place where it saw it before,
 * which is no longer to show it; GFN_NONE if there was none. -EAGAIN if @m is that frame no more.
 */
int gnttab_moved(struct domain *d, enum gnttab_array array, uint64_t idx, mfn_t m, gfn_t g,
		 gfn_t *ret_old) __must_check;

#endif
