/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the nearest of some words to a misspelt one. */
#ifndef CANDOR_BASE_SUGGEST_H
#define CANDOR_BASE_SUGGEST_H

struct suggest {
	const char *word;
	const char *best;
	unsigned int limit;    /* edits that still make a misspelling */
	unsigned int distance; /* of @best */
};

/** Begin looking for words near @word, which must outlive the search. */
void suggest_start(struct suggest *s, const char *word);

/** Offer a candidate; the first of equally near ones wins. Borrowed. */
void suggest_offer(struct suggest *s, const char *candidate);

/** The nearest candidate, or NULL when none is near enough to be meant. */
const char *suggest_best(const struct suggest *s);

#endif
