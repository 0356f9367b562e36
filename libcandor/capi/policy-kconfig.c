/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decision for other build systems, and how far a configuration departs from it. For
 * another tree's Kconfig, a planned feature that has a symbol there is decided as if it
 * were built: whether we have written it says nothing of whether they have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "capi/memory.h"
#include "capi/policy-session.h"
#include "engine/dotconfig.h"
#include "engine/export.h"
#include "engine/supposition.h"

/** What both renderings hold while they answer about Kconfig. */
struct work {
	struct policy_session *s;
	const char *config_path;
	struct supposition theirs;
	struct dotconfig_map map;
	struct dotconfig config;
	struct resolution *resolution;
	struct dotconfig_report report;
};

static int read_map(struct work *w)
{
	const char *named = render_option(w->s->r, "map");
	char *path = named ? strdup(named) : policy_path(w->s->tree, DOTCONFIG_MAP_PATH);
	char *text = NULL;
	size_t size;
	int rc = path ? complain_read(&w->s->err, path, DOTCONFIG_FILE_MAX,
				      "name the symbols of features there, or give --map FILE",
				      &text, &size)
		      : -ENOMEM;

	if (!rc)
		rc = dotconfig_map_parse(path, text, size, w->s->facts, &w->map, &w->s->err);
	free(text);
	free(path);
	return rc;
}

static int read_config(struct work *w)
{
	char *text = NULL;
	size_t size;
	int rc = complain_read(&w->s->err, w->config_path, DOTCONFIG_FILE_MAX,
			       "give the .config of a tree", &text, &size);

	if (!rc)
		rc = dotconfig_parse(w->config_path, text, size, &w->config, &w->s->err);
	free(text);
	return rc;
}

static bool suppose_built(struct work *w, size_t feature)
{
	if (strcmp(w->theirs.facts.features[feature].state, "planned") != 0)
		return false;
	supposition_built(&w->theirs, feature, true);
	return true;
}

/* What a supposed one needs is supposed too; each round adds one at least. */
static bool suppose_needs(struct work *w)
{
	const struct facts *facts = &w->theirs.facts;
	bool grows = false;

	for (size_t i = 0; i < facts->nr_features; i++) {
		const struct fact_feature *f = &facts->features[i];

		for (size_t k = 0; f->built && k < f->nr_needs; k++) {
			long need = facts_find(facts, f->needs[k].id);

			if (need >= 0 && suppose_built(w, (size_t)need))
				grows = true;
		}
	}
	return grows;
}

static int resolve_theirs(struct work *w)
{
	struct variation v = { .facts = &w->theirs.facts };
	int rc = supposition_init(&w->theirs, w->s->facts);

	if (rc)
		return rc;
	for (size_t i = 0; i < w->map.nr; i++)
		suppose_built(w, w->map.rows[i].feature);
	while (suppose_needs(w))
		;
	return policy_resolve(w->s->policy, w->s->profile, &v, &w->resolution, &w->s->err);
}

static int work_start(struct work *w, struct policy_session *s, const char *config_path)
{
	int rc;

	*w = (struct work){ .s = s, .config_path = config_path };
	rc = read_map(w);
	if (!rc && config_path)
		rc = read_config(w);
	if (!rc)
		rc = resolve_theirs(w);
	if (rc)
		return rc;
	w->report = (struct dotconfig_report){ .path = config_path,
					       .profile = s->profile,
					       .config = &w->config,
					       .map = &w->map,
					       .ruling = &w->resolution->ruling };
	return 0;
}

static void work_end(struct work *w)
{
	resolution_free(w->resolution);
	supposition_reset(&w->theirs);
	dotconfig_map_reset(&w->map);
	dotconfig_reset(&w->config);
}

/* ---- export ---- */

static int render_fragment(struct render *r)
{
	struct work w = { 0 };
	struct policy_session s;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	if (!rc)
		rc = work_start(&w, &s, NULL);
	if (!rc)
		dotconfig_fragment(&w.report, r->out);
	work_end(&w);
	return policy_session_end(&s, rc);
}

typedef void export_fn(const struct resolution *r, const struct lockfile *lock, struct strbuf *out);

static int export_ours(struct policy_session *s, export_fn *write)
{
	struct resolution *r = NULL;
	struct lockfile *lock = NULL;
	int rc = policy_session_resolve(s, &r);

	if (!rc)
		rc = resolution_lock(r, &lock);
	if (!rc)
		write(r, lock, s->r->out);
	lockfile_destroy(lock);
	resolution_free(r);
	return rc;
}

static int render_export(struct render *r, export_fn *write)
{
	struct policy_session s;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	return policy_session_end(&s, rc ? rc : export_ours(&s, write));
}

static int render_meson(struct render *r)
{
	return render_export(r, export_meson);
}

static int render_ansible(struct render *r)
{
	return render_export(r, export_ansible);
}

static int render_preset(struct render *r)
{
	return render_export(r, export_preset);
}

/* ---- check ---- */

typedef void report_fn(const struct dotconfig_report *report, struct strbuf *out);

static int render_check(struct render *r, report_fn *write)
{
	const char *config = render_option(r, "kconfig");
	struct work w = { 0 };
	struct policy_session s;
	int rc;

	if (!config)
		return render_lacks(r, "kconfig");
	rc = policy_session_begin(&s, r, FACTS_STATED);
	if (!rc)
		rc = work_start(&w, &s, config);
	if (!rc) {
		write(&w.report, r->out);
		rc = dotconfig_departures(&w.report) ? CANDOR_NO : 0;
	}
	work_end(&w);
	return policy_session_end(&s, rc);
}

static int render_check_text(struct render *r)
{
	return render_check(r, dotconfig_report_text);
}

static int render_check_json(struct render *r)
{
	return render_check(r, dotconfig_report_json);
}

#define MAP_OPTION                                                                             \
	{                                                                                      \
		"map", "FILE", "symbols of features (default: " DOTCONFIG_MAP_PATH ")", false, \
		{                                                                              \
			NULL                                                                   \
		}                                                                              \
	}

static const struct candor_option export_options[] = {
	MAP_OPTION,
	POLICY_PROFILE_OPTION,
	POLICY_RULES_OPTIONS,
	{ 0 },
};
static const struct candor_option check_options[] = {
	{ "kconfig", "FILE", "the .config to hold against the profile", false, { NULL } },
	MAP_OPTION,
	POLICY_PROFILE_OPTION,
	POLICY_RULES_OPTIONS,
	{ 0 },
};

const struct render_row render_policy_kconfig[] = {
	{ "policy-export", "kconfig", "a decision as a fragment for the Xen tree", export_options,
	  RENDER_ANYTIME, render_fragment },
	{ "policy-export", "meson", "a decision as meson.options", export_options, RENDER_ANYTIME,
	  render_meson },
	{ "policy-export", "ansible", "a decision as variables of Ansible", export_options,
	  RENDER_ANYTIME, render_ansible },
	{ "policy-export", "preset", "a decision as enable and disable lines", export_options,
	  RENDER_ANYTIME, render_preset },
	{ "policy-check", "text", "how far a .config departs from a profile; \"no\": it does",
	  check_options, RENDER_ANYTIME, render_check_text },
	{ "policy-check", "json", "the same for programs", check_options, RENDER_ANYTIME,
	  render_check_json },
	{ 0 },
};
