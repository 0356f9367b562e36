/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a word reads its one table argument: words-sentence.c and words-test.c. */
#ifndef CANDOR_POLICY_WORDS_SENTENCE_H
#define CANDOR_POLICY_WORDS_SENTENCE_H

#include "engine/host-private.h"

/** Raise unless argument 1 is a table with no other names than @keys (NULL-ended). */
void sentence_check_keys(lua_State *L, const char *word, const char *const *keys);

/** Its text under @key, borrowed from the table; NULL when absent, raises if it @must not be. */
const char *sentence_text(lua_State *L, const char *word, const char *key, bool must);

/** The same for "because", whose {fields} are checked. */
const char *sentence_reason(lua_State *L, const char *word, bool must);

/** Which features it is about: a new selection, left on the stack. */
struct selection *sentence_subjects(lua_State *L, const char *word);

/** Add the sentence, with place and layer filled in, and a verdict for each subject. */
void sentence_say(lua_State *L, struct sentence *s, const struct selection *subjects);

#endif
