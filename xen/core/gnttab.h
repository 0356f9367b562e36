/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's grant table, shared by the files of it. */
#ifndef CORE_GNTTAB_H
#define CORE_GNTTAB_H

#include <candor/support.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/grant_table.h>

#include <hv/frames.h>
#include <hv/gnttab.h>
#include <hv/hypercall.h>

/* Batched operations are copied in and out by so many. */
#define GNTTAB_CHUNK 32u

/*
 * Uses of one grant. While there is one, the granted frame has a reference, and the
 * guest sees GTF_reading or also GTF_writing.
 */
struct grant_active {
	mfn_t m;	  /* MFN_NONE for a transitive grant */
	domid_t user;	  /* all uses are this domain's */
	uint16_t type;	  /* GTF_type_mask and GTF_sub_page of when the first use began */
	uint16_t readers; /* uses in all */
	uint16_t writers; /* and those of them that write */
};

#define ACTIVE_PER_BLOCK (PAGE_SIZE / sizeof(struct grant_active))

/* What a domain has mapped. Free ones are a list through @ref. */
struct maptrack {
	struct domain *granter; /* holds a reference to it; NULL: free, or not yet mapped */
	gfn_t g;		/* where in the mapper */
	grant_ref_t ref;
	uint16_t flags; /* GNTMAP_readonly */
};

#define MAPTRACK_PER_FRAME (PAGE_SIZE / sizeof(struct maptrack))
#define HANDLE_NONE (~0u)

struct grant_array {
	unsigned nr;
	mfn_t *frame; /* [nr of max_frames] */
	gfn_t *at;    /* where the guest sees it */
};

struct grant_table {
	struct spinlock lock; /* entries, active, arrays, version */
	unsigned version;
	unsigned max_frames, max_version;
	struct grant_array shared, status;
	struct grant_active **active; /* blocks, NULL until one of them is used */
	unsigned nr_active;	      /* grants in use */

	struct spinlock maptrack_lock; /* those below; taken alone */
	unsigned max_maptrack_frames;
	struct maptrack **maptrack; /* NULL until something is mapped */
	unsigned nr_maptrack_frames;
	grant_handle_t free_handle;
	grant_handle_t released; /* gnttab_relinquish(): all below are */
};

static inline unsigned grant_entries_per_frame(const struct grant_table *t)
{
	return PAGE_SIZE /
	       (t->version == 1 ? sizeof(struct grant_entry_v1) : sizeof(union grant_entry_v2));
}

#define STATUS_PER_FRAME (PAGE_SIZE / sizeof(grant_status_t))

/** Grow @d's table to @nr frames, with the status frames they need. With its lock held. */
int gnttab_grow(struct domain *d, unsigned nr) __must_check;
/** The same without it. */
int gnttab_set_size(struct domain *d, unsigned nr) __must_check;
unsigned gnttab_nr_status(struct domain *d);
/** Where the guest sees frame @i, which exists. */
gfn_t gnttab_seen_at(struct domain *d, enum gnttab_array array, unsigned i);

/* gnttab_version.c, if the policy has it */

/** -EBUSY while a grant is in use, -ENOMEM. */
int gnttab_set_version(struct domain *d, unsigned version) __must_check;

/* gnttab_entry.c: grants in use */

/** What a use is for: only copies may use a part of a page, or another domain's grant. */
enum grant_purpose { GRANT_MAP, GRANT_COPY };
enum grant_access { GRANT_READ, GRANT_WRITE };

/* A use that has begun. */
struct grant_use {
	struct domain *granter; /* borrowed */
	grant_ref_t ref;
	enum grant_access access;
};

/* What it reaches. */
struct grant_page {
	mfn_t m;
	uint16_t offset, size; /* of the page; size 0: all of it */
	domid_t next;	       /* of a transitive grant, whose @m is MFN_NONE: the grant meant */
	grant_ref_t next_ref;
};

/** Begin to use @use's grant for @user. GNTST_okay or an error with nothing changed. */
int16_t grant_begin(const struct grant_use *use, domid_t user, enum grant_purpose purpose,
		    struct grant_page *ret_page) __must_check;
/** End it: nobody reaches the page by it any more. */
void grant_end(const struct grant_use *use);
/** The entry of @ref is in use. With the table's lock held. */
bool grant_is_active(const struct grant_table *t, grant_ref_t ref);
/** Exchange two entries of @d that are not in use. GNTST_*. */
int16_t gnttab_swap(struct domain *d, grant_ref_t a, grant_ref_t b);

/* A chunk of operations on behalf of @v, done with or failed: each says so in its status. */

/** The granter of the last operation, kept for the next one. */
struct gnttab_peer {
	domid_t id; /* as named */
	struct domain *d;
};
/** The domain named @id, borrowed from @peer until the next call; NULL. */
struct domain *gnttab_peer_get(struct gnttab_peer *peer, struct vcpu *v, domid_t id);
void gnttab_peer_put(struct gnttab_peer *peer);

/* gnttab_map.c */
void gnttab_map(struct vcpu *v, struct gnttab_map_grant_ref *op, unsigned nr);
void gnttab_unmap(struct vcpu *v, struct gnttab_unmap_grant_ref *op, unsigned nr);

/* gnttab_copy.c */
void gnttab_copy(struct vcpu *v, struct gnttab_copy *op, unsigned nr);

#endif
