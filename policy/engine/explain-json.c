/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One feature for programs: docs/schema/policy-explain.schema.json. */
#include <inttypes.h>

#include "engine/cost.h"
#include "engine/explain.h"
#include "engine/json.h"

static json_t *make_verdicts(const struct explanation *e)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < e->d->nr; i++) {
		uint32_t index = e->r->answers.verdicts[e->d->first + i].sentence;

		if (e->r->answers.sentences[index].kind <= SENTENCE_REQUIRE)
			json_array_append_new(list,
					      json_sentence(&e->r->ruling, index, e->feature));
	}
	return list;
}

static json_t *make_claims(const struct explanation *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->f->nr_claims; i++) {
		const struct fact_claim *c = &e->f->claims[i];
		json_t *claim = json_object();

		json_set_place(claim, &c->at);
		json_object_set_new(claim, "level", json_text(c->level));
		json_object_set_new(claim, "scope", json_text(c->scope));
		json_object_set_new(claim, "security", json_text(c->security));
		json_array_append_new(list, claim);
	}
	return list;
}

static json_t *make_refs(const struct explanation *e, const struct fact_ref *refs, size_t nr,
			 bool wanted)
{
	json_t *list = json_array();

	for (size_t i = 0; i < nr; i++) {
		long other = facts_find(e->r->in.facts, refs[i].id);
		bool on = other >= 0 && e->r->list[other].on;
		json_t *ref = json_object();

		json_set_place(ref, &refs[i].at);
		json_object_set_new(ref, "id", json_text(refs[i].id));
		json_object_set_new(
			ref, "decided",
			json_text(host_decided_name(other < 0 ? DECIDED_OFF
							      : decision_of(&e->r->list[other]))));
		json_object_set_new(ref, "on", json_boolean(on));
		json_object_set_new(ref, "satisfied", json_boolean(on == wanted));
		json_array_append_new(list, ref);
	}
	return list;
}

static json_t *make_gates(const struct explanation *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->f->nr_gates; i++) {
		json_t *place = json_object();

		json_set_place(place, &e->f->gates[i]);
		json_array_append_new(list, place);
	}
	return list;
}

static json_t *make_cost(const struct explanation *e, const struct flip *flip)
{
	struct cost cost;

	cost_of_flip(e->r, e->feature, flip, &e->advisories, &cost);
	return cost_json(&cost);
}

/* What a host must opt into, and what that costs; null where there is nothing to opt into. */
static json_t *make_opt_in_cost(const struct explanation *e)
{
	size_t list[OPT_IN_NEEDS_MAX], nr;
	struct cost cost = { 0 };
	json_t *object, *ids;

	if (!e->d->opt_in)
		return json_null();
	nr = decision_opt_in_needs(&e->r->ruling, e->feature, list, OPT_IN_NEEDS_MAX);
	ids = json_array();
	for (size_t i = 0; i < nr; i++) {
		const struct fact_feature *f = &e->r->in.facts->features[list[i]];

		json_array_append_new(ids, json_text(f->id));
		cost_add(&cost, f, &e->advisories);
	}
	object = cost_json(&cost);
	json_object_set_new(object, "opt_in", ids);
	return object;
}

static json_t *make_flips(const struct explanation *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->flips.nr; i++) {
		const struct flip *flip = &e->flips.list[i];
		json_t *object = json_object(), *features = json_array();
		struct strbuf text = STRBUF_INIT;

		flip_describe(e->r, flip, &text);
		for (size_t k = 0; k < flip->nr_features; k++)
			json_array_append_new(
				features,
				json_text(e->r->in.facts->features[flip->features[k]].id));
		json_object_set_new(object, "change", json_text(flip_kind_name(flip->kind)));
		json_object_set_new(object, "cost", make_cost(e, flip));
		json_object_set_new(object, "features", features);
		json_object_set_new(object, "others", json_integer((json_int_t)flip->nr_others));
		json_object_set_new(object, "text",
				    strbuf_str(&text) ? json_text(strbuf_str(&text)) : NULL);
		json_object_set_new(object, "to", json_text(flip->value));
		json_array_append_new(list, object);
		strbuf_reset(&text);
	}
	return list;
}

static void set_decision(const struct explanation *e, json_t *root)
{
	struct place at = decision_place(&e->r->ruling, e->d->by);
	const struct sentence *s =
		e->d->by == DECISION_NONE ? NULL : &e->r->answers.sentences[e->d->by];
	const struct sentence *limit =
		e->d->limit == DECISION_NONE ? NULL : &e->r->answers.sentences[e->d->limit];
	struct strbuf reason = STRBUF_INIT;

	decision_reason(&e->r->ruling, e->feature, &reason);
	json_set_place(root, &at);
	json_object_set_new(root, "cause", json_text(decision_cause_name(e->d->cause)));
	json_object_set_new(root, "decided", json_text(host_decided_name(decision_of(e->d))));
	json_object_set_new(root, "decision", json_text(e->id));
	json_object_set_new(root, "layer", s ? json_text(host_layer_name(s->layer)) : json_null());
	json_object_set_new(root, "on", json_boolean(e->d->on));
	json_object_set_new(root, "reason",
			    strbuf_str(&reason) ? json_text(strbuf_str(&reason)) : NULL);
	json_object_set_new(root, "rule", json_text(s ? s->rule : ""));
	json_object_set_new(root, "limit",
			    limit ? json_integer((json_int_t)limit->value) : json_null());
	strbuf_reset(&reason);
}

void explain_json(const struct explanation *e, struct strbuf *out)
{
	const struct fact_feature *f = e->f;
	json_t *root = json_object();

	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(root, "feature", json_text(f->id));
	json_object_set_new(root, "title", json_text(f->title));
	json_object_set_new(root, "state", json_text(f->state));
	json_object_set_new(root, "level", json_text(f->level));
	json_object_set_new(root, "security", json_text(f->security));
	json_object_set_new(root, "since", e->since ? json_text(e->since) : json_null());
	json_object_set_new(root, "profile", json_text(e->r->profile));
	json_object_set_new(root, "gate", json_text(f->gate));
	set_decision(e, root);
	json_object_set_new(root, "verdicts", make_verdicts(e));
	json_object_set_new(root, "claims", make_claims(e));
	json_object_set_new(root, "gates", make_gates(e));
	json_object_set_new(root, "needs", make_refs(e, f->needs, f->nr_needs, true));
	json_object_set_new(root, "conflicts", make_refs(e, f->conflicts, f->nr_conflicts, false));
	json_object_set_new(root, "implies", make_refs(e, f->implies, f->nr_implies, true));
	json_object_set_new(root, "opt_in_cost", make_opt_in_cost(e));
	json_object_set_new(root, "flips", make_flips(e));
	json_print(root, JSON_PAGE, out);
}
