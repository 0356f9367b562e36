/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about policy locks, and about objects and the locks they carry. */
#include "private.h"

#include <string.h>

/* Locks of this format are for x86-64 alone. */
#define LOCK_ARCHS ARCH_X86

/* By id; gates are sorted. */
static const struct gate *find_gate(const struct lock *l, const char *id)
{
	size_t low = 0, high = l->nr_gates;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(l->gates[middle].id, id);

		if (!order)
			return &l->gates[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool is_image(const struct model *m, const struct lock *l)
{
	return !strmap_get(&m->source_by_path, l->path);
}

/* The weakest claim about what a gate switches on; false when there is nothing to judge. */
static bool find_claim(const struct gate *g, enum level *ret_level, enum security *ret_security,
		       const struct claim **ret_claim)
{
	return g->on && g->feature && g->feature->state == FEATURE_BUILT &&
	       model_weakest_claim(g->feature, LOCK_ARCHS, 0, 0, ret_level, ret_security,
				   ret_claim) &&
	       *ret_level != LEVEL_UNKNOWN;
}

static bool is_preview(enum level level)
{
	return level == LEVEL_EXPERIMENTAL || level == LEVEL_TECH_PREVIEW;
}

/* The profile that is built when none is named. */
static bool is_default(const struct lock *l)
{
	return !strcmp(l->profile, "supported");
}

typedef bool gate_fn(const struct lock *l, enum level level, enum security security);

static bool is_against_status(const struct lock *l, enum level level, enum security security)
{
	return level == LEVEL_NOT_SUPPORTED ||
	       (is_default(l) && !is_preview(level) && security == SECURITY_NO);
}

static bool is_early(const struct lock *l, enum level level, enum security security)
{
	(void)security;
	return is_default(l) && is_preview(level);
}

static void check_gates(struct model *m, const struct rule *rule, gate_fn *is_wrong)
{
	for (size_t i = 0; i < m->nr_locks; i++) {
		const struct lock *l = m->locks[i];

		for (size_t j = 0; j < l->nr_gates; j++) {
			const struct gate *g = &l->gates[j];
			const struct claim *c;
			enum level level;
			enum security security;

			if (find_claim(g, &level, &security, &c) && is_wrong(l, level, security))
				model_report(m, rule->severity, rule->id, g->at,
					     "write the lock anew with `candor policy lock`",
					     "'%s' is on, but %s:%u says '%s'", g->id, c->at.file,
					     c->at.line, c->value);
		}
	}
}

void rule_gate_against_status(struct model *m, const struct rule *rule)
{
	check_gates(m, rule, is_against_status);
}

void rule_preview_on_by_default(struct model *m, const struct rule *rule)
{
	check_gates(m, rule, is_early);
}

static bool is_accepted(const struct lock *l, const char *id)
{
	for (size_t i = 0; i < l->nr_accepted; i++) {
		if (!strcmp(l->accepted[i], id))
			return true;
	}
	return false;
}

/* The default profile has a rule of its own, which takes no reason. */
void rule_preview_plainly_on(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_locks; i++) {
		const struct lock *l = m->locks[i];

		for (size_t j = 0; j < l->nr_gates && !is_default(l); j++) {
			const struct gate *g = &l->gates[j];
			const struct claim *c;
			enum level level;
			enum security security;

			if (!g->opt_in && find_claim(g, &level, &security, &c) &&
			    is_preview(level) && !is_accepted(l, g->id))
				model_report(m, rule->severity, rule->id, g->at,
					     "allow it with opt_in = true, or with override = true "
					     "and the reason",
					     "'%s' is on for whoever boots this, but %s:%u says "
					     "'%s'",
					     g->id, c->at.file, c->at.line, c->value);
		}
	}
}

void rule_opt_in_unswitched(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_locks && m->has_tree; i++) {
		const struct lock *l = m->locks[i];

		for (size_t j = 0; j < l->nr_gates; j++) {
			const struct gate *g = &l->gates[j];
			const struct feature *f = g->opt_in ? g->feature : NULL;

			if (f && f->state == FEATURE_BUILT &&
			    annotation_first(m, f, ANNOTATION_PROVIDES) &&
			    !annotation_first(m, f, ANNOTATION_ACTIVE))
				model_report(
					m, rule->severity, rule->id, g->at,
					"test SUPPORT_ACTIVE where it begins, or have it on or "
					"off",
					"'%s' is opt-in, but no code asks whether the host "
					"opted in",
					g->id);
		}
	}
}

