/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree's policy, opened for a rendering. */
#include "capi/policy-session.h"

#include <string.h>

#define DEFAULT_PROFILE "supported"

static int join_files(struct policy_session *s, enum layer layer, const char *option)
{
	struct render_list list;
	int rc = render_values(s->r, option, &list);

	for (size_t i = 0; !rc && i < list.nr; i++)
		rc = policy_join(s->policy, layer, list.values[i], &s->err);
	return rc;
}

int policy_session_begin(struct policy_session *s, struct render *r, enum facts_depth depth)
{
	const char *tree = handle_value(r->c, OPTION_TREE);
	const char *profile = render_option(r, "profile");
	int rc;

	*s = (struct policy_session){
		.r = r,
		.tree = tree ? tree : ".",
		.profile = profile ? profile : DEFAULT_PROFILE,
	};
	rc = facts_load(s->tree, depth, &s->facts, &s->err);
	if (!rc)
		rc = policy_open(s->tree, s->facts, &s->policy, &s->err);
	if (!rc)
		rc = join_files(s, LAYER_SITE, "site");
	return rc ? rc : join_files(s, LAYER_HOST, "host");
}

int policy_session_end(struct policy_session *s, int rc)
{
	policy_close(s->policy);
	facts_destroy(s->facts);
	if (rc < 0)
		rc = render_complaints(s->r, rc, &s->err);
	strbuf_reset(&s->err);
	return rc;
}

int policy_session_lock(struct policy_session *s, const char *profile,
			const struct variation *variation, struct lockfile **ret_lock)
{
	struct resolution *r;
	int rc = policy_resolve(s->policy, profile, variation, &r, &s->err);

	if (rc)
		return rc;
	rc = resolution_lock(r, ret_lock);
	resolution_free(r);
	return rc;
}

int policy_session_resolve(struct policy_session *s, struct resolution **ret_resolution)
{
	return policy_resolve(s->policy, s->profile, NULL, ret_resolution, &s->err);
}

int policy_session_render(struct render *r,
			  int (*write)(const struct resolution *r, struct strbuf *out))
{
	struct policy_session s;
	struct resolution *resolution;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	if (!rc)
		rc = policy_session_resolve(&s, &resolution);
	if (!rc) {
		rc = write(resolution, r->out);
		resolution_free(resolution);
	}
	return policy_session_end(&s, rc);
}
