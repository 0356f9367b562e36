/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel formats: bzImage headers, xz payloads, and formats that are refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lzma.h>

#include <candor/support.h>
#include <hv/errno.h>

#include "images.h"
#include "mock.h"
#include "private.h"
#include "ram.h"

SUPPORT_TEST(pvh_bzimage, "unit/dombuild-image");

#define RAM_SIZE 0x300000u

static struct domain no_domain;
static struct guest_ram *ram; /* one for all tests: there are thousands of loads */

/* From an exact copy on the heap, for the sanitizer to guard. */
static int load(const void *data, size_t size, struct elf_image *ret_image, const char **ret_error)
{
	void *copy = malloc(size ? size : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, data, size);
	memset(ram_bytes(ram) + IMAGE_TEXT_PADDR, 0, IMAGE_TEXT_MEMSZ);
	rc = image_load(copy, size, ram, ret_image, ret_error);
	if (!rc)
		assert_int_equal(ram_bytes(ram)[IMAGE_TEXT_PADDR + 5],
				 image_byte(IMAGE_TEXT_OFFSET + 5));
	free(copy);
	return rc;
}

static void expect(const char *name, const void *data, size_t size, int want, const char *text)
{
	struct elf_image image;
	const char *error = "";
	int rc = load(data, size, &image, &error);

	if (rc != want || !strstr(error, text))
		fail_msg("%s: got %d \"%s\"", name, rc, error);
	if (!rc) {
		assert_int_equal(image.entry, IMAGE_ENTRY);
		assert_int_equal(image.end, IMAGE_END);
	}
}

/* A bzImage of the test kernel as Linux's build makes one, with its size behind the stream. */
static uint8_t *make_bzimage(int check, int size_error, size_t *ret_size)
{
	uint8_t elf[IMAGE_SIZE], *xz, *with_size, *image;
	size_t xz_size;

	image_make(elf, true);
	xz = image_xz(elf, sizeof(elf), check, &xz_size);
	assert_non_null(xz);
	with_size = malloc(xz_size + 4);
	assert_non_null(with_size);
	memcpy(with_size, xz, xz_size);
	image_put(with_size, xz_size, 4, (uint64_t)((int)IMAGE_SIZE + size_error));
	image = image_bzimage(with_size, xz_size + 4, ret_size);
	assert_non_null(image);
	free(with_size);
	free(xz);
	return image;
}

static void test_loads_each_checksum(void **state)
{
	static const int checks[] = { LZMA_CHECK_NONE, LZMA_CHECK_CRC32, LZMA_CHECK_CRC64,
				      LZMA_CHECK_SHA256 };

	mock_start(0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		size_t size;
		uint8_t *image = make_bzimage(checks[i], 0, &size);

		expect("bzImage", image, size, 0, "");
		free(image);
	}
	mock_stop(&no_domain);
}

static void test_loads_what_is_not_a_bzimage(void **state)
{
	uint8_t elf[IMAGE_SIZE], *xz, *raw;
	size_t size;

	mock_start(0, 0);
	image_make(elf, false);
	expect("ELF", elf, sizeof(elf), 0, "");
	memcpy(elf + 0x202, "HdrS", 4);
	expect("ELF with a bzImage's signature", elf, sizeof(elf), 0, "");
	xz = image_xz(elf, sizeof(elf), LZMA_CHECK_CRC64, &size);
	expect("xz of an ELF", xz, size, 0, "");
	free(xz);
	raw = image_bzimage(elf, sizeof(elf), &size);
	expect("bzImage with an unpacked payload", raw, size, 0, "");
	free(raw);
	mock_stop(&no_domain);
}

/* CRC-64/XZ of the usual nine digits, in one go and in two. */
static void test_crc64_is_the_one_of_xz(void **state)
{
	const uint8_t *digits = (const uint8_t *)"123456789";

	assert_true(lzma_crc64(digits, 9, 0) == 0x995dc9bbdf1939fa);
	assert_true(lzma_crc64(digits + 4, 5, lzma_crc64(digits, 4, 0)) == 0x995dc9bbdf1939fa);
}

