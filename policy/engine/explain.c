/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One feature on one screen, and the profiles side by side; as text and as JSON. */
#include "engine/explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/complain.h"
#include "engine/flip.h"
#include "engine/sentence.h"

/* What the printers know. */
struct view {
	const struct resolution *r;
	const struct fact_feature *f;
	const struct decision *d;
	struct flip flips[FLIPS_MAX];
	size_t nr_flips;
	struct strbuf *out;
};

static const char *on_off(bool on)
{
	return on ? "on" : "off";
}

static void add_text(struct strbuf *out, const char *s)
{
	text_add_visible(out, s, strlen(s));
}

static void add_place(struct strbuf *out, const struct place *at)
{
	add_text(out, at->file ? at->file : "?");
	if (at->line)
		strbuf_printf(out, ":%u", at->line);
}

static void begin(struct strbuf *out, const char *label)
{
	strbuf_printf(out, "  %-12s ", label);
}

/* ---- text ---- */

static void add_reason(const struct view *v)
{
	decision_reason(&v->r->ruling, (size_t)(v->d - v->r->list), v->out);
}

static void text_sentence(const struct view *v, const struct sentence *s)
{
	strbuf_printf(v->out, " (%s)", host_layer_name(s->layer));
	if (*s->rule)
		strbuf_printf(v->out, " rule %s", s->rule);
}

static void text_decision(const struct view *v)
{
	struct place at = decision_place(&v->r->ruling, v->d->by);

	begin(v->out, "decided by");
	add_place(v->out, &at);
	if (v->d->by != DECISION_NONE)
		text_sentence(v, &v->r->answers.sentences[v->d->by]);
	strbuf_puts(v->out, ": ");
	add_reason(v);
	strbuf_puts(v->out, "\n");
}

/* Verdicts that did not have the last word: the latest first. */
static void text_overridden(const struct view *v)
{
	for (uint32_t i = v->d->nr; i-- > 0;) {
		uint32_t index = v->r->answers.verdicts[v->d->first + i].sentence;
		const struct sentence *s = &v->r->answers.sentences[index];
		struct place at = decision_place(&v->r->ruling, index);

		if (index == v->d->by)
			continue;
		begin(v->out, "overridden");
		add_place(v->out, &at);
		text_sentence(v, s);
		strbuf_printf(v->out, ": %s, ", host_sentence_name(s->kind));
		sentence_fill(s->reason, v->f, v->out);
		strbuf_puts(v->out, "\n");
	}
}

static void text_claims(const struct view *v)
{
	if (!v->f->nr_claims) {
		begin(v->out, "stated");
		strbuf_printf(v->out, "not at all for %s\n", FACTS_TARGET);
	}
	for (size_t i = 0; i < v->f->nr_claims; i++) {
		const struct fact_claim *c = &v->f->claims[i];

		begin(v->out, i ? "" : "stated");
		add_place(v->out, &c->at);
		strbuf_puts(v->out, " ");
		add_text(v->out, c->level);
		if (*c->scope) {
			strbuf_puts(v->out, " for ");
			add_text(v->out, c->scope);
		}
		strbuf_puts(v->out, ", security support: ");
		add_text(v->out, c->security);
		strbuf_puts(v->out, "\n");
	}
}

static void text_refs(const struct view *v, const char *label, const struct fact_ref *refs,
		      size_t nr, bool wanted)
{
	for (size_t i = 0; i < nr; i++) {
		long other = facts_find(v->r->in.facts, refs[i].id);
		bool on = other >= 0 && v->r->list[other].on;

		begin(v->out, i ? "" : label);
		add_text(v->out, refs[i].id);
		strbuf_printf(v->out, ", which is %s: %s (", on_off(on),
			      on == wanted ? "satisfied" : "not satisfied");
		add_place(v->out, &refs[i].at);
		strbuf_puts(v->out, ")\n");
	}
}

