/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page mappings of a test guest outside the identity map. */
#include "paging.h"

#include "console.h"
#include "cpu.h"
#include "report.h"

#define NR_TABLES 24
#define PTE_ADDR 0x000ffffffffff000UL

extern uint64_t paging_root[512];

static uint64_t tables[NR_TABLES][512] __attribute__((aligned(4096)));
static unsigned int nr_tables;

/* The entry of the lowest table for @va; tables on the way are made. */
static uint64_t *paging_entry(uint64_t va)
{
	uint64_t *table = paging_root;

	for (int shift = 39; shift > 12; shift -= 9) {
		uint64_t *entry = &table[va >> shift & 511];

		if (!(*entry & PTE_P)) {
			if (nr_tables == NR_TABLES) {
				report_ok(false, "page tables suffice");
				report_end();
			}
			*entry = (uint64_t)tables[nr_tables++] | PTE_P | PTE_RW | PTE_US;
		}
		table = (uint64_t *)(*entry & PTE_ADDR);
	}
	return &table[va >> 12 & 511];
}

void paging_map(uint64_t va, uint64_t pa, uint64_t flags)
{
	*paging_entry(va) = flags ? (pa & PTE_ADDR) | flags : 0;
	cpu_invlpg((const void *)va);
}

void paging_set_reserved(uint64_t va, uint64_t bits)
{
	*paging_entry(va) |= bits;
	cpu_invlpg((const void *)va);
}