static void test_names_other_formats(void **state)
{
	static const struct {
		const char *name, *magic;
		size_t size;
		const char *error;
	} formats[] = {
		{ "gzip", "\x1f\x8b\x08", 3, "gzip" },
		{ "bzip2", "BZh9", 4, "bzip2" },
		{ "lzma", "\x5d\0\0\x80", 4, "with lzma" },
		{ "lzo", "\x89LZO", 4, "lzo" },
		{ "lz4", "\x02\x21\x4c\x18", 4, "lz4" },
		{ "zstd", "\x28\xb5\x2f\xfd", 4, "zstd" },
	};

	mock_start(0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		size_t size;
		uint8_t data[64] = { 0 }, *image;

		memcpy(data, formats[i].magic, formats[i].size);
		expect(formats[i].name, data, sizeof(data), -XEN_EOPNOTSUPP, formats[i].error);
		image = image_bzimage(data, sizeof(data), &size);
		expect(formats[i].name, image, size, -XEN_EOPNOTSUPP, formats[i].error);
		free(image);
	}
	expect("nothing", "", 0, -XEN_ENOEXEC, "neither ELF nor");
	expect("text", "#!/bin/sh\n", 10, -XEN_ENOEXEC, "neither ELF nor");
	expect("half a magic", "\177EL", 3, -XEN_ENOEXEC, "neither ELF nor");
	expect("xz's magic alone",
	       "\xfd"
	       "7zXZ\0",
	       6, -XEN_ENOEXEC, "truncated");
	mock_stop(&no_domain);
}

static void test_refuses_broken_headers(void **state)
{
	static const struct {
		const char *name;
		size_t offset;
		unsigned width;
		uint64_t value;
		const char *error;
	} mutations[] = {
		{ "old protocol", 0x206, 2, 0x0207, "2.08" },
		{ "no payload", 0x24c, 4, 0, "no payload" },
		{ "payload too long", 0x24c, 4, 0x100000, "truncated" },
		{ "payload huge", 0x24c, 4, UINT32_MAX, "truncated" },
		{ "offset huge", 0x248, 4, UINT32_MAX, "truncated" },
		{ "offset in the setup", 0x248, 4, 0, "neither ELF nor" },
		{ "setup_sects 255", 0x1f1, 1, 255, "truncated" },
		{ "setup_sects 0 is 4", 0x1f1, 1, 0, "neither ELF nor" },
	};

	mock_start(0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(mutations); i++) {
		size_t size;
		uint8_t *image = realloc(make_bzimage(LZMA_CHECK_CRC32, 0, &size), 8192);

		assert_non_null(image);
		memset(image + size, 0, 8192 - size);
		image_put(image, mutations[i].offset, mutations[i].width, mutations[i].value);
		expect(mutations[i].name, image, 8192, -XEN_ENOEXEC, mutations[i].error);
		free(image);
	}
	mock_stop(&no_domain);
}

static void test_refuses_another_size(void **state)
{
	size_t size;
	uint8_t *image = make_bzimage(LZMA_CHECK_CRC32, 1, &size);

	mock_start(0, 0);
	expect("size trailer", image, size, -XEN_ENOEXEC, "another size");
	free(image);
	mock_stop(&no_domain);
}

static void test_refuses_every_truncation(void **state)
{
	size_t size;
	uint8_t *image = make_bzimage(LZMA_CHECK_CRC32, 0, &size);

	mock_start(0, 0);
	/* The last 16 bytes are padding behind the payload. */
	for (size_t n = 0; n < size - 16; n++) {
		struct elf_image result;
		const char *error = NULL;

		assert_int_equal(load(image, n, &result, &error), -XEN_ENOEXEC);
		assert_non_null(error);
	}
	free(image);
	mock_stop(&no_domain);
}

