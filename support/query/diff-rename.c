/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds features that only changed their name where no registry tells: a heading
 * that went and one that came are the same if their texts, words or places are.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "diff-private.h"

/* Of each side at most these are compared: more is no rename but another statement. */
#define NR_LEFT_MAX 128
#define NR_WORDS_MAX 16
#define WORD_MAX 24

/* Shorter texts ("See above.") make nobody known. */
#define TELLING_TEXT 24

/* A pair of names with less is none. */
#define SCORE_MIN 6

struct words {
	char words[NR_WORDS_MAX][WORD_MAX];
	size_t nr;
};

static void cut_words(const char *title, struct words *ret_words)
{
	size_t size = 0;

	memset(ret_words, 0, sizeof(*ret_words));
	for (const char *p = title; ret_words->nr < NR_WORDS_MAX; p++) {
		unsigned char c = (unsigned char)*p;

		if (isalnum(c) || c >= 0x80) {
			if (size < WORD_MAX - 1)
				ret_words->words[ret_words->nr][size++] = (char)tolower(c);
		} else if (size) {
			ret_words->nr++;
			size = 0;
		}
		if (!c)
			break;
	}
}

/* Words that both have, in eighths of those that either has. */
static unsigned int likeness(const char *a, const char *b)
{
	struct words x, y;
	size_t shared = 0;

	if (text_distance(a, b, text_tolerance(strlen(a))) <= text_tolerance(strlen(a)))
		return 8;
	cut_words(a, &x);
	cut_words(b, &y);
	for (size_t i = 0; i < x.nr; i++) {
		for (size_t j = 0; j < y.nr; j++) {
			if (strcmp(x.words[i], y.words[j]))
				continue;
			shared++;
			y.words[j][0] = '\0';
			break;
		}
	}
	return x.nr + y.nr ? (unsigned int)(8 * shared / (x.nr + y.nr - shared)) : 0;
}

static bool is_telling(const char *a, const char *b)
{
	return a == b && strlen(a) >= TELLING_TEXT;
}

/* Do both state the same cases, in the same words? */
static bool has_same_cases(const struct diff_maker *d, const struct diff_group *a,
			   const struct diff_group *b)
{
	if (a->nr != b->nr)
		return false;
	for (size_t i = 0; i < a->nr; i++) {
		const struct claim *x = &d->a.s->facts[a->first + i].fact->claim;
		const struct claim *y = &d->b.s->facts[b->first + i].fact->claim;

		if (x->qualifier != y->qualifier || x->value != y->value)
			return false;
	}
	return true;
}

/* The nearest group before or behind that has a peer, or NULL. */
static const struct diff_group *neighbour(const struct diff_side *side, const struct diff_group *g,
					  int step)
{
	const struct diff_group *end = side->groups + side->nr_groups;

	for (g += step; g >= side->groups && g < end; g += step) {
		if (g->peer)
			return g;
	}
	return NULL;
}

/* Of the features before and behind, how many correspond. */
static unsigned int count_neighbours(const struct diff_maker *d, const struct diff_group *a,
				     const struct diff_group *b)
{
	unsigned int nr = 0;

	for (int step = -1; step <= 1; step += 2) {
		const struct diff_group *x = neighbour(&d->a, a, step);

		nr += x && x->peer == neighbour(&d->b, b, step);
	}
	return nr;
}

static unsigned int score(const struct diff_maker *d, const struct diff_group *a,
			  const struct diff_group *b)
{
	const struct fact *x = a->head, *y = b->head;
	unsigned int words = likeness(x->title, y->title);
	bool text =
		is_telling(x->description, y->description) || is_telling(x->caveats, y->caveats);

	/* Without a word or a text in common nobody would call it the same. */
	if (!words && !text)
		return 0;
	return words + (text ? 5 : 0) + (x->section == y->section ? 1 : 0) +
	       (has_same_cases(d, a, b) ? 1 : 0) + count_neighbours(d, a, b);
}

static size_t collect(struct diff_side *side, struct diff_group **ret_left)
{
	size_t nr = 0;

	for (size_t i = 0; i < side->nr_groups && nr < NR_LEFT_MAX; i++) {
		if (!side->groups[i].peer)
			ret_left[nr++] = &side->groups[i];
	}
	return nr;
}

int diff_infer_renames(struct diff_maker *d)
{
	struct diff_group *old[NR_LEFT_MAX], *new[NR_LEFT_MAX];
	size_t nr_old = collect(&d->a, old), nr_new = collect(&d->b, new);
	unsigned char *scores = arena_alloc(d->scratch, nr_old * nr_new + 1);

	if (!scores)
		return -ENOMEM;
	for (size_t i = 0; i < nr_old * nr_new; i++)
		scores[i] = (unsigned char)score(d, old[i / nr_new], new[i % nr_new]);
	/* The best pair first; each feature has one name on a side. */
	for (unsigned int least = 17; least >= SCORE_MIN; least--) {
		for (size_t i = 0; i < nr_old * nr_new; i++) {
			struct diff_group *a = old[i / nr_new], *b = new[i % nr_new];

			if (scores[i] != least || a->peer || b->peer)
				continue;
			a->peer = b;
			b->peer = a;
			b->is_inferred = true;
		}
	}
	return 0;
}
