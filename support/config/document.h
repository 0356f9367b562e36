/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A YAML document as a tree of mappings, lists and scalars with their places. Only
 * what JSON has is taken: no aliases, anchors, tags or second documents.
 */
#ifndef CANDOR_SUPPORT_CONFIG_DOCUMENT_H
#define CANDOR_SUPPORT_CONFIG_DOCUMENT_H

#include "model/model.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct pos at;
	const char *text;	 /* of a scalar */
	struct yaml_node *first; /* of a list or mapping, by ->next */
	struct yaml_node *next;
	const char *key; /* of a mapping's member */
	struct pos key_at;
};

/**
 * Read @size bytes. What is no such YAML is reported under "bad-config" or, where
 * reading had to stop, "unreadable"; *@ret_root is then what was read, or NULL.
 * Returns 0 or -ENOMEM.
 */
int yaml_parse_tree(struct model *m, const char *path, const char *text, size_t size,
		    struct yaml_node **ret_root);

/** "a list", "a mapping", "text". */
const char *yaml_kind_name(enum yaml_kind kind);

#endif
