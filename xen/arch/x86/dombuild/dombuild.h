/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds PVH domains at boot: memory, kernel, modules, ACPI tables, start info. */
#ifndef X86_DOMBUILD_H
#define X86_DOMBUILD_H

#include <stddef.h>
#include <stdint.h>

#include <candor/support.h>
#include <hv/domain.h>
#include <hv/types.h>

#include <arch/arch.h>

/** Most RAM one PVH guest can have, in bytes. */
#define DOMBUILD_MAX_MEMORY 34359738368
#define DOMBUILD_MOST_MEMORY SUPPORT_AT_MOST(limit_pvh_memory, DOMBUILD_MAX_MEMORY)
/** Most vCPUs: APIC ids are 2 * vCPU id and have 8 bits in the MADT's entries. */
#define DOMBUILD_MAX_VCPUS 128
/** Longest command line in bytes, its NUL left out. */
#define DOMBUILD_MAX_CMDLINE 4095
/** RAM below 4 GiB, ACPI tables, special pages, RAM above 4 GiB. */
#define DOMBUILD_MAX_MAP 4

/** What to build from; everything is borrowed for the duration of the call. */
struct dombuild_config {
	const void *kernel; /* ELF, or a Linux bzImage */
	size_t kernel_size;
	const void *initrd; /* NULL or size 0: none */
	size_t initrd_size;
	const char *cmdline; /* NULL: empty */
	uint64_t mem_size;   /* bytes of RAM; rounded down to whole pages */
	uint32_t nr_vcpus;
	bool privileged; /* start info says that it is the host's first, privileged domain */
};

/** What the architecture needs to start the first vCPU. */
struct dombuild_result {
	uint32_t entry;	     /* PHYS32_ENTRY: eip, protected mode, paging off */
	uint32_t start_info; /* guest-physical address for ebx */
	gfn_t console_gfn;   /* page of the PV console's ring: zeroed RAM of the guest */
	struct arch_e820_entry map[DOMBUILD_MAX_MAP]; /* ascending, not overlapping */
	unsigned nr_map;
};

/**
 * Fill the empty domain @d as @config says (boot ABI: xen/arch-x86/hvm/start_info.h).
 *
 * All memory given to @d is zeroed first and belongs to it, after a failure too: it
 * goes with domain_destroy(). On failure a -XEN_E… code is returned, *@ret_result is
 * untouched and *@ret_error is a static text that names cause and remedy.
 * Boot time only; takes time in proportion to mem_size and the unpacked kernel.
 */
int dombuild_pvh(struct domain *d, const struct dombuild_config *config,
		 struct dombuild_result *ret_result, const char **ret_error) __must_check;

#endif
