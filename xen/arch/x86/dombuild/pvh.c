/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds a PVH domain: plans its memory map, gives it zeroed memory, loads
 * kernel and initrd, and writes what the boot ABI promises it
 * (xen/arch-x86/hvm/start_info.h).
 *
 *	0            .. 3.75 GiB   RAM, as much as there is
 *	0xfc000000   .. + 4 KiB    ACPI tables
 *	0xfeff8000   .. 0xff000000 special pages; the last is the console's ring
 *	4 GiB        ..            the rest of the RAM
 */
#include "dombuild.h"

#include <xen/arch-x86/hvm/start_info.h>

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "private.h"

SUPPORT_PROVIDES(pvh_guest, "x86.pvh");
SUPPORT_LIMIT(limit_pvh_memory, "memory", DOMBUILD_MAX_MEMORY);

#define LOW_RAM_MAX 0xf0000000ull
#define HIGH_RAM_START 0x100000000ull
#define ACPI_GPA 0xfc000000u
#define SPECIAL_START 0xfeff8000ull
#define SPECIAL_END 0xff000000ull
#define CONSOLE_GFN 0xfefffull
#define LOW_MEGABYTE 0x100000ull /* BIOS and VGA live in the first one of a PC */
#define SUPERPAGE_ORDER 9

/* hvm_start_info and what it points to, in one piece of guest memory. */
struct boot_info {
	struct hvm_start_info start;
	struct hvm_modlist_entry module;
	struct hvm_memmap_table_entry map[DOMBUILD_MAX_MAP];
	char cmdline[DOMBUILD_MAX_CMDLINE + 1];
};

/* xen/arch-x86/hvm/start_info.h, the layouts drawn there. */
_Static_assert(sizeof(struct hvm_start_info) == 56, "start info");
_Static_assert(sizeof(struct hvm_modlist_entry) == 32, "module list entry");
_Static_assert(sizeof(struct hvm_memmap_table_entry) == 24, "memory map entry");
_Static_assert(ACPI_GPA >= LOW_RAM_MAX && ACPI_GPA + ACPI_SIZE <= SPECIAL_START, "memory map");
_Static_assert(CONSOLE_GFN << PAGE_SHIFT >= SPECIAL_START, "memory map");

struct plan {
	struct domain *d;
	const struct dombuild_config *config;
	size_t cmdline_size; /* without its NUL */
	uint64_t low_size, high_size;
	struct elf_image kernel;
	uint64_t initrd, info; /* guest-physical */
	struct dombuild_result result;
};

static int check_config(const struct dombuild_config *config, size_t *ret_cmdline_size,
			const char **ret_error)
{
	size_t cmdline_size =
		config->cmdline ? strnlen(config->cmdline, DOMBUILD_MAX_CMDLINE + 1) : 0;

	if (!config->kernel || config->kernel_size == 0)
		return dombuild_fail(ret_error, -XEN_EINVAL,
				     "there is no kernel; give one as the first module");
	if (config->initrd_size && !config->initrd)
		return dombuild_fail(ret_error, -XEN_EINVAL,
				     "the initrd has a size but no data; this is a fault of the "
				     "hypervisor, please report it");
	if (config->nr_vcpus == 0 || config->nr_vcpus > DOMBUILD_MAX_VCPUS)
		return dombuild_fail(ret_error, -XEN_EINVAL,
				     "number of vCPUs is out of range; give 1 to 128");
	if (config->mem_size < PAGE_SIZE || config->mem_size > DOMBUILD_MOST_MEMORY)
		return dombuild_fail(ret_error, -XEN_EINVAL,
				     "guest memory is out of range; give 4 KiB to 32 GiB");
	if (cmdline_size > DOMBUILD_MAX_CMDLINE)
		return dombuild_fail(
			ret_error, -XEN_E2BIG,
			"the guest's command line is longer than 4095 bytes; shorten it");
	*ret_cmdline_size = cmdline_size;
	return 0;
}

static void add_map(struct dombuild_result *result, uint64_t addr, uint64_t size, uint32_t type)
{
	if (size)
		result->map[result->nr_map++] = (struct arch_e820_entry){ addr, size, type };
}

static void plan_map(struct plan *p)
{
	uint64_t size = ALIGN_DOWN(p->config->mem_size, (uint64_t)PAGE_SIZE);

	p->low_size = MIN(size, LOW_RAM_MAX);
	p->high_size = size - p->low_size;
	p->result.console_gfn = gfn(CONSOLE_GFN);
	add_map(&p->result, 0, p->low_size, XEN_HVM_MEMMAP_TYPE_RAM);
	add_map(&p->result, ACPI_GPA, ACPI_SIZE, XEN_HVM_MEMMAP_TYPE_ACPI);
	add_map(&p->result, SPECIAL_START, SPECIAL_END - SPECIAL_START,
		XEN_HVM_MEMMAP_TYPE_RESERVED);
	add_map(&p->result, HIGH_RAM_START, p->high_size, XEN_HVM_MEMMAP_TYPE_RAM);
}

