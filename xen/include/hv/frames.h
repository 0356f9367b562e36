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

/**
 * Return a block of frames_alloc(), the whole or any aligned part of it; or blocks side by side
 * that make an aligned one together.
 */
void frames_free(mfn_t start, unsigned order);

/*
 * Frames of domains. Each frame that holds a domain's memory has an owner and counts its
 * references: one of the owner's, from frames_assign() to the end of its place in the owner's
 * p2m, and one for each use by others (a foreign mapping, a grant). Whoever drops the last one
 * frees the frame, which is scrubbed before anyone gets it again. One 32-bit word a frame, so
 * no locks.
 */

/**
 * Frames of @start, 1 << @order of them, just allocated, are @owner's, with one reference each.
 * NULL: the hypervisor's own (DOMID_XEN), which others may map.
 */
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

/* Which node the memory of a domain is to come from. */
#define FRAMES_MAX_NODES 64
#define NODE_ANY (~0u)
enum node_rule { NODE_PREFER, NODE_EXACT };

/**
 * Memory for @d: 1 << @order zeroed frames that are assigned to it (frames_assign()), of
 * @node, or of another one if @rule allows that. It uses up what @d has claimed, and leaves
 * what others have. MFN_NONE if there is none.
 */
mfn_t frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
			  enum node_rule rule) __must_check;
/**
 * Take out 1 << @order frames likewise, but assign them to nobody: frames_assign() once they are
 * zero, or frames_free(). *ret_content tells whether they are.
 */
enum frames_content { FRAMES_ZERO, FRAMES_ANY };
mfn_t frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
		  enum frames_content *ret_content) __must_check;
/**
 * Promise @d that it can have @nr pages in all; 0 takes the promise back. -EINVAL if it has a
 * promise already, has more pages, or may not have so many; -ENOMEM.
 */
int frames_claim(struct domain *d, uint64_t nr) __must_check;
/** Zero some free memory, up to 2 MiB, for whoever gets it next; false if all of it is. */
bool frames_scrub(void);
/**
 * The same for an idle CPU, up to 256 KiB: as much in all as was freed, so that memory nobody has
 * used is left alone. It counts as free all the time.
 */
bool frames_scrub_freed(void);

/** Boot time, before frames_give(): frames [start, start + nr) are of @node. -EINVAL. */
int frames_set_node(mfn_t start, uint64_t nr, unsigned node) __must_check;
unsigned frames_nr_nodes(void);
uint64_t frames_node_free(unsigned node);
uint64_t frames_node_total(unsigned node);
unsigned frames_node_of(mfn_t m);

uint64_t frames_nr_free(void);
uint64_t frames_nr_total(void);
uint64_t frames_nr_claimed(void);
mfn_t frames_highest(void);

/** Zeroed memory of @size bytes (up to 1 GiB), 64-byte aligned; NULL if none is left. */
void *heap_alloc(size_t size) __must_check;
/** Free what heap_alloc() gave; accepts NULL. */
void heap_free(void *ptr);

#endif
