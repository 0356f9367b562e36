/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's tree of facts and parameters: what it was built from, what features it has
 * and in what state, its cpupools, and what can be changed while it runs.
 */
#include "hypfs.h"

#include <candor/support.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/hypfs.h>

#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/string.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(hypfs, "common");

#define DEPTH_MAX 8

int hypfs_string(char *buf, size_t size, const char *text)
{
	size_t len = strlen(text) + 1;

	if (len > size)
		return -XEN_ENOBUFS;
	memcpy(buf, text, len);
	return (int)len;
}

static int get_text(const struct hypfs_node *node, char *buf, size_t size)
{
	return hypfs_string(buf, size, node->data);
}

void hypfs_text_node(struct hypfs_node *n, const char *name, const char *text)
{
	*n = (struct hypfs_node){ .type = XEN_HYPFS_TYPE_STRING, .data = text, .get = get_text };
	hv_snprintf(n->name, sizeof(n->name), "%s", name);
}

void hypfs_dir_node(struct hypfs_node *n, const char *name,
		    bool (*nth)(const struct hypfs_node *, unsigned, struct hypfs_node *))
{
	*n = (struct hypfs_node){ .type = XEN_HYPFS_TYPE_DIR, .nth = nth };
	hv_snprintf(n->name, sizeof(n->name), "%s", name);
}

struct text {
	const char *name, *text;
};

static bool nth_text(const struct text *texts, unsigned nr, unsigned n, struct hypfs_node *ret)
{
	if (n >= nr)
		return false;
	hypfs_text_node(ret, texts[n].name, texts[n].text);
	return true;
}

static bool compileinfo_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	/* When and by whom is not in the image: the same sources give the same bytes. */
	static const struct text texts[] = {
		{ "compile_by", "candor" },
		{ "compile_date", "" },
		{ "compile_domain", "" },
		{ "compiler", HV_COMPILER },
	};

	return nth_text(texts, ARRAY_SIZE(texts), n, ret);
}

static int get_changeset(const struct hypfs_node *node, char *buf, size_t size)
{
	char changeset[HV_CHANGESET_SIZE];

	hv_changeset(changeset);
	return hypfs_string(buf, size, changeset);
}

static bool version_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	static const struct text texts[] = {
		{ "changeset", "" },
		{ "extra", HV_EXTRAVERSION },
		{ "major", "4" },
		{ "minor", "17" },
	};

	if (!nth_text(texts, ARRAY_SIZE(texts), n, ret))
		return false;
	if (n == 0)
		ret->get = get_changeset;
	return true;
}

/* The policy lock, as the build read it: "feature.ID=on" (or off, or opt-in) lines. */
static const char config[] =
#define FEATURE(id, state, index) "feature." #id "=" #state "\n"
#include <support-list.h>
#undef FEATURE
	"";

static bool buildinfo_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	switch (n) {
	case 0:
		hypfs_dir_node(ret, "compileinfo", compileinfo_nth);
		return true;
	case 1:
		hypfs_text_node(ret, "config", config);
		return true;
	case 2:
		hypfs_dir_node(ret, "version", version_nth);
		return true;
	default:
		return false;
	}
}

static int get_scheduler(const struct hypfs_node *node, char *buf, size_t size)
{
	const struct cpupool *pool = cpupool_find(node->number);

	return pool ? hypfs_string(buf, size, pool->sched.ops->option) : -XEN_ENOENT;
}

static bool pool_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	if (n == 0) {
		hypfs_text_node(ret, "sched-gran", "cpu");
	} else if (n == 1) {
		hypfs_text_node(ret, "scheduler", "");
		ret->get = get_scheduler;
		ret->number = dir->number;
	}
	return n < 2;
}

static bool cpupool_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	for (uint32_t id = 0; id < HV_MAX_CPUS; id++) {
		if (!cpupool_find(id) || n--)
			continue;
		hypfs_dir_node(ret, "", pool_nth);
		hv_snprintf(ret->name, sizeof(ret->name), "%u", id);
		ret->number = id;
		return true;
	}
	return false;
}

static bool speculation_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	const char *name, *value;

	if (!arch_speculation(n, &name, &value))
		return false;
	hypfs_text_node(ret, name, value);
	return true;
}

static bool root_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	static const struct {
		const char *name;
		bool (*nth)(const struct hypfs_node *, unsigned, struct hypfs_node *);
	} dirs[] = {
		{ "buildinfo", buildinfo_nth },
		{ "cpupool", cpupool_nth },
		{ "speculation", speculation_nth },
		{ "support", hypfs_support_nth },
		{ "params", SUPPORT_ENABLED(runtime_parameters) ? hypfs_params_nth : NULL },
	};

	if (n >= ARRAY_SIZE(dirs) || !dirs[n].nth ||
	    (dirs[n].nth == hypfs_params_nth && !SUPPORT_ACTIVE(runtime_parameters)))
		return false;
	hypfs_dir_node(ret, dirs[n].name, dirs[n].nth);
	return true;
}

void hypfs_root(struct hypfs_node *ret_node)
{
	hypfs_dir_node(ret_node, "", root_nth);
}

/* The child of *node called as the first @len bytes of @name say, instead of it. */
static bool descend(struct hypfs_node *node, const char *name, size_t len)
{
	struct hypfs_node child;

	if (node->type != XEN_HYPFS_TYPE_DIR)
		return false;
	for (unsigned n = 0; node->nth(node, n, &child); n++) {
		if (strlen(child.name) == len && !memcmp(child.name, name, len)) {
			*node = child;
			return true;
		}
	}
	return false;
}

int hypfs_find(const char *path, struct hypfs_node *ret_node)
{
	unsigned depth = 0;

	if (*path++ != '/')
		return -XEN_EINVAL;
	hypfs_root(ret_node);
	while (*path) {
		const char *slash = strchr(path, '/');
		size_t len = slash ? (size_t)(slash - path) : strlen(path);

		if (++depth > DEPTH_MAX || !descend(ret_node, path, len))
			return -XEN_ENOENT;
		path += len + (slash ? 1 : 0);
	}
	return 0;
}
