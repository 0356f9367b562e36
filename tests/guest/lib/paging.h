/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page mappings of a test guest outside the identity map: 4 KiB pages at any
 * address of the upper 511 slots of the root table.
 */
#ifndef GUEST_PAGING_H
#define GUEST_PAGING_H

#include <stdint.h>

#define PAGING_PAGE_SIZE 4096UL

/* A range no test guest uses otherwise. */
#define PAGING_WINDOW 0x0000008000000000UL

/** Map the page at @va to physical @pa with PTE_* @flags; 0 flags unmap it. */
void paging_map(uint64_t va, uint64_t pa, uint64_t flags);

/** Set bits outside the address in the entry of @va, as a broken guest would. */
void paging_set_reserved(uint64_t va, uint64_t bits);

#endif
