/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads ELF32 and ELF64 kernels by physical address.
 *
 * The file comes in pieces, as a decompressor makes them. Its first bytes are
 * kept until the program headers are known; from then on each piece is laid
 * over the file ranges of all segments, so their order does not matter and no
 * copy of the whole file exists. Segment and note layouts: System V ABI,
 * chapters 4 and 5; notes of a PVH kernel: xen/elfnote.h.
 */
#include "private.h"

#include <xen/elfnote.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/string.h>

#define ELF_HEAD_SIZE 4096 /* program headers must lie within */
#define ELF_MAX_SEGMENTS 32
#define ELF_NOTES_SIZE 16384 /* of all PT_NOTE segments together */

enum { ELFCLASS32 = 1, ELFCLASS64 = 2 };
enum { ELFDATA2LSB = 1, EV_CURRENT = 1 };
enum { ET_EXEC = 2, ET_DYN = 3 };
enum { EM_386 = 3, EM_X86_64 = 62 };
enum { PT_LOAD = 1, PT_NOTE = 4 };

struct elf_ident {
	uint8_t magic[4], class, data, version, pad[9];
};

struct elf32_ehdr {
	struct elf_ident ident;
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf64_ehdr {
	struct elf_ident ident;
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf32_phdr {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf64_phdr {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

/* System V ABI, figures 4-3 and 5-1; ELF-64 object file format, figures 2 and 6. */
_Static_assert(sizeof(struct elf_ident) == 16, "ELF identification");
_Static_assert(sizeof(struct elf32_ehdr) == 52, "ELF32 header");
_Static_assert(sizeof(struct elf64_ehdr) == 64, "ELF64 header");
_Static_assert(sizeof(struct elf32_phdr) == 32, "ELF32 program header");
_Static_assert(sizeof(struct elf64_phdr) == 56, "ELF64 program header");

/* One range of the file and where it goes: guest memory, or our copy of notes. */
struct elf_segment {
	bool note;
	uint64_t offset, filesz;
	uint64_t paddr, memsz; /* of a note: place and size in notes[] */
};

struct elf_loader {
	const struct guest_ram *ram;
	uint64_t fed;	 /* bytes of the file seen */
	uint64_t needed; /* bytes that hold all segments; valid once parsed */
	bool parsed;
	size_t head_size;
	unsigned nr_segments;
	size_t notes_size;
	struct elf_segment segment[ELF_MAX_SEGMENTS];
	uint8_t head[ELF_HEAD_SIZE];
	uint8_t notes[ELF_NOTES_SIZE];
};

struct elf_loader *elf_create(const struct guest_ram *ram)
{
	struct elf_loader *l = heap_alloc(sizeof(*l));

	if (l)
		l->ram = ram;
	return l;
}

void elf_destroy(struct elf_loader *l)
{
	heap_free(l);
}

/* What both classes have in common, widened. */
struct elf_header {
	uint16_t type, machine, phentsize, phnum;
	uint64_t phoff;
	bool is64;
};

static int read_header(const struct elf_loader *l, struct elf_header *ret_header,
		       const char **ret_error)
{
	struct elf32_ehdr h32;
	struct elf64_ehdr h64;

	if (l->head_size < sizeof(h32))
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"ELF kernel is shorter than an ELF header; load the whole file");
	memcpy(&h32, l->head, sizeof(h32));
	if (memcmp(h32.ident.magic, "\177ELF", 4) != 0)
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"unpacked kernel is no ELF file; use a kernel built with CONFIG_PVH");
	if (h32.ident.data != ELFDATA2LSB || h32.ident.version != EV_CURRENT)
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "ELF kernel is not little-endian, version 1; use one for x86");
	if (h32.ident.class == ELFCLASS32) {
		*ret_header = (struct elf_header){ h32.type,  h32.machine, h32.phentsize,
						   h32.phnum, h32.phoff,   false };
		return 0;
	}
	if (h32.ident.class != ELFCLASS64 || l->head_size < sizeof(h64))
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "ELF kernel has a broken header; use an ELF32 or ELF64 file");
	memcpy(&h64, l->head, sizeof(h64));
	*ret_header = (struct elf_header){ h64.type,  h64.machine, h64.phentsize,
					   h64.phnum, h64.phoff,   true };
	return 0;
}

static int check_header(const struct elf_loader *l, const struct elf_header *h,
			const char **ret_error)
{
	size_t entry_size = h->is64 ? sizeof(struct elf64_phdr) : sizeof(struct elf32_phdr);
	uint64_t end;

	if (h->machine != EM_386 && h->machine != EM_X86_64)
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "ELF kernel is for another processor; use one for x86");
	if (h->type != ET_EXEC && h->type != ET_DYN)
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "ELF kernel is not executable (an object file?); link it");
	if (h->phnum == 0 || h->phentsize != entry_size)
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"ELF kernel has no usable program headers; link it as executable");
	if (__builtin_add_overflow(h->phoff, (uint64_t)h->phnum * entry_size, &end) ||
	    end > l->head_size)
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"ELF kernel's program headers lie behind its first 4096 bytes or "
			"are cut off; load the whole file, link with headers first");
	return 0;
}

