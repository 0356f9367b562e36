/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the statement reader's files share. */
#ifndef CANDOR_SUPPORT_STATEMENT_PRIVATE_H
#define CANDOR_SUPPORT_STATEMENT_PRIVATE_H

#include "model/model.h"

/** A piece of text, not NUL-terminated; borrowed. */
struct span {
	const char *data;
	size_t size;
};

/** The span without blanks, tabs and carriage returns at its ends. */
struct span span_trim(struct span s);

/** Does the span hold exactly this word, case aside? */
bool span_is_word(struct span s, const char *word);

/**
 * The heading id that pandoc derives from a title: letters in lower case,
 * digits, '_', '-', '.' and bytes above ASCII kept, blanks turned into '-',
 * the rest dropped, and what is before the first letter cut; "section" when
 * nothing remains.
 */
char *slug_heading(struct model *m, struct span title);

/** The same for a qualifier: only letters, digits and '-' stay. */
char *slug_qualifier(struct model *m, struct span qualifier);

/** Take apart c->value into label, level, security, diversions and limits. */
int status_parse_value(struct model *m, struct claim *c);

/**
 * Take apart what follows the label of c->value, at @tail: diversions, bounds,
 * condition and rest; they weaken c->security. Cost is linear in its size.
 */
int clause_parse(struct model *m, struct claim *c, const char *tail);

/** All numbers of c->value that stand alone, into c->limits. */
int limit_find_all(struct model *m, struct claim *c);

/** The number at *@p, moved behind it and its unit; false if it is no number. */
bool limit_take(const char **p, struct quantity *ret_q);

/** Take apart c->qualifier, and an architecture c->heading starts with. */
int qualifier_parse(struct model *m, struct claim *c);

/** The key of a status line ("Status", "Supported") that @key is or is near to. */
const char *status_find_key(struct span key, bool *ret_exact);

/** A title without its markup and with curly quotes; NULL when out of memory. */
char *title_typeset(struct model *m, const char *title);

/** Is this value a label that the statement's format defines, and no more? */
bool status_is_label(struct span value);

/**
 * A copy of the text for cmark: same size, same lines, with everything that
 * only inline parsing would look at masked, so that its time stays linear.
 */
char *mask_inlines(struct model *m, const char *text, size_t size);

#endif
