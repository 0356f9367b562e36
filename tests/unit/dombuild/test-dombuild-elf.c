/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ELF loader: good kernels in pieces of every size, and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <hv/errno.h>

#include "images.h"
#include "mock.h"
#include "private.h"
#include "ram.h"

#define RAM_SIZE 0x300000u

static struct domain no_domain;

/* 0 or the error, with its text; the loader is always destroyed. */
static int load(const uint8_t *image, size_t size, size_t piece, struct guest_ram *ram,
		struct elf_image *ret_image, const char **ret_error)
{
	struct elf_loader *l = elf_create(ram);
	int rc = 0;

	assert_non_null(l);
	for (size_t at = 0; !rc && at < size; at += piece) {
		/* On the heap and of the exact size, for the sanitizer to guard. */
		size_t n = MIN(piece, size - at);
		uint8_t *copy = malloc(n);

		assert_non_null(copy);
		memcpy(copy, image + at, n);
		rc = elf_feed(l, copy, n, ret_error);
		free(copy);
	}
	if (!rc)
		rc = elf_finish(l, ret_image, ret_error);
	elf_destroy(l);
	return rc;
}

/* Every byte of the RAM: the two segments and zeroes. */
static void check_ram(struct guest_ram *ram)
{
	const uint8_t *mem = ram_bytes(ram);

	for (size_t i = 0; i < RAM_SIZE; i++) {
		uint8_t want = 0;

		if (i - IMAGE_TEXT_PADDR < IMAGE_TEXT_FILESZ)
			want = image_byte(i - IMAGE_TEXT_PADDR + IMAGE_TEXT_OFFSET);
		if (i - IMAGE_DATA_PADDR < IMAGE_DATA_FILESZ)
			want = image_byte(i - IMAGE_DATA_PADDR + IMAGE_DATA_OFFSET);
		if (mem[i] != want)
			fail_msg("byte at 0x%zx is 0x%02x, not 0x%02x", i, mem[i], want);
	}
}

static void test_loads_in_pieces(void **state)
{
	static const size_t pieces[] = { 1, 7, 512, 4095, 4096, 4097, 10241, IMAGE_SIZE };
	uint8_t image[IMAGE_SIZE];

	mock_start(0, 0);
	for (int is64 = 0; is64 <= 1; is64++) {
		image_make(image, is64);
		for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
			struct guest_ram *ram = ram_create(RAM_SIZE);
			struct elf_image result;
			const char *error = "";

			assert_int_equal(load(image, IMAGE_SIZE, pieces[i], ram, &result, &error),
					 0);
			assert_int_equal(result.entry, IMAGE_ENTRY);
			assert_int_equal(result.start, IMAGE_START);
			assert_int_equal(result.end, IMAGE_END);
			check_ram(ram);
			free(ram);
		}
	}
	mock_stop(&no_domain);
}

/* A file that is smaller than the buffer for headers: parsed at its end. */
static void test_loads_a_tiny_kernel(void **state)
{
	uint8_t image[IMAGE_SIZE];
	struct guest_ram *ram = ram_create(RAM_SIZE);
	struct elf_image result;
	const char *error = "";

	mock_start(0, 0);
	image_make(image, true);
	image_put(image, image_phdr(true, 0), 4, 0);
	image_put(image, image_phdr(true, 1) + 8, 8, 0x500);
	image_put(image, image_phdr(true, 1) + 32, 8, 0x40);
	memset(image + 0x500, 0x90, 0x40);
	image_put(image, IMAGE_ENTRY_NOTE + 16, 4, IMAGE_TEXT_PADDR);
	assert_int_equal(load(image, 0x540, 0x540, ram, &result, &error), 0);
	assert_int_equal(ram_bytes(ram)[IMAGE_TEXT_PADDR], 0x90);
	assert_int_equal(ram_bytes(ram)[IMAGE_TEXT_PADDR + 0x3f], 0x90);
	assert_int_equal(ram_bytes(ram)[IMAGE_TEXT_PADDR + 0x40], 0);
	free(ram);
	mock_stop(&no_domain);
}

