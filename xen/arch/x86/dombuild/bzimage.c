/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the compressed kernel inside a Linux bzImage. Field names and offsets
 * are those of Linux's Documentation/x86/boot.rst ("The Real-Mode Kernel Header").
 */
#include "private.h"

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/printk.h>
#include <hv/string.h>

SUPPORT_PROVIDES(pvh_bzimage, "x86.pvh");

enum {
	HDR_SETUP_SECTS = 0x1f1,
	HDR_VERSION = 0x206,
	HDR_PAYLOAD_OFFSET = 0x248,
	HDR_PAYLOAD_LENGTH = 0x24c,
	HDR_SIZE = 0x250,
	SECTOR_SIZE = 512,
	DEFAULT_SETUP_SECTS = 4,
	VERSION_PAYLOAD = 0x0208, /* first protocol with payload_offset */
};

static uint32_t read32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

int bzimage_parse(const void *data, size_t size, const void **ret_payload, size_t *ret_payload_size,
		  const char **ret_error)
{
	const uint8_t *p = data;
	uint64_t start, length;
	unsigned sectors;

	if (size < HDR_SIZE)
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "bzImage is truncated within its header; load the whole file");
	if ((p[HDR_VERSION] | p[HDR_VERSION + 1] << 8) < VERSION_PAYLOAD)
		return dombuild_fail(
			ret_error, -XEN_ENOEXEC,
			"bzImage has a boot protocol older than 2.08; use Linux 2.6.26 or "
			"newer, or an unpacked vmlinux");
	sectors = p[HDR_SETUP_SECTS] ? p[HDR_SETUP_SECTS] : DEFAULT_SETUP_SECTS;
	start = (uint64_t)(sectors + 1) * SECTOR_SIZE + (uint64_t)read32(p + HDR_PAYLOAD_OFFSET);
	length = read32(p + HDR_PAYLOAD_LENGTH);
	if (length == 0)
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "bzImage has no payload; use an unpacked vmlinux");
	if (start + length > size) {
		printk(LOG_ERROR,
		       "bzImage: header puts %llu bytes of payload at %llu, file has %zu",
		       (unsigned long long)length, (unsigned long long)start, size);
		return dombuild_fail(ret_error, -XEN_ENOEXEC,
				     "bzImage is truncated: its payload lies behind the end of the "
				     "file; load the whole file");
	}
	*ret_payload = p + start;
	*ret_payload_size = length;
	return 0;
}
