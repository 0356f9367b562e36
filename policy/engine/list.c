/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profiles side by side, as text and as JSON. */
#include <string.h>

#include "base/text.h"
#include "engine/explain.h"
#include "engine/json.h"

static int wider(int width, const char *word)
{
	return (int)strlen(word) > width ? (int)strlen(word) : width;
}

static void add_text(struct strbuf *out, const char *s)
{
	text_add_visible(out, s, strlen(s));
}

static void add_row(const struct policy *p, struct resolution *const *list, size_t feature,
		    int feature_width, struct strbuf *out)
{
	const struct fact_feature *f = &p->facts->features[feature];

	strbuf_printf(out, "%-*s", feature_width, f->id);
	for (size_t k = 0; k < p->nr_profiles; k++)
		strbuf_printf(out, " %-*s", wider(6, p->profiles[k]),
			      host_decided_name(decision_of(&list[k]->list[feature])));
	strbuf_puts(out, " ");
	add_text(out, f->level);
	strbuf_puts(out, "\n");
}

void list_text(const struct policy *p, struct resolution *const *list, struct strbuf *out)
{
	int profile_width = 11, feature_width = 20;
	size_t nr_planned = 0;

	for (size_t k = 0; k < p->nr_profiles; k++)
		profile_width = wider(profile_width, p->profiles[k]);
	for (size_t i = 0; i < p->facts->nr_features; i++) {
		if (p->facts->features[i].built)
			feature_width = wider(feature_width, p->facts->features[i].id);
	}
	for (size_t k = 0; k < p->nr_profiles; k++) {
		strbuf_printf(out, "%-*s  ", profile_width, p->profiles[k]);
		add_text(out, list[k]->answers.title);
		strbuf_puts(out, "\n");
	}
	strbuf_printf(out, "\n%-*s", feature_width, "feature");
	for (size_t k = 0; k < p->nr_profiles; k++)
		strbuf_printf(out, " %-*s", wider(6, p->profiles[k]), p->profiles[k]);
	strbuf_puts(out, " stated\n");
	for (size_t i = 0; i < p->facts->nr_features; i++) {
		if (p->facts->features[i].built)
			add_row(p, list, i, feature_width, out);
		else
			nr_planned++;
	}
	strbuf_printf(out, "and %zu feature%s not built, off everywhere\n", nr_planned,
		      nr_planned == 1 ? "" : "s");
}

void list_json(const struct policy *p, struct resolution *const *list, struct strbuf *out)
{
	json_t *root = json_object(), *profiles = json_array();

	for (size_t k = 0; k < p->nr_profiles; k++) {
		json_t *profile = json_object(), *on = json_array(), *opt_in = json_array();

		for (size_t i = 0; i < p->facts->nr_features; i++) {
			if (list[k]->list[i].on)
				json_array_append_new(list[k]->list[i].opt_in ? opt_in : on,
						      json_text(p->facts->features[i].id));
		}
		json_object_set_new(profile, "name", json_text(p->profiles[k]));
		json_object_set_new(profile, "on", on);
		json_object_set_new(profile, "opt_in", opt_in);
		json_object_set_new(profile, "purpose", json_text(list[k]->answers.purpose));
		json_object_set_new(profile, "title", json_text(list[k]->answers.title));
		json_array_append_new(profiles, profile);
	}
	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(root, "profiles", profiles);
	json_print(root, JSON_PAGE, out);
}
