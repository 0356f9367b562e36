/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacks an xz stream with liblzma, piece by piece into the ELF loader, so
 * that besides the dictionary only one piece is in host memory.
 */
#include "private.h"

#define LZMA_API_STATIC
#define LZMA_MANUAL_HEADERS
#include <limits.h>
#include <lzma.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/string.h>

#define UNXZ_PIECE_SIZE ((size_t)256 << 10)
#define UNXZ_MEMORY_LIMIT (160ull << 20) /* a dictionary of 128 MiB and its tables */
#define UNXZ_TRAILER_SIZE 4		 /* Linux appends the unpacked size */

/*
 * liblzma's own lzma_crc64() is chosen by a constructor, which nothing runs
 * here; this definition keeps that object file out of the link. CRC-64 of
 * ECMA-182, reflected, four bits at a time: entry n is the CRC of nibble n.
 */
LZMA_API(uint64_t) lzma_crc64(const uint8_t *buf, size_t size, uint64_t crc)
{
	static const uint64_t nibble[16] = {
		0x0000000000000000, 0x7d9ba13851336649, 0xfb374270a266cc92, 0x86ace348f355aadb,
		0x64b62bcaebc387a1, 0x192d8af2baf0e1e8, 0x9f8169ba49a54b33, 0xe21ac88218962d7a,
		0xc96c5795d7870f42, 0xb4f7f6ad86b4690b, 0x325b15e575e1c3d0, 0x4fc0b4dd24d2a599,
		0xadda7c5f3c4488e3, 0xd041dd676d77eeaa, 0x56ed3e2f9e224471, 0x2b769f17cf112238,
	};

	crc = ~crc;
	for (size_t i = 0; i < size; i++) {
		crc ^= buf[i];
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

static void *unxz_alloc(void *opaque, size_t nmemb, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(nmemb, size, &total))
		return NULL;
	return heap_alloc(total);
}

static void unxz_free(void *opaque, void *ptr)
{
	heap_free(ptr);
}

static const lzma_allocator unxz_allocator = { unxz_alloc, unxz_free, NULL };

static const struct {
	lzma_ret r;
	int rc;
	const char *text;
} unxz_errors[] = {
	{ LZMA_MEM_ERROR, -XEN_ENOMEM,
	  "the host has too little free memory to unpack the kernel; give the guest less memory or "
	  "use an unpacked vmlinux" },
	{ LZMA_MEMLIMIT_ERROR, -XEN_E2BIG,
	  "xz payload of the kernel needs more than 160 MiB to unpack; repack it with a smaller "
	  "dictionary or use an unpacked vmlinux" },
	{ LZMA_OPTIONS_ERROR, -XEN_ENOEXEC,
	  "xz payload of the kernel uses a filter this decoder does not know; use an unpacked "
	  "vmlinux" },
	{ LZMA_UNSUPPORTED_CHECK, -XEN_ENOEXEC,
	  "xz payload of the kernel has a kind of checksum this decoder does not know; use an "
	  "unpacked vmlinux" },
	{ LZMA_BUF_ERROR, -XEN_ENOEXEC,
	  "xz payload of the kernel is truncated; load the whole file" },
	{ LZMA_DATA_ERROR, -XEN_ENOEXEC,
	  "xz payload of the kernel is damaged (bad data or checksum); copy the file again" },
};

static int unxz_fail(lzma_ret r, const char **ret_error)
{
	for (size_t i = 0; i < ARRAY_SIZE(unxz_errors); i++)
		if (unxz_errors[i].r == r)
			return dombuild_fail(ret_error, unxz_errors[i].rc, unxz_errors[i].text);
	return dombuild_fail(
		ret_error, -XEN_EINVAL,
		"xz payload of the kernel cannot be unpacked; use an unpacked vmlinux");
}

/* Nothing but the size may stand behind the stream, and it has to agree. */
static int check_trailer(const lzma_stream *s, const char **ret_error)
{
	uint32_t size;

	if (s->avail_in == 0)
		return 0;
	if (s->avail_in == UNXZ_TRAILER_SIZE) {
		memcpy(&size, s->next_in, sizeof(size));
		if (size == s->total_out)
			return 0;
	}
	return dombuild_fail(ret_error, -XEN_ENOEXEC,
			     "kernel unpacks to another size than its bzImage says; copy the file "
			     "again");
}

/* Ends: each round unpacks a full piece, of which elf_feed() takes a bounded number. */
static int unxz_run(lzma_stream *s, uint8_t *piece, struct elf_loader *l, const char **ret_error)
{
	lzma_ret r;
	int rc;

	do {
		s->next_out = piece;
		s->avail_out = UNXZ_PIECE_SIZE;
		r = lzma_code(s, LZMA_FINISH);
		if (r != LZMA_OK && r != LZMA_STREAM_END)
			return unxz_fail(r, ret_error);
		rc = elf_feed(l, piece, UNXZ_PIECE_SIZE - s->avail_out, ret_error);
		if (rc)
			return rc;
	} while (r != LZMA_STREAM_END);
	return check_trailer(s, ret_error);
}

int unxz_feed(const void *data, size_t size, struct elf_loader *l, const char **ret_error)
{
	lzma_stream s = LZMA_STREAM_INIT;
	uint8_t *piece = heap_alloc(UNXZ_PIECE_SIZE);
	lzma_ret r;
	int rc;

	if (!piece)
		return unxz_fail(LZMA_MEM_ERROR, ret_error);
	s.allocator = &unxz_allocator;
	s.next_in = data;
	s.avail_in = size;
	r = lzma_stream_decoder(&s, UNXZ_MEMORY_LIMIT, LZMA_TELL_UNSUPPORTED_CHECK);
	if (r == LZMA_OK)
		rc = unxz_run(&s, piece, l, ret_error);
	else
		rc = unxz_fail(r, ret_error);
	if (!rc)
		printk(LOG_DEBUG, "xz: unpacked %llu to %llu bytes with %llu KiB of memory",
		       (unsigned long long)s.total_in, (unsigned long long)s.total_out,
		       (unsigned long long)(lzma_memusage(&s) >> 10));
	lzma_end(&s);
	heap_free(piece);
	return rc;
}
