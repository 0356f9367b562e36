/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot information of the Multiboot2 Specification 2.0, as GRUB's `multiboot2` gives it. */
#include "boot.h"

#include <xen/errno.h>

#include <candor/support.h>
#include <hv/string.h>

#include "mm.h"

SUPPORT_PROVIDES(host_boot_multiboot2, "x86");

/* Multiboot2 2.0, section 3.4 */
struct mb2_tag {
	uint32_t type, size;
};

struct mb2_mmap_entry {
	uint64_t addr, len;
	uint32_t type, reserved;
};

struct mb2_mmap {
	struct mb2_tag tag;
	uint32_t entry_size, entry_version;
};

struct mb2_module {
	struct mb2_tag tag;
	uint32_t start, end;
	char cmdline[];
};

enum {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_LOADER = 2,
	MB2_MODULE = 3,
	MB2_MMAP = 6,
	MB2_RSDP_OLD = 14,
	MB2_RSDP_NEW = 15
};
#define MB2_RAM 1

static void read_mmap(const struct mb2_mmap *m, struct boot_info *bi)
{
	const char *pos = (const char *)(m + 1), *end = (const char *)m + m->tag.size;

	if (m->tag.size < sizeof(*m) || m->entry_size < sizeof(struct mb2_mmap_entry))
		return;
	for (; end - pos >= (ptrdiff_t)m->entry_size; pos += m->entry_size) {
		const struct mb2_mmap_entry *e = (const void *)pos;

		if (e->type == MB2_RAM)
			bootinfo_add_ram(bi, e->addr, e->len);
	}
}

static void read_text(const struct mb2_tag *tag, char *dst, size_t size)
{
	bootinfo_copy_text(dst, size, (const char *)(tag + 1), tag->size - sizeof(*tag), false);
}

/* Of two, the newer: it says more. */
static void read_rsdp(const struct mb2_tag *tag, struct boot_info *bi)
{
	uint32_t size = (uint32_t)MIN(tag->size - sizeof(*tag), sizeof(bi->rsdp));

	if (size <= bi->rsdp_size)
		return;
	memcpy(bi->rsdp, tag + 1, size);
	bi->rsdp_size = size;
}

static void read_tag(const struct mb2_tag *tag, struct boot_info *bi)
{
	const struct mb2_module *m = (const void *)tag;

	switch (tag->type) {
	case MB2_CMDLINE:
		read_text(tag, bi->cmdline, sizeof(bi->cmdline));
		break;
	case MB2_LOADER:
		read_text(tag, bi->loader, sizeof(bi->loader));
		break;
	case MB2_MODULE:
		if (tag->size > sizeof(*m))
			bootinfo_add_module(bi, m->start, m->end, m->cmdline, false);
		break;
	case MB2_MMAP:
		read_mmap((const void *)tag, bi);
		break;
	case MB2_RSDP_OLD:
	case MB2_RSDP_NEW:
		read_rsdp(tag, bi);
		break;
	default:
		break;
	}
}

int multiboot2_parse(uint32_t addr, struct boot_info *bi, const char **ret_error)
{
	const uint32_t *total = directmap(maddr(addr));
	uint64_t pos = 8;

	memset(bi, 0, sizeof(*bi));
	bi->protocol = "multiboot2";
	while (pos + sizeof(struct mb2_tag) <= *total) {
		const struct mb2_tag *tag = directmap(maddr(addr + pos));

		if (tag->type == MB2_END || tag->size < sizeof(*tag) || tag->size > *total - pos)
			break;
		read_tag(tag, bi);
		pos += ALIGN_UP((uint64_t)tag->size, 8);
	}
	if (!bi->nr_ram) {
		*ret_error = "the boot loader gave no memory map; boot with GRUB 2";
		return -XEN_EINVAL;
	}
	return 0;
}