/* One bit at a time: with a checksum no damage of the stream goes through. */
static void test_refuses_every_flipped_bit(void **state)
{
	const size_t start = 3 * 512 + 0x40;
	size_t size;
	uint8_t *image = make_bzimage(LZMA_CHECK_CRC64, 0, &size);

	mock_start(0, 0);
	for (size_t bit = start * 8; bit < (size - 16) * 8; bit++) {
		struct elf_image result;
		const char *error = NULL;
		int rc;

		image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		rc = load(image, size, &result, &error);
		if (rc == 0 || !error)
			fail_msg("bit %zu flipped: got %d", bit, rc);
		image[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	free(image);
	mock_stop(&no_domain);
}

/*
 * 40 times the same block of 16 MiB, in some 100 KiB: refused at the limit. The
 * stream needs no end for that.
 */
static void test_bounds_what_it_unpacks(void **state)
{
	const size_t block_size = 16u << 20;
	const size_t out_size = 4u << 20;
	uint8_t *in = calloc(1, block_size), *out = malloc(out_size);
	lzma_options_lzma options;
	lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options }, { LZMA_VLI_UNKNOWN, NULL } };
	lzma_stream_flags flags = { .check = LZMA_CHECK_CRC32 };
	lzma_block block = { .check = LZMA_CHECK_CRC32, .filters = filters };
	size_t first, size = LZMA_STREAM_HEADER_SIZE;

	assert_non_null(in);
	assert_non_null(out);
	image_make(in, true);
	assert_false(lzma_lzma_preset(&options, 0));
	assert_int_equal(lzma_stream_header_encode(&flags, out), LZMA_OK);
	assert_int_equal(
		lzma_block_buffer_encode(&block, NULL, in, block_size, out, &size, out_size),
		LZMA_OK);
	first = size - LZMA_STREAM_HEADER_SIZE;
	for (unsigned i = 1; i < 40; i++, size += first)
		memcpy(out + size, out + LZMA_STREAM_HEADER_SIZE, first);
	mock_start(0, 0);
	expect("640 MiB", out, size, -XEN_E2BIG, "512 MiB");
	mock_stop(&no_domain);
	free(in);
	free(out);
}

/* A dictionary of 1.5 GiB is announced in one byte; the limit says no before any allocation. */
static void test_bounds_the_dictionary(void **state)
{
	uint8_t elf[IMAGE_SIZE], *xz, *dict;
	size_t size;

	mock_start(0, 0);
	image_make(elf, true);
	xz = image_xz(elf, sizeof(elf), LZMA_CHECK_CRC32, &size);
	assert_non_null(xz);
	/* After the stream header of 12 bytes: the block header and, at its end, its CRC. */
	dict = memmem(xz + 12, xz[12] * 4u, "\x21\x01", 2); /* LZMA2, one byte of properties */
	assert_non_null(dict);
	dict[2] = 39;
	image_put(xz, 12 + xz[12] * 4u, 4, lzma_crc32(xz + 12, xz[12] * 4u, 0));
	expect("dictionary", xz, size, -XEN_E2BIG, "160 MiB");
	free(xz);
	mock_stop(&no_domain);
}

static void test_survives_each_failed_allocation(void **state)
{
	size_t size;
	uint8_t *image = make_bzimage(LZMA_CHECK_CRC32, 0, &size);
	unsigned nr;

	mock_start(0, 0);
	expect("bzImage", image, size, 0, "");
	nr = mock_nr_allocations();
	assert_true(nr > 3);
	mock_stop(&no_domain);
	for (unsigned n = 1; n <= nr; n++) {
		mock_start(0, 0);
		mock_fail(n);
		expect("no memory", image, size, -XEN_ENOMEM, "too little free memory");
		mock_stop(&no_domain);
	}
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loads_each_checksum),
		cmocka_unit_test(test_loads_what_is_not_a_bzimage),
		cmocka_unit_test(test_crc64_is_the_one_of_xz),
		cmocka_unit_test(test_names_other_formats),
		cmocka_unit_test(test_refuses_broken_headers),
		cmocka_unit_test(test_refuses_another_size),
		cmocka_unit_test(test_refuses_every_truncation),
		cmocka_unit_test(test_refuses_every_flipped_bit),
		cmocka_unit_test(test_bounds_what_it_unpacks),
		cmocka_unit_test(test_bounds_the_dictionary),
		cmocka_unit_test(test_survives_each_failed_allocation),
	};

	int rc;

	ram = ram_create(RAM_SIZE);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	free(ram);
	return rc;
}
