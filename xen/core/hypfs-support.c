/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /support: what this host runs, and with what support. policy is the profile's name, decision
 * that of its lock, taint the letters of what is active and has no full support. features/ID is
 * "on", "off", or for one that waits for the administrator "opt-in", "opted-in", "opted-in until
 * DATE" or "expired DATE". A status is not here: it is in SUPPORT.md alone.
 */
#include "hypfs.h"

#include <stdint.h>

#include <xen/xen.h>

#include <xen/hypfs.h>

#include <candor/support.h>
#include <hv/optin.h>
#include <support-decision.h>

static const struct {
	const char *id;
	const char *state;
	int index; /* among the opt-ins, or -1 */
} features[] = {
#define FEATURE(id, state, index) { #id, #state, index },
#include <support-list.h>
#undef FEATURE
};

static int get_state(const struct hypfs_node *node, char *buf, size_t size)
{
	char state[OPTIN_STATE_SIZE];

	optin_state(node->number, state);
	return hypfs_string(buf, size, state);
}

static bool features_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	if (n >= ARRAY_SIZE(features))
		return false;
	hypfs_text_node(ret, features[n].id, features[n].state);
	if (SUPPORT_NR_OPT_IN > 0 && features[n].index >= 0) {
		ret->get = get_state;
		ret->number = (uint32_t)features[n].index;
	}
	return true;
}

static int get_taint(const struct hypfs_node *node, char *buf, size_t size)
{
	char letters[OPTIN_TAINT_SIZE];

	support_taint(letters);
	return hypfs_string(buf, size, letters);
}

bool hypfs_support_nth(const struct hypfs_node *dir, unsigned n, struct hypfs_node *ret)
{
	switch (n) {
	case 0:
		hypfs_text_node(ret, "decision", SUPPORT_DECISION);
		return true;
	case 1:
		hypfs_dir_node(ret, "features", features_nth);
		return true;
	case 2:
		hypfs_text_node(ret, "policy", CANDOR_PROFILE);
		return true;
	case 3:
		hypfs_text_node(ret, "taint", "");
		ret->get = get_taint;
		return true;
	default:
		return false;
	}
}
