/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The edit distance between words, bounded, for "did you mean". */
#include "engine/suggest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 64 /* longer words get no suggestion */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);
	size_t row[WORD_MAX + 1];

	if (na > WORD_MAX || nb > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t above = row[j];

			row[j] = smallest(above + 1, row[j - 1] + 1,
					  diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[nb];
}

void suggest_start(struct suggest *s, const char *word)
{
	*s = (struct suggest){ .word = word, .distance = SIZE_MAX };
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t distance = edit_distance(s->word, candidate);

	if (distance < s->distance) {
		s->distance = distance;
		s->best = candidate;
	}
}

const char *suggest_best(const struct suggest *s)
{
	/* More than a third of the letters wrong is another word. */
	return s->best && s->distance <= strlen(s->word) / 3 + 1 ? s->best : NULL;
}
