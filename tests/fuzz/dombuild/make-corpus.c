/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the first inputs of the image fuzzer: make-corpus FOLDER. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lzma.h>

#include "images.h"

static const char *folder;

static void put(const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void put_bzimage(const char *name, const void *payload, size_t size)
{
	size_t image_size;
	uint8_t *image = image_bzimage(payload, size, &image_size);

	if (!image)
		exit(1);
	put(name, image, image_size);
	free(image);
}

static void put_xz(const char *name, const uint8_t *elf, int check)
{
	size_t size;
	uint8_t *xz = image_xz(elf, IMAGE_SIZE, check, &size);

	if (!xz)
		exit(1);
	put_bzimage(name, xz, size);
	put_bzimage("bzimage-truncated-xz", xz, size / 2);
	put("xz", xz, size);
	free(xz);
}

/* Small enough that a fuzzer's changes hit something: headers, notes, 64 bytes. */
static void put_tiny(void)
{
	uint8_t elf[IMAGE_SIZE];

	image_make(elf, true);
	image_put(elf, image_phdr(true, 0), 4, 0);
	image_put(elf, image_phdr(true, 1) + 8, 8, 0x200);
	image_put(elf, image_phdr(true, 1) + 32, 8, 0x40);
	image_put(elf, image_phdr(true, 2) + 8, 8, 0x180);
	memcpy(elf + 0x180, elf + IMAGE_NOTE_OFFSET, IMAGE_NOTE_SIZE);
	memset(elf + 0x200, 0x90, 0x40);
	put("elf64-tiny", elf, 0x240);
	put("elf64-truncated", elf, 0x23f);
	put_bzimage("bzimage-elf", elf, 0x240);
}

int main(int argc, char **argv)
{
	uint8_t elf[IMAGE_SIZE];

	if (argc != 2)
		return 2;
	folder = argv[1];
	image_make(elf, false);
	put("elf32", elf, sizeof(elf));
	image_make(elf, true);
	put("elf64", elf, sizeof(elf));
	put_xz("bzimage-crc32", elf, LZMA_CHECK_CRC32);
	put_xz("bzimage-crc64", elf, LZMA_CHECK_CRC64);
	put_xz("bzimage-sha256", elf, LZMA_CHECK_SHA256);
	put_bzimage("bzimage-gzip", "\x1f\x8b\x08", 3);
	put_tiny();
	return 0;
}
