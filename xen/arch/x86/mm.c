/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host memory: hands the loader's RAM to the frame allocator and builds the
 * final page tables: direct map and data never executable, code and constants
 * never writable.
 */
#include "mm.h"

#include <arch/arch.h>
#include <candor/support.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "acpi.h"
#include "cpu.h"

#define HOST_MEMORY_MAX 68719476736 /* 64 GiB */
SUPPORT_LIMIT(limit_host_memory, "host memory", HOST_MEMORY_MAX);
SUPPORT_PROVIDES(limit_host_memory, "x86");
#define HOST_MEMORY_MOST \
	ALIGN_DOWN((uint64_t)SUPPORT_AT_MOST(limit_host_memory, HOST_MEMORY_MAX), SIZE_2M)

#define PTE_P (1ull << 0)
#define PTE_W (1ull << 1)
#define PTE_PWT (1ull << 3)
#define PTE_PCD (1ull << 4)
#define PTE_PS (1ull << 7)
#define PTE_G (1ull << 8)
#define PTE_NX (1ull << 63)
#define PTE_ADDR 0x000ffffffffff000ull

#define BOOT_MAPPED (4ull << 30) /* by head.S */
#define LOW_MEMORY (1ull << 20)
#define SIZE_2M (2ull << 20)
#define SIZE_1G (1ull << 30)
#define MAX_HOLES (BOOT_MAX_MODULES + 3)

extern char __image_start[], __text_end[], __rodata_end[], __image_end[], boot_stack_bottom[];

static uint64_t *pml4; /* of the final tables */
static bool have_1g_pages;
static uint64_t device_next = DEVICE_BASE, stack_next = STACK_BASE;

void *arch_frame_map(mfn_t m)
{
	return directmap(mfn_to_maddr(m));
}

/* The microcode's loops: AMD's optimization guides have them fastest for whole pages. */
void arch_clear_frames(void *frames, size_t size)
{
	size_t words = size / sizeof(uint64_t);

	__asm__ volatile("rep stosq" : "+D"(frames), "+c"(words) : "a"(0ull) : "memory");
}

void arch_copy_bytes(void *dst, const void *src, size_t size)
{
	size_t words = size / sizeof(uint64_t), bytes = size % sizeof(uint64_t);

	__asm__ volatile("rep movsq" : "+D"(dst), "+S"(src), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(bytes) : : "memory");
}

mfn_t arch_frame_of(const void *ptr)
{
	return mfn(((uint64_t)ptr - DIRECTMAP_BASE) >> PAGE_SHIFT);
}

static uint64_t image_phys(const void *p)
{
	return (uint64_t)p - IMAGE_VIRT_BASE;
}

/* What must not be handed out, sorted by start. */
struct holes {
	unsigned nr;
	struct boot_range range[MAX_HOLES];
};

static void holes_add(struct holes *h, uint64_t start, uint64_t end)
{
	unsigned i = h->nr++;

	for (; i && h->range[i - 1].start > start; i--)
		h->range[i] = h->range[i - 1];
	h->range[i] = (struct boot_range){ ALIGN_DOWN(start, PAGE_SIZE), ALIGN_UP(end, PAGE_SIZE) };
}

/* Give [start, end) less the holes. */
static void give_range(const struct holes *h, uint64_t start, uint64_t end)
{
	start = ALIGN_UP(start, PAGE_SIZE);
	end = ALIGN_DOWN(end, PAGE_SIZE);
	for (unsigned i = 0; i < h->nr && start < end; i++) {
		const struct boot_range *hole = &h->range[i];

		if (hole->end <= start || hole->start >= end)
			continue;
		if (hole->start > start)
			frames_give(mfn(start >> PAGE_SHIFT), (hole->start - start) >> PAGE_SHIFT);
		start = hole->end;
	}
	if (start < end)
		frames_give(mfn(start >> PAGE_SHIFT), (end - start) >> PAGE_SHIFT);
}

