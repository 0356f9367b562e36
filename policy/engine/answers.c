/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an evaluation gives: names of its parts, growth, order. */
#include "engine/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *host_layer_name(enum layer layer)
{
	static const char *const names[NR_LAYERS] = {
		[LAYER_VENDOR] = "vendor",
		[LAYER_DISTRIBUTION] = "distribution",
		[LAYER_SITE] = "site",
		[LAYER_HOST] = "host",
	};

	return names[layer];
}

const char *host_sentence_name(enum sentence_kind kind)
{
	static const char *const names[NR_SENTENCE_KINDS] = {
		[SENTENCE_ALLOW] = "allow",	[SENTENCE_DENY] = "deny",
		[SENTENCE_REQUIRE] = "require", [SENTENCE_LIMIT] = "limit",
		[SENTENCE_WAIVE] = "waive",	[SENTENCE_RULE] = "rule",
		[SENTENCE_SUPPOSE] = "suppose", [SENTENCE_EXPECT] = "expect",
	};

	return names[kind];
}

const char *host_decided_name(enum decided decided)
{
	static const char *const names[NR_DECIDED] = {
		[DECIDED_OFF] = "off",
		[DECIDED_ON] = "on",
		[DECIDED_OPT_IN] = "opt-in",
	};

	return names[decided];
}

enum decided host_decided_find(const char *name)
{
	enum decided decided = DECIDED_OFF;

	while (decided < NR_DECIDED && strcmp(name, host_decided_name(decided)) != 0)
		decided++;
	return decided;
}

static void free_sentence(struct sentence *s)
{
	free(s->rule);
	free(s->reason);
	free(s->other);
	free(s->extra);
}

void answers_reset(struct answers *a)
{
	for (size_t i = 0; i < a->nr_sentences; i++)
		free_sentence(&a->sentences[i]);
	for (size_t i = 0; i < a->nr_unknown; i++)
		free(a->unknown[i].id);
	free(a->sentences);
	free(a->verdicts);
	free(a->title);
	free(a->purpose);
	memset(a, 0, sizeof(*a));
}

int answers_add_sentence(struct answers *a, const struct sentence *s)
{
	struct sentence copy = *s;

	if (a->nr_sentences == a->sentences_capacity) {
		size_t want = a->sentences_capacity ? a->sentences_capacity * 2 : 64;
		struct sentence *grown = reallocarray(a->sentences, want, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		a->sentences = grown;
		a->sentences_capacity = want;
	}
	copy.rule = strdup(s->rule ? s->rule : "");
	copy.reason = strdup(s->reason ? s->reason : "");
	copy.other = strdup(s->other ? s->other : "");
	copy.extra = strdup(s->extra ? s->extra : "");
	if (!copy.rule || !copy.reason || !copy.other || !copy.extra) {
		free_sentence(&copy);
		return -ENOMEM;
	}
	a->sentences[a->nr_sentences++] = copy;
	return 0;
}

int answers_add_verdict(struct answers *a, size_t feature, size_t sentence)
{
	if (a->nr_verdicts == a->verdicts_capacity) {
		size_t want = a->verdicts_capacity ? a->verdicts_capacity * 2 : 256;
		struct verdict *grown = reallocarray(a->verdicts, want, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		a->verdicts = grown;
		a->verdicts_capacity = want;
	}
	a->verdicts[a->nr_verdicts++] =
		(struct verdict){ .feature = (uint32_t)feature, .sentence = (uint32_t)sentence };
	return 0;
}

/* Counting, so that it is linear and keeps the order within a feature. */
int answers_sort(struct answers *a, size_t nr_features)
{
	size_t *next = calloc(nr_features + 1, sizeof(*next));
	struct verdict *sorted = calloc(a->nr_verdicts + 1, sizeof(*sorted));
	size_t at = 0;

	if (!next || !sorted) {
		free(next);
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < a->nr_verdicts; i++)
		next[a->verdicts[i].feature]++;
	for (size_t i = 0; i < nr_features; i++) {
		size_t nr = next[i];

		next[i] = at;
		at += nr;
	}
	for (size_t i = 0; i < a->nr_verdicts; i++)
		sorted[next[a->verdicts[i].feature]++] = a->verdicts[i];
	free(next);
	free(a->verdicts);
	a->verdicts = sorted;
	a->verdicts_capacity = a->nr_verdicts + 1;
	return 0;
}
