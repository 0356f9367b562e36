/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hypfs_op: a privileged domain reads and writes the hypervisor's own tree. */
#include <candor/support.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/hypfs.h>

#include <hv/access.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/hypercall.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "hypfs.h"

_Static_assert(sizeof(struct xen_hypfs_direntry) == 12, "xen/hypfs.h");

#define VERSION 1
#define PATH_SIZE 512
#define ENTRY_ALIGN 4

static uint32_t max_write(const struct hypfs_node *node)
{
	if (!node->set)
		return 0;
	return node->type == XEN_HYPFS_TYPE_STRING ? HYPFS_WRITE_MAX : sizeof(uint32_t);
}

static struct xen_hypfs_direntry entry_of(const struct hypfs_node *node, uint32_t length)
{
	return (struct xen_hypfs_direntry){ .type = node->type,
					    .encoding = XEN_HYPFS_ENC_PLAIN,
					    .content_len = length,
					    .max_write_len = max_write(node) };
}

static size_t entry_size(const struct hypfs_node *node)
{
	return ALIGN_UP(offsetof(struct xen_hypfs_dirlistentry, name) + strlen(node->name) + 1,
			(size_t)ENTRY_ALIGN);
}

static size_t dir_size(const struct hypfs_node *dir)
{
	struct hypfs_node child;
	size_t size = 0;

	for (unsigned n = 0; dir->nth(dir, n, &child); n++)
		size += entry_size(&child);
	return size;
}

/* How long the content of @node is; @scratch of HYPFS_VALUE_MAX bytes is written over. */
static uint32_t length_of(const struct hypfs_node *node, char *scratch)
{
	int len;

	if (node->type == XEN_HYPFS_TYPE_DIR)
		return (uint32_t)dir_size(node);
	len = node->get(node, scratch, HYPFS_VALUE_MAX);
	return len > 0 ? (uint32_t)len : 0;
}

/* A directory's content: an entry a child, each with its name and the way to the next. */
static size_t list(const struct hypfs_node *dir, char *buf, char *scratch)
{
	struct hypfs_node child, next;
	bool more = dir->nth(dir, 0, &next);
	size_t at = 0;

	for (unsigned n = 1; more; n++) {
		struct xen_hypfs_dirlistentry *e = (void *)(buf + at);
		size_t size = entry_size(&next);

		child = next;
		if (size > HYPFS_VALUE_MAX - at)
			break;
		more = dir->nth(dir, n, &next);
		memset(e, 0, size);
		e->e = entry_of(&child, length_of(&child, scratch));
		e->off_next = more ? (uint16_t)size : 0;
		memcpy(e->name, child.name, strlen(child.name));
		at += size;
	}
	return at;
}

static long read_node(struct vcpu *v, const struct hypfs_node *node, uint64_t to, uint64_t size,
		      char *buf, char *scratch)
{
	struct xen_hypfs_direntry entry;
	int len = node->type == XEN_HYPFS_TYPE_DIR ? (int)list(node, buf, scratch)
						   : node->get(node, buf, HYPFS_VALUE_MAX);

	if (len < 0)
		return len;
	entry = entry_of(node, (uint32_t)len);
	if (size < sizeof(entry))
		return -XEN_ENOBUFS;
	if (arch_copy_to_guest(v, to, &entry, sizeof(entry)))
		return -XEN_EFAULT;
	if (size - sizeof(entry) < (unsigned)len)
		return -XEN_ENOBUFS;
	return arch_copy_to_guest(v, to + sizeof(entry), buf, (size_t)len);
}

static long write_node(struct vcpu *v, const struct hypfs_node *node, uint64_t from, uint64_t size)
{
	char data[HYPFS_WRITE_MAX + 1];

	if (node->type == XEN_HYPFS_TYPE_DIR)
		return -XEN_EISDIR;
	if (!node->set)
		return -XEN_EACCES;
	if (!size || size > max_write(node))
		return -XEN_ENOSPC;
	if (arch_copy_from_guest(v, data, from, size))
		return -XEN_EFAULT;
	data[size] = '\0';
	if (node->type == XEN_HYPFS_TYPE_STRING && data[size - 1])
		return -XEN_EINVAL;
	return node->set(node, data, size);
}

static int read_path(struct vcpu *v, uint64_t ptr, uint64_t size, struct hypfs_node *ret_node)
{
	char path[PATH_SIZE];

	if (!size || size > sizeof(path))
		return -XEN_EINVAL;
	if (arch_copy_from_guest(v, path, ptr, size))
		return -XEN_EFAULT;
	if (path[size - 1])
		return -XEN_EINVAL;
	return hypfs_find(path, ret_node);
}

static long read_op(struct vcpu *v, const struct hypfs_node *node, uint64_t to, uint64_t size)
{
	char *buf = heap_alloc(2 * (size_t)HYPFS_VALUE_MAX);
	long rc;

	if (!buf)
		return -XEN_ENOMEM;
	rc = read_node(v, node, to, size, buf, buf + HYPFS_VALUE_MAX);
	heap_free(buf);
	return rc;
}

hypercall_fn hc_hypfs_op;
long hc_hypfs_op(struct vcpu *v, const struct hypercall *call)
{
	uint32_t op = (uint32_t)call->arg[0];
	struct hypfs_node node;
	int rc;

	if (!SUPPORT_ACTIVE(hypfs))
		return -XEN_ENOSYS;
	rc = access_check(v, __HYPERVISOR_hypfs_op, op, NULL);
	if (rc)
		return rc;
	if (op == XEN_HYPFS_OP_get_version)
		return call->arg[1] || call->arg[2] || call->arg[3] || call->arg[4] ? -XEN_EINVAL
										    : VERSION;
	rc = read_path(v, call->arg[1], call->arg[2], &node);
	if (rc)
		return rc;
	if (op == XEN_HYPFS_OP_read)
		return read_op(v, &node, call->arg[3], call->arg[4]);
	if (!SUPPORT_ACTIVE(runtime_parameters))
		return -XEN_EACCES;
	return write_node(v, &node, call->arg[3], call->arg[4]);
}
