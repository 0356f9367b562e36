/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot information of the Multiboot Specification 0.6.96, as QEMU's -kernel and
 * GRUB's `multiboot` give it. QEMU puts file names in front of command lines.
 */
#include "boot.h"

#include <xen/errno.h>

#include <candor/support.h>
#include <hv/string.h>

#include "mm.h"

SUPPORT_PROVIDES(host_boot_multiboot1, "x86");

/* Multiboot 0.6.96, section 3.3 */
struct mb1_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper;
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr;
	uint32_t drives_length, drives_addr;
	uint32_t config_table;
	uint32_t boot_loader_name;
};

struct mb1_module {
	uint32_t start, end, string, reserved;
};

struct mb1_mmap {
	uint32_t size; /* of the rest */
	uint64_t addr, len;
	uint32_t type;
} __attribute__((packed));

#define MB1_CMDLINE (1u << 2)
#define MB1_MODULES (1u << 3)
#define MB1_MMAP (1u << 6)
#define MB1_LOADER (1u << 9)
#define MB1_RAM 1

static void read_mmap(const struct mb1_info *info, struct boot_info *bi)
{
	uint64_t pos = info->mmap_addr, end = pos + info->mmap_length;

	while (pos + sizeof(struct mb1_mmap) <= end) {
		const struct mb1_mmap *e = directmap(maddr(pos));

		if (e->type == MB1_RAM)
			bootinfo_add_ram(bi, e->addr, e->len);
		if (e->size < sizeof(*e) - sizeof(e->size))
			break;
		pos += (uint64_t)e->size + sizeof(e->size);
	}
}

int multiboot1_parse(uint32_t addr, struct boot_info *bi, const char **ret_error)
{
	const struct mb1_info *info = directmap(maddr(addr));
	bool names;

	memset(bi, 0, sizeof(*bi));
	bi->protocol = "multiboot1";
	if (!(info->flags & MB1_MMAP)) {
		*ret_error = "the boot loader gave no memory map; boot with GRUB or QEMU -kernel";
		return -XEN_EINVAL;
	}
	if (info->flags & MB1_LOADER)
		bootinfo_copy_text(bi->loader, sizeof(bi->loader),
				   directmap(maddr(info->boot_loader_name)), sizeof(bi->loader) - 1,
				   false);
	names = !strcmp(bi->loader, "qemu");
	if (info->flags & MB1_CMDLINE)
		bootinfo_copy_text(bi->cmdline, sizeof(bi->cmdline),
				   directmap(maddr(info->cmdline)), 65536, names);
	read_mmap(info, bi);
	if (!(info->flags & MB1_MODULES))
		return 0;
	for (uint32_t i = 0; i < info->mods_count && i <= BOOT_MAX_MODULES; i++) {
		const struct mb1_module *m =
			directmap(maddr(info->mods_addr + (uint64_t)i * sizeof(*m)));

		bootinfo_add_module(bi, m->start, m->end,
				    m->string ? directmap(maddr(m->string)) : "", names);
	}
	return 0;
}
