/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts out of the support model: the one place where policy meets it. */
#include "engine/facts.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/emit.h"
#include "engine/policy.h"
#include "support.h"

#define TARGET_ARCH ARCH_X86 /* of FACTS_TARGET */
#define NOT_STATED "not stated"

static struct place place_of(const struct pos *at)
{
	return (struct place){ at->file, at->line };
}

static int take_claims(struct fact_feature *to, const struct feature *f)
{
	size_t nr = 0;

	for (const struct claim *c = f->claims; c; c = c->next_of_feature)
		nr++;
	to->claims = calloc(nr ? nr : 1, sizeof(*to->claims));
	if (!to->claims)
		return -ENOMEM;
	for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
		if (!(c->archs & TARGET_ARCH))
			continue;
		to->claims[to->nr_claims++] = (struct fact_claim){
			.scope = c->qualifier,
			.level = model_level_name(c->level),
			.security = model_security_name(c->security),
			.at = place_of(&c->at),
		};
	}
	return 0;
}

static void take_weakest(struct fact_feature *to, const struct feature *f)
{
	enum level level;
	enum security security;
	const struct claim *claim;

	to->level = NOT_STATED;
	to->security = "unknown";
	if (!model_weakest_claim(f, TARGET_ARCH, 0, 0, &level, &security, &claim))
		return;
	to->level = model_level_name(level);
	to->security = model_security_name(security);
	to->stated = place_of(&claim->at);
}

/* The smallest number that any claim for the target promises. */
static void take_bound(struct fact_feature *to, const struct feature *f)
{
	for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
		const struct bound *b = &c->supported;
		uint64_t most = b->quantity.value;

		if (!(c->archs & TARGET_ARCH) || (b->kind != BOUND_UP_TO && b->kind != BOUND_BELOW))
			continue;
		if (b->kind == BOUND_BELOW && most)
			most--;
		if (to->has_bound && to->bound <= most)
			continue;
		to->has_bound = true;
		to->bound = most;
		to->bounded = place_of(&c->at);
	}
}

static int compare_refs(const void *a, const void *b)
{
	const struct fact_ref *x = a, *y = b;

	return strcmp(x->id, y->id);
}

