/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads a kernel as the domain builder does and writes the guest's RAM to
 * standard output: image-dump KERNEL. Prints the entry point to standard error.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mock.h"
#include "private.h"
#include "ram.h"

#define RAM_SIZE (128u << 20)
#define KERNEL_MAX (64u << 20)

int main(int argc, char **argv)
{
	struct guest_ram *ram = ram_create(RAM_SIZE);
	uint8_t *kernel = malloc(KERNEL_MAX);
	struct elf_image image;
	const char *error = "cannot be read";
	size_t size = 0;
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	int rc = -1;

	mock_start(0, 0);
	if (f && kernel)
		size = fread(kernel, 1, KERNEL_MAX, f);
	if (size)
		rc = image_load(kernel, size, ram, &image, &error);
	if (rc)
		fprintf(stderr, "%s\n", error);
	else
		fprintf(stderr, "0x%x 0x%llx 0x%llx\n", image.entry,
			(unsigned long long)image.start, (unsigned long long)image.end);
	if (!rc && fwrite(ram_bytes(ram), 1, RAM_SIZE, stdout) != RAM_SIZE)
		rc = 1;
	if (f)
		fclose(f);
	free(kernel);
	free(ram);
	return rc != 0;
}
