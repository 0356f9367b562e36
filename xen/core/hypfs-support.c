/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /support: the features of this build. features/ID is "on" for one that is in it and "off" for
 * one that the policy left out; policy is the profile's name; taint the letters of what has been
 * used that a supported host would not. A status is not here: it is in SUPPORT.md alone.
 */
#include "hypfs.h"

#include <stdint.h>

#include <xen/xen.h>

#include <xen/hypfs.h>

static const struct {
	const char *id;
	const char *state;
} features[] = {
#define FEATURE(id, on) { #id, #on },
#include <support-list.h>
#undef FEATURE
};

static bool features_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	if (n >= ARRAY_SIZE(features))
		return false;
	hypfs_text_node(ret, features[n].id, features[n].state);
	return true;
}

bool hypfs_support_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	switch (n) {
	case 0:
		hypfs_dir_node(ret, "features", features_nth);
		return true;
	case 1:
		hypfs_text_node(ret, "policy", CANDOR_PROFILE);
		return true;
	default:
		return false;
	}
}
