/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels for the tests of the domain builder: see images.h. */
#include "images.h"

#include <stdlib.h>
#include <string.h>

void image_put(uint8_t *image, size_t offset, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width; i++)
		image[offset + i] = (uint8_t)(value >> 8 * i);
}

uint8_t image_byte(size_t offset)
{
	return (uint8_t)(offset * 7 + (offset >> 8) + 3);
}

size_t image_phdr(bool is64, unsigned i)
{
	return is64 ? 64 + i * 56 : 52 + i * 32;
}

static void put_header(uint8_t *image, bool is64)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', 0, 1, 1 };

	memcpy(image, ident, sizeof(ident));
	image[4] = is64 ? 2 : 1;
	image_put(image, 16, 2, 2);		/* ET_EXEC */
	image_put(image, 18, 2, is64 ? 62 : 3); /* machine */
	image_put(image, 20, 4, 1);		/* version */
	image_put(image, is64 ? 32 : 28, 4, image_phdr(is64, 0));
	image_put(image, is64 ? 54 : 42, 2, is64 ? 56 : 32);
	image_put(image, is64 ? 56 : 44, 2, 3);
}

static void put_phdr(uint8_t *image, bool is64, unsigned i, const uint32_t value[5])
{
	static const uint8_t at[2][5] = { { 0, 4, 12, 16, 20 }, { 0, 8, 24, 32, 40 } };

	for (unsigned field = 0; field < 5; field++)
		image_put(image, image_phdr(is64, i) + at[is64][field], 4, value[field]);
}

/* Returns where the next one starts. */
static size_t put_note(uint8_t *image, size_t at, const char *name, uint32_t type, const void *desc,
		       uint32_t desc_size)
{
	uint32_t name_size = (uint32_t)strlen(name) + 1;

	image_put(image, at, 4, name_size);
	image_put(image, at + 4, 4, desc_size);
	image_put(image, at + 8, 4, type);
	memcpy(image + at + 12, name, name_size);
	at += 12 + ((name_size + 3) & ~3u);
	memcpy(image + at, desc, desc_size);
	return at + ((desc_size + 3) & ~3u);
}

void image_make(uint8_t image[IMAGE_SIZE], bool is64)
{
	static const uint32_t load_data[] = { 1, IMAGE_DATA_OFFSET, IMAGE_DATA_PADDR,
					      IMAGE_DATA_FILESZ, IMAGE_DATA_MEMSZ };
	static const uint32_t load_text[] = { 1, IMAGE_TEXT_OFFSET, IMAGE_TEXT_PADDR,
					      IMAGE_TEXT_FILESZ, IMAGE_TEXT_MEMSZ };
	static const uint32_t note[] = { 4, IMAGE_NOTE_OFFSET, 0, IMAGE_NOTE_SIZE, 0 };
	static const uint8_t entry[4] = { 0x40, 0, 0x10, 0 };
	size_t at = IMAGE_NOTE_OFFSET;

	memset(image, 0, IMAGE_SIZE);
	for (size_t i = IMAGE_TEXT_OFFSET; i < IMAGE_SIZE; i++)
		image[i] = image_byte(i);
	put_header(image, is64);
	put_phdr(image, is64, 0, load_data);
	put_phdr(image, is64, 1, load_text);
	put_phdr(image, is64, 2, note);
	at = put_note(image, at, "Linux", 18, "\1\2\3", 3); /* both sizes need padding */
	at = put_note(image, at, "Xen", 6, "", 0);
	put_note(image, at, "Xen", 18, entry, sizeof(entry));
}

uint8_t *image_bzimage(const void *payload, size_t payload_size, size_t *ret_size)
{
	const size_t start = 3 * 512 + 0x40;
	uint8_t *image = calloc(1, start + payload_size + 16);

	if (!image)
		return NULL;
	image[0x1f1] = 2;
	image_put(image, 0x1fe, 2, 0xaa55);
	memcpy(image + 0x202, "HdrS", 4);
	image_put(image, 0x206, 2, 0x020f);
	image_put(image, 0x248, 4, 0x40);
	image_put(image, 0x24c, 4, payload_size);
	memcpy(image + start, payload, payload_size);
	*ret_size = start + payload_size + 16;
	return image;
}
