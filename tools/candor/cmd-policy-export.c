/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `candor policy export` and `candor policy check`: a decision for other build
 * systems, and how far a configuration departs from it. For another tree's Kconfig,
 * a planned feature that has a symbol there is decided as if it were built: whether
 * we have written it says nothing of whether they have.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy-session.h"

#include "base/file.h"
#include "base/suggest.h"
#include "engine/export.h"
#include "engine/dotconfig.h"
#include "engine/supposition.h"

struct options {
	struct policy_options common;
	const char *format, *kconfig, *map;
};

/** What both commands hold while they answer about Kconfig. */
struct work {
	struct policy_session *s;
	const struct options *o;
	struct supposition theirs;
	struct dotconfig_map map;
	struct dotconfig config;
	struct resolution *resolution;
	struct dotconfig_report report;
};

static int read_file(struct strbuf *err, const char *path, const char *remedy, char **ret_text,
		     size_t *ret_size)
{
	int rc = file_read(path, DOTCONFIG_FILE_MAX, ret_text, ret_size);

	if (rc && rc != -ENOMEM) {
		strbuf_printf(err, "%s: error: cannot be read: %s\n       = %s\n", path,
			      strerror(-rc), remedy);
		rc = -EINVAL;
	}
	return rc;
}

static int read_map(struct work *w)
{
	char *path = w->o->map ? strdup(w->o->map) : policy_path(w->s->tree, DOTCONFIG_MAP_PATH);
	char *text = NULL;
	size_t size;
	int rc = path ? read_file(&w->s->err, path,
				  "name the symbols of features there, or give --map FILE", &text,
				  &size)
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
	int rc = read_file(&w->s->err, w->o->kconfig, "give the .config of a tree", &text, &size);

	if (!rc)
		rc = dotconfig_parse(w->o->kconfig, text, size, &w->config, &w->s->err);
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

static int work_start(struct work *w, struct policy_session *s, const struct options *o)
{
	int rc;

	*w = (struct work){ .s = s, .o = o };
	rc = read_map(w);
	if (!rc && o->kconfig)
		rc = read_config(w);
	if (!rc)
		rc = resolve_theirs(w);
	if (rc)
		return rc;
	w->report = (struct dotconfig_report){ .path = o->kconfig,
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

static int write_kconfig(struct policy_session *s, const struct options *o, struct strbuf *out)
{
	struct work w;
	int rc = work_start(&w, s, o);

	if (!rc)
		dotconfig_fragment(&w.report, out);
	work_end(&w);
	return rc;
}

typedef void (*export_function)(const struct resolution *r, const struct lockfile *lock,
				struct strbuf *out);

static int write_ours(struct policy_session *s, export_function write, struct strbuf *out)
{
	struct resolution *r = NULL;
	struct lockfile *lock = NULL;
	int rc = policy_resolve(s->policy, s->profile, NULL, &r, &s->err);

	if (!rc)
		rc = resolution_lock(r, &lock);
	if (!rc)
		write(r, lock, out);
	lockfile_destroy(lock);
	resolution_free(r);
	return rc;
}

/* In the order of the help. */
static const struct {
	const char *name;
	export_function write; /* NULL: Kconfig, which takes more than the decision */
} formats[] = {
	{ "kconfig", NULL },
	{ "meson", export_meson },
	{ "ansible", export_ansible },
	{ "preset", export_preset },
};

#define NR_FORMATS (sizeof(formats) / sizeof(formats[0]))

static size_t find_format(const char *name)
{
	struct suggest near;
	size_t i = 0;

	if (!name) {
		fputs("candor policy export: wants --format kconfig|meson|ansible|preset\n"
		      "       = see `candor policy export --help`\n",
		      stderr);
		return NR_FORMATS;
	}
	while (i < NR_FORMATS && strcmp(formats[i].name, name) != 0)
		i++;
	if (i < NR_FORMATS)
		return i;
	suggest_start(&near, name);
	for (size_t k = 0; k < NR_FORMATS; k++)
		suggest_offer(&near, formats[k].name);
	fprintf(stderr, "candor policy export: no format '%s'", name);
	if (suggest_best(&near))
		fprintf(stderr, "; did you mean '%s'?", suggest_best(&near));
	fputs("\n       = see `candor policy export --help`\n", stderr);
	return i;
}

enum exit_status policy_export(int argc, char **argv)
{
	struct options o = { 0 };
	const struct argument rows[] = {
		{ "format", "NAME",
		  "kconfig: a fragment for the Xen tree; meson: meson.options;\n"
		  "                      ansible: variables; preset: enable and disable lines",
		  .text = &o.format },
		POLICY_PROFILE_ROW(&o.common),
		{ "map", "FILE", "symbols of features (default: " DOTCONFIG_MAP_PATH ")",
		  .text = &o.map },
		POLICY_TREE_ROW(&o.common),
		POLICY_SITE_ROW(&o.common),
		POLICY_HOST_ROW(&o.common),
	};
	const struct argument_table table = { argv[0], "", "Exit status: 0 written, 2 trouble.\n",
					      rows, sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	struct strbuf out = STRBUF_INIT;
	struct policy_session s;
	enum exit_status status;
	size_t format;
	int rc;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	format = find_format(o.format);
	if (format == NR_FORMATS)
		return EXIT_TROUBLE;
	status = policy_session_open(&s, &o.common, FACTS_STATED);
	if (status)
		return status;
	rc = formats[format].write ? write_ours(&s, formats[format].write, &out)
				   : write_kconfig(&s, &o, &out);
	status = rc ? policy_session_trouble(&s, rc) : policy_print(&out);
	strbuf_reset(&out);
	policy_session_close(&s);
	return status;
}

static enum exit_status check_config(struct policy_session *s, const struct options *o)
{
	struct strbuf out = STRBUF_INIT;
	enum exit_status status;
	struct work w;
	int rc = work_start(&w, s, o);

	if (rc) {
		status = policy_session_trouble(s, rc);
	} else {
		if (o->common.json)
			dotconfig_report_json(&w.report, &out);
		else
			dotconfig_report_text(&w.report, &out);
		status = policy_print(&out);
		if (!status && dotconfig_departures(&w.report))
			status = EXIT_FINDINGS;
	}
	work_end(&w);
	return status;
}

enum exit_status policy_check(int argc, char **argv)
{
	struct options o = { 0 };
	const struct argument rows[] = {
		{ "kconfig", "FILE", "the .config to hold against the profile",
		  .text = &o.kconfig },
		POLICY_PROFILE_ROW(&o.common),
		{ "map", "FILE", "symbols of features (default: " DOTCONFIG_MAP_PATH ")",
		  .text = &o.map },
		POLICY_JSON_ROW(&o.common),
		POLICY_TREE_ROW(&o.common),
		POLICY_SITE_ROW(&o.common),
		POLICY_HOST_ROW(&o.common),
	};
	const struct argument_table table = {
		argv[0], "", "Exit status: 0 it agrees, 1 it departs in some feature, 2 trouble.\n",
		rows, sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	struct policy_session s;
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	if (!o.kconfig) {
		fputs("candor policy check: wants --kconfig FILE\n"
		      "       = see `candor policy check --help`\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	status = policy_session_open(&s, &o.common, FACTS_STATED);
	if (status)
		return status;
	status = check_config(&s, &o);
	policy_session_close(&s);
	return status;
}
