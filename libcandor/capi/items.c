/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model item by item: plain structs that borrow from it. */
#include "capi/private.h"

#include <assert.h>
#include <string.h>

#include "check/check.h"
#include "check/judge.h"

/* One numbering inside and outside. */
static_assert((int)CANDOR_WARNING == (int)SEVERITY_WARNING &&
		      (int)CANDOR_ERROR == (int)SEVERITY_ERROR,
	      "severities");
static_assert((int)CANDOR_PLANNED == (int)FEATURE_PLANNED &&
		      (int)CANDOR_BUILT == (int)FEATURE_BUILT &&
		      (int)CANDOR_REMOVED == (int)FEATURE_REMOVED && NR_FEATURE_STATES == 3,
	      "states");
static_assert(CANDOR_ARCH_X86 == ARCH_X86 && CANDOR_ARCH_ARM32 == ARCH_ARM32 &&
		      CANDOR_ARCH_ARM64 == ARCH_ARM64 && ARCH_ALL == 7,
	      "architectures");
static_assert(CANDOR_GUEST_PV == GUEST_PV && CANDOR_GUEST_PVH == GUEST_PVH &&
		      CANDOR_GUEST_HVM == GUEST_HVM && GUEST_ALL == 7,
	      "guest types");
static_assert(CANDOR_ROLE_DOM0 == ROLE_DOM0 && CANDOR_ROLE_DOMU == ROLE_DOMU && ROLE_ALL == 3,
	      "roles");
static_assert((int)CANDOR_LEVEL_UNKNOWN == (int)LEVEL_UNKNOWN &&
		      (int)CANDOR_LEVEL_LIST == (int)LEVEL_LIST &&
		      (int)CANDOR_LEVEL_NOT_SUPPORTED == (int)LEVEL_NOT_SUPPORTED &&
		      (int)CANDOR_LEVEL_EXPERIMENTAL == (int)LEVEL_EXPERIMENTAL &&
		      (int)CANDOR_LEVEL_TECH_PREVIEW == (int)LEVEL_TECH_PREVIEW &&
		      (int)CANDOR_LEVEL_DEPRECATED == (int)LEVEL_DEPRECATED &&
		      (int)CANDOR_LEVEL_SUPPORTED == (int)LEVEL_SUPPORTED && NR_LEVELS == 7,
	      "levels");
static_assert((int)CANDOR_SECURITY_UNKNOWN == (int)SECURITY_UNKNOWN &&
		      (int)CANDOR_SECURITY_NO == (int)SECURITY_NO &&
		      (int)CANDOR_SECURITY_CAVEATS == (int)SECURITY_CAVEATS &&
		      (int)CANDOR_SECURITY_EXTERNAL == (int)SECURITY_EXTERNAL &&
		      (int)CANDOR_SECURITY_YES == (int)SECURITY_YES && NR_SECURITIES == 5,
	      "security");
static_assert((int)CANDOR_PROVIDES == (int)ANNOTATION_PROVIDES &&
		      (int)CANDOR_REFUSES == (int)ANNOTATION_REFUSES &&
		      (int)CANDOR_LIMIT == (int)ANNOTATION_LIMIT &&
		      (int)CANDOR_TEST == (int)ANNOTATION_TEST &&
		      (int)CANDOR_ENABLED == (int)ANNOTATION_ENABLED &&
		      (int)CANDOR_ACTIVE == (int)ANNOTATION_ACTIVE && NR_ANNOTATION_KINDS == 6,
	      "annotations");

static struct candor_place place(const struct pos *at)
{
	return (struct candor_place){ at->file, at->line, at->column };
}

const char *candor_level_name(enum candor_level level)
{
	return (unsigned int)level < NR_LEVELS ? model_level_name((enum level)level) : NULL;
}

const char *candor_security_name(enum candor_security security)
{
	return (unsigned int)security < NR_SECURITIES ? model_security_name((enum security)security)
						      : NULL;
}

void candor_summarize(const struct candor *c, struct candor_summary *ret_summary)
{
	const struct model *m = c->model;
	struct tally tally;

	*ret_summary = (struct candor_summary){ 0 };
	if (!m)
		return;
	ret_summary->nr_features = m->nr_features;
	ret_summary->nr_annotations = m->nr_annotations;
	ret_summary->nr_diagnostics = m->nr_diagnostics;
	tally = judge_count(m);
	ret_summary->nr_errors = tally.nr_errors;
	ret_summary->nr_warnings = tally.nr_warnings;
	ret_summary->nr_old = tally.nr_old;
	ret_summary->nr_waived = tally.nr_waived;
	ret_summary->nr_fixable = tally.nr_fixable;
	ret_summary->is_unread = support_is_unread(m);
	for (size_t i = 0; i < m->nr_statements; i++)
		ret_summary->nr_claims += m->statements[i]->nr_claims;
}