static void text_gate(const struct view *v)
{
	begin(v->out, "build gate");
	strbuf_printf(v->out, "SUPPORT_ENABLED(%s) is %d", v->f->gate, v->d->on);
	for (size_t i = 0; i < v->f->nr_gates && i < 3; i++) {
		strbuf_puts(v->out, i ? ", " : ", asked at ");
		add_place(v->out, &v->f->gates[i]);
	}
	if (v->f->nr_gates > 3)
		strbuf_printf(v->out, " and %zu more places", v->f->nr_gates - 3);
	strbuf_puts(v->out, "\n");
}

static void text_flip(const struct view *v, const struct flip *flip)
{
	const struct fact_feature *f = &v->r->in.facts->features[flip->feature];

	switch (flip->kind) {
	case FLIP_LEVEL:
		strbuf_printf(v->out, "state %s as \"%s\"", f->id, flip->value);
		if (f->stated.file) {
			strbuf_puts(v->out, " at ");
			add_place(v->out, &f->stated);
		}
		break;
	case FLIP_PROFILE:
		strbuf_printf(v->out, "build under profile %s", flip->value);
		break;
	case FLIP_STATE:
		strbuf_printf(v->out, "implement %s and state it as \"%s\"", f->id, flip->value);
		break;
	}
	strbuf_puts(v->out, " (tried: then decided by ");
	add_place(v->out, &flip->by);
	if (flip->nr_others)
		strbuf_printf(v->out, "; changes %zu other feature%s too", flip->nr_others,
			      flip->nr_others == 1 ? "" : "s");
	strbuf_puts(v->out, ")\n");
}

static void text_feature(const struct view *v)
{
	strbuf_printf(v->out, "%s: %s under profile %s\n", v->f->id, on_off(v->d->on),
		      v->r->profile);
	begin(v->out, "feature");
	add_text(v->out, v->f->title);
	strbuf_puts(v->out, ", ");
	strbuf_printf(v->out, "%s (", v->f->state);
	add_place(v->out, &v->f->at);
	strbuf_puts(v->out, ")\n");
	text_decision(v);
	text_overridden(v);
	text_claims(v);
	text_refs(v, "needs", v->f->needs, v->f->nr_needs, true);
	text_refs(v, "conflicts", v->f->conflicts, v->f->nr_conflicts, false);
	text_gate(v);
	for (size_t i = 0; i < v->nr_flips; i++) {
		begin(v->out, i ? "  or" : v->d->on ? "to turn off" : "to turn on");
		text_flip(v, &v->flips[i]);
	}
	if (!v->nr_flips) {
		begin(v->out, v->d->on ? "to turn off" : "to turn on");
		strbuf_puts(v->out, "no single change of profile or statement does it\n");
	}
}

/* ---- JSON ---- */

static void json_field(struct strbuf *out, const char *indent, const char *name, const char *value)
{
	strbuf_printf(out, "%s\"%s\": ", indent, name);
	text_add_json(out, value);
}

static void json_place(struct strbuf *out, const char *indent, const struct place *at)
{
	json_field(out, indent, "file", at->file);
	strbuf_printf(out, ",\n%s\"line\": %u", indent, at->line);
}

#define IN2 "    "
#define IN4 "        "
#define IN6 "            "

/* Open element @i of a list. */
static void json_open(struct strbuf *out, size_t i)
{
	strbuf_puts(out, i ? ",\n" IN4 "{\n" : "\n" IN4 "{\n");
}

static void json_list(struct strbuf *out, const char *name)
{
	strbuf_printf(out, ",\n" IN2 "\"%s\": [", name);
}

static void json_list_end(struct strbuf *out, size_t nr)
{
	strbuf_puts(out, nr ? "\n" IN2 "]" : "]");
}

static void json_verdicts(const struct view *v)
{
	json_list(v->out, "verdicts");
	for (size_t i = 0; i < v->d->nr; i++) {
		uint32_t index = v->r->answers.verdicts[v->d->first + i].sentence;
		const struct sentence *s = &v->r->answers.sentences[index];
		struct place at = decision_place(&v->r->ruling, index);

		json_open(v->out, i);
		json_place(v->out, IN6, &at);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "reason", s->reason);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "rule", s->rule);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "verdict", host_sentence_name(s->kind));
		strbuf_puts(v->out, "\n" IN4 "}");
	}
	json_list_end(v->out, v->d->nr);
}

