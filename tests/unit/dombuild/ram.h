/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest RAM as one buffer, for tests of the image loaders without a domain. */
#ifndef TESTS_DOMBUILD_RAM_H
#define TESTS_DOMBUILD_RAM_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Aborts on a write outside of the RAM: the loader has to have checked it. */
static inline int ram_write(void *ctx, uint64_t gpa, const void *src, size_t size)
{
	struct guest_ram *ram = ctx;

	if (gpa > ram->end || size > ram->end - gpa)
		abort();
	memcpy((uint8_t *)(ram + 1) + gpa, src, size);
	return 0;
}

/* @size zeroed bytes behind the handle; free() frees both. */
static inline struct guest_ram *ram_create(uint64_t size)
{
	struct guest_ram *ram = calloc(1, sizeof(*ram) + size);
	const struct guest_ram value = { ram_write, ram, size };

	if (!ram)
		abort();
	memcpy(ram, &value, sizeof(value));
	return ram;
}

static inline uint8_t *ram_bytes(struct guest_ram *ram)
{
	return (uint8_t *)(ram + 1);
}

#endif
