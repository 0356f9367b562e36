/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of rules, and what several of them need. */
#include "check/check.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "check/tree.h"
#include "private.h"

struct scope_word {
	const char *word;
	unsigned int archs, guests, roles;
};

static const struct scope_word scope_words[] = {
	{ "x86", ARCH_X86, 0, 0 },
	{ "x86_64", ARCH_X86, 0, 0 },
	{ "arm", ARCH_ARM32 | ARCH_ARM64, 0, 0 },
	{ "arm32", ARCH_ARM32, 0, 0 },
	{ "arm64", ARCH_ARM64, 0, 0 },
	{ "pv", 0, GUEST_PV, 0 },
	{ "pvh", 0, GUEST_PVH, 0 },
	{ "hvm", 0, GUEST_HVM, 0 },
	{ "dom0", 0, 0, ROLE_DOM0 },
	{ "domu", 0, 0, ROLE_DOMU },
	/* Words that say where, not for whom. */
	{ "amd", 0, 0, 0 },
	{ "common", 0, 0, 0 },
	{ "guest", 0, 0, 0 },
	{ "host", 0, 0, 0 },
	{ "intel", 0, 0, 0 },
	{ "svm", 0, 0, 0 },
	{ "tools", 0, 0, 0 },
	{ "vmx", 0, 0, 0 },
};

#define NR_SCOPE_WORDS (sizeof(scope_words) / sizeof(scope_words[0]))
#define SCOPE_WORD_MAX 32

static const struct scope_word *find_word(const char *word)
{
	for (size_t i = 0; i < NR_SCOPE_WORDS; i++) {
		if (!strcmp(word, scope_words[i].word))
			return &scope_words[i];
	}
	return NULL;
}

static const char *suggest_word(const char *word)
{
	unsigned int best = text_tolerance(strlen(word)) + 1;
	const char *found = NULL;

	for (size_t i = 0; i < NR_SCOPE_WORDS; i++) {
		unsigned int d = text_distance(word, scope_words[i].word, best - 1);

		if (d < best) {
			best = d;
			found = scope_words[i].word;
		}
	}
	return found;
}

struct scope scope_parse(struct model *m, const char *text)
{
	struct scope s = { 0 };

	while (!s.bad_word) {
		size_t n = strcspn(text, ".");
		char word[SCOPE_WORD_MAX + 1] = "";
		const struct scope_word *found;

		memcpy(word, text, n < SCOPE_WORD_MAX ? n : SCOPE_WORD_MAX);
		found = n <= SCOPE_WORD_MAX ? find_word(word) : NULL;
		if (found) {
			s.archs |= found->archs;
			s.guests |= found->guests;
			s.roles |= found->roles;
		} else {
			s.bad_word = model_copy(m, word, strlen(word));
			s.suggestion = suggest_word(word);
		}
		if (!text[n])
			break;
		text += n + 1;
	}
	s.archs = s.archs ? s.archs : ARCH_ALL;
	s.guests = s.guests ? s.guests : GUEST_ALL;
	s.roles = s.roles ? s.roles : ROLE_ALL;
	return s;
}

bool scope_meets(const struct scope *s, const struct claim *c)
{
	return (s->archs & c->archs) && (s->guests & c->guests) && (s->roles & c->roles);
}

bool annotation_counts(const struct model *m, const struct annotation *a)
{
	return !a->object || !m->has_tree;
}

const struct annotation *annotation_first(const struct model *m, const struct feature *f,
					  enum annotation_kind kind)
{
	for (const struct annotation *a = f->annotations; a; a = a->next_of_feature) {
		if (a->kind == kind && annotation_counts(m, a))
			return a;
	}
	return NULL;
}

bool claim_is_positive(const struct claim *c)
{
	return c->level >= LEVEL_EXPERIMENTAL;
}

const struct rule *check_find_rule(const char *id)
{
	for (const struct rule *rule = check_rules; rule->id; rule++) {
		if (!strcmp(rule->id, id))
			return rule;
	}
	return NULL;
}

const char *check_suggest_rule(const char *id)
{
	unsigned int best = text_tolerance(strlen(id)) + 1;
	const char *found = NULL;

	for (const struct rule *rule = check_rules; rule->id; rule++) {
		unsigned int d = text_distance(id, rule->id, best - 1);

		if (d < best) {
			best = d;
			found = rule->id;
		}
	}
	return found;
}

int check_run(struct model *m)
{
	for (const struct rule *rule = check_rules; rule->id; rule++) {
		if (rule->run)
			rule->run(m, rule);
	}
	return m->out_of_memory ? -ENOMEM : 0;
}

#define RULE(id, severity, function, rationale) { id, SEVERITY_##severity, rationale, function },
#define READ(id, severity, rationale) { id, SEVERITY_##severity, rationale, NULL },

const struct rule check_rules[] = {
#include "rules.def"
	{ 0 },
};
