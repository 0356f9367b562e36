/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host memory: a buddy allocator of 4 KiB frames.
 *
 * One state byte a frame; free blocks are linked through their own first bytes
 * by way of the direct map (arch_frame_map()).
 */
#ifndef HV_FRAMES_H
#define HV_FRAMES_H

#include <stdint.h>

#include <xen/xen.h>

#include <hv/types.h>

struct domain;

#define FRAMES_MAX_ORDER 18 /* 1 GiB */

/** Bytes of table that frames_init() needs for machine frames [0, nr). */
size_t frames_table_size(uint64_t nr_frames);

/** Start empty, for machine frames [0, nr_frames); @table stays in use. */
void frames_init(void *table, uint64_t nr_frames);

/** Give the allocator [start, start + nr), free from now on. Boot time only. */
void frames_give(mfn_t start, uint64_t nr);

/**
 * Allocate 1 << @order frames, aligned to their size, contents undefined
 * (callers that hand them to guests scrub them). MFN_NONE when there are none.
 */
mfn_t frames_alloc(unsigned order) __must_check;

/** Return a block of frames_alloc(); the whole or any aligned part of it. */
void frames_free(mfn_t start, unsigned order);

/*
 * Frames of domains. Each frame that holds a domain's memory has an owner and counts its
 * references: one of the owner's, from frames_assign() to the end of its place in the owner's
 * p2m, and one for each use by others (a foreign mapping, a grant). Whoever drops the last one
 * frees the frame, which is scrubbed before anyone gets it again. One 32-bit word a frame, so
 * no locks.
 */

/** Frames of @start, 1 << @order of them, just allocated, are @owner's, with one reference each. */
void frames_assign(mfn_t start, unsigned order, struct domain *owner);
/** The owner of @m, DOMID_INVALID if it is no domain's memory. */
domid_t frame_owner(mfn_t m);
/** One more reference if @m is @owner's memory, else false; false too if there are 65,534. */
bool frame_get(mfn_t m, domid_t owner) __must_check;
/** One less. After the last the frame is free, and its owner owns one page less. */
void frame_put(mfn_t m);
/** frame_put() for each of 1 << @order frames of one owner. */
void frames_put(mfn_t start, unsigned order);
/** References to @m at this moment. */
unsigned frame_refs(mfn_t m);

uint64_t frames_nr_free(void);
uint64_t frames_nr_total(void);

/** Zeroed memory of @size bytes (up to 1 GiB), 64-byte aligned; NULL if none is left. */
void *heap_alloc(size_t size) __must_check;
/** Free what heap_alloc() gave; accepts NULL. */
void heap_free(void *ptr);

#endif