/* In the order of ids: theirs in the registry decides nothing. */
static int take_refs(struct fact_ref **ret_list, size_t *ret_nr, const struct feature_ref *refs,
		     size_t nr)
{
	struct fact_ref *list = calloc(nr ? nr : 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		list[i] = (struct fact_ref){ refs[i].id, place_of(&refs[i].at) };
	if (nr)
		qsort(list, nr, sizeof(*list), compare_refs);
	*ret_list = list;
	*ret_nr = nr;
	return 0;
}

static bool under(const char *s, const char *root, char separator)
{
	size_t n = strlen(root);

	return !strncmp(s, root, n) && (!s[n] || s[n] == separator);
}

/* Code that is linked into something else than the hypervisor's image. */
static bool is_outside(const struct annotation *a)
{
	if (a->kind == ANNOTATION_PROVIDES)
		return under(a->detail, "tools", '.');
	return a->at.file && under(a->at.file, "tools", '/');
}

static int take_code(struct fact_feature *to, const struct feature *f)
{
	size_t nr = 0, nr_inside = 0, nr_outside = 0;

	for (const struct annotation *a = f->annotations; a; a = a->next_of_feature)
		nr++;
	to->gates = calloc(nr ? nr : 1, sizeof(*to->gates));
	if (!to->gates)
		return -ENOMEM;
	for (const struct annotation *a = f->annotations; a; a = a->next_of_feature) {
		if ((a->kind == ANNOTATION_ENABLED || a->kind == ANNOTATION_ACTIVE) &&
		    !under(a->at.file ? a->at.file : "", "tests", '/'))
			to->gates[to->nr_gates++] = place_of(&a->at);
		if (a->kind != ANNOTATION_PROVIDES && a->kind != ANNOTATION_LIMIT)
			continue;
		if (is_outside(a))
			nr_outside++;
		else
			nr_inside++;
	}
	to->in_image = nr_inside || !nr_outside;
	return 0;
}

static int take_feature(struct fact_feature *to, const struct feature *f)
{
	int rc;

	to->id = f->id;
	to->title = f->title ? f->title : "";
	to->section = f->section ? f->section : "";
	to->owner = f->owner ? f->owner : "";
	to->since = f->since;
	to->state = model_state_name(f->state);
	to->gate = f->symbol ? f->symbol : f->id;
	to->built = f->state == FEATURE_BUILT;
	to->at = place_of(&f->at);
	take_weakest(to, f);
	take_bound(to, f);
	rc = take_claims(to, f);
	if (!rc)
		rc = take_refs(&to->needs, &to->nr_needs, f->needs, f->nr_needs);
	if (!rc)
		rc = take_refs(&to->conflicts, &to->nr_conflicts, f->conflicts, f->nr_conflicts);
	if (!rc)
		rc = take_refs(&to->implies, &to->nr_implies, f->implies, f->nr_implies);
	if (!rc)
		rc = take_code(to, f);
	return rc;
}

const char *const *facts_levels(void)
{
	static const char *const names[] = {
		"Supported", "Deprecated", "Tech Preview", "Experimental", "Not supported",
		NOT_STATED,  NULL
	};

	static_assert(NR_LEVELS - LEVEL_NOT_SUPPORTED + 2 == sizeof(names) / sizeof(names[0]),
		      "every level of a statement has a word");
	return names;
}

const char *const *facts_securities(void)
{
	static const char *const names[] = { "unknown", "no", "caveats", "external", "yes", NULL };

	static_assert(NR_SECURITIES + 1 == sizeof(names) / sizeof(names[0]),
		      "every word of security support is here");
	return names;
}

const char *const *facts_states(void)
{
	static const char *const names[] = { "planned", "built", "removed", NULL };

	static_assert(NR_FEATURE_STATES + 1 == sizeof(names) / sizeof(names[0]),
		      "every state is here");
	return names;
}

const char *facts_usual_security(const char *level)
{
	if (!strcmp(level, NOT_STATED))
		return model_security_name(SECURITY_UNKNOWN);
	return model_security_name(
		!strcmp(level, model_level_name(LEVEL_SUPPORTED)) ||
				!strcmp(level, model_level_name(LEVEL_DEPRECATED))
			? SECURITY_YES
			: SECURITY_NO);
}

static void destroy_model(void *model)
{
	model_destroy(model);
}

static int from_model(struct model *m, struct facts **ret_facts)
{
	struct facts *facts = calloc(1, sizeof(*facts));
	int rc = 0;

	if (!facts)
		return -ENOMEM;
	facts->features = calloc(m->nr_features ? m->nr_features : 1, sizeof(*facts->features));
	if (!facts->features)
		rc = -ENOMEM;
	for (size_t i = 0; !rc && i < m->nr_features; i++) {
		facts->nr_features++;
		rc = take_feature(&facts->features[i], m->features[i]);
	}
	if (rc) {
		facts_destroy(facts);
		return rc;
	}
	facts->owner = m;
	facts->owner_destroy = destroy_model;
	*ret_facts = facts;
	return 0;
}

/* Errors of registry and statement forbid a decision; those of code are for `candor check`. */
static bool has_wrong_input(const struct model *m, const struct support_inputs *in)
{
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const struct diagnostic *d = &m->diagnostics[i];

		if (d->severity != SEVERITY_ERROR || !d->at.file)
			continue;
		if (!strcmp(d->at.file, in->registry) || !strcmp(d->at.file, in->statement))
			return true;
	}
	return false;
}

static int print_wrong_input(struct model *m, struct strbuf *err)
{
	emit_diagnostics(m, err, EMIT_PLAIN);
	return err->failed ? -ENOMEM : -EINVAL;
}

int facts_load(const char *tree, enum facts_depth depth, struct facts **ret_facts,
	       struct strbuf *err)
{
	char *registry = policy_path(tree, "support/features.yaml");
	char *statement = policy_path(tree, "SUPPORT.md");
	struct support_inputs in = {
		.registry = registry,
		.statement = statement,
		.tree = depth == FACTS_CODE ? tree : NULL,
	};
	struct model *m = NULL;
	int rc = registry && statement ? support_load(&in, &m) : -ENOMEM;

	if (!rc && has_wrong_input(m, &in))
		rc = print_wrong_input(m, err);
	else if (!rc)
		rc = from_model(m, ret_facts);
	if (rc)
		model_destroy(m);
	free(registry);
	free(statement);
	return rc;
}
