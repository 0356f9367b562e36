/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of the kernel loaders: any bytes as a kernel. Nothing may leak or
 * be written outside of the guest's RAM, an error has to come with a text, and
 * an ELF has to mean the same in one piece and in many.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/frames.h>
#include <hv/printk.h>

#include "private.h"

#define RAM_SIZE (8u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t memory[RAM_SIZE];
static unsigned nr_live;

void *heap_alloc(size_t size)
{
	nr_live++;
	return calloc(1, size);
}

void heap_free(void *ptr)
{
	nr_live -= ptr != NULL;
	free(ptr);
}

void printk(enum loglevel level, const char *fmt, ...)
{
}

#define CHECK(cond)                                             \
	do {                                                    \
		if (!(cond)) {                                  \
			fprintf(stderr, "broken: %s\n", #cond); \
			abort();                                \
		}                                               \
	} while (0)

static int write_ram(void *ctx, uint64_t gpa, const void *src, size_t size)
{
	CHECK(gpa <= RAM_SIZE && size <= RAM_SIZE - gpa);
	memcpy(memory + gpa, src, size);
	return 0;
}

static const struct guest_ram ram = { write_ram, NULL, RAM_SIZE };

static int load_in_pieces(const uint8_t *data, size_t size, struct elf_image *ret_image)
{
	struct elf_loader *l = elf_create(&ram);
	size_t piece = size % 1021 + 1;
	const char *error = NULL;
	int rc = 0;

	CHECK(l);
	for (size_t at = 0; !rc && at < size; at += piece)
		rc = elf_feed(l, data + at, MIN(piece, size - at), &error);
	if (!rc)
		rc = elf_finish(l, ret_image, &error);
	elf_destroy(l);
	CHECK(!rc == !error);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_image image = { 0 }, again = { 0 };
	const char *error = NULL;
	int rc = image_load(data, size, &ram, &image, &error);

	CHECK(rc <= 0);
	CHECK(rc == 0 || (error && *error));
	if (rc == 0) {
		CHECK(image.start < image.end && image.end <= RAM_SIZE);
		CHECK(image.entry >= image.start && image.entry < image.end);
	}
	if (size >= 4 && memcmp(data, "\177ELF", 4) == 0) {
		int rc_again = load_in_pieces(data, size, &again);

		CHECK(rc == rc_again);
		CHECK(memcmp(&image, &again, sizeof(image)) == 0);
	}
	CHECK(nr_live == 0);
	return 0;
}
