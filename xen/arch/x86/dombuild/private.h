/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the files of the domain builder. Every function that fails sets
 * *ret_error to a static text that names cause and remedy.
 */
#ifndef X86_DOMBUILD_PRIVATE_H
#define X86_DOMBUILD_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hv/types.h>

/** Most bytes a kernel may unpack to. */
#define IMAGE_MAX_UNPACKED (512ull << 20)

static inline int dombuild_fail(const char **ret_error, int rc, const char *text)
{
	*ret_error = text;
	return rc;
}

/** Where a kernel is loaded: zeroed RAM at [0, end). */
struct guest_ram {
	/* Copy into the guest; 0 or -XEN_EFAULT. Ranges were checked against end. */
	int (*const write)(void *ctx, uint64_t gpa, const void *src, size_t size);
	void *ctx;
	uint64_t end;
};

/* elf.c: a loader that is fed the file in order, in pieces of any size */

struct elf_image {
	uint32_t entry;	     /* PHYS32_ENTRY */
	uint64_t start, end; /* lowest and highest + 1 guest-physical address used */
};

struct elf_loader;

/** NULL without memory. @ram is borrowed until elf_destroy(). */
struct elf_loader *elf_create(const struct guest_ram *ram) __must_check;
void elf_destroy(struct elf_loader *l);
/** The next @size bytes of the file. After an error only elf_destroy() is allowed. */
int elf_feed(struct elf_loader *l, const void *data, size_t size,
	     const char **ret_error) __must_check;
/** The file is at its end. */
int elf_finish(struct elf_loader *l, struct elf_image *ret_image,
	       const char **ret_error) __must_check;

/* bzimage.c */

/** Find the compressed kernel inside a file with the signature; *@ret_payload points into @data. */
int bzimage_parse(const void *data, size_t size, const void **ret_payload, size_t *ret_payload_size,
		  const char **ret_error) __must_check;

/* unxz.c */

/** Unpack @data, one xz stream with or without Linux's size trailer, into @l. */
int unxz_feed(const void *data, size_t size, struct elf_loader *l,
	      const char **ret_error) __must_check;

/* image.c */

/** Load a kernel of any format this build knows. */
int image_load(const void *data, size_t size, const struct guest_ram *ram,
	       struct elf_image *ret_image, const char **ret_error) __must_check;

/* acpi.c */

/** Bytes acpi_build() needs: RSDP first, tables behind it. */
#define ACPI_SIZE PAGE_SIZE

/**
 * Write the tables of a guest of @nr_vcpus (at most DOMBUILD_MAX_VCPUS) to
 * @buf, ACPI_SIZE zeroed bytes that the guest sees at @gpa (page aligned).
 */
void acpi_build(void *buf, uint32_t gpa, uint32_t nr_vcpus);

#endif