/* Room for the frame table: below 4 GiB and @top, in RAM, outside the holes. */
static uint64_t place_table(const struct boot_info *bi, const struct holes *h, uint64_t top,
			    uint64_t size)
{
	for (unsigned r = 0; r < bi->nr_ram; r++) {
		uint64_t pos = ALIGN_UP(bi->ram[r].start, PAGE_SIZE);

		for (unsigned i = 0; i < h->nr; i++) {
			if (h->range[i].start < pos + size && h->range[i].end > pos)
				pos = h->range[i].end;
		}
		if (pos + size <= MIN(bi->ram[r].end, MIN(top, BOOT_MAPPED)))
			return pos;
	}
	boot_error("no room for the frame table of %lu KiB; give the machine more memory",
		   size >> 10);
}

static uint64_t *table_alloc(void)
{
	mfn_t m = frames_alloc(0);
	uint64_t *table;

	if (!mfn_valid(m))
		boot_error("out of memory for page tables; give the machine more memory");
	table = arch_frame_map(m);
	memset(table, 0, PAGE_SIZE);
	return table;
}

/* The entry for @va at @level (1 = 4 KiB pages), making tables above it. */
static uint64_t *pte_for(uint64_t va, unsigned level)
{
	uint64_t *table = pml4;

	for (unsigned l = 4; l > level; l--) {
		uint64_t *e = &table[(va >> (3 + 9 * l)) & 511];

		if (!(*e & PTE_P))
			*e = ((uint64_t)table_alloc() - DIRECTMAP_BASE) | PTE_P | PTE_W;
		table = directmap(maddr(*e & PTE_ADDR));
	}
	return &table[(va >> (3 + 9 * level)) & 511];
}

static void map_direct(uint64_t start, uint64_t end)
{
	uint64_t flags = PTE_P | PTE_W | PTE_G | PTE_NX;

	for (uint64_t pos = ALIGN_DOWN(start, SIZE_2M); pos < end;) {
		uint64_t *giant = pte_for(DIRECTMAP_BASE + pos, 3);

		if (have_1g_pages && !*giant && !(pos % SIZE_1G) && pos + SIZE_1G <= end)
			*giant = pos | flags | PTE_PS;
		if (*giant & PTE_PS) { /* now, or by an overlapping range before */
			pos = ALIGN_DOWN(pos, SIZE_1G) + SIZE_1G;
			continue;
		}
		*pte_for(DIRECTMAP_BASE + pos, 2) = pos | flags | PTE_PS;
		pos += SIZE_2M;
	}
}

static void map_image(const char *start, const char *end, uint64_t flags)
{
	for (const char *p = start; p < end; p += PAGE_SIZE)
		*pte_for((uint64_t)p, 1) = image_phys(p) | PTE_P | PTE_G | flags;
}

static void build_tables(const struct boot_info *bi)
{
	have_1g_pages = cpuid(0x80000001, 0).edx & (1u << 26);
	pml4 = table_alloc();
	/* The loader's RAM only: nothing else is reachable by a stray pointer. */
	for (unsigned r = 0; r < bi->nr_ram; r++)
		map_direct(bi->ram[r].start, MIN(bi->ram[r].end, HOST_MEMORY_MOST));
	map_image(__image_start, __text_end, 0);
	map_image(__text_end, __rodata_end, PTE_NX);
	map_image(__rodata_end, __image_end, PTE_W | PTE_NX);
	/* A stack that overflows faults instead of writing over its neighbour. */
	*pte_for((uint64_t)boot_stack_bottom, 1) = 0;
	write_cr3((uint64_t)pml4 - DIRECTMAP_BASE);
}

/* Which node has what, as firmware says it; before any of it is given. */
static void set_nodes(void)
{
	/* Of one node there is nothing to say. */
	for (unsigned i = 0; arch_nr_nodes() > 1 && i < acpi_info.nr_ranges; i++) {
		const struct acpi_memory_range *r = &acpi_info.range[i];
		mfn_t first = mfn(r->start >> PAGE_SHIFT);

		if (frames_set_node(first, (r->end >> PAGE_SHIFT) - first.n, r->node))
			printk(LOG_WARNING, "ACPI: memory at %#lx counts to node 0, not %u",
			       r->start, r->node);
	}
}

