/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hypervisor handed to a test guest, and the guest's first steps. */
#include "boot.h"

#include <xen/memory.h>

#include "console.h"
#include "hypercall.h"
#include "report.h"
#include "string.h"
#include "trap.h"

#define MAX_MEMMAP 128

struct e820_entry {
	uint64_t addr, size;
	uint32_t type;
} __attribute__((packed));

extern uint64_t boot_start_info_addr;
void boot_main(void);

static struct hvm_memmap_table_entry memmap[MAX_MEMMAP];
static unsigned int nr_memmap;

const struct hvm_start_info *boot_start_info(void)
{
	return (const struct hvm_start_info *)boot_start_info_addr;
}

unsigned int boot_nr_memmap(void)
{
	return nr_memmap;
}

const struct hvm_memmap_table_entry *boot_memmap(unsigned int i)
{
	return &memmap[i];
}

static void memmap_from_hypercall(void)
{
	static struct e820_entry e820[MAX_MEMMAP];
	struct xen_memory_map map = { .nr_entries = MAX_MEMMAP };

	set_xen_guest_handle(map.buffer, e820);
	if (hypercall_2(__HYPERVISOR_memory_op, XENMEM_memory_map, &map) < 0)
		return;
	for (unsigned int i = 0; i < map.nr_entries && i < MAX_MEMMAP; i++) {
		memmap[nr_memmap++] = (struct hvm_memmap_table_entry){
			.addr = e820[i].addr,
			.size = e820[i].size,
			.type = e820[i].type,
		};
	}
}

static void memmap_read(void)
{
	const struct hvm_start_info *si = boot_start_info();
	const struct hvm_memmap_table_entry *from = (const void *)si->memmap_paddr;

	if (si->version == 0 || si->memmap_entries == 0) {
		memmap_from_hypercall();
		return;
	}
	while (nr_memmap < si->memmap_entries && nr_memmap < MAX_MEMMAP) {
		memmap[nr_memmap] = from[nr_memmap];
		nr_memmap++;
	}
}

uint64_t boot_ram_end(void)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < nr_memmap; i++) {
		uint64_t this_end = memmap[i].addr + memmap[i].size;

		if (memmap[i].type == XEN_HVM_MEMMAP_TYPE_RAM && this_end > end)
			end = this_end;
	}
	return end;
}

bool boot_memmap_overlaps(uint64_t start, uint64_t size)
{
	for (unsigned int i = 0; i < nr_memmap; i++) {
		if (start < memmap[i].addr + memmap[i].size && memmap[i].addr < start + size)
			return true;
	}
	return false;
}

/* The word that starts at or after @*pos, its length in @ret_size; 0 at the end. */
static const char *next_word(const char **pos, size_t *ret_size)
{
	const char *p = *pos;
	const char *word;

	while (*p == ' ')
		p++;
	word = p;
	while (*p && *p != ' ')
		p++;
	*pos = p;
	*ret_size = (size_t)(p - word);
	return word;
}

bool boot_option(const char *name, char *buf, size_t size)
{
	const char *pos = (const char *)boot_start_info()->cmdline_paddr;
	size_t name_size = strlen(name);
	const char *word;
	size_t word_size;

	if (!pos)
		return false;
	while ((word = next_word(&pos, &word_size)), word_size) {
		if (word_size <= name_size || memcmp(word, name, name_size) != 0 ||
		    word[name_size] != '=')
			continue;
		word_size -= name_size + 1;
		if (word_size >= size)
			return false;
		memcpy(buf, word + name_size + 1, word_size);
		buf[word_size] = '\0';
		return true;
	}
	return false;
}

bool boot_option_is(const char *name, const char *value)
{
	char buf[64];

	return boot_option(name, buf, sizeof(buf)) && strcmp(buf, value) == 0;
}

/* Called by the entry code. */
void boot_main(void)
{
	trap_init();
	(void)hypercall_init();
	console_init();
	console_printf("guest: %s\n", guest_name);
	if (boot_start_info()->magic != XEN_HVM_START_MAGIC_VALUE) {
		report_ok(false, "start_info has its magic");
		report_end();
	}
	memmap_read();
	guest_main();
	report_end();
}
