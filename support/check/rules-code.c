/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that hold code and tests against the statement. */
#include "private.h"

#include <inttypes.h>
#include <string.h>

#include "extract/extract.h"

/* Some place in the code that implements the claim, or bounds it. */
static bool has_code(struct model *m, const struct feature *f, const struct claim *c)
{
	for (const struct annotation *a = f->annotations; a; a = a->next_of_feature) {
		struct scope s;

		if (!annotation_counts(m, a))
			continue;
		if (a->kind == ANNOTATION_LIMIT)
			return true;
		if (a->kind != ANNOTATION_PROVIDES)
			continue;
		s = scope_parse(m, a->detail);
		if (scope_meets(&s, c))
			return true;
	}
	return false;
}

void rule_statement_without_code(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features && m->has_tree; i++) {
		const struct feature *f = m->features[i];

		for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
			if (f->state == FEATURE_BUILT && claim_is_positive(c) && !has_code(m, f, c))
				model_report(m, rule->severity, rule->id, c->at,
					     "annotate the code with SUPPORT_PROVIDES, or remove "
					     "the status",
					     "no code provides '%s' as stated here", f->id);
		}
	}
}

static bool has_claim(const struct feature *f, const struct scope *s)
{
	for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
		if (scope_meets(s, c))
			return true;
	}
	return false;
}

void rule_code_without_statement(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_annotations && m->nr_statements; i++) {
		const struct annotation *a = m->annotations[i];
		struct scope s;

		if (a->kind != ANNOTATION_PROVIDES || !a->feature || !annotation_counts(m, a) ||
		    a->feature->state != FEATURE_BUILT || !a->feature->claims)
			continue; /* without any claim it is built-not-stated */
		s = scope_parse(m, a->detail);
		if (!s.bad_word && !has_claim(a->feature, &s))
			model_report(m, rule->severity, rule->id, a->at,
				     "state it in SUPPORT.md, or correct the scope",
				     "code provides '%s' for '%s', which no status covers", a->id,
				     a->detail);
	}
}

void rule_refused_claim(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];
		struct scope s;

		if (a->kind != ANNOTATION_REFUSES || !a->feature || !annotation_counts(m, a))
			continue;
		s = scope_parse(m, a->detail);
		for (const struct claim *c = a->feature->claims; c; c = c->next_of_feature) {
			if (!s.bad_word && claim_is_positive(c) && scope_meets(&s, c))
				model_report(m, rule->severity, rule->id, c->at,
					     "narrow the status, or build what it claims",
					     "%s:%u refuses '%s' for '%s', which is claimed here",
					     a->at.file, a->at.line, a->id, a->detail);
		}
	}
}

static void report_misspelt(struct model *m, const struct rule *rule, const struct annotation *a,
			    const struct scope *s)
{
	model_report(m, rule->severity, rule->id, a->at, NULL,
		     "unknown scope word '%s'; did you mean '%s'?", s->bad_word, s->suggestion);
	edit_word(m, &a->at, s->bad_word, s->suggestion);
}

void rule_bad_scope(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];
		struct scope s;

		if ((a->kind != ANNOTATION_PROVIDES && a->kind != ANNOTATION_REFUSES) ||
		    !annotation_counts(m, a))
			continue;
		s = scope_parse(m, a->detail);
		if (!s.bad_word)
			continue;
		if (s.suggestion)
			report_misspelt(m, rule, a, &s);
		else
			model_report(m, rule->severity, rule->id, a->at,
				     "a scope is words such as x86, pvh, dom0, tools with dots "
				     "between",
				     "unknown scope word '%s'", s.bad_word);
	}
}

/* The claim that states this limit, else the nearest that states another. */
static const struct claim *find_limit(const struct annotation *a, bool *ret_same)
{
	const struct claim *other = NULL;

	*ret_same = false;
	for (const struct claim *c = a->feature->claims; c; c = c->next_of_feature) {
		if (!claim_is_positive(c))
			continue;
		if (c->nr_limits && c->limits[0].value == a->limit.value) {
			*ret_same = true;
			return c;
		}
		if (!other || (!other->nr_limits && c->nr_limits))
			other = c;
	}
	return other;
}

