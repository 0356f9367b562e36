/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells a kernel's format by its first bytes and hands it to the right loader. */
#include "private.h"

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/string.h>

enum image_format { IMAGE_UNKNOWN, IMAGE_ELF, IMAGE_XZ, IMAGE_OTHER };

static const struct image_magic {
	enum image_format format;
	uint8_t size;
	char magic[6];
	const char *error; /* for a format without a loader */
} image_magics[] = {
	{ IMAGE_ELF, 4, { 0x7f, 'E', 'L', 'F' }, NULL },
	{ IMAGE_XZ, 6, { '\xfd', '7', 'z', 'X', 'Z', 0 }, NULL },
	{ IMAGE_OTHER,
	  2,
	  { 0x1f, '\x8b' },
	  "kernel is compressed with gzip, which is not supported; use an xz-compressed bzImage or "
	  "unpack it (extract-vmlinux)" },
	{ IMAGE_OTHER,
	  3,
	  { 'B', 'Z', 'h' },
	  "kernel is compressed with bzip2, which is not supported; use an xz-compressed bzImage "
	  "or "
	  "unpack it (extract-vmlinux)" },
	{ IMAGE_OTHER,
	  3,
	  { 0x5d, 0, 0 },
	  "kernel is compressed with lzma, which is not supported; use an xz-compressed bzImage or "
	  "unpack it (extract-vmlinux)" },
	{ IMAGE_OTHER,
	  4,
	  { '\x89', 'L', 'Z', 'O' },
	  "kernel is compressed with lzo, which is not supported; use an xz-compressed bzImage or "
	  "unpack it (extract-vmlinux)" },
	{ IMAGE_OTHER,
	  4,
	  { 0x02, '\x21', 0x4c, 0x18 },
	  "kernel is compressed with lz4, which is not supported; use an xz-compressed bzImage or "
	  "unpack it (extract-vmlinux)" },
	{ IMAGE_OTHER,
	  4,
	  { 0x28, '\xb5', 0x2f, '\xfd' },
	  "kernel is compressed with zstd, which is not supported; use an xz-compressed bzImage or "
	  "unpack it (extract-vmlinux)" },
};

static enum image_format image_format(const void *data, size_t size, const char **ret_error)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_magics); i++) {
		const struct image_magic *m = &image_magics[i];

		if (size >= m->size && memcmp(data, m->magic, m->size) == 0) {
			if (m->error)
				*ret_error = m->error;
			return m->format;
		}
	}
	*ret_error =
		"kernel is neither ELF nor a Linux bzImage; use a vmlinux or bzImage built with "
		"CONFIG_PVH";
	return IMAGE_UNKNOWN;
}

/*
 * Linux's Documentation/x86/boot.rst, "The Real-Mode Kernel Header". An ELF may
 * have any bytes there, so its own magic counts first.
 */
static bool is_bzimage(const void *data, size_t size)
{
	return size >= 0x206 && memcmp((const uint8_t *)data + 0x202, "HdrS", 4) == 0 &&
	       memcmp(data, "\177ELF", 4) != 0;
}

/* The whole of @data is a kernel in ELF, or one compressed. */
static int feed_payload(const void *data, size_t size, struct elf_loader *l, const char **ret_error)
{
	switch (image_format(data, size, ret_error)) {
	case IMAGE_ELF:
		return elf_feed(l, data, size, ret_error);
	case IMAGE_XZ:
		if (SUPPORT_ENABLED(pvh_bzimage))
			return unxz_feed(data, size, l, ret_error);
		*ret_error = "kernel is compressed with xz and this build's policy leaves feature "
			     "pvh_bzimage out; unpack it";
		return -XEN_EOPNOTSUPP;
	case IMAGE_OTHER:
		return -XEN_EOPNOTSUPP;
	case IMAGE_UNKNOWN:
		return -XEN_ENOEXEC;
	}
	return -XEN_EINVAL;
}

static int feed_bzimage(const void *data, size_t size, struct elf_loader *l, const char **ret_error)
{
	const void *payload;
	size_t payload_size;
	int rc;

	if (!SUPPORT_ENABLED(pvh_bzimage))
		return dombuild_fail(ret_error, -XEN_EOPNOTSUPP,
				     "kernel is a bzImage and this build's policy leaves feature "
				     "pvh_bzimage out; use an unpacked vmlinux (extract-vmlinux)");
	rc = bzimage_parse(data, size, &payload, &payload_size, ret_error);
	return rc ? rc : feed_payload(payload, payload_size, l, ret_error);
}

int image_load(const void *data, size_t size, const struct guest_ram *ram,
	       struct elf_image *ret_image, const char **ret_error)
{
	struct elf_loader *l = elf_create(ram);
	int rc;

	if (!l)
		return dombuild_fail(
			ret_error, -XEN_ENOMEM,
			"the host has too little free memory to load a kernel; give the "
			"guest less memory");
	if (is_bzimage(data, size))
		rc = feed_bzimage(data, size, l, ret_error);
	else
		rc = feed_payload(data, size, l, ret_error);
	if (!rc)
		rc = elf_finish(l, ret_image, ret_error);
	elf_destroy(l);
	return rc;
}
