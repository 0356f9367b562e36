/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taint letters, one for each way in which a feature is less than Supported. */
#include "engine/taint.h"

#include <string.h>

enum { TAINT_DEPRECATED, TAINT_EXPERIMENTAL, TAINT_PREVIEW, TAINT_INSECURE, TAINT_UNSUPPORTED };

const struct taint taint_table[] = {
	[TAINT_DEPRECATED] = { 'D', "Deprecated: may go with the next release" },
	[TAINT_EXPERIMENTAL] = { 'E', "Experimental: parts are missing, no security support" },
	[TAINT_PREVIEW] = { 'P', "Tech Preview: no security support" },
	[TAINT_INSECURE] = { 'S', "Supported, but without full security support" },
	[TAINT_UNSUPPORTED] = { 'U', "not supported, or not stated: nothing is promised" },
	{ 0 },
};

bool taint_is_secure(const struct fact_feature *f)
{
	return !strcmp(f->security, "yes");
}

const struct taint *taint_of(const struct fact_feature *f)
{
	if (!strcmp(f->level, "Deprecated"))
		return &taint_table[TAINT_DEPRECATED];
	if (!strcmp(f->level, "Experimental"))
		return &taint_table[TAINT_EXPERIMENTAL];
	if (!strcmp(f->level, "Tech Preview"))
		return &taint_table[TAINT_PREVIEW];
	if (strcmp(f->level, "Supported") != 0)
		return &taint_table[TAINT_UNSUPPORTED];
	return taint_is_secure(f) ? NULL : &taint_table[TAINT_INSECURE];
}