static void test_accepts_an_8_byte_entry(void **state)
{
	uint8_t image[IMAGE_SIZE];
	struct guest_ram *ram = ram_create(RAM_SIZE);
	struct elf_image result;
	const char *error = "";

	mock_start(0, 0);
	image_make(image, true);
	image_put(image, IMAGE_ENTRY_NOTE + 4, 4, 8);
	image_put(image, IMAGE_ENTRY_NOTE + 16, 8, IMAGE_DATA_PADDR + IMAGE_DATA_MEMSZ - 1);
	image_put(image, image_phdr(true, 2) + 32, 8, IMAGE_NOTE_SIZE + 4);
	assert_int_equal(load(image, IMAGE_SIZE, 999, ram, &result, &error), 0);
	assert_int_equal(result.entry, IMAGE_DATA_PADDR + IMAGE_DATA_MEMSZ - 1);
	free(ram);
	mock_stop(&no_domain);
}

/* One field changed each: what the loader says then. ELF64 unless is32. */
static const struct mutation {
	const char *name;
	bool is32;
	size_t offset;
	unsigned width;
	uint64_t value;
	int rc;
	const char *error; /* part of the text */
} mutations[] = {
	{ "magic", false, 1, 1, 'X', -XEN_ENOEXEC, "no ELF file" },
	{ "class", false, 4, 1, 3, -XEN_ENOEXEC, "broken header" },
	{ "big-endian", false, 5, 1, 2, -XEN_ENOEXEC, "little-endian" },
	{ "version", false, 6, 1, 0, -XEN_ENOEXEC, "little-endian" },
	{ "object file", false, 16, 2, 1, -XEN_ENOEXEC, "link it" },
	{ "core file", true, 16, 2, 4, -XEN_ENOEXEC, "link it" },
	{ "arm64", false, 18, 2, 183, -XEN_ENOEXEC, "another processor" },
	{ "class 32 in a 64-bit file", false, 4, 1, 1, -XEN_ENOEXEC, "program headers" },
	{ "class 64 in a 32-bit file", true, 4, 1, 2, -XEN_ENOEXEC, "program headers" },
	{ "no program headers", false, 56, 2, 0, -XEN_ENOEXEC, "program headers" },
	{ "phentsize 0", false, 54, 2, 0, -XEN_ENOEXEC, "program headers" },
	{ "phentsize 55", false, 54, 2, 55, -XEN_ENOEXEC, "program headers" },
	{ "phentsize huge", true, 42, 2, 0xffff, -XEN_ENOEXEC, "program headers" },
	{ "65535 program headers", false, 56, 2, 0xffff, -XEN_ENOEXEC, "first 4096 bytes" },
	{ "headers at the end", false, 32, 8, 4096 - 3 * 56 + 1, -XEN_ENOEXEC, "first 4096" },
	{ "phoff wraps", false, 32, 8, UINT64_MAX - 8, -XEN_ENOEXEC, "first 4096 bytes" },
	{ "phoff huge", true, 28, 4, UINT32_MAX, -XEN_ENOEXEC, "first 4096 bytes" },
	{ "filesz over memsz", false, 64 + 32, 8, 0x1001, -XEN_ENOEXEC, "damaged" },
	{ "paddr at the end of RAM", false, 64 + 24, 8, RAM_SIZE - 0xfff, -XEN_ENOMEM, "more" },
	{ "paddr wraps", false, 64 + 24, 8, UINT64_MAX - 0xff, -XEN_ENOMEM, "more memory" },
	{ "memsz huge", false, 64 + 40, 8, UINT64_MAX, -XEN_ENOMEM, "more memory" },
	{ "memsz over RAM", true, 52 + 20, 4, RAM_SIZE, -XEN_ENOMEM, "more memory" },
	{ "paddr 4 GiB", false, 64 + 24, 8, 1ull << 32, -XEN_ENOMEM, "more memory" },
	{ "overlap", false, 64 + 24, 8, IMAGE_TEXT_PADDR + 0x2fff, -XEN_ENOEXEC, "overlap" },
	{ "overlap from below", true, 52 + 12, 4, IMAGE_TEXT_PADDR - 0xfff, -XEN_ENOEXEC,
	  "overlap" },
	{ "offset wraps", false, 64 + 8, 8, UINT64_MAX - 8, -XEN_E2BIG, "512 MiB" },
	{ "offset behind the limit", false, 64 + 8, 8, IMAGE_MAX_UNPACKED, -XEN_E2BIG, "512 MiB" },
	{ "offset behind the file", false, 64 + 8, 8, IMAGE_SIZE - 0x233, -XEN_ENOEXEC,
	  "truncated" },
	{ "notes behind the file", false, 64 + 112 + 8, 8, IMAGE_SIZE - 8, -XEN_ENOEXEC,
	  "truncated" },
	{ "notes too large", false, 64 + 112 + 32, 8, 16385, -XEN_E2BIG, "16 KiB of notes" },
	{ "notes huge", true, 52 + 64 + 16, 4, UINT32_MAX, -XEN_E2BIG, "512 MiB" },
	{ "no notes", false, 64 + 112, 4, 6, -XEN_ENOEXEC, "CONFIG_PVH" },
	{ "notes of size 0", false, 64 + 112 + 32, 8, 0, -XEN_ENOEXEC, "CONFIG_PVH" },
	{ "notes cut in a header", false, 64 + 112 + 32, 8, 51, -XEN_ENOEXEC, "CONFIG_PVH" },
	{ "notes cut in a name", false, 64 + 112 + 32, 8, 53, -XEN_ENOEXEC, "longer than" },
	{ "notes cut in the entry", false, 64 + 112 + 32, 8, 59, -XEN_ENOEXEC, "longer than" },
	{ "namesz huge", false, IMAGE_NOTE_OFFSET, 4, UINT32_MAX, -XEN_ENOEXEC, "longer than" },
	{ "namesz rounds over", true, IMAGE_NOTE_OFFSET, 4, UINT32_MAX - 2, -XEN_ENOEXEC,
	  "longer" },
	{ "descsz huge", false, IMAGE_NOTE_OFFSET + 4, 4, UINT32_MAX, -XEN_ENOEXEC, "longer than" },
	{ "namesz eats the rest", false, IMAGE_NOTE_OFFSET, 4, 48, -XEN_ENOEXEC, "longer than" },
	{ "entry note's name", false, IMAGE_ENTRY_NOTE + 12, 1, 'x', -XEN_ENOEXEC, "CONFIG_PVH" },
	{ "entry note's namesz", false, IMAGE_ENTRY_NOTE, 4, 3, -XEN_ENOEXEC, "CONFIG_PVH" },
	{ "entry note's type", false, IMAGE_ENTRY_NOTE + 8, 4, 17, -XEN_ENOEXEC, "CONFIG_PVH" },
	{ "entry of 3 bytes", false, IMAGE_ENTRY_NOTE + 4, 4, 3, -XEN_ENOEXEC, "4 nor 8" },
	{ "entry of 0 bytes", true, IMAGE_ENTRY_NOTE + 4, 4, 0, -XEN_ENOEXEC, "4 nor 8" },
	{ "entry before the kernel", false, IMAGE_ENTRY_NOTE + 16, 4, IMAGE_TEXT_PADDR - 1,
	  -XEN_ENOEXEC, "outside" },
	{ "entry between segments", false, IMAGE_ENTRY_NOTE + 16, 4, IMAGE_DATA_PADDR - 1,
	  -XEN_ENOEXEC, "outside" },
	{ "entry behind the kernel", true, IMAGE_ENTRY_NOTE + 16, 4, UINT32_MAX, -XEN_ENOEXEC,
	  "outside" },
};

