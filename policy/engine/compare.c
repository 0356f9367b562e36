/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A walk along two sorted lists of lock entries, printed as text or as JSON. */
#include "engine/compare.h"

#include <string.h>

#include "base/text.h"
#include "engine/cost.h"
#include "engine/json.h"

struct list {
	const char *name; /* "features" */
	const struct lock_entry *from;
	size_t nr_from;
	const struct lock_entry *to;
	size_t nr_to;
};

#define NR_LISTS 3

static void get_lists(const struct comparison *c, struct list ret_lists[NR_LISTS])
{
	ret_lists[0] = (struct list){ "features", c->from->features, c->from->nr_features,
				      c->to->features, c->to->nr_features };
	ret_lists[1] = (struct list){ "limits", c->from->limits, c->from->nr_limits, c->to->limits,
				      c->to->nr_limits };
	ret_lists[2] = (struct list){ "waivers", c->from->waivers, c->from->nr_waivers,
				      c->to->waivers, c->to->nr_waivers };
}

/* The next name that differs: its entries, NULL where a lock has none. False at the end. */
static bool next_difference(const struct list *l, size_t *a, size_t *b,
			    const struct lock_entry **ret_from, const struct lock_entry **ret_to)
{
	while (*a < l->nr_from || *b < l->nr_to) {
		int order = *a == l->nr_from ? 1
			    : *b == l->nr_to ? -1
					     : strcmp(l->from[*a].name, l->to[*b].name);

		*ret_from = order <= 0 ? &l->from[(*a)++] : NULL;
		*ret_to = order >= 0 ? &l->to[(*b)++] : NULL;
		if (order || strcmp((*ret_from)->value, (*ret_to)->value) != 0)
			return true;
	}
	return false;
}

/*
 * What the features cost that are on in @to and were not before; for @opt_in, what it
 * costs a host to opt into those that it could not before.
 */
static void sum_cost(const struct comparison *c, bool opt_in, struct cost *cost)
{
	struct list lists[NR_LISTS];
	const struct lock_entry *from, *to;
	size_t a = 0, b = 0;

	memset(cost, 0, sizeof(*cost));
	get_lists(c, lists);
	while (next_difference(&lists[0], &a, &b, &from, &to)) {
		long feature = to ? facts_find(c->facts, to->name) : -1;

		if (feature < 0 || !lockfile_is_on(to) || lockfile_is_opt_in(to) != opt_in)
			continue;
		if (!opt_in || !from || !lockfile_is_on(from))
			cost_add(cost, &c->facts->features[feature], c->advisories);
	}
}

/* ---- text ---- */

static void add_reason(const char *label, const struct lock_entry *e, struct strbuf *out)
{
	if (!e)
		return;
	strbuf_printf(out, "    %-7s", label);
	text_add_visible(out, e->comment, strlen(e->comment));
	strbuf_puts(out, "\n");
}

static size_t text_list(const struct list *l, struct strbuf *out)
{
	const struct lock_entry *from, *to;
	size_t a = 0, b = 0, nr = 0;

	while (next_difference(l, &a, &b, &from, &to)) {
		strbuf_printf(out, "%s%s %s: %s -> %s\n", nr++ ? "" : "\n",
			      (from ? from : to)->name,
			      !strcmp(l->name, "features") ? "is"
			      : !strcmp(l->name, "limits") ? "is limited to"
							   : "is waived until",
			      from ? from->value : "none", to ? to->value : "none");
		add_reason("before", from, out);
		add_reason("after", to, out);
	}
	return nr;
}

size_t compare_text(const struct comparison *c, struct strbuf *out)
{
	struct list lists[NR_LISTS];
	struct cost cost;
	size_t nr = 0;

	get_lists(c, lists);
	strbuf_printf(out, "from %s  %.19s\nto   %s  %.19s\n", c->from_name, c->from->decision,
		      c->to_name, c->to->decision);
	for (size_t i = 0; i < NR_LISTS; i++)
		nr += text_list(&lists[i], out);
	if (!nr) {
		strbuf_puts(out, "\nnothing changes\n");
		return 0;
	}
	sum_cost(c, false, &cost);
	strbuf_printf(out, "\n%zu change%s; cost: ", nr, nr == 1 ? "" : "s");
	cost_describe(&cost, out);
	strbuf_puts(out, "\n");
	sum_cost(c, true, &cost);
	if (cost.nr_taints || cost.nr_insecure || cost.nr_advisories) {
		strbuf_puts(out, "cost to a host that opts in: ");
		cost_describe(&cost, out);
		strbuf_puts(out, "\n");
	}
	return nr;
}

/* ---- JSON ---- */

static json_t *make_side(const struct lock_entry *e)
{
	json_t *side = json_object();

	if (!e) {
		json_decref(side);
		return json_null();
	}
	json_object_set_new(side, "value", json_text(e->value));
	json_object_set_new(side, "reason", json_text(e->comment));
	return side;
}

static json_t *make_list(const struct list *l)
{
	const struct lock_entry *from, *to;
	size_t a = 0, b = 0;
	json_t *list = json_array();

	while (next_difference(l, &a, &b, &from, &to)) {
		const struct lock_entry *either = from ? from : to;
		json_t *change;

		if (!either) /* never: a difference has a side */
			break;
		change = json_object();
		json_object_set_new(change, "id", json_text(either->name));
		json_object_set_new(change, "from", make_side(from));
		json_object_set_new(change, "to", make_side(to));
		json_array_append_new(list, change);
	}
	return list;
}

static json_t *make_lock(const char *name, const struct lockfile *lock)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_text(name));
	json_object_set_new(object, "profile", json_text(lock->profile));
	json_object_set_new(object, "decision", json_text(lock->decision));
	return object;
}

json_t *compare_json(const struct comparison *c)
{
	json_t *root = json_object();
	struct list lists[NR_LISTS];
	struct cost cost, opt_in;

	sum_cost(c, false, &cost);
	sum_cost(c, true, &opt_in);
	get_lists(c, lists);
	json_object_set_new(root, "from", make_lock(c->from_name, c->from));
	json_object_set_new(root, "to", make_lock(c->to_name, c->to));
	for (size_t i = 0; i < NR_LISTS; i++)
		json_object_set_new(root, lists[i].name, make_list(&lists[i]));
	json_object_set_new(root, "cost", cost_json(&cost));
	json_object_set_new(root, "opt_in_cost", cost_json(&opt_in));
	return root;
}