/* Give the domain 1 << @order zeroed frames at @g: what was in them stays ours. */
static int populate_block(struct domain *d, gfn_t g, unsigned order)
{
	mfn_t m = frames_alloc(order);
	int rc;

	if (!mfn_valid(m))
		return -XEN_ENOMEM;
	memset(arch_frame_map(m), 0, PAGE_SIZE << order);
	frames_assign(m, order, d);
	rc = arch_p2m_map(d, g, m, order, P2M_RAM);
	if (rc)
		frames_put(m, order);
	return rc;
}

/* RAM at [start, start + size): superpages where they fit and the host has some. */
static int populate(struct domain *d, uint64_t start, uint64_t size)
{
	uint64_t g = start >> PAGE_SHIFT, end = (start + size) >> PAGE_SHIFT;
	const uint64_t nr_super = 1ull << SUPERPAGE_ORDER;

	while (g < end) {
		unsigned order = g % nr_super == 0 && end - g >= nr_super ? SUPERPAGE_ORDER : 0;
		int rc = populate_block(d, gfn(g), order);

		if (rc == -XEN_ENOMEM && order) {
			order = 0;
			rc = populate_block(d, gfn(g), order);
		}
		if (rc)
			return rc;
		g += 1ull << order;
	}
	return 0;
}

static int populate_all(struct plan *p, const char **ret_error)
{
	struct domain *d = p->d;
	int rc;

	d->max_pages = (p->low_size + p->high_size + ACPI_SIZE + PAGE_SIZE) >> PAGE_SHIFT;
	rc = populate(d, 0, p->low_size);
	if (!rc)
		rc = populate(d, HIGH_RAM_START, p->high_size);
	if (!rc)
		rc = populate(d, ACPI_GPA, ACPI_SIZE);
	if (!rc)
		rc = populate(d, CONSOLE_GFN << PAGE_SHIFT, PAGE_SIZE);
	if (!rc)
		return 0;
	printk(LOG_ERROR, "d%u: %llu of %llu pages populated, %llu free on the host", d->id,
	       (unsigned long long)d->nr_pages, (unsigned long long)d->max_pages,
	       (unsigned long long)frames_nr_free());
	if (rc == -XEN_ENOMEM)
		return dombuild_fail(ret_error, rc,
				     "the host has too little free memory for the guest; give the "
				     "guest less memory (dom0_mem=)");
	return dombuild_fail(
		ret_error, rc,
		"the guest's memory cannot be mapped; is the domain new? This is a fault "
		"of the hypervisor, please report it");
}

/* Page by page, as neighbours in the guest need not be neighbours in the host. */
static int guest_write(void *ctx, uint64_t addr, const void *src, size_t size)
{
	struct domain *d = ctx;
	const uint8_t *from = src;

	while (size) {
		size_t offset = addr & PAGE_MASK;
		size_t chunk = MIN(size, PAGE_SIZE - offset);
		enum p2m_type type;
		mfn_t m = arch_p2m_lookup(d, gpa_to_gfn(gpa(addr)), &type);

		if (!mfn_valid(m) || type != P2M_RAM)
			return -XEN_EFAULT;
		memcpy((uint8_t *)arch_frame_map(m) + offset, from, chunk);
		addr += chunk;
		from += chunk;
		size -= chunk;
	}
	return 0;
}

static int write_guest(struct plan *p, uint64_t addr, const void *src, size_t size,
		       const char **ret_error)
{
	int rc = guest_write(p->d, addr, src, size);

	if (rc)
		return dombuild_fail(ret_error, rc,
				     "the guest's memory cannot be written; this is a fault of the "
				     "hypervisor, please report it");
	return 0;
}

static int load_kernel(struct plan *p, const char **ret_error)
{
	const struct guest_ram ram = { guest_write, p->d, p->low_size };
	int rc = image_load(p->config->kernel, p->config->kernel_size, &ram, &p->kernel, ret_error);

	if (rc)
		return rc;
	p->result.entry = p->kernel.entry;
	printk(LOG_INFO, "d%u: kernel at 0x%llx-0x%llx, entry 0x%x", p->d->id,
	       (unsigned long long)p->kernel.start, (unsigned long long)p->kernel.end,
	       p->kernel.entry);
	return 0;
}

