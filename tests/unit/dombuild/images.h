/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels for the tests of the domain builder, made byte by byte. */
#ifndef TESTS_DOMBUILD_IMAGES_H
#define TESTS_DOMBUILD_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The same in both classes: */
#define IMAGE_SIZE 0x3000u
#define IMAGE_ENTRY 0x100040u
#define IMAGE_TEXT_OFFSET 0x1000u /* of the file */
#define IMAGE_TEXT_PADDR 0x100000u
#define IMAGE_TEXT_FILESZ 0x1800u
#define IMAGE_TEXT_MEMSZ 0x3000u
#define IMAGE_DATA_OFFSET 0x2801u
#define IMAGE_DATA_PADDR 0x200003u
#define IMAGE_DATA_FILESZ 0x0234u
#define IMAGE_DATA_MEMSZ 0x1000u
#define IMAGE_NOTE_OFFSET 0x0400u
#define IMAGE_NOTE_SIZE 60u
#define IMAGE_START IMAGE_TEXT_PADDR
#define IMAGE_END (IMAGE_DATA_PADDR + IMAGE_DATA_MEMSZ)

/**
 * A valid PVH kernel of IMAGE_SIZE bytes: two PT_LOAD, the second before the
 * first in the table, one PT_NOTE with three notes of which the last is
 * PHYS32_ENTRY. Bytes of the segments: image_byte() of their file offset.
 */
void image_make(uint8_t image[IMAGE_SIZE], bool is64);
uint8_t image_byte(size_t offset);

/** Offset in the file of program header @i; of the entry note. */
size_t image_phdr(bool is64, unsigned i);
#define IMAGE_ENTRY_NOTE (IMAGE_NOTE_OFFSET + 40u)

/** Little-endian @value of @width bytes. */
void image_put(uint8_t *image, size_t offset, unsigned width, uint64_t value);

/**
 * A bzImage around @payload: setup of two sectors, boot protocol 2.15.
 * Caller frees.
 */
uint8_t *image_bzimage(const void *payload, size_t payload_size, size_t *ret_size);

/** @data as one xz stream; @check an lzma_check. Caller frees. */
uint8_t *image_xz(const void *data, size_t size, int check, size_t *ret_size);

#endif
