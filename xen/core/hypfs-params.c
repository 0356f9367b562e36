/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /params: what an administrator can change while the host runs (xl set-parameters). */
#include <candor/support.h>
#include <hv/errno.h>
#include <hv/gnttab.h>
#include <hv/printk.h>
#include <hv/string.h>

#include <stdint.h>

#include <xen/xen.h>

#include <xen/hypfs.h>

#include "hypfs.h"

SUPPORT_PROVIDES(runtime_parameters, "common");

static const char *const levels[] = {
	[LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"
};

static int get_loglvl(const struct hypfs_node *node, char *buf, size_t size)
{
	return hypfs_string(buf, size, levels[printk_level()]);
}

/* "LEVEL", or "LEVEL/RATE-LIMITED" as the field has it: the first half counts. */
static int set_loglvl(const struct hypfs_node *node, const char *data, size_t size)
{
	const char *slash = strchr(data, '/');
	size_t len = slash ? (size_t)(slash - data) : strlen(data);

	for (unsigned i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strlen(levels[i]) == len && !memcmp(levels[i], data, len)) {
			printk_set_level((enum loglevel)i);
			return 0;
		}
	}
	if (len == 3 && !memcmp(data, "all", 3)) {
		printk_set_level(LOG_DEBUG);
		return 0;
	}
	return -XEN_EINVAL;
}

/* One of the host's grant table limits; node->number is its offset in them. */
static int get_limit(const struct hypfs_node *node, char *buf, size_t size)
{
	struct gnttab_limits limits = gnttab_get_limits();

	if (size < sizeof(uint32_t))
		return -XEN_ENOBUFS;
	memcpy(buf, (const char *)&limits + node->number, sizeof(uint32_t));
	return sizeof(uint32_t);
}

static int set_limit(const struct hypfs_node *node, const char *data, size_t size)
{
	struct gnttab_limits limits = gnttab_get_limits();

	if (size != sizeof(uint32_t))
		return -XEN_EINVAL;
	memcpy((char *)&limits + node->number, data, size);
	return gnttab_set_limits(limits);
}

bool hypfs_params_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	static const struct {
		const char *name;
		uint32_t offset;
	} limits[] = {
		{ "gnttab_max_frames", offsetof(struct gnttab_limits, frames) },
		{ "gnttab_max_maptrack_frames", offsetof(struct gnttab_limits, maptrack_frames) },
	};

	if (n == 0) {
		hypfs_text_node(ret, "loglvl", "");
		ret->get = get_loglvl;
		ret->set = set_loglvl;
		return true;
	}
	if (!SUPPORT_ENABLED(gnttab_v1) || --n >= ARRAY_SIZE(limits))
		return false;
	hypfs_text_node(ret, limits[n].name, "");
	ret->type = XEN_HYPFS_TYPE_UINT;
	ret->number = limits[n].offset;
	ret->get = get_limit;
	ret->set = set_limit;
	return true;
}
