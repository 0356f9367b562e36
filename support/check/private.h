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

/* Every rule's function has one shape, and the table names them all. */
#define RULE(id, severity, function, rationale) \
	void function(struct model *m, const struct rule *rule);
#define READ(id, severity, rationale)
#include "rules.def"
#undef RULE
#undef READ

#endif
