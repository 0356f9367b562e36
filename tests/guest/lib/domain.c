/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building and ending other domains from the privileged test guest. */
#include "domain.h"

#include <stdint.h>

/* The toolstack's part of the headers, at their own version. */
#undef __XEN_INTERFACE_VERSION__
#define __XEN_TOOLS__ 1
#include <xen/xen.h>

#include <xen/arch-x86/hvm/start_info.h>
#include <xen/domctl.h>
#include <xen/memory.h>
#include <xen/sysctl.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "string.h"

#define PAGE 4096ul
#define WINDOW 0x60000000ul /* where nobody has memory: frames of others are seen here */
#define WINDOW_PAGES 64u
#define START_INFO 0x1000ul /* guest-physical, below what an ELF file of ours takes */
#define CMDLINE 0x1800ul
#define MEMMAP 0x1c00ul
#define CMDLINE_SIZE (MEMMAP - CMDLINE)
#define BATCH 128u
#define XEN_ERESTART 85
#define EFLAGS_FIXED 2

/* Of an ELF-64 file, what it takes to load it (System V gABI, chapters 4 and 5). */
struct elf_header {
	unsigned char ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
#define ELF_LOAD 1

static bool window_used[WINDOW_PAGES];

long domain_control(struct xen_domctl *op, uint32_t cmd, unsigned int id)
{
	long rc;

	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = (domid_t)id;
	do {
		rc = hypercall_2(__HYPERVISOR_domctl, (unsigned long)op, NULL);
	} while (rc == -XEN_ERESTART);
	return rc;
}

const void *domain_module(size_t *ret_size)
{
	const struct hvm_start_info *si = boot_start_info();
	const struct hvm_modlist_entry *m = (const void *)si->modlist_paddr;

	if (!si->nr_modules)
		return NULL;
	*ret_size = m->size;
	return (const void *)m->paddr;
}

long domain_create(unsigned int nr_vcpus, unsigned int nr_pages, unsigned int *ret_id)
{
	struct xen_domctl op = { 0 };
	long rc;

	op.u.createdomain = (struct xen_domctl_createdomain){
		.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
		.max_vcpus = nr_vcpus,
		.max_evtchn_port = 1023,
		.max_grant_frames = 8,
		.max_maptrack_frames = 8,
		.grant_opts = 1,
		.arch = { .emulation_flags = XEN_X86_EMU_LAPIC },
	};
	rc = domain_control(&op, XEN_DOMCTL_createdomain, 0);
	if (rc)
		return rc;
	*ret_id = op.domain;
	op = (struct xen_domctl){ .u.max_vcpus.max = nr_vcpus };
	rc = domain_control(&op, XEN_DOMCTL_max_vcpus, *ret_id);
	if (!rc) {
		op = (struct xen_domctl){ .u.max_mem.max_memkb = (nr_pages + 64) * 4ul };
		rc = domain_control(&op, XEN_DOMCTL_max_mem, *ret_id);
	}
	if (rc)
		(void)domain_destroy(*ret_id);
	return rc;
}

long domain_populate(unsigned int id, unsigned int nr_pages)
{
	static xen_pfn_t list[BATCH];

	for (unsigned int at = 0; at < nr_pages; at += BATCH) {
		unsigned int left = nr_pages - at, nr = left < BATCH ? left : BATCH;
		struct xen_memory_reservation r = { .nr_extents = nr, .domid = (domid_t)id };
		long done;

		for (unsigned int i = 0; i < BATCH; i++)
			list[i] = at + i;
		set_xen_guest_handle(r.extent_start, list);
		done = hypercall_2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r);
		if (done != (long)nr)
			return done < 0 ? done : -XEN_ENOMEM;
	}
	return 0;
}

void *domain_see(unsigned int id, uint64_t gfn)
{
	for (unsigned int i = 0; i < WINDOW_PAGES; i++) {
		xen_ulong_t from = gfn;
		xen_pfn_t to = (WINDOW >> 12) + i;
		int error = 0;
		struct xen_add_to_physmap_batch b = { .domid = DOMID_SELF,
						      .space = XENMAPSPACE_gmfn_foreign,
						      .size = 1,
						      .u = { .foreign_domid = (domid_t)id } };

		if (window_used[i])
			continue;
		set_xen_guest_handle(b.idxs, &from);
		set_xen_guest_handle(b.gpfns, &to);
		set_xen_guest_handle(b.errs, &error);
		if (hypercall_2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &b) || error)
			return NULL;
		window_used[i] = true;
		return (void *)(WINDOW + i * PAGE);
	}
	return NULL;
}

void domain_unsee(void *page)
{
	uint64_t i = ((uint64_t)page - WINDOW) / PAGE;
	struct xen_remove_from_physmap r = { .domid = DOMID_SELF, .gpfn = (WINDOW >> 12) + i };

	if (!page)
		return;
	(void)hypercall_2(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &r);
	window_used[i] = false;
}

/* Copy to guest-physical @to of the domain. */
static long put(unsigned int id, uint64_t to, const void *data, size_t size)
{
	const char *from = data;

	while (size) {
		uint64_t offset = to & (PAGE - 1);
		size_t n = PAGE - offset < size ? PAGE - offset : size;
		char *page = domain_see(id, to >> 12);

		if (!page)
			return -XEN_EFAULT;
		memcpy(page + offset, from, n);
		domain_unsee(page);
		to += n;
		from += n;
		size -= n;
	}
	return 0;
}