static void read_phdr(const uint8_t *src, const struct elf_header *h, struct elf64_phdr *ret_phdr)
{
	struct elf32_phdr p;

	if (h->is64) {
		memcpy(ret_phdr, src, sizeof(*ret_phdr));
		return;
	}
	memcpy(&p, src, sizeof(p));
	*ret_phdr = (struct elf64_phdr){ p.type,  p.flags,  p.offset, p.vaddr,
					 p.paddr, p.filesz, p.memsz,  p.align };
}

/* Zero-sized when they only touch. */
static bool overlaps_loaded(const struct elf_loader *l, uint64_t start, uint64_t end)
{
	for (unsigned i = 0; i < l->nr_segments; i++) {
		const struct elf_segment *s = &l->segment[i];

		if (!s->note && start < s->paddr + s->memsz && s->paddr < end)
			return true;
	}
	return false;
}

static int check_load(const struct elf_loader *l, const struct elf64_phdr *p,
		      const char **ret_error)
{
	uint64_t end;

	if (p->filesz > p->memsz)
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "ELF kernel has a segment with more bytes in the file than in "
				     "memory; the file is damaged, copy it again");
	if (__builtin_add_overflow(p->paddr, p->memsz, &end) || end > l->ram->end)
		return dombuild_fail(
			ret_error, -XEN_ENOMEM,
			"kernel does not fit into the guest's memory below 4 GiB; give "
			"the guest more memory");
	if (overlaps_loaded(l, p->paddr, end))
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"ELF kernel has segments that overlap in physical memory; give "
			"each its own physical address (p_paddr)");
	return 0;
}

/* Take up one program header, if it is of a kind that matters. */
static int add_segment(struct elf_loader *l, const struct elf64_phdr *p, const char **ret_error)
{
	struct elf_segment s = { p->type == PT_NOTE, p->offset, p->filesz, p->paddr, p->memsz };
	uint64_t file_end;
	int rc;

	if (s.note ? p->filesz == 0 : (p->type != PT_LOAD || p->memsz == 0))
		return 0;
	if (__builtin_add_overflow(p->offset, p->filesz, &file_end) ||
	    file_end > IMAGE_MAX_UNPACKED)
		return dombuild_fail(
			ret_error, -XEN_E2BIG,
			"ELF kernel has a segment beyond the first 512 MiB of the file; "
			"strip it of debugging information");
	if (l->nr_segments == ELF_MAX_SEGMENTS)
		return dombuild_fail(
			ret_error, -XEN_E2BIG,
			"ELF kernel has more than 32 segments; merge them at link time");
	if (s.note) {
		if (p->filesz > ELF_NOTES_SIZE - l->notes_size)
			return dombuild_fail(
				ret_error, -XEN_E2BIG,
				"ELF kernel has more than 16 KiB of notes; strip those it "
				"does not need");
		s.paddr = l->notes_size;
		s.memsz = p->filesz;
		l->notes_size += p->filesz;
	} else {
		rc = check_load(l, p, ret_error);
		if (rc)
			return rc;
	}
	l->needed = MAX(l->needed, file_end);
	l->segment[l->nr_segments++] = s;
	return 0;
}

/* Lay @size bytes that stand at @offset of the file over all segments. */
static int place(struct elf_loader *l, uint64_t offset, const uint8_t *data, size_t size,
		 const char **ret_error)
{
	for (unsigned i = 0; i < l->nr_segments; i++) {
		const struct elf_segment *s = &l->segment[i];
		uint64_t start = MAX(offset, s->offset);
		uint64_t end = MIN(offset + size, s->offset + s->filesz);
		uint64_t to = s->paddr + (start - s->offset);

		if (start >= end)
			continue;
		if (s->note)
			memcpy(l->notes + to, data + (start - offset), end - start);
		else if (l->ram->write(l->ram->ctx, to, data + (start - offset), end - start))
			return dombuild_fail(
				ret_error, -XEN_EFAULT,
				"the guest's memory cannot be written; this is a fault of "
				"the hypervisor, please report it");
	}
	return 0;
}

static int parse(struct elf_loader *l, const char **ret_error)
{
	struct elf_header h;
	struct elf64_phdr p;
	int rc = read_header(l, &h, ret_error);

	if (!rc)
		rc = check_header(l, &h, ret_error);
	for (unsigned i = 0; !rc && i < h.phnum; i++) {
		read_phdr(l->head + h.phoff + (size_t)i * h.phentsize, &h, &p);
		rc = add_segment(l, &p, ret_error);
	}
	if (rc)
		return rc;
	l->parsed = true;
	return place(l, 0, l->head, l->head_size, ret_error);
}

