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

/** The channel that was asked for, else what the release block tells. */
enum channel channel_of(const struct model *m, const struct statement *s);

/** Are the two of one release series: do their versions start with the same two numbers? */
bool same_series(const struct statement *a, const struct statement *b);

/**
 * Add an edit to the last finding reported: the first @word at or behind @at in its
 * line becomes @other.
 */
void edit_word(struct model *m, const struct pos *at, const char *word, const char *other);

/** The claim's label becomes the suggested one. */
void edit_label(struct model *m, const struct claim *c);

/** The line goes. */
void edit_delete_line(struct model *m, const struct pos *at);

/** A lost status line becomes one of a code block, where only blanks are missing. */
void edit_indent(struct model *m, const struct oddity *o);

/** The continuation of a value goes up to the line it belongs to. */
void edit_join(struct model *m, const struct oddity *o);

/** A heading's attributes go. */
void edit_attributes(struct model *m, const struct oddity *o);

/**
 * The registry gets a skeleton of an entry for the heading; @taken are the ids that
 * such edits have used.
 */
void edit_register(struct model *m, const struct heading *h, struct strmap *taken);

/* Every rule's function has one shape, and the table names them all. */
#define RULE(id, severity, function, rationale) \
	void function(struct model *m, const struct rule *rule);
#define READ(id, severity, rationale)
#include "rules.def"
#undef RULE
#undef READ

#endif
