/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of rules, and what several of them need. */
#include "check/check.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
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

int check_run(struct model *m)
{
	for (const struct rule *rule = check_rules; rule->id; rule++) {
		if (rule->run)
			rule->run(m, rule);
	}
	return m->out_of_memory ? -ENOMEM : 0;
}

const struct rule check_rules[] = {
	/* Reported by the readers. */
	{ "bad-annotation", SEVERITY_ERROR, "an annotation that cannot be read joins nothing",
	  NULL },
	{ "bad-evidence", SEVERITY_ERROR, "a result that cannot be read proves nothing", NULL },
	{ "bad-id", SEVERITY_ERROR, "ids become macros, options and anchors: [a-z0-9_]+", NULL },
	{ "bad-lock", SEVERITY_ERROR, "a lock that cannot be read decides nothing", NULL },
	{ "bad-object", SEVERITY_ERROR, "an object that cannot be read hides its records", NULL },
	{ "bad-record", SEVERITY_ERROR, "a damaged record hides what a binary holds", NULL },
	{ "bad-registry", SEVERITY_ERROR, "the registry is read strictly: a typo is no comment",
	  NULL },
	{ "duplicate-id", SEVERITY_ERROR, "an id names one feature, for ever", NULL },
	{ "duplicate-key", SEVERITY_ERROR, "of two values of a key one would be lost", NULL },
	{ "unreadable", SEVERITY_ERROR, "what was not read was not checked", NULL },
	/* The statement by itself. */
	{ "undefined-label", SEVERITY_ERROR,
	  "a label nobody defined promises nothing anyone can rely on", rule_undefined_label },
	{ "undefined-diversion", SEVERITY_WARNING,
	  "an addition nobody defined cannot be filtered or compared", rule_undefined_diversion },
	{ "duplicate-statement", SEVERITY_ERROR,
	  "two statements of one case may contradict each other", rule_duplicate_statement },
	{ "duplicate-heading", SEVERITY_ERROR, "two headings of one feature split its statement",
	  rule_duplicate_heading },
	{ "lost-status-line", SEVERITY_ERROR,
	  "a status outside a code block is prose to every reader", rule_lost_status },
	{ "odd-markdown", SEVERITY_WARNING,
	  "constructs the grammar does not have are read as prose", rule_odd_markdown },
	{ "missing-part", SEVERITY_ERROR, "readers find releases and features by two headings",
	  rule_missing_part },
	{ "bad-date", SEVERITY_ERROR,
	  "support dates are compared by programs: YYYY-MM-DD, in order", rule_bad_date },
	/* Statement, registry and code. */
	{ "unregistered-heading", SEVERITY_ERROR, "a statement of no feature id joins nothing",
	  rule_unregistered_heading },
	{ "unknown-id", SEVERITY_ERROR, "an id that is not in the registry joins nothing",
	  rule_unknown_id },
	{ "needs-unbuilt", SEVERITY_ERROR, "a built feature cannot need one that is not",
	  rule_needs_unbuilt },
	{ "built-not-stated", SEVERITY_ERROR, "what is built has a status, or users must guess",
	  rule_built_not_stated },
	{ "stated-not-built", SEVERITY_ERROR, "only what is built may be promised",
	  rule_stated_not_built },
	{ "planned-has-code", SEVERITY_ERROR, "code of a feature that is not built escapes policy",
	  rule_planned_has_code },
	{ "statement-without-code", SEVERITY_ERROR, "a promise without code is a wrong promise",
	  rule_statement_without_code },
	{ "code-without-statement", SEVERITY_ERROR, "code without a promise is of unknown support",
	  rule_code_without_statement },
	{ "refused-claim", SEVERITY_ERROR, "the code refuses what the statement claims",
	  rule_refused_claim },
	{ "bad-scope", SEVERITY_ERROR, "a scope word nobody knows matches no statement",
	  rule_bad_scope },
	{ "limit-differs", SEVERITY_ERROR, "a limit in the code and in the statement is one number",
	  rule_limit_differs },
	{ "limit-unknown", SEVERITY_WARNING, "a limit without a number cannot be compared",
	  rule_limit_unknown },
	{ "no-gate", SEVERITY_ERROR, "without a gate a policy cannot leave the feature out",
	  rule_no_gate },
	/* Tests. */
	{ "missing-test", SEVERITY_ERROR, "what is built is tested", rule_missing_test },
	{ "unknown-test", SEVERITY_ERROR, "a test nobody ran is no evidence", rule_unknown_test },
	{ "failed-test", SEVERITY_ERROR, "a feature whose test fails is not what it claims",
	  rule_failed_test },
	/* Locks and objects. */
	{ "gate-against-status", SEVERITY_ERROR,
	  "`supported` holds what is security supported; no profile what is not",
	  rule_gate_against_status },
	{ "gate-missing", SEVERITY_ERROR, "a lock decides every built feature", rule_gate_missing },
	{ "gate-unbuilt", SEVERITY_ERROR, "a lock cannot switch on what does not exist",
	  rule_gate_unbuilt },
	{ "gate-conflict", SEVERITY_ERROR, "gates that are on must fit together",
	  rule_gate_conflict },
	{ "stale-record", SEVERITY_ERROR, "a record without its source line comes of older sources",
	  rule_stale_record },
	{ "denied-record", SEVERITY_ERROR, "code of a feature that the image's own lock denies",
	  rule_denied_record },
	{ 0 },
};
