/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a policy, with what the reference says of each. */
#ifndef CANDOR_POLICY_WORDS_H
#define CANDOR_POLICY_WORDS_H

#include <stddef.h>

#include "base/strbuf.h"

struct lua_State;

/** One word, in a table that ends with a NULL name. */
struct word {
	const char *name;
	int (*function)(struct lua_State *L); /* NULL: a value, made elsewhere */
	unsigned int phases;		      /* set of enum host_phase */
	const char *usage;
	const char *text; /* sentences, as Markdown */
};

/** A property of a feature that rules and queries see. */
struct word_field {
	const char *name;
	const char *type;
	const char *text;
};

extern const struct word words_of_profiles[];
extern const struct word words_of_sentences[];
extern const struct word words_of_selections[];
extern const struct word words_of_tests[];
extern const struct word words_of_lua[];
extern const struct word_field words_feature_fields[];
extern const struct word_field words_claim_fields[];
extern const struct word_field words_query_fields[];

/** Add the reference of the policy language to @out, as Markdown. */
void words_reference(struct strbuf *out);

#endif