void rule_gate_missing(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_locks; i++) {
		const struct lock *l = m->locks[i];
		bool image = is_image(m, l);

		for (size_t j = 0; j < m->nr_features; j++) {
			const struct feature *f = m->features[j];

			if (f->state == FEATURE_BUILT && !find_gate(l, f->id))
				model_report(m, rule->severity, rule->id,
					     (struct pos){ l->path, image ? 0 : 1, image ? 0 : 1 },
					     "write the lock anew with `candor policy lock`",
					     "the lock does not decide '%s'", f->id);
		}
	}
}

void rule_gate_unbuilt(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_locks; i++) {
		const struct lock *l = m->locks[i];

		for (size_t j = 0; j < l->nr_gates; j++) {
			const struct gate *g = &l->gates[j];

			if (g->on && g->feature && g->feature->state != FEATURE_BUILT)
				model_report(m, rule->severity, rule->id, g->at,
					     "write the lock anew with `candor policy lock`",
					     "'%s' is on, but %s", g->id,
					     model_state_name(g->feature->state));
		}
	}
}

static void check_fit(struct model *m, const struct rule *rule, const struct lock *l,
		      const struct gate *g)
{
	const struct feature *f = g->feature;
	const struct gate *other;

	for (size_t i = 0; i < f->nr_needs; i++) {
		other = find_gate(l, f->needs[i].id);
		if (other && !other->on)
			model_report(m, rule->severity, rule->id, g->at,
				     "write the lock anew with `candor policy lock`",
				     "'%s' is on, but needs '%s', which is off", g->id, other->id);
		if (other && other->opt_in && !g->opt_in)
			model_report(m, rule->severity, rule->id, g->at,
				     "write the lock anew with `candor policy lock`",
				     "'%s' is on, but needs '%s', which waits for an opt-in", g->id,
				     other->id);
	}
	for (size_t i = 0; i < f->nr_conflicts; i++) {
		other = find_gate(l, f->conflicts[i].id);
		if (other && other->on)
			model_report(m, rule->severity, rule->id, g->at,
				     "write the lock anew with `candor policy lock`",
				     "'%s' is on, and so is '%s', its conflict", g->id, other->id);
	}
}

void rule_gate_conflict(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_locks; i++) {
		const struct lock *l = m->locks[i];

		for (size_t j = 0; j < l->nr_gates; j++) {
			if (l->gates[j].on && l->gates[j].feature)
				check_fit(m, rule, l, &l->gates[j]);
		}
	}
}

/* Without the line: of a call over several lines compilers number any. */
static const char *record_key(struct model *m, const struct annotation *a)
{
	return model_printf(m, "%s\t%s\t%s", model_annotation_name(a->kind), a->id, a->at.file);
}

static void check_records(struct model *m, const struct rule *rule, struct strmap *known)
{
	for (size_t i = 0; i < m->nr_annotations; i++) {
		struct annotation *a = m->annotations[i];
		const char *key = a->object ? NULL : record_key(m, a);

		if (key && !strmap_put(known, key, a))
			m->out_of_memory = true;
	}
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];
		const char *key = a->object ? record_key(m, a) : NULL;

		if (key && !strmap_get(known, key))
			model_report(m, rule->severity, rule->id, a->at, "build it again",
				     "%s has a record '%s' of '%s' that this source has not",
				     a->object, model_annotation_name(a->kind), a->id);
	}
}

void rule_stale_record(struct model *m, const struct rule *rule)
{
	struct strmap known = { 0 };

	if (m->has_tree)
		check_records(m, rule, &known);
	strmap_reset(&known);
}

void rule_denied_record(struct model *m, const struct rule *rule)
{
	struct strmap locks = { 0 };

	for (size_t i = 0; i < m->nr_locks; i++) {
		if (!strmap_put(&locks, m->locks[i]->path, m->locks[i]))
			m->out_of_memory = true;
	}
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];
		const struct lock *l = a->object ? strmap_get(&locks, a->object) : NULL;
		const struct gate *g =
			l && a->kind == ANNOTATION_PROVIDES ? find_gate(l, a->id) : NULL;

		if (g && !g->on)
			model_report(m, rule->severity, rule->id, a->at,
				     "leave its files out of the build",
				     "%s holds code of '%s', which its own lock denies", a->object,
				     a->id);
	}
	strmap_reset(&locks);
}
