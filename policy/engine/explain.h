/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a feature is on or off, and what would change that. */
#ifndef CANDOR_POLICY_EXPLAIN_H
#define CANDOR_POLICY_EXPLAIN_H

#include "engine/policy.h"

enum explain_format {
	EXPLAIN_TEXT,
	EXPLAIN_JSON,
};

/**
 * Add one screen about a feature under a profile to @out. 0, -EINVAL with
 * complaints in @err (unknown feature or profile, wrong policy), or -errno.
 */
int explain_feature(const struct policy *p, const char *profile, const char *id,
		    enum explain_format format, struct strbuf *out, struct strbuf *err);

/** Add all profiles and what each has on to @out. Returns as explain_feature(). */
int explain_profiles(const struct policy *p, enum explain_format format, struct strbuf *out,
		     struct strbuf *err);

#endif