void mm_init(const struct boot_info *bi)
{
	struct holes h = { 0 };
	uint64_t top = 0, table, table_size;

	for (unsigned r = 0; r < bi->nr_ram; r++)
		top = MAX(top, bi->ram[r].end);
	if (top > HOST_MEMORY_MOST) {
		printk(LOG_WARNING, "memory above %lu MiB is not used", HOST_MEMORY_MOST >> 20);
		top = HOST_MEMORY_MOST;
	}
	holes_add(&h, 0, LOW_MEMORY);
	holes_add(&h, image_phys(__image_start), image_phys(__image_end));
	for (unsigned i = 0; i < bi->nr_modules; i++) {
		if (bi->module[i].end > top)
			boot_error("module %u lies above %lu MiB, the most memory this build uses; "
				   "have the boot loader put it lower",
				   i, top >> 20);
		holes_add(&h, bi->module[i].start, bi->module[i].end);
	}
	table_size = ALIGN_UP(frames_table_size(top >> PAGE_SHIFT), PAGE_SIZE);
	table = place_table(bi, &h, top, table_size);
	holes_add(&h, table, table + table_size);
	frames_init(directmap(maddr(table)), top >> PAGE_SHIFT);
	set_nodes();
	/* First what head.S has mapped; the rest once it is mapped. */
	for (unsigned r = 0; r < bi->nr_ram; r++)
		give_range(&h, bi->ram[r].start, MIN(bi->ram[r].end, MIN(top, BOOT_MAPPED)));
	build_tables(bi);
	for (unsigned r = 0; r < bi->nr_ram; r++)
		give_range(&h, MAX(bi->ram[r].start, BOOT_MAPPED), MIN(bi->ram[r].end, top));
}

void mm_free_module(const struct boot_module *m)
{
	uint64_t start = ALIGN_UP(m->start, PAGE_SIZE), end = ALIGN_DOWN(m->end, PAGE_SIZE);

	/* Whole pages only: the loader may share the edges between modules. */
	if (start < end)
		frames_give(mfn(start >> PAGE_SHIFT), (end - start) >> PAGE_SHIFT);
}

volatile void *mm_map_device(maddr_t m)
{
	uint64_t va = device_next;

	*pte_for(va, 1) = (m.a & PTE_ADDR) | PTE_P | PTE_W | PTE_NX | PTE_PCD | PTE_PWT | PTE_G;
	device_next += PAGE_SIZE;
	return (volatile char *)va + (m.a & PAGE_MASK);
}

const void *mm_map_firmware(maddr_t m, uint64_t size)
{
	uint64_t first = ALIGN_DOWN(m.a, PAGE_SIZE), end, va = device_next;
	unsigned bits = cpuid(0x80000008, 0).eax & 0xff;

	if (!size || __builtin_add_overflow(m.a, size, &end) || end >> bits)
		return NULL;
	if (!pml4)
		return end <= BOOT_MAPPED ? directmap(m) : NULL;
	for (uint64_t pos = first; pos < end; pos += PAGE_SIZE, device_next += PAGE_SIZE)
		*pte_for(device_next, 1) = pos | PTE_P | PTE_NX | PTE_G;
	return (const char *)va + (m.a & PAGE_MASK);
}

void *mm_stack_create(size_t size)
{
	stack_next += PAGE_SIZE; /* the page that is not there */
	for (size_t done = 0; done < size; done += PAGE_SIZE, stack_next += PAGE_SIZE) {
		mfn_t m = frames_alloc(0);

		if (!mfn_valid(m))
			return NULL;
		*pte_for(stack_next, 1) = mfn_to_maddr(m).a | PTE_P | PTE_W | PTE_NX | PTE_G;
	}
	return (void *)stack_next;
}

uint64_t mm_cr3(void)
{
	return (uint64_t)pml4 - DIRECTMAP_BASE;
}