/* What the file loads; memory is zero at first, so that is all. *ret_entry: the PVH entry. */
static long put_elf(unsigned int id, const struct domain_spec *spec, uint32_t *ret_entry)
{
	const struct elf_header *eh = spec->elf;
	const struct elf_segment *ph = (const void *)((const char *)spec->elf + eh->phoff);

	if (spec->elf_size < sizeof(*eh) || memcmp(eh->ident, "\177ELF", 4) ||
	    eh->phoff + eh->phnum * sizeof(*ph) > spec->elf_size)
		return -XEN_EINVAL;
	for (unsigned int i = 0; i < eh->phnum; i++) {
		long rc;

		if (ph[i].type != ELF_LOAD)
			continue;
		if (ph[i].offset + ph[i].filesz > spec->elf_size ||
		    ph[i].paddr + ph[i].memsz > spec->nr_pages * PAGE)
			return -XEN_EINVAL;
		rc = put(id, ph[i].paddr, (const char *)spec->elf + ph[i].offset, ph[i].filesz);
		if (rc)
			return rc;
	}
	*ret_entry = (uint32_t)eh->entry; /* lib/guest.lds: the same as the note's */
	return 0;
}

static long put_start_info(unsigned int id, const struct domain_spec *spec)
{
	const struct hvm_memmap_table_entry map = { .size = spec->nr_pages * PAGE,
						    .type = XEN_HVM_MEMMAP_TYPE_RAM };
	const struct hvm_start_info si = { .magic = XEN_HVM_START_MAGIC_VALUE,
					   .version = 1,
					   .cmdline_paddr = CMDLINE,
					   .memmap_paddr = MEMMAP,
					   .memmap_entries = 1 };
	size_t size = strlen(spec->cmdline) + 1;
	long rc = size <= CMDLINE_SIZE ? put(id, CMDLINE, spec->cmdline, size) : -XEN_EINVAL;

	if (!rc)
		rc = put(id, MEMMAP, &map, sizeof(map));
	return rc ? rc : put(id, START_INFO, &si, sizeof(si));
}

/* The first vCPU as xen/arch-x86/hvm/start_info.h has it at the entry point. */
static long set_entry(unsigned int id, uint32_t entry)
{
	static struct {
		struct hvm_save_descriptor header_d;
		struct hvm_save_header header;
		struct hvm_save_descriptor cpu_d;
		struct hvm_hw_cpu cpu;
		struct hvm_save_descriptor end_d;
	} __attribute__((packed)) record;
	struct xen_domctl op = { 0 };

	memset(&record, 0, sizeof(record));
	record.header_d =
		(struct hvm_save_descriptor){ HVM_SAVE_CODE(HEADER), 0, sizeof(record.header) };
	record.header.magic = HVM_FILE_MAGIC;
	record.header.version = HVM_FILE_VERSION;
	record.cpu_d = (struct hvm_save_descriptor){ HVM_SAVE_CODE(CPU), 0, sizeof(record.cpu) };
	record.end_d = (struct hvm_save_descriptor){ HVM_SAVE_CODE(END), 0, 0 };
	record.cpu.rip = entry;
	record.cpu.rbx = START_INFO;
	record.cpu.rflags = EFLAGS_FIXED;
	record.cpu.cr0 = 0x11;
	record.cpu.cs_sel = 8;
	record.cpu.ds_sel = record.cpu.es_sel = record.cpu.ss_sel = 16;
	record.cpu.cs_limit = record.cpu.ds_limit = ~0u;
	record.cpu.es_limit = record.cpu.ss_limit = ~0u;
	record.cpu.tr_limit = 0x67;
	record.cpu.cs_arbytes = 0xc9b;
	record.cpu.ds_arbytes = record.cpu.es_arbytes = record.cpu.ss_arbytes = 0xc93;
	record.cpu.tr_arbytes = 0x8b;
	record.cpu.dr6 = 0xffff0ff0;
	record.cpu.dr7 = 0x400;
	set_xen_guest_handle(op.u.hvmcontext.buffer, (uint8_t *)&record);
	op.u.hvmcontext.size = sizeof(record);
	return domain_control(&op, XEN_DOMCTL_sethvmcontext, id);
}

long domain_build(const struct domain_spec *spec, unsigned int *ret_id)
{
	uint32_t entry = 0;
	long rc = domain_create(spec->nr_vcpus, spec->nr_pages, ret_id);

	if (rc)
		return rc;
	rc = domain_populate(*ret_id, spec->nr_pages);
	if (!rc && spec->elf) {
		rc = put_elf(*ret_id, spec, &entry);
		if (!rc)
			rc = put_start_info(*ret_id, spec);
		if (!rc)
			rc = set_entry(*ret_id, entry);
	}
	if (rc)
		(void)domain_destroy(*ret_id);
	return rc;
}

long domain_unpause(unsigned int id)
{
	struct xen_domctl op = { 0 };

	return domain_control(&op, XEN_DOMCTL_unpausedomain, id);
}

long domain_destroy(unsigned int id)
{
	struct xen_domctl op = { 0 };

	return domain_control(&op, XEN_DOMCTL_destroydomain, id);
}

long domain_ended(unsigned int id)
{
	struct xen_domctl op = { 0 };
	long rc = domain_control(&op, XEN_DOMCTL_getdomaininfo, id);
	uint32_t flags = op.u.getdomaininfo.flags;

	if (rc || op.domain != id || (flags & XEN_DOMINF_dying))
		return rc < -1 ? rc : -XEN_ESRCH;
	if (!(flags & XEN_DOMINF_shutdown))
		return -1;
	return flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
}

uint64_t domain_host_free(void)
{
	struct xen_sysctl op = { .cmd = XEN_SYSCTL_physinfo,
				 .interface_version = XEN_SYSCTL_INTERFACE_VERSION };

	if (hypercall_2(__HYPERVISOR_sysctl, (unsigned long)&op, NULL))
		return 0;
	return op.u.physinfo.free_pages;
}