static void test_refuses_broken_fields(void **state)
{
	mock_start(0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(mutations); i++) {
		const struct mutation *m = &mutations[i];
		uint8_t image[IMAGE_SIZE];
		struct guest_ram *ram = ram_create(RAM_SIZE);
		struct elf_image result = { 1, 2, 3 };
		const char *error = "";
		int rc;

		image_make(image, !m->is32);
		image_put(image, m->offset, m->width, m->value);
		rc = load(image, IMAGE_SIZE, 4000, ram, &result, &error);
		if (rc != m->rc || !strstr(error, m->error))
			fail_msg("%s: got %d \"%s\"", m->name, rc, error);
		assert_int_equal(result.entry, 1);
		free(ram);
	}
	mock_stop(&no_domain);
}

static void test_refuses_an_entry_above_4g(void **state)
{
	uint8_t image[IMAGE_SIZE];
	struct guest_ram *ram = ram_create(RAM_SIZE);
	struct elf_image result;
	const char *error = "";

	mock_start(0, 0);
	image_make(image, true);
	image_put(image, IMAGE_ENTRY_NOTE + 4, 4, 8);
	image_put(image, IMAGE_ENTRY_NOTE + 16, 8, 1ull << 32 | IMAGE_ENTRY);
	image_put(image, image_phdr(true, 2) + 32, 8, IMAGE_NOTE_SIZE + 4);
	assert_int_equal(load(image, IMAGE_SIZE, IMAGE_SIZE, ram, &result, &error), -XEN_ENOEXEC);
	assert_non_null(strstr(error, "above 4 GiB"));
	free(ram);
	mock_stop(&no_domain);
}

