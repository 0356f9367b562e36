/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dry run of other statuses, verdicts and rules. */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/suggest.h"
#include "capi/memory.h"
#include "capi/policy-session.h"
#include "engine/compare.h"
#include "engine/explain.h"
#include "engine/json.h"
#include "engine/meant.h"
#include "engine/supposition.h"

/* What is asked for. */
struct asked {
	struct render_list statuses, features, rules, drops;
	const char *layer;
	bool all;
};

/* What the options make of facts and rules. */
struct changes {
	struct policy_session *s;
	struct supposition facts;
	struct strbuf sentences;		/* of --feature, in the host layer */
	struct strbuf notes;			/* what was taken for granted */
	json_t *statuses;			/* of --status */
	const char *named[2 * RENDER_LIST_MAX]; /* ids that the arguments mean */
	size_t nr_named;
	struct host_source extra[RENDER_LIST_MAX + 1];
	char names[RENDER_LIST_MAX + 1][32];
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
	long feature;

	if (!equals || (size_t)(equals - text) >= sizeof(id)) {
		complain(&c->s->err, (struct place){ in_arguments, 0 }, "write ID=VALUE",
			 "'%.64s' names no feature and value", text);
		return -1;
	}
	memcpy(id, text, (size_t)(equals - text));
	id[equals - text] = '\0';
	*ret_value = equals + 1;
	feature = meant_find(c->s->facts, id, &c->s->err);
	if (feature < 0)
		return -1;
	meant_describe(c->s->facts, (size_t)feature, id, &c->notes);
	c->named[c->nr_named++] = c->s->facts->features[feature].id;
	return feature;
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

/* Let the feature be stated so, and built; what that takes for granted is noted. */
static void suppose(struct changes *c, size_t feature, const char *level)
{
	const struct fact_feature *f = &c->s->facts->features[feature];
	json_t *entry = json_object();

	if (!f->built)
		strbuf_printf(&c->notes, "%s has no code yet (%s, %s:%u): supposed to be built\n",
			      f->id, f->state, f->at.file, f->at.line);
	json_object_set_new(entry, "built", json_boolean(f->built));
	json_object_set_new(entry, "id", json_text(f->id));
	json_object_set_new(entry, "level", json_text(level));
	json_array_append_new(c->statuses, entry);
	supposition_level(&c->facts, feature, level, NULL);
	supposition_built(&c->facts, feature, true);
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
		suppose(c, (size_t)feature, *level);
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

static int make_changes(struct changes *c, const struct asked *o)
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
	strbuf_reset(&c->notes);
	json_decref(c->statuses);
	free(c->drop_file);
}

/* Where a change leaves the very feature it names as it is: why. */
static void tell_unmoved(const struct changes *c, const struct lockfile *from,
			 const struct lockfile *to, struct strbuf *out)
{
	for (size_t i = 0; i < c->nr_named; i++) {
		const char *id = c->named[i];
		const struct lock_entry *before = lockfile_feature(from, id);
		const struct lock_entry *after = lockfile_feature(to, id);

		if (before && after && !strcmp(before->value, after->value))
			strbuf_printf(out, "\n%s stays %s: %s\n", id, after->value, after->comment);
	}
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
	int rc = policy_session_lock(c->s, profile, NULL, &from);

	if (!rc)
		rc = policy_session_lock(c->s, profile, &v, &to);
	comparison.from = from;
	comparison.to = to;
	if (!rc && list) {
		json_array_append_new(list, compare_json(&comparison));
	} else if (!rc) {
		compare_text(&comparison, out);
		tell_unmoved(c, from, to, out);
	}
	lockfile_destroy(from);
	lockfile_destroy(to);
	return rc;
}

/* Under one profile, or all; as JSON into @list, where there is one. */
static int compare_all(struct changes *c, bool all, json_t *list, struct strbuf *out)
{
	struct advisories advisories = { 0 };
	int rc = advisories_read(c->s->tree, &advisories, &c->s->err);

	for (size_t i = 0; !rc && all && i < c->s->policy->nr_profiles; i++) {
		if (i && !list)
			strbuf_puts(out, "\n");
		rc = compare(c, c->s->policy->profiles[i], &advisories, list, out);
	}
	if (!rc && !all)
		rc = compare(c, c->s->profile, &advisories, list, out);
	advisories_reset(&advisories);
	return rc;
}

static int compare_json_all(struct changes *c, bool all, struct strbuf *out)
{
	json_t *root = json_object(), *list = json_array();
	int rc = root && list ? compare_all(c, all, list, out) : -ENOMEM;

	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(root, "profiles", list);
	json_object_set(root, "statuses", c->statuses);
	if (rc)
		json_decref(root);
	else
		json_print(root, JSON_PAGE, out);
	return rc;
}

enum form {
	FORM_TEXT,
	FORM_JSON,
};

static int run(struct policy_session *s, const struct asked *o, enum form form)
{
	struct changes *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return -ENOMEM;
	c->s = s;
	c->statuses = json_array();
	rc = make_changes(c, o);
	if (!rc && form == FORM_TEXT && c->notes.size)
		strbuf_printf(s->r->out, "%s\n", strbuf_str(&c->notes));
	if (!rc)
		rc = form == FORM_JSON ? compare_json_all(c, o->all, s->r->out)
				       : compare_all(c, o->all, NULL, s->r->out);
	free_changes(c);
	free(c);
	return rc;
}

static int read_asked(struct render *r, struct asked *o)
{
	int rc = render_values(r, "status", &o->statuses);

	if (!rc)
		rc = render_values(r, "feature", &o->features);
	if (!rc)
		rc = render_values(r, "add-rule", &o->rules);
	if (!rc)
		rc = render_values(r, "drop-rule", &o->drops);
	if (rc)
		return rc;
	o->layer = render_option(r, "layer");
	o->all = render_option(r, "all") != NULL;
	if (o->drops.nr > 1)
		return error_set(r->error, -EINVAL, NULL, "drop one at a time",
				 "--drop-rule can be given once");
	if (!o->statuses.nr && !o->features.nr && !o->rules.nr && !o->drops.nr)
		return error_set(r->error, -EINVAL, NULL, "see `candor policy what-if --help`",
				 "wants a change, such as --status ID=supported");
	return 0;
}

static int render_what_if(struct render *r, enum form form)
{
	struct policy_session s;
	struct asked o = { 0 };
	int rc = read_asked(r, &o);

	if (rc)
		return rc;
	rc = policy_session_begin(&s, r, FACTS_STATED);
	return policy_session_end(&s, rc ? rc : run(&s, &o, form));
}

static int render_text(struct render *r)
{
	return render_what_if(r, FORM_TEXT);
}

static int render_json(struct render *r)
{
	return render_what_if(r, FORM_JSON);
}

static const struct candor_option what_if_options[] = {
	{ "status", "ID=LEVEL", "were it stated so, and built", true, { NULL } },
	{ "feature", "ID=on|off|opt-in", "did the host layer allow or deny it", true, { NULL } },
	{ "add-rule", "TEXT", "were this said too, as in a rule file", true, { NULL } },
	{ "layer", "LAYER", "where add-rule says it (default: host)", false, { NULL } },
	{ "drop-rule", "FILE:LINE", "were what is said there not said", true, { NULL } },
	{ "all", NULL, "under every profile", false, { NULL } },
	POLICY_PROFILE_OPTION,
	POLICY_RULES_OPTIONS,
	{ 0 },
};

const struct render_row render_policy_what_ifs[] = {
	{ "policy-what-if", "text", "what such a change would do", what_if_options, RENDER_ANYTIME,
	  render_text },
	{ "policy-what-if", "json", "the same for programs", what_if_options, RENDER_ANYTIME,
	  render_json },
	{ 0 },
};
