/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Costs, summed over the features that a change turns on. */
#include "engine/cost.h"

#include <string.h>

#include "engine/json.h"

static void add_taint(struct cost *c, const struct taint *taint)
{
	size_t at = c->nr_taints;

	if (at == COST_TAINTS_MAX)
		return;
	for (size_t i = 0; i < c->nr_taints; i++) {
		if (c->taints[i] == taint)
			return;
	}
	while (at && c->taints[at - 1]->letter > taint->letter) {
		c->taints[at] = c->taints[at - 1];
		at--;
	}
	c->taints[at] = taint;
	c->nr_taints++;
}

static void add_name(const char **names, size_t *nr, const char *name)
{
	for (size_t i = 0; i < *nr && i < COST_NAMED_MAX; i++) {
		if (!strcmp(names[i], name))
			return;
	}
	if (*nr < COST_NAMED_MAX)
		names[*nr] = name;
	(*nr)++;
}

void cost_add(struct cost *c, const struct fact_feature *f, const struct advisories *advisories)
{
	const struct taint *taint = taint_of(f);

	if (taint)
		add_taint(c, taint);
	if (!taint_is_secure(f))
		add_name(c->insecure, &c->nr_insecure, f->id);
	for (size_t i = 0; advisories && i < advisories->nr; i++) {
		if (advisory_applies(&advisories->list[i], f->id))
			add_name(c->advisories, &c->nr_advisories, advisories->list[i].id);
	}
}

/* The feature as it is once the change is made. */
static struct fact_feature fact_then(const struct resolution *r, size_t feature,
				     const struct flip *flip)
{
	struct fact_feature f = r->in.facts->features[feature];

	if ((flip->kind == FLIP_LEVEL || flip->kind == FLIP_STATE) &&
	    flip->features[0] == feature) {
		f.level = flip->value;
		f.security = facts_usual_security(flip->value);
	}
	return f;
}

void cost_of_flip(const struct resolution *r, size_t feature, const struct flip *flip,
		  const struct advisories *advisories, struct cost *ret_cost)
{
	struct fact_feature f = fact_then(r, feature, flip);

	memset(ret_cost, 0, sizeof(*ret_cost));
	if (r->list[feature].on)
		return;
	cost_add(ret_cost, &f, advisories);
	for (size_t i = 0; i < flip->nr_features; i++) {
		f = fact_then(r, flip->features[i], flip);
		if (flip->features[i] != feature)
			cost_add(ret_cost, &f, advisories);
	}
}

static void add_names(struct strbuf *out, const char *const *names, size_t nr)
{
	for (size_t i = 0; i < nr && i < COST_NAMED_MAX; i++)
		strbuf_printf(out, "%s%s", i ? ", " : "", names[i]);
	if (nr > COST_NAMED_MAX)
		strbuf_printf(out, " and %zu more", nr - COST_NAMED_MAX);
}

void cost_describe(const struct cost *c, struct strbuf *out)
{
	const char *separator = "";

	for (size_t i = 0; i < c->nr_taints; i++) {
		strbuf_printf(out, "%staint %c (%s)", separator, c->taints[i]->letter,
			      c->taints[i]->text);
		separator = "; ";
	}
	if (c->nr_insecure) {
		strbuf_printf(out, "%sno full security support for ", separator);
		add_names(out, c->insecure, c->nr_insecure);
		separator = "; ";
	}
	if (c->nr_advisories) {
		strbuf_printf(out, "%sthese begin to apply: ", separator);
		add_names(out, c->advisories, c->nr_advisories);
		separator = "; ";
	}
	if (!*separator)
		strbuf_puts(out, "nothing: no taint, no security support lost, no advisory");
}

static json_t *make_names(const char *const *names, size_t nr)
{
	json_t *list = json_array();

	for (size_t i = 0; i < nr && i < COST_NAMED_MAX; i++)
		json_array_append_new(list, json_text(names[i]));
	return list;
}

json_t *cost_json(const struct cost *cost)
{
	char taints[COST_TAINTS_MAX + 1] = "";
	json_t *object = json_object();

	for (size_t i = 0; i < cost->nr_taints; i++)
		taints[i] = cost->taints[i]->letter;
	json_object_set_new(object, "advisories",
			    make_names(cost->advisories, cost->nr_advisories));
	json_object_set_new(object, "insecure", make_names(cost->insecure, cost->nr_insecure));
	json_object_set_new(object, "taint", json_text(taints));
	return object;
}