/* Cut at every length: never a crash, never a success before the last needed byte. */
static void test_refuses_every_truncation(void **state)
{
	const size_t needed = IMAGE_DATA_OFFSET + IMAGE_DATA_FILESZ;
	uint8_t image[IMAGE_SIZE];
	struct guest_ram *ram = ram_create(RAM_SIZE);

	mock_start(0, 0);
	image_make(image, true);
	for (size_t size = 0; size <= IMAGE_SIZE; size++) {
		struct elf_image result;
		const char *error = NULL;
		int rc = load(image, size, 4096, ram, &result, &error);

		if (size < needed) {
			assert_int_equal(rc, -XEN_ENOEXEC);
			assert_non_null(error);
		} else {
			assert_int_equal(rc, 0);
		}
	}
	free(ram);
	mock_stop(&no_domain);
}

/* 40 one-byte segments are more than the loader's table holds. */
static void test_refuses_too_many_segments(void **state)
{
	uint8_t image[IMAGE_SIZE];
	struct guest_ram *ram = ram_create(RAM_SIZE);
	struct elf_image result;
	const char *error = "";

	mock_start(0, 0);
	image_make(image, true);
	image_put(image, 32, 8, 0x600);
	image_put(image, 56, 2, 40);
	memset(image + 0x600, 0, 40 * 56);
	for (size_t i = 0; i < 40; i++) {
		image_put(image, 0x600 + i * 56, 4, 1);
		image_put(image, 0x600 + i * 56 + 24, 8, IMAGE_TEXT_PADDR + i);
		image_put(image, 0x600 + i * 56 + 40, 8, 1);
	}
	assert_int_equal(load(image, IMAGE_SIZE, IMAGE_SIZE, ram, &result, &error), -XEN_E2BIG);
	assert_non_null(strstr(error, "32 segments"));
	free(ram);
	mock_stop(&no_domain);
}

/* More bytes than a kernel may have, in an address range a test can pay for. */
static void test_bounds_the_file(void **state)
{
	const size_t piece = 16u << 20;
	uint8_t *data = calloc(1, piece);
	struct guest_ram *ram = ram_create(RAM_SIZE);
	struct elf_loader *l;
	const char *error = "";
	int rc = 0;
	unsigned n = 0;

	mock_start(0, 0);
	l = elf_create(ram);
	assert_non_null(l);
	assert_non_null(data);
	image_make(data, true);
	while (!rc && n < 100) {
		rc = elf_feed(l, data, piece, &error);
		n++;
	}
	assert_int_equal(rc, -XEN_E2BIG);
	assert_int_equal(n, IMAGE_MAX_UNPACKED / piece + 1);
	assert_non_null(strstr(error, "512 MiB"));
	elf_destroy(l);
	free(data);
	free(ram);
	mock_stop(&no_domain);
}

static int failing_write(void *ctx, uint64_t gpa, const void *src, size_t size)
{
	return -XEN_EFAULT;
}

static void test_passes_on_write_errors(void **state)
{
	struct guest_ram ram = { failing_write, NULL, RAM_SIZE };
	uint8_t image[IMAGE_SIZE];
	struct elf_image result;
	const char *error = "";

	mock_start(0, 0);
	image_make(image, true);
	assert_int_equal(load(image, IMAGE_SIZE, 100, &ram, &result, &error), -XEN_EFAULT);
	assert_non_null(strstr(error, "cannot be written"));
	mock_stop(&no_domain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loads_in_pieces),
		cmocka_unit_test(test_loads_a_tiny_kernel),
		cmocka_unit_test(test_accepts_an_8_byte_entry),
		cmocka_unit_test(test_refuses_broken_fields),
		cmocka_unit_test(test_refuses_an_entry_above_4g),
		cmocka_unit_test(test_refuses_every_truncation),
		cmocka_unit_test(test_refuses_too_many_segments),
		cmocka_unit_test(test_bounds_the_file),
		cmocka_unit_test(test_passes_on_write_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
