/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loader-independent half of reading boot information. */
#include "boot.h"

#include <hv/printk.h>
#include <hv/string.h>

void bootinfo_add_ram(struct boot_info *bi, uint64_t start, uint64_t size)
{
	uint64_t end;

	if (!size || __builtin_add_overflow(start, size, &end))
		return;
	if (bi->nr_ram == BOOT_MAX_RANGES) {
		printk(LOG_WARNING, "memory map has over %u RAM ranges; the rest is not used",
		       BOOT_MAX_RANGES);
		return;
	}
	bi->ram[bi->nr_ram++] = (struct boot_range){ start, end };
}

void bootinfo_copy_text(char *dst, size_t size, const char *src, size_t max, bool skip_word)
{
	size_t n = strnlen(src, max), skip = 0;

	if (skip_word) {
		while (skip < n && src[skip] != ' ')
			skip++;
	}
	while (skip < n && src[skip] == ' ')
		skip++;
	n -= skip;
	if (n > size - 1) {
		printk(LOG_WARNING, "command line cut at %zu characters", size - 1);
		n = size - 1;
	}
	memcpy(dst, src + skip, n);
	dst[n] = '\0';
}

void bootinfo_add_module(struct boot_info *bi, uint64_t start, uint64_t end, const char *cmdline,
			 bool skip_word)
{
	struct boot_module *m = &bi->module[bi->nr_modules];

	if (bi->nr_modules == BOOT_MAX_MODULES) {
		printk(LOG_WARNING, "over %u boot modules; the rest is not used", BOOT_MAX_MODULES);
		return;
	}
	if (start >= end) {
		printk(LOG_WARNING, "boot module %u is empty", bi->nr_modules);
		end = start;
	}
	m->start = start;
	m->end = end;
	bootinfo_copy_text(m->cmdline, sizeof(m->cmdline), cmdline, 65536, skip_word);
	bi->nr_modules++;
}
