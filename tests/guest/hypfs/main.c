/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shows what hypfs says of the host, for run_guest.py to hold against the boot options: the
 * privileged guest prints each entry of the directory that dir=PATH names as "hypfs: PATH/NAME =
 * CONTENT", after the errors of reading wrongly.
 */
#include <stddef.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/hypfs.h>

#include "boot.h"
#include "console.h"
#include "hypercall.h"
#include "paging.h"
#include "report.h"
#include "string.h"

SUPPORT_TEST(hypfs, "guest/hypfs-speculation");
SUPPORT_TEST(spec_ibpb, "guest/hypfs-speculation-forced");
SUPPORT_TEST(spec_index_mask, "guest/hypfs-speculation");
SUPPORT_TEST(spec_rsb, "guest/hypfs-speculation-off");
SUPPORT_TEST(spec_thunk, "guest/hypfs-speculation-forced");

#define XEN_HYPFS_OP_UNKNOWN 9
#define SIZE 4096u

const char guest_name[] = "hypfs";

static char list[SIZE] __attribute__((aligned(8))), content[SIZE] __attribute__((aligned(8)));

static long read(const char *path, void *buf, size_t size)
{
	return hypercall_5(__HYPERVISOR_hypfs_op, XEN_HYPFS_OP_read, (unsigned long)path,
			   strlen(path) + 1, (unsigned long)buf, size);
}

static bool show(const char *dir, const struct xen_hypfs_dirlistentry *e)
{
	const struct xen_hypfs_direntry *d = (const void *)content;
	char path[XEN_HYPFS_MAX_PATHLEN];
	size_t at = strlen(dir), len = strlen(e->name);

	if (at + len + 2 > sizeof(path))
		return false;
	memcpy(path, dir, at);
	path[at++] = '/';
	memcpy(path + at, e->name, len + 1);
	if (read(path, content, SIZE - 1) || d->type != e->e.type ||
	    d->content_len > SIZE - 1 - sizeof(*d))
		return false;
	content[sizeof(*d) + d->content_len] = '\0';
	console_printf("hypfs: %s = %s\n", path,
		       d->type == XEN_HYPFS_TYPE_STRING ? content + sizeof(*d) : "(not a text)");
	return true;
}

static void test_errors(const char *dir)
{
	struct xen_hypfs_direntry e;

	report_rc(hypercall_5(__HYPERVISOR_hypfs_op, XEN_HYPFS_OP_get_version, 0, 0, 0, 0),
		  XEN_HYPFS_VERSION, "the version");
	report_rc(read(dir, &e, sizeof(e)), -XEN_ENOBUFS, "a buffer for the entry alone");
	report_ok(e.content_len > 0 && e.content_len < SIZE, "it is told the size, %u",
		  e.content_len);
	report_rc(read("/no/such", list, SIZE), -XEN_ENOENT, "a path that is not there");
	report_rc(read("speculation", list, SIZE), -XEN_EINVAL, "a path without a root");
	report_rc(read(dir, (void *)PAGING_WINDOW, SIZE), -XEN_EFAULT, "an unmapped buffer");
	report_ok(hypercall_5(__HYPERVISOR_hypfs_op, XEN_HYPFS_OP_UNKNOWN, 0, 0, 0, 0) < 0,
		  "an unknown operation is refused");
}

void guest_main(void)
{
	const struct xen_hypfs_direntry *d = (const void *)list;
	size_t at = sizeof(*d), end;
	char dir[64];

	report_ok(hypercall_is_dom0() && boot_option("dir", dir, sizeof(dir)),
		  "this is the privileged guest");
	test_errors(dir);
	report_rc(read(dir, list, SIZE), 0, dir);
	report_equal(d->type, XEN_HYPFS_TYPE_DIR, "the type of a directory");
	report_equal(d->max_write_len, 0, "what can be written to it");
	end = at + d->content_len;
	while (at + sizeof(struct xen_hypfs_dirlistentry) <= end) {
		const struct xen_hypfs_dirlistentry *e = (const void *)(list + at);

		report_ok(show(dir, e), "%s", e->name);
		if (!e->off_next)
			break;
		at += e->off_next;
	}
}
