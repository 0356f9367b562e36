/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderings about policies share: the tree's policy, opened. */
#ifndef CANDOR_CAPI_POLICY_SESSION_H
#define CANDOR_CAPI_POLICY_SESSION_H

#include "capi/render.h"
#include "engine/policy.h"

struct policy_session {
	struct render *r;
	const char *tree, *profile; /* with the defaults */
	struct facts *facts;
	struct policy *policy;
	struct strbuf err; /* the engine's complaints */
};

/**
 * Read tree and policy. 0 or -errno, with complaints; policy_session_end() either way,
 * which turns them into the call's error and returns @rc.
 */
int policy_session_begin(struct policy_session *s, struct render *r, enum facts_depth depth);
int policy_session_end(struct policy_session *s, int rc);

/** Decide a profile and make its lock. 0 or -errno; lockfile_destroy() it. */
int policy_session_lock(struct policy_session *s, const char *profile,
			const struct variation *variation, struct lockfile **ret_lock);

/** The session's profile decided, for resolution_free(). 0 or -errno. */
int policy_session_resolve(struct policy_session *s, struct resolution **ret_resolution);

/** A whole rendering: what @write adds of the profile decided. What it returns, or as _end(). */
int policy_session_render(struct render *r,
			  int (*write)(const struct resolution *r, struct strbuf *out));

/* Rows for a table of options. */
/* clang-format off */
#define POLICY_PROFILE_OPTION \
	{ "profile", "NAME", "the profile (default: supported)", false, { NULL } }
#define POLICY_RULES_OPTIONS \
	{ "site", "FILE", "rules of the site, behind the profile's", true, { NULL } }, \
	{ "host", "FILE", "rules of the host, behind all others", true, { NULL } }
/* clang-format on */

#endif
