/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own address space and the host's memory. */
#ifndef X86_MM_H
#define X86_MM_H

#include <hv/types.h>

#include "boot.h"
#include "layout.h"

/** Address in the direct map of a byte of RAM. */
static inline void *directmap(maddr_t m)
{
	return (void *)(DIRECTMAP_BASE + m.a);
}

/**
 * Give RAM to the frame allocator, all but the image, the first MiB, the
 * boot information's modules; then switch to the final page tables. Stops the
 * host if memory does not suffice. @bi is from now on the only copy.
 */
void mm_init(const struct boot_info *bi);

/** Give the frames of boot module @m back. */
void mm_free_module(const struct boot_module *m);

/** Map one page of device registers uncached; device mappings are for ever. */
volatile void *mm_map_device(maddr_t m);

/** Map @size bytes of firmware's tables for reading, for ever; before mm_init() only below 4 GiB.
 * NULL if there can be none there. */
const void *mm_map_firmware(maddr_t m, uint64_t size);

/** A stack of @size bytes (whole pages) with a page below it that faults; its end. NULL: no memory.
 */
void *mm_stack_create(size_t size);

/** What CR3 of every CPU holds. */
uint64_t mm_cr3(void);

#endif
