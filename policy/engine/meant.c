/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features by a part of their name, as long as no other has it. */
#include "engine/meant.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/complain.h"

#define NAME_MAX_SIZE 256
#define SHOWN_MAX 6

/* The best first. */
enum fit { FIT_NAME, FIT_ENDING, FIT_PART, NR_FITS };

struct found {
	size_t list[SHOWN_MAX]; /* the first of them */
	size_t nr;
};

/* In small letters, with "_" between and around the words. */
static void normalize(const char *text, char ret_words[NAME_MAX_SIZE])
{
	size_t n = 0;

	ret_words[n++] = '_';
	for (; *text && n < NAME_MAX_SIZE - 2; text++) {
		if (isalnum((unsigned char)*text))
			ret_words[n++] = (char)tolower((unsigned char)*text);
		else if (ret_words[n - 1] != '_')
			ret_words[n++] = '_';
	}
	if (ret_words[n - 1] != '_')
		ret_words[n++] = '_';
	ret_words[n] = '\0';
}

static bool ends_in(const char *words, const char *ending)
{
	size_t n = strlen(words), m = strlen(ending);

	return m <= n && !strcmp(words + n - m, ending);
}

static enum fit fit_of(const struct fact_feature *f, const char *words)
{
	char id[NAME_MAX_SIZE], title[NAME_MAX_SIZE];

	normalize(f->id, id);
	normalize(f->title, title);
	if (!strcmp(id, words) || !strcmp(title, words))
		return FIT_NAME;
	if (ends_in(id, words))
		return FIT_ENDING;
	return strstr(id, words) || strstr(title, words) ? FIT_PART : NR_FITS;
}

/* Those that fit best. */
static void search(const struct facts *facts, const char *text, struct found *ret_found)
{
	enum fit best = NR_FITS;
	char words[NAME_MAX_SIZE];

	ret_found->nr = 0;
	normalize(text, words);
	if (!strcmp(words, "_"))
		return;
	for (size_t i = 0; i < facts->nr_features; i++) {
		enum fit fit = fit_of(&facts->features[i], words);

		if (fit < best)
			ret_found->nr = 0;
		if (fit == NR_FITS || fit > best)
			continue;
		best = fit;
		if (ret_found->nr < SHOWN_MAX)
			ret_found->list[ret_found->nr] = i;
		ret_found->nr++;
	}
}

static void add_found(const struct facts *facts, const struct found *found, struct strbuf *out)
{
	for (size_t i = 0; i < found->nr && i < SHOWN_MAX; i++)
		strbuf_printf(out, "%s %s", i ? "," : "", facts->features[found->list[i]].id);
	if (found->nr > SHOWN_MAX)
		strbuf_printf(out, " and %zu more", found->nr - SHOWN_MAX);
}

/* The features that share a word with @text: the word that the fewest have. */
static void search_words(const struct facts *facts, const char *text, struct found *ret_found)
{
	char words[NAME_MAX_SIZE], *rest, *word;
	struct found found;

	ret_found->nr = 0;
	normalize(text, words);
	for (word = strtok_r(words, "_", &rest); word; word = strtok_r(NULL, "_", &rest)) {
		if (strlen(word) > 2)
			search(facts, word, &found);
		if (strlen(word) > 2 && found.nr && (!ret_found->nr || found.nr < ret_found->nr))
			*ret_found = found;
	}
}

static void complain_none(const struct facts *facts, const char *text, struct strbuf *err)
{
	const char *near = facts_suggest(facts, text);
	struct strbuf remedy = STRBUF_INIT;
	struct found found;

	if (near) {
		strbuf_printf(&remedy, "did you mean '%.64s'?", near);
	} else {
		search_words(facts, text, &found);
		if (found.nr) {
			strbuf_puts(&remedy, "this tree has");
			add_found(facts, &found, &remedy);
			strbuf_puts(&remedy, "; ");
		}
		strbuf_puts(&remedy, "`candor policy list` shows the ids");
	}
	complain(err, (struct place){ "support/features.yaml", 0 },
		 strbuf_str(&remedy) ? strbuf_str(&remedy) : "", "there is no feature '%.64s'",
		 text);
	strbuf_reset(&remedy);
}

static void complain_many(const struct facts *facts, const struct found *found, const char *text,
			  struct strbuf *err)
{
	struct strbuf remedy = STRBUF_INIT;

	strbuf_puts(&remedy, "write the whole id of one:");
	add_found(facts, found, &remedy);
	complain(err, (struct place){ "support/features.yaml", 0 },
		 strbuf_str(&remedy) ? strbuf_str(&remedy) : "", "'%.64s' is part of %zu features",
		 text, found->nr);
	strbuf_reset(&remedy);
}

long meant_find(const struct facts *facts, const char *text, struct strbuf *err)
{
	long feature = facts_find(facts, text);
	struct found found;

	if (feature >= 0)
		return feature;
	search(facts, text, &found);
	if (found.nr == 1)
		return (long)found.list[0];
	if (found.nr)
		complain_many(facts, &found, text, err);
	else
		complain_none(facts, text, err);
	return -1;
}

void meant_describe(const struct facts *facts, size_t feature, const char *text, struct strbuf *out)
{
	const struct fact_feature *f = &facts->features[feature];

	if (strcmp(f->id, text) != 0)
		strbuf_printf(out, "%.64s is taken for %s (%s)\n", text, f->id, f->title);
}
