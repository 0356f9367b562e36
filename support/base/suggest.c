/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nearest of some words, for "did you mean". */
#include "base/suggest.h"

#include <string.h>

#include "base/text.h"

void suggest_start(struct suggest *s, const char *word)
{
	*s = (struct suggest){ .word = word, .limit = text_tolerance(strlen(word)) };
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	unsigned int distance = text_distance(s->word, candidate, s->limit);

	if (distance <= s->limit && (!s->best || distance < s->distance)) {
		s->distance = distance;
		s->best = candidate;
	}
}

const char *suggest_best(const struct suggest *s)
{
	return s->best;
}