static void json_claims(const struct view *v)
{
	json_list(v->out, "claims");
	for (size_t i = 0; i < v->f->nr_claims; i++) {
		const struct fact_claim *c = &v->f->claims[i];

		json_open(v->out, i);
		json_place(v->out, IN6, &c->at);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "level", c->level);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "scope", c->scope);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "security", c->security);
		strbuf_puts(v->out, "\n" IN4 "}");
	}
	json_list_end(v->out, v->f->nr_claims);
}

static void json_refs(const struct view *v, const char *name, const struct fact_ref *refs,
		      size_t nr, bool wanted)
{
	json_list(v->out, name);
	for (size_t i = 0; i < nr; i++) {
		long other = facts_find(v->r->in.facts, refs[i].id);
		bool on = other >= 0 && v->r->list[other].on;

		json_open(v->out, i);
		json_place(v->out, IN6, &refs[i].at);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "id", refs[i].id);
		strbuf_printf(v->out, ",\n" IN6 "\"on\": %s,\n", on ? "true" : "false");
		strbuf_printf(v->out, IN6 "\"satisfied\": %s\n" IN4 "}",
			      on == wanted ? "true" : "false");
	}
	json_list_end(v->out, nr);
}

static void json_flips(const struct view *v)
{
	static const char *const kinds[] = {
		[FLIP_LEVEL] = "level",
		[FLIP_PROFILE] = "profile",
		[FLIP_STATE] = "implement",
	};

	json_list(v->out, "flips");
	for (size_t i = 0; i < v->nr_flips; i++) {
		const struct flip *flip = &v->flips[i];

		json_open(v->out, i);
		json_field(v->out, IN6, "change", kinds[flip->kind]);
		strbuf_puts(v->out, ",\n");
		json_field(v->out, IN6, "feature", v->r->in.facts->features[flip->feature].id);
		strbuf_printf(v->out, ",\n" IN6 "\"others\": %zu,\n", flip->nr_others);
		json_field(v->out, IN6, "to", flip->value);
		strbuf_puts(v->out, "\n" IN4 "}");
	}
	json_list_end(v->out, v->nr_flips);
}

static void json_feature(const struct view *v)
{
	struct place at = decision_place(&v->r->ruling, v->d->by);
	struct strbuf reason = STRBUF_INIT;

	decision_reason(&v->r->ruling, (size_t)(v->d - v->r->list), &reason);
	strbuf_puts(v->out, "{\n" IN2 "\"format\": 1,\n");
	json_field(v->out, IN2, "feature", v->f->id);
	strbuf_printf(v->out, ",\n" IN2 "\"on\": %s,\n", v->d->on ? "true" : "false");
	json_field(v->out, IN2, "profile", v->r->profile);
	strbuf_puts(v->out, ",\n");
	json_field(v->out, IN2, "title", v->f->title);
	strbuf_puts(v->out, ",\n");
	json_field(v->out, IN2, "state", v->f->state);
	strbuf_puts(v->out, ",\n");
	json_place(v->out, IN2, &at);
	strbuf_puts(v->out, ",\n");
	json_field(v->out, IN2, "rule",
		   v->d->by == DECISION_NONE ? "" : v->r->answers.sentences[v->d->by].rule);
	strbuf_puts(v->out, ",\n");
	json_field(v->out, IN2, "reason", strbuf_str(&reason));
	strbuf_reset(&reason);
	strbuf_puts(v->out, ",\n");
	json_field(v->out, IN2, "gate", v->f->gate);
	json_verdicts(v);
	json_claims(v);
	json_refs(v, "needs", v->f->needs, v->f->nr_needs, true);
	json_refs(v, "conflicts", v->f->conflicts, v->f->nr_conflicts, false);
	json_flips(v);
	strbuf_puts(v->out, "\n}\n");
}

/* ---- the calls ---- */

