/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes of the hypervisor's own tree of facts and parameters; hypfs.c has the tree. */
#ifndef CORE_HYPFS_H
#define CORE_HYPFS_H

#include <hv/types.h>

#define HYPFS_NAME_MAX 64
#define HYPFS_VALUE_MAX 16384
#define HYPFS_WRITE_MAX 128

struct hypfs_node {
	char name[HYPFS_NAME_MAX];
	uint8_t type;	 /* XEN_HYPFS_TYPE_* */
	uint32_t number; /* of a node made by nth(): what it is about */
	const void *data;
	/* Of a directory: its @n-th child into *ret_node; false: there are no more. */
	bool (*nth)(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret_node);
	/* Of a file: its content into @buf; how many bytes (a string's NUL included), or -errno. */
	int (*get)(const struct hypfs_node *node, char *buf, size_t size);
	/* NULL: read-only. @data is NUL-terminated besides. 0 or -errno, nothing changed. */
	int (*set)(const struct hypfs_node *node, const char *data, size_t size);
};

/** The tree's root. */
void hypfs_root(struct hypfs_node *ret_node);
/** The node of absolute @path. -ENOENT. */
int hypfs_find(const char *path, struct hypfs_node *ret_node) __must_check;

/* hypfs-params.c */
bool hypfs_params_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret_node);
/* hypfs-support.c */
bool hypfs_support_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret_node);

/** A string, with its NUL, for ->get. */
int hypfs_string(char *buf, size_t size, const char *text);
/** A node that holds the string @text, which stays. */
void hypfs_text_node(struct hypfs_node *ret_node, const char *name, const char *text);
void hypfs_dir_node(struct hypfs_node *ret_node, const char *name,
		    bool (*nth)(const struct hypfs_node *, unsigned, struct hypfs_node *));

#endif