/* Take @size bytes, page aligned, off the top of [start, *end). */
static bool take_top(uint64_t start, uint64_t *end, uint64_t size)
{
	uint64_t top = ALIGN_DOWN(*end, (uint64_t)PAGE_SIZE);

	if (size > top || ALIGN_DOWN(top - size, (uint64_t)PAGE_SIZE) < start)
		return false;
	*end = ALIGN_DOWN(top - size, (uint64_t)PAGE_SIZE);
	return true;
}

static bool place_within(struct plan *p, uint64_t start, uint64_t end)
{
	if (!take_top(start, &end, p->config->initrd_size))
		return false;
	p->initrd = end;
	if (!take_top(start, &end, sizeof(struct boot_info)))
		return false;
	p->info = end;
	return true;
}

/* High in RAM below 4 GiB; a kernel that sits there itself gets them below it. */
static int place_modules(struct plan *p, const char **ret_error)
{
	if (place_within(p, p->kernel.end, p->low_size) ||
	    place_within(p, LOW_MEGABYTE, p->kernel.start))
		return 0;
	printk(LOG_ERROR, "d%u: kernel 0x%llx-0x%llx, initrd of %zu bytes, memory 0x%llx", p->d->id,
	       (unsigned long long)p->kernel.start, (unsigned long long)p->kernel.end,
	       p->config->initrd_size, (unsigned long long)p->low_size);
	return dombuild_fail(ret_error, -XEN_ENOMEM,
			     "the guest has too little memory for kernel and initrd; give it more "
			     "(dom0_mem=)");
}

static void fill_info(const struct plan *p, struct boot_info *info)
{
	const struct dombuild_result *r = &p->result;

	info->start = (struct hvm_start_info){
		.flags = p->config->privileged ? SIF_PRIVILEGED | SIF_INITDOMAIN : 0,
		.magic = XEN_HVM_START_MAGIC_VALUE,
		.version = 1,
		.cmdline_paddr = p->info + offsetof(struct boot_info, cmdline),
		.rsdp_paddr = ACPI_GPA,
		.memmap_paddr = p->info + offsetof(struct boot_info, map),
		.memmap_entries = r->nr_map,
	};
	if (p->config->initrd_size) {
		info->start.nr_modules = 1;
		info->start.modlist_paddr = p->info + offsetof(struct boot_info, module);
		info->module.paddr = p->initrd;
		info->module.size = p->config->initrd_size;
	}
	for (unsigned i = 0; i < r->nr_map; i++)
		info->map[i] = (struct hvm_memmap_table_entry){ r->map[i].addr, r->map[i].size,
								r->map[i].type, 0 };
	if (p->cmdline_size)
		memcpy(info->cmdline, p->config->cmdline, p->cmdline_size);
}

static int write_info(struct plan *p, const char **ret_error)
{
	struct boot_info *info = heap_alloc(sizeof(*info));
	int rc;

	if (!info)
		return dombuild_fail(ret_error, -XEN_ENOMEM,
				     "the host has too little free memory for the start info; give "
				     "the guest less memory");
	fill_info(p, info);
	rc = write_guest(p, p->info, info, sizeof(*info), ret_error);
	heap_free(info);
	p->result.start_info = (uint32_t)p->info;
	return rc;
}

static int write_acpi(struct plan *p, const char **ret_error)
{
	uint8_t *page = heap_alloc(ACPI_SIZE);
	int rc;

	if (!page)
		return dombuild_fail(
			ret_error, -XEN_ENOMEM,
			"the host has too little free memory for ACPI tables; give the "
			"guest less memory");
	acpi_build(page, ACPI_GPA, p->config->nr_vcpus);
	rc = write_guest(p, ACPI_GPA, page, ACPI_SIZE, ret_error);
	heap_free(page);
	return rc;
}

int dombuild_pvh(struct domain *d, const struct dombuild_config *config,
		 struct dombuild_result *ret_result, const char **ret_error)
{
	struct plan p = { .d = d, .config = config };
	int rc = check_config(config, &p.cmdline_size, ret_error);

	if (rc)
		return rc;
	plan_map(&p);
	rc = populate_all(&p, ret_error);
	if (!rc)
		rc = load_kernel(&p, ret_error);
	if (!rc)
		rc = place_modules(&p, ret_error);
	if (!rc && config->initrd_size)
		rc = write_guest(&p, p.initrd, config->initrd, config->initrd_size, ret_error);
	if (!rc)
		rc = write_info(&p, ret_error);
	if (!rc)
		rc = write_acpi(&p, ret_error);
	if (!rc)
		*ret_result = p.result;
	return rc;
}
