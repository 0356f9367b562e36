/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules' functions and what they share. */
#ifndef CANDOR_SUPPORT_CHECK_PRIVATE_H
#define CANDOR_SUPPORT_CHECK_PRIVATE_H

#include "check/check.h"

/** An annotation's scope, or a claim's, as sets of the model's axes. */
struct scope {
	unsigned int archs, guests, roles;
	const char *bad_word; /* the first unknown word; NULL */
	const char *suggestion;
};

/** Take "x86.pvh" apart; words that name no axis ("svm", "tools") widen nothing. */
struct scope scope_parse(struct model *m, const char *text);

/** Do the two speak of some common case? */
bool scope_meets(const struct scope *s, const struct claim *c);

/**
 * Is this the record to look at? Sources count; records of objects only where no
 * tree was scanned, or each annotation would be held twice.
 */
bool annotation_counts(const struct model *m, const struct annotation *a);

/** The feature's first annotation of this kind that counts, or NULL. */
const struct annotation *annotation_first(const struct model *m, const struct feature *f,
					  enum annotation_kind kind);

/** Does the claim promise anything? */
bool claim_is_positive(const struct claim *c);

void rule_undefined_label(struct model *m, const struct rule *rule);
void rule_undefined_diversion(struct model *m, const struct rule *rule);
void rule_duplicate_statement(struct model *m, const struct rule *rule);
void rule_duplicate_heading(struct model *m, const struct rule *rule);
void rule_lost_status(struct model *m, const struct rule *rule);
void rule_odd_markdown(struct model *m, const struct rule *rule);
void rule_missing_part(struct model *m, const struct rule *rule);
void rule_bad_date(struct model *m, const struct rule *rule);
void rule_unregistered_heading(struct model *m, const struct rule *rule);

void rule_unknown_id(struct model *m, const struct rule *rule);
void rule_needs_unbuilt(struct model *m, const struct rule *rule);
void rule_built_not_stated(struct model *m, const struct rule *rule);
void rule_stated_not_built(struct model *m, const struct rule *rule);
void rule_planned_has_code(struct model *m, const struct rule *rule);

void rule_statement_without_code(struct model *m, const struct rule *rule);
void rule_code_without_statement(struct model *m, const struct rule *rule);
void rule_refused_claim(struct model *m, const struct rule *rule);
void rule_bad_scope(struct model *m, const struct rule *rule);
void rule_limit_differs(struct model *m, const struct rule *rule);
void rule_limit_unknown(struct model *m, const struct rule *rule);
void rule_no_gate(struct model *m, const struct rule *rule);

void rule_missing_test(struct model *m, const struct rule *rule);
void rule_unknown_test(struct model *m, const struct rule *rule);
void rule_failed_test(struct model *m, const struct rule *rule);

void rule_gate_against_status(struct model *m, const struct rule *rule);
void rule_gate_missing(struct model *m, const struct rule *rule);
void rule_gate_unbuilt(struct model *m, const struct rule *rule);
void rule_gate_conflict(struct model *m, const struct rule *rule);
void rule_stale_record(struct model *m, const struct rule *rule);
void rule_denied_record(struct model *m, const struct rule *rule);

#endif