bool candor_diagnostic_at(const struct candor *c, size_t i,
			  struct candor_diagnostic *ret_diagnostic)
{
	const struct diagnostic *d;

	if (!c->model || i >= c->model->nr_diagnostics)
		return false;
	d = &c->model->diagnostics[i];
	*ret_diagnostic = (struct candor_diagnostic){
		.severity = (enum candor_severity)d->severity,
		.rule = d->rule,
		.message = d->message,
		.remedy = d->remedy,
		.feature = d->feature,
		.fingerprint = d->fingerprint,
		.at = place(&d->at),
		.nr_edits = d->nr_edits,
		.is_old = d->is_old,
		.is_waived = d->waiver != NULL,
	};
	return true;
}

bool candor_edit_at(const struct candor *c, size_t i, size_t edit, struct candor_edit *ret_edit)
{
	const struct edit *found;

	if (!c->model || i >= c->model->nr_diagnostics || edit >= c->model->diagnostics[i].nr_edits)
		return false;
	found = &c->model->diagnostics[i].edits[edit];
	*ret_edit = (struct candor_edit){
		place(&found->at), place(&found->end), found->text, { NULL }
	};
	return true;
}

static void show_feature(const struct feature *f, struct candor_feature *ret_feature)
{
	*ret_feature = (struct candor_feature){
		.id = f->id,
		.title = f->title,
		.section = f->section,
		.owner = f->owner,
		.symbol = f->symbol,
		.boot_option = f->boot_option,
		.state = (enum candor_state)f->state,
		.aliases = f->aliases,
		.nr_aliases = f->nr_aliases,
		.at = place(&f->at),
	};
	if (f->heading)
		ret_feature->stated_at = place(&f->heading->at);
}

bool candor_feature_at(const struct candor *c, size_t i, struct candor_feature *ret_feature)
{
	if (!c->model || i >= c->model->nr_features)
		return false;
	show_feature(c->model->features[i], ret_feature);
	return true;
}

bool candor_feature_named(const struct candor *c, const char *name,
			  struct candor_feature *ret_feature)
{
	const struct feature *f = c->model ? model_feature(c->model, name) : NULL;

	if (!f && c->model)
		f = model_feature_by_alias(c->model, name);
	if (!f)
		return false;
	show_feature(f, ret_feature);
	return true;
}

/* The @i-th claim of all statements, or NULL. */
static const struct claim *find_claim(const struct model *m, size_t i)
{
	for (size_t k = 0; m && k < m->nr_statements; k++) {
		if (i < m->statements[k]->nr_claims)
			return m->statements[k]->claims[i];
		i -= m->statements[k]->nr_claims;
	}
	return NULL;
}

bool candor_claim_at(const struct candor *c, size_t i, struct candor_claim *ret_claim)
{
	const struct claim *found = find_claim(c->model, i);
	const struct heading *h;

	if (!found)
		return false;
	h = found->heading;
	*ret_claim = (struct candor_claim){
		.feature = found->feature ? found->feature->id : NULL,
		.title = h->title,
		.section = h->parent ? h->parent->title : h->title,
		.qualifier = found->qualifier,
		.value = found->value,
		.slug = found->slug,
		.archs = found->archs,
		.guests = found->guests,
		.roles = found->roles,
		.implementation = found->implementation,
		.level = (enum candor_level)found->level,
		.security = (enum candor_security)found->security,
		.description = h->description,
		.caveats = h->caveats,
		.at = place(&found->at),
		.heading_at = place(&h->at),
	};
	return true;
}

bool candor_annotation_at(const struct candor *c, size_t i,
			  struct candor_annotation *ret_annotation)
{
	const struct annotation *a;

	if (!c->model || i >= c->model->nr_annotations)
		return false;
	a = c->model->annotations[i];
	*ret_annotation = (struct candor_annotation){
		.kind = (enum candor_annotation_kind)a->kind,
		.id = a->id,
		.detail = a->detail,
		.object = a->object,
		.at = place(&a->at),
	};
	return true;
}

bool candor_rule_at(size_t i, struct candor_rule *ret_rule)
{
	const struct rule *rule = check_rules;

	while (rule->id && i) {
		rule++;
		i--;
	}
	if (!rule->id)
		return false;
	*ret_rule = (struct candor_rule){
		.id = rule->id,
		.severity = (enum candor_severity)rule->severity,
		.rationale = rule->rationale,
	};
	return true;
}

const char *candor_line(const struct candor *c, const char *file, unsigned int line,
			size_t *ret_size)
{
	return c->model && file ? model_source_line(c->model, file, line, ret_size) : NULL;
}
