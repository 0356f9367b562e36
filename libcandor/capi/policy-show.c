/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a policy decides, and why: explained, listed, logged, on a page. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capi/memory.h"
#include "capi/policy-session.h"
#include "engine/explain.h"
#include "engine/log.h"
#include "engine/meant.h"
#include "engine/page.h"
#include "engine/words.h"

/* ---- explain ---- */

typedef void explain_fn(const struct explanation *e, struct strbuf *out);

static int explain_one(struct policy_session *s, const char *id, explain_fn *write)
{
	long feature = meant_find(s->facts, id, &s->err);
	struct explanation e;
	struct resolution *r;
	int rc;

	if (feature < 0)
		return -EINVAL;
	rc = policy_session_resolve(s, &r);
	if (rc)
		return rc;
	rc = explain(r, (size_t)feature, &e, &s->err);
	if (!rc) {
		write(&e, s->r->out);
		explanation_reset(&e);
	}
	resolution_free(r);
	return rc;
}

static int render_explain(struct render *r, explain_fn *write)
{
	const char *feature = render_option(r, "feature");
	struct policy_session s;
	int rc;

	if (!feature)
		return render_lacks(r, "feature");
	rc = policy_session_begin(&s, r, FACTS_CODE);
	return policy_session_end(&s, rc ? rc : explain_one(&s, feature, write));
}

static int render_explain_text(struct render *r)
{
	return render_explain(r, explain_text);
}

static int render_explain_json(struct render *r)
{
	return render_explain(r, explain_json);
}

/* ---- all profiles ---- */

typedef void list_fn(const struct policy *p, struct resolution *const *list, struct strbuf *out);

static int list_all(struct policy_session *s, list_fn *write)
{
	const struct policy *p = s->policy;
	struct resolution **list = calloc(p->nr_profiles + 1, sizeof(*list));
	int rc = list ? 0 : -ENOMEM;

	for (size_t k = 0; !rc && k < p->nr_profiles; k++)
		rc = policy_resolve(p, p->profiles[k], NULL, &list[k], &s->err);
	if (!rc)
		write(p, list, s->r->out);
	for (size_t k = 0; list && k < p->nr_profiles; k++)
		resolution_free(list[k]);
	free(list);
	return rc;
}

static int render_list_by(struct render *r, list_fn *write)
{
	struct policy_session s;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	return policy_session_end(&s, rc ? rc : list_all(&s, write));
}

static int render_list_text(struct render *r)
{
	return render_list_by(r, list_text);
}

static int render_list_json(struct render *r)
{
	return render_list_by(r, list_json);
}

static int render_names(struct render *r)
{
	struct policy_session s;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	for (size_t k = 0; !rc && k < s.policy->nr_profiles; k++)
		strbuf_printf(r->out, "%s\n", s.policy->profiles[k]);
	return policy_session_end(&s, rc);
}

/* ---- log, words ---- */

static int render_log(struct render *r)
{
	return policy_session_render(r, log_write);
}

static int render_words(struct render *r)
{
	words_reference(r->out);
	return 0;
}

/* ---- page ---- */

static bool has_profile(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->nr_profiles; i++) {
		if (!strcmp(p->profiles[i], name))
			return true;
	}
	return false;
}

static int add_page(struct policy_session *s)
{
	struct resolution *r, *widest = NULL;
	int rc = policy_session_resolve(s, &r);

	if (rc)
		return rc;
	if (has_profile(s->policy, PAGE_WIDEST))
		rc = policy_resolve(s->policy, PAGE_WIDEST, NULL, &widest, &s->err);
	if (!rc)
		page_write(r, widest, s->r->out);
	resolution_free(widest);
	resolution_free(r);
	return rc;
}

static int add_measures(struct policy_session *s, const char *image_path, const char *against_path)
{
	struct measure image, against;
	int rc = measure_image(image_path, &image, &s->err);

	if (rc)
		return rc;
	rc = measure_image(against_path, &against, &s->err);
	if (!rc) {
		page_write_measures(s->profile, &image, PAGE_WIDEST, &against, s->r->out);
		measure_reset(&against);
	}
	measure_reset(&image);
	return rc;
}

static int render_page(struct render *r)
{
	const char *image = render_option(r, "image"), *against = render_option(r, "against");
	struct policy_session s;
	int rc;

	if (!image != !against)
		return render_lacks(r, image ? "against" : "image");
	rc = policy_session_begin(&s, r, FACTS_STATED);
	if (!rc)
		rc = add_page(&s);
	if (!rc && image)
		rc = add_measures(&s, image, against);
	return policy_session_end(&s, rc);
}

static const struct candor_option none[] = { { 0 } };
static const struct candor_option explain_options[] = {
	{ "feature", "ID", "the feature", false, { NULL } },
	POLICY_PROFILE_OPTION,
	POLICY_RULES_OPTIONS,
	{ 0 },
};
static const struct candor_option rules_options[] = { POLICY_RULES_OPTIONS, { 0 } };
static const struct candor_option profile_options[] = {
	POLICY_PROFILE_OPTION,
	POLICY_RULES_OPTIONS,
	{ 0 },
};
static const struct candor_option page_options[] = {
	POLICY_PROFILE_OPTION,
	{ "image", "FILE", "measure this image of the profile ...", false, { NULL } },
	{ "against", "FILE", "... and this one of " PAGE_WIDEST, false, { NULL } },
	{ 0 },
};

const struct render_row render_policies[] = {
	{ "policy-explain", "text", "why a feature is on or off, and what would change it",
	  explain_options, RENDER_ANYTIME, render_explain_text },
	{ "policy-explain", "json", "the same for programs", explain_options, RENDER_ANYTIME,
	  render_explain_json },
	{ "policy-list", "text", "the profiles, and what each has on", rules_options,
	  RENDER_ANYTIME, render_list_text },
	{ "policy-list", "json", "the same for programs", rules_options, RENDER_ANYTIME,
	  render_list_json },
	{ "policy-profiles", "text", "their names alone, a line each", none, RENDER_ANYTIME,
	  render_names },
	{ "policy-log", "jsonl", "every decision as a line of JSON", profile_options,
	  RENDER_ANYTIME, render_log },
	{ "policy-words", "markdown", "the reference of the policy language", none, RENDER_ANYTIME,
	  render_words },
	{ "policy-page", "markdown", "what a profile contains and why", page_options,
	  RENDER_ANYTIME, render_page },
	{ 0 },
};