int elf_feed(struct elf_loader *l, const void *data, size_t size, const char **ret_error)
{
	size_t taken = 0;
	int rc;

	if (size > IMAGE_MAX_UNPACKED - l->fed)
		return dombuild_fail(
			ret_error, -XEN_E2BIG,
			"kernel is larger than 512 MiB unpacked; strip it of debugging "
			"information");
	if (!l->parsed) {
		taken = MIN(size, ELF_HEAD_SIZE - l->head_size);
		memcpy(l->head + l->head_size, data, taken);
		l->head_size += taken;
		l->fed += taken;
		if (l->head_size < ELF_HEAD_SIZE)
			return 0;
		rc = parse(l, ret_error);
		if (rc)
			return rc;
	}
	rc = place(l, l->fed, (const uint8_t *)data + taken, size - taken, ret_error);
	l->fed += size - taken;
	return rc;
}

struct elf_note {
	uint32_t namesz, descsz, type;
};

/* 1 if the note at @at is the entry, 0 if it is another, or a negative error. */
static int read_note(const struct elf_loader *l, const struct elf_note *n, size_t desc,
		     uint32_t *ret_entry, const char **ret_error)
{
	uint64_t entry = 0;

	if (n->namesz != sizeof("Xen") || n->type != XEN_ELFNOTE_PHYS32_ENTRY ||
	    memcmp(l->notes + desc - 4, "Xen", sizeof("Xen")) != 0)
		return 0;
	if (n->descsz != 4 && n->descsz != 8)
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"kernel's XEN_ELFNOTE_PHYS32_ENTRY note is neither 4 nor 8 bytes; "
			"use a kernel built with CONFIG_PVH");
	memcpy(&entry, l->notes + desc, n->descsz);
	if (entry > UINT32_MAX)
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"kernel's entry point (XEN_ELFNOTE_PHYS32_ENTRY) is above 4 GiB; "
			"link it lower");
	*ret_entry = (uint32_t)entry;
	return 1;
}

/* Walk the notes at [pos, end); as read_note(). Each step takes at least 12 bytes. */
static int walk_notes(const struct elf_loader *l, size_t pos, size_t end, uint32_t *ret_entry,
		      const char **ret_error)
{
	while (end - pos >= sizeof(struct elf_note)) {
		struct elf_note n;
		size_t name_size, desc_size;
		int r;

		memcpy(&n, l->notes + pos, sizeof(n));
		pos += sizeof(n);
		name_size = ALIGN_UP((size_t)n.namesz, 4);
		desc_size = n.descsz;
		if (name_size > end - pos || desc_size > end - pos - name_size)
			return dombuild_fail(
				ret_error, -XEN_ENOEXEC,
				"ELF kernel has a note that is longer than its segment; "
				"the file is damaged, copy it again");
		r = read_note(l, &n, pos + name_size, ret_entry, ret_error);
		if (r)
			return r;
		pos += name_size;
		pos += MIN(ALIGN_UP(desc_size, 4), end - pos);
	}
	return 0;
}

static int find_entry(const struct elf_loader *l, uint32_t *ret_entry, const char **ret_error)
{
	for (unsigned i = 0; i < l->nr_segments; i++) {
		const struct elf_segment *s = &l->segment[i];
		int r;

		if (!s->note)
			continue;
		r = walk_notes(l, s->paddr, s->paddr + s->memsz, ret_entry, ret_error);
		if (r)
			return r < 0 ? r : 0;
	}
	return dombuild_fail(ret_error, -XEN_ENOEXEC,
			     "kernel has no XEN_ELFNOTE_PHYS32_ENTRY note; use a kernel built with "
			     "CONFIG_PVH");
}

int elf_finish(struct elf_loader *l, struct elf_image *ret_image, const char **ret_error)
{
	struct elf_image image = { 0, UINT64_MAX, 0 };
	int rc = l->parsed ? 0 : parse(l, ret_error);

	if (rc)
		return rc;
	if (l->fed < l->needed)
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"ELF kernel is truncated: a segment lies behind the end of the "
			"file; load the whole file");
	rc = find_entry(l, &image.entry, ret_error);
	if (rc)
		return rc;
	for (unsigned i = 0; i < l->nr_segments; i++) {
		const struct elf_segment *s = &l->segment[i];

		if (s->note)
			continue;
		image.start = MIN(image.start, s->paddr);
		image.end = MAX(image.end, s->paddr + s->memsz);
	}
	if (!overlaps_loaded(l, image.entry, (uint64_t)image.entry + 1))
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"kernel's entry point (XEN_ELFNOTE_PHYS32_ENTRY) is outside of its "
			"segments; link it as a PVH kernel");
	*ret_image = image;
	return 0;
}
