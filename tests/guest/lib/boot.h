/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hypervisor handed to a test guest: start_info, its memory map (or
 * the one of XENMEM_memory_map), command line, modules.
 */
#ifndef GUEST_BOOT_H
#define GUEST_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/arch-x86/hvm/start_info.h>

/** The test itself; each main.c defines it. Returning ends the test. */
void guest_main(void);

/** Borrowed; never NULL. */
const struct hvm_start_info *boot_start_info(void);

/** The value of word "NAME=value" on the command line, copied to @buf; or false. */
bool boot_option(const char *name, char *buf, size_t size);

/** True if the command line has the word "NAME=value". */
bool boot_option_is(const char *name, const char *value);

/** Entries of the memory map and entry @i; type is an E820 number. */
unsigned int boot_nr_memmap(void);
const struct hvm_memmap_table_entry *boot_memmap(unsigned int i);

/** First address above all RAM; and whether [@start, @start+@size) meets any entry. */
uint64_t boot_ram_end(void);
bool boot_memmap_overlaps(uint64_t start, uint64_t size);

/** Page frame of a static page of this guest. */
static inline uint64_t boot_gfn(const volatile void *page)
{
	return (uint64_t)page >> 12;
}

#endif