static int complain_feature(const struct policy *p, const char *id, struct strbuf *err)
{
	const char *near = facts_suggest(p->facts, id);
	struct strbuf remedy = STRBUF_INIT;

	if (near)
		strbuf_printf(&remedy, "did you mean '%s'?", near);
	else
		strbuf_puts(&remedy, "`candor policy list` shows the ids");
	complain(err, (struct place){ "support/features.yaml", 0 },
		 strbuf_str(&remedy) ? strbuf_str(&remedy) : "", "there is no feature '%s'", id);
	strbuf_reset(&remedy);
	return -EINVAL;
}

int explain_feature(const struct policy *p, const char *profile, const char *id,
		    enum explain_format format, struct strbuf *out, struct strbuf *err)
{
	long feature = facts_find(p->facts, id);
	struct resolution *r;
	struct view v = { .out = out };
	int rc;

	if (feature < 0)
		return complain_feature(p, id, err);
	rc = policy_resolve(p, profile, NULL, &r, err);
	if (rc)
		return rc;
	v.r = r;
	v.f = &r->in.facts->features[feature];
	v.d = &r->list[feature];
	rc = flip_search(r, (size_t)feature, v.flips, &v.nr_flips);
	if (!rc && format == EXPLAIN_JSON)
		json_feature(&v);
	else if (!rc)
		text_feature(&v);
	resolution_free(r);
	return rc;
}

static int wider(int width, const char *word)
{
	return (int)strlen(word) > width ? (int)strlen(word) : width;
}

static void list_text(const struct policy *p, struct resolution **list, struct strbuf *out)
{
	int profile_width = 11, feature_width = 24;
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
		strbuf_printf(out, " %-*s", profile_width, p->profiles[k]);
	strbuf_puts(out, " stated\n");
	for (size_t i = 0; i < p->facts->nr_features; i++) {
		const struct fact_feature *f = &p->facts->features[i];

		if (!f->built) {
			nr_planned++;
			continue;
		}
		strbuf_printf(out, "%-*s", feature_width, f->id);
		for (size_t k = 0; k < p->nr_profiles; k++)
			strbuf_printf(out, " %-*s", profile_width, on_off(list[k]->list[i].on));
		strbuf_puts(out, " ");
		add_text(out, f->level);
		strbuf_puts(out, "\n");
	}
	strbuf_printf(out, "and %zu feature%s not built, off everywhere\n", nr_planned,
		      nr_planned == 1 ? "" : "s");
}

static void list_json(const struct policy *p, struct resolution **list, struct strbuf *out)
{
	strbuf_puts(out, "{\n" IN2 "\"format\": 1,\n" IN2 "\"profiles\": [");
	for (size_t k = 0; k < p->nr_profiles; k++) {
		json_open(out, k);
		json_field(out, IN6, "name", p->profiles[k]);
		strbuf_puts(out, ",\n" IN6 "\"on\": [");
		for (size_t i = 0, nr = 0; i < p->facts->nr_features; i++) {
			if (!list[k]->list[i].on)
				continue;
			strbuf_puts(out, nr++ ? ", " : "");
			text_add_json(out, p->facts->features[i].id);
		}
		strbuf_puts(out, "],\n");
		json_field(out, IN6, "title", list[k]->answers.title);
		strbuf_puts(out, "\n" IN4 "}");
	}
	json_list_end(out, p->nr_profiles);
	strbuf_puts(out, "\n}\n");
}

int explain_profiles(const struct policy *p, enum explain_format format, struct strbuf *out,
		     struct strbuf *err)
{
	struct resolution **list = calloc(p->nr_profiles + 1, sizeof(*list));
	int rc = list ? 0 : -ENOMEM;

	for (size_t k = 0; !rc && k < p->nr_profiles; k++)
		rc = policy_resolve(p, p->profiles[k], NULL, &list[k], err);
	if (!rc && format == EXPLAIN_JSON)
		list_json(p, list, out);
	else if (!rc)
		list_text(p, list, out);
	for (size_t k = 0; list && k < p->nr_profiles; k++)
		resolution_free(list[k]);
	free(list);
	return rc;
}
