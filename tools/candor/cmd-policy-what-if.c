/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy what-if`: a dry run of other statuses, verdicts and rules. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy-session.h"

#include "engine/compare.h"
#include "engine/complain.h"
#include "engine/explain.h"
#include "engine/json.h"
#include "base/suggest.h"
#include "engine/supposition.h"

struct options {
	struct policy_options common;
	struct argument_list statuses, features, rules, drops;
	const char *layer;
	bool all;
};

/* What the options make of facts and rules. */
struct changes {
	struct policy_session *s;
	struct supposition facts;
	struct strbuf sentences; /* of --feature, in the host layer */
	struct host_source extra[ARGUMENTS_LIST_MAX + 1];
	char names[ARGUMENTS_LIST_MAX + 1][32];
	size_t nr_extra;
	struct place drop;
	char *drop_file;
};

static const char in_arguments[] = "what-if";

/* "ID=VALUE": the feature's index, *@ret_value behind the '='; -1 with a complaint. */
static long split_feature(struct changes *c, const char *text, const char **ret_value)
{
	const char *equals = strchr(text, '=');
	char id[HOST_NAME_MAX + 1];

	if (!equals || (size_t)(equals - text) >= sizeof(id)) {
		complain(&c->s->err, (struct place){ in_arguments, 0 }, "write ID=VALUE",
			 "'%.64s' names no feature and value", text);
		return -1;
	}
	memcpy(id, text, (size_t)(equals - text));
	id[equals - text] = '\0';
	*ret_value = equals + 1;
	return explain_find(c->s->facts, id, &c->s->err);
}

/* "tech-preview" and "Tech Preview" are the same level. */
static bool is_level(const char *level, const char *text)
{
	for (; *level && *text; level++, text++) {
		char a = *level == ' ' ? '-' : (char)tolower((unsigned char)*level);
		char b = *text == ' ' || *text == '_' ? '-' : (char)tolower((unsigned char)*text);

		if (a != b)
			return false;
	}
	return !*level && !*text;
}

static int change_status(struct changes *c, const char *text)
{
	const char *value = NULL;
	long feature = split_feature(c, text, &value);
	struct suggest near;
	char remedy[128];

	if (feature < 0)
		return -EINVAL;
	suggest_start(&near, value);
	for (const char *const *level = facts_levels(); *level; level++) {
		suggest_offer(&near, *level);
		if (!is_level(*level, value))
			continue;
		supposition_level(&c->facts, (size_t)feature, *level, NULL);
		supposition_built(&c->facts, (size_t)feature, true);
		return 0;
	}
	snprintf(remedy, sizeof(remedy), "did you mean '%s'?",
		 suggest_best(&near) ? suggest_best(&near) : "supported");
	complain(&c->s->err, (struct place){ in_arguments, 0 }, remedy, "there is no level '%.64s'",
		 value);
	return -EINVAL;
}

static int change_feature(struct changes *c, const char *text)
{
	const char *value = NULL;
	long feature = split_feature(c, text, &value);

	if (feature < 0)
		return -EINVAL;
	if (host_decided_find(value) == NR_DECIDED) {
		complain(&c->s->err, (struct place){ in_arguments, 0 },
			 "write ID=on, ID=off or ID=opt-in",
			 "a feature is on, off or opt-in, not '%.64s'", value);
		return -EINVAL;
	}
	strbuf_printf(&c->sentences,
		      "%s { feature \"%s\",%s override = true, because = \"what if\" }\n",
		      strcmp(value, "off") ? "allow" : "deny", c->s->facts->features[feature].id,
		      strcmp(value, "opt-in") ? "" : " opt_in = true,");
	return 0;
}

static void add_source(struct changes *c, const char *text, enum layer layer)
{
	char *name = c->names[c->nr_extra];

	snprintf(name, sizeof(c->names[0]), "--%s %zu", c->nr_extra ? "add-rule" : "feature",
		 c->nr_extra);
	c->extra[c->nr_extra++] =
		(struct host_source){ name, name, text, strlen(text), true, layer };
}

static int find_layer(struct changes *c, const char *name, enum layer *ret_layer)
{
	*ret_layer = LAYER_HOST;
	if (!name)
		return 0;
	for (unsigned int i = 0; i < NR_LAYERS; i++) {
		*ret_layer = (enum layer)i;
		if (!strcmp(name, host_layer_name(*ret_layer)))
			return 0;
	}
	complain(&c->s->err, (struct place){ in_arguments, 0 },
		 "there are vendor, distribution, site and host", "there is no layer '%.64s'",
		 name);
	return -EINVAL;
}

/* "policy/rules/x.lua:9" */
static int change_drop(struct changes *c, const char *text)
{
	const char *colon = strrchr(text, ':');
	unsigned long line = colon ? strtoul(colon + 1, NULL, 10) : 0;

	if (!line || line > INT32_MAX) {
		complain(&c->s->err, (struct place){ in_arguments, 0 },
			 "write --drop-rule policy/rules/NAME.lua:LINE", "'%.128s' is no place",
			 text);
		return -EINVAL;
	}
	c->drop_file = strndup(text, (size_t)(colon - text));
	c->drop = (struct place){ c->drop_file, (unsigned int)line };
	return c->drop_file ? 0 : -ENOMEM;
}

static int make_changes(struct changes *c, const struct options *o)
{
	enum layer layer;
	int rc = supposition_init(&c->facts, c->s->facts);

	if (!rc)
		rc = find_layer(c, o->layer, &layer);
	for (size_t i = 0; !rc && i < o->statuses.nr; i++)
		rc = change_status(c, o->statuses.values[i]);
	for (size_t i = 0; !rc && i < o->features.nr; i++)
		rc = change_feature(c, o->features.values[i]);
	if (!rc && !strbuf_str(&c->sentences))
		rc = -ENOMEM;
	if (rc)
		return rc;
	add_source(c, strbuf_str(&c->sentences), LAYER_HOST);
	for (size_t i = 0; i < o->rules.nr; i++)
		add_source(c, o->rules.values[i], layer);
	return o->drops.nr ? change_drop(c, o->drops.values[0]) : 0;
}

static void free_changes(struct changes *c)
{
	supposition_reset(&c->facts);
	strbuf_reset(&c->sentences);
	free(c->drop_file);
}

static int lock_of(struct changes *c, const char *profile, const struct variation *v,
		   struct lockfile **ret_lock)
{
	struct resolution *r;
	int rc = policy_resolve(c->s->policy, profile, v, &r, &c->s->err);

	if (rc)
		return rc;
	rc = resolution_lock(r, ret_lock);
	resolution_free(r);
	return rc;
}

/* One profile as it is and as it would be; text goes to @out, JSON to @list. */
static int compare(struct changes *c, const char *profile, const struct advisories *advisories,
		   json_t *list, struct strbuf *out)
{
	const struct variation v = {
		.facts = &c->facts.facts,
		.extra = c->extra,
		.nr_extra = c->nr_extra,
		.drop = c->drop_file ? &c->drop : NULL,
	};
	struct comparison comparison = { profile, "with the change", NULL,
					 NULL,	  &c->facts.facts,   advisories };
	struct lockfile *from = NULL, *to = NULL;
	int rc = lock_of(c, profile, NULL, &from);

	if (!rc)
		rc = lock_of(c, profile, &v, &to);
	comparison.from = from;
	comparison.to = to;
	if (!rc && list)
		json_array_append_new(list, compare_json(&comparison));
	else if (!rc)
		compare_text(&comparison, out);
	lockfile_destroy(from);
	lockfile_destroy(to);
	return rc;
}

static int compare_all(struct changes *c, const struct options *o, struct strbuf *out)
{
	json_t *root = o->common.json ? json_object() : NULL, *list = root ? json_array() : NULL;
	struct advisories advisories = { 0 };
	int rc = advisories_read(c->s->tree, &advisories, &c->s->err);

	for (size_t i = 0; !rc && o->all && i < c->s->policy->nr_profiles; i++) {
		if (i && !list)
			strbuf_puts(out, "\n");
		rc = compare(c, c->s->policy->profiles[i], &advisories, list, out);
	}
	if (!rc && !o->all)
		rc = compare(c, c->s->profile, &advisories, list, out);
	advisories_reset(&advisories);
	if (!root)
		return rc;
	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(root, "profiles", list);
	json_print(root, JSON_PAGE, out);
	return rc;
}

static enum exit_status run(struct policy_session *s, const struct options *o)
{
	struct changes *c = calloc(1, sizeof(*c));
	struct strbuf out = STRBUF_INIT;
	enum exit_status status;
	int rc = c ? 0 : -ENOMEM;

	if (c) {
		c->s = s;
		rc = make_changes(c, o);
	}
	if (!rc)
		rc = compare_all(c, o, &out);
	status = rc ? policy_session_trouble(s, rc) : policy_print(&out);
	strbuf_reset(&out);
	if (c)
		free_changes(c);
	free(c);
	return status;
}

enum exit_status policy_what_if(int argc, char **argv)
{
	struct options o = { 0 };
	const struct argument rows[] = {
		{ "status", "ID=LEVEL",
		  "were it stated so, and built: supported, tech-preview, ...",
		  .list = &o.statuses },
		{ "feature", "ID=on|off|opt-in", "did the host layer allow or deny it",
		  .list = &o.features },
		{ "add-rule", "TEXT", "were this said too, as in a rule file", .list = &o.rules },
		{ "layer", "LAYER", "where --add-rule says it (default: host)", .text = &o.layer },
		{ "drop-rule", "FILE:LINE", "were what is said there not said", .list = &o.drops },
		{ "all", NULL, "under every profile", .flag = &o.all },
		POLICY_PROFILE_ROW(&o.common),
		POLICY_JSON_ROW(&o.common),
		POLICY_SITE_ROW(&o.common),
		POLICY_HOST_ROW(&o.common),
		POLICY_TREE_ROW(&o.common),
	};
	const struct argument_table table = { argv[0], "",
					      "Nothing is written.\n\n"
					      "Exit status: 0 answered, 2 trouble.\n",
					      rows, sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	struct policy_session s;
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	if (o.drops.nr > 1) {
		fputs("candor policy what-if: --drop-rule can be given once\n", stderr);
		return EXIT_TROUBLE;
	}
	if (!o.statuses.nr && !o.features.nr && !o.rules.nr && !o.drops.nr) {
		fputs("candor policy what-if: wants a change, such as --status ID=supported\n"
		      "       = see `candor policy what-if --help`\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	status = policy_session_open(&s, &o.common, FACTS_STATED);
	if (status)
		return status;
	status = run(&s, &o);
	policy_session_close(&s);
	return status;
}