void rule_limit_differs(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];
		const struct claim *c;
		bool same;

		if (a->kind != ANNOTATION_LIMIT || !a->feature || !a->has_limit ||
		    !annotation_counts(m, a))
			continue;
		c = find_limit(a, &same);
		if (!c || same)
			continue;
		if (c->nr_limits)
			model_report(m, rule->severity, rule->id, c->at,
				     "correct the one that is wrong",
				     "'%s' is %" PRIu64 " here, but %" PRIu64 " in %s:%u", a->id,
				     c->limits[0].value, a->limit.value, a->at.file, a->at.line);
		else
			model_report(m, rule->severity, rule->id, c->at, "write 'up to NUMBER'",
				     "'%s' has no number here, but is %" PRIu64 " in %s:%u", a->id,
				     a->limit.value, a->at.file, a->at.line);
	}
}

void rule_limit_unknown(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];

		if (a->kind == ANNOTATION_LIMIT && !a->has_limit && annotation_counts(m, a))
			model_report(m, rule->severity, rule->id, a->at,
				     "use one macro of integers, defined once in the tree",
				     "cannot tell the number of the limit '%s'", a->detail);
	}
}

void rule_no_gate(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features && m->has_tree; i++) {
		const struct feature *f = m->features[i];
		const struct annotation *a = annotation_first(m, f, ANNOTATION_PROVIDES);

		/* A limit bounds what others do: there is nothing to leave out. */
		if (f->state == FEATURE_BUILT && a && !annotation_first(m, f, ANNOTATION_ENABLED) &&
		    !annotation_first(m, f, ANNOTATION_ACTIVE) &&
		    !annotation_first(m, f, ANNOTATION_LIMIT))
			model_report(m, rule->severity, rule->id, a->at,
				     "test SUPPORT_ENABLED where the feature is used or told of",
				     "feature '%s' has code, but no gate", f->id);
	}
}

void rule_missing_test(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features && m->has_tree; i++) {
		const struct feature *f = m->features[i];

		/* One without anything is empty-entry. */
		if (f->state == FEATURE_BUILT && (f->annotations || f->claims) &&
		    !annotation_first(m, f, ANNOTATION_TEST))
			model_report(m, rule->severity, rule->id, f->at,
				     "add SUPPORT_TEST to the test that exercises it",
				     "no test names the built feature '%s'", f->id);
	}
}

void rule_unknown_test(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_annotations && m->has_evidence; i++) {
		const struct annotation *a = m->annotations[i];

		if (a->kind == ANNOTATION_TEST && annotation_counts(m, a) &&
		    !model_evidence(m, a->detail))
			model_report(m, rule->severity, rule->id, a->at,
				     "correct the name, or run the test",
				     "the evidence knows no test '%s'", a->detail);
	}
}

void rule_failed_test(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_annotations && m->has_evidence; i++) {
		const struct annotation *a = m->annotations[i];
		const struct evidence *e;

		if (a->kind != ANNOTATION_TEST || !annotation_counts(m, a))
			continue;
		e = model_evidence(m, a->detail);
		if (e && e->result == TEST_FAILED)
			model_report(m, rule->severity, rule->id, a->at,
				     "mend the feature, or lower its status",
				     "test '%s' of feature '%s' failed", a->detail, a->id);
	}
}

/* Has some test of the feature passed? False also when none was looked for. */
static bool has_passed(const struct model *m, const struct feature *f)
{
	for (const struct annotation *a = f->annotations; a; a = a->next_of_feature) {
		const struct evidence *e =
			a->kind == ANNOTATION_TEST ? model_evidence(m, a->detail) : NULL;

		if (e && e->result == TEST_PASSED)
			return true;
	}
	return false;
}

void rule_unproven_claim(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features && m->has_evidence; i++) {
		const struct feature *f = m->features[i];

		/* Without a test it is missing-test. */
		if (f->state != FEATURE_BUILT || !annotation_first(m, f, ANNOTATION_TEST) ||
		    has_passed(m, f))
			continue;
		for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
			if (c->level != LEVEL_SUPPORTED)
				continue;
			model_report(
				m, rule->severity, rule->id, c->at,
				"run its tests where they are not skipped, or lower the status",
				"'%s' is stated '%s', but no test of it has passed", f->id,
				c->value);
			break;
		}
	}
}
