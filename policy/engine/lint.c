/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about rules, from what they did under every profile. */
#include "engine/lint.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/json.h"

const struct lint_rule lint_rules[NR_LINT_KINDS] = {
	[LINT_UNKNOWN_ID] = { "unknown-id", "a rule names a feature that the registry has not" },
	[LINT_WRONG_PROFILE] = { "wrong-profile", "a profile cannot be decided" },
	[LINT_UNUSED_FILE] = { "unused-file", "no profile lists the rule file" },
	[LINT_DEAD_RULE] = { "dead-rule", "a rule says nothing of any feature in any profile" },
	[LINT_SHADOWED_RULE] = { "shadowed-rule", "all a rule says is overridden, everywhere" },
	[LINT_NEEDLESS_OVERRIDE] = { "needless-override",
				     "a rule says override = true and contradicts nothing" },
	[LINT_EXPIRED_WAIVER] = { "expired-waiver", "a waiver's day is over" },
	[LINT_IDLE_WAIVER] = { "idle-waiver", "what is waived is no need or conflict" },
};

#define FINDINGS_MAX 10000

struct work {
	const struct policy *p;
	const char *today;
	struct coverage coverage;
	bool *used; /* by rule file */
	struct lint *lint;
	bool is_unsure; /* of a profile that cannot be decided, nobody knows what it uses */
	bool out_of_memory;
};

__attribute__((format(printf, 5, 6))) static void
find(struct work *w, enum lint_kind kind, struct place at, const char *remedy, const char *fmt, ...)
{
	struct lint_finding f = { .kind = kind, .line = at.line };
	struct lint_finding *grown;
	va_list ap;
	int n;

	if (w->lint->nr == FINDINGS_MAX)
		return;
	grown = reallocarray(w->lint->list, w->lint->nr + 1, sizeof(*grown));
	va_start(ap, fmt);
	n = vasprintf(&f.message, fmt, ap);
	va_end(ap);
	f.message = n < 0 ? NULL : f.message;
	f.file = strdup(at.file);
	f.remedy = strdup(remedy);
	if (grown)
		w->lint->list = grown;
	if (grown && f.message && f.file && f.remedy) {
		grown[w->lint->nr++] = f;
		return;
	}
	free(f.message);
	free(f.file);
	free(f.remedy);
	w->out_of_memory = true;
}

void lint_reset(struct lint *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		free(l->list[i].file);
		free(l->list[i].message);
		free(l->list[i].remedy);
	}
	free(l->list);
	memset(l, 0, sizeof(*l));
}

static struct place place_in(const struct work *w, size_t source, unsigned int line)
{
	return (struct place){ w->p->rules[source].path, line };
}

/* ---- profile by profile ---- */

static void look_at_unknown(struct work *w, const struct resolution *r)
{
	for (size_t i = 0; i < r->answers.nr_unknown; i++) {
		const struct unknown_id *u = &r->answers.unknown[i];
		const char *near = facts_suggest(w->p->facts, u->id);
		char remedy[128];

		if (near)
			snprintf(remedy, sizeof(remedy), "did you mean \"%s\"?", near);
		else
			snprintf(remedy, sizeof(remedy), "ids are those of support/features.yaml");
		find(w, LINT_UNKNOWN_ID, place_in(w, u->source, u->line), remedy,
		     "there is no feature '%s'", u->id);
	}
}

static bool names(const struct fact_ref *refs, size_t nr, const char *id)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(refs[i].id, id))
			return true;
	}
	return false;
}

/* A conflict counts from both sides. */
static bool waives_something(const struct facts *facts, const struct fact_feature *f,
			     const struct sentence *s)
{
	long other = facts_find(facts, s->other);
	const struct fact_feature *o = other < 0 ? NULL : &facts->features[other];

	if (s->value == WAIVED_NEED)
		return names(f->needs, f->nr_needs, s->other);
	return names(f->conflicts, f->nr_conflicts, s->other) ||
	       (o && names(o->conflicts, o->nr_conflicts, f->id));
}

static void look_at_waivers(struct work *w, const struct resolution *r)
{
	const struct facts *facts = r->in.facts;

	for (size_t i = 0; i < r->answers.nr_verdicts; i++) {
		const struct verdict *v = &r->answers.verdicts[i];
		const struct sentence *s = &r->answers.sentences[v->sentence];
		const struct fact_feature *f = &facts->features[v->feature];

		if (s->kind != SENTENCE_WAIVE)
			continue;
		if (strcmp(s->extra, w->today) < 0)
			find(w, LINT_EXPIRED_WAIVER, place_in(w, s->source, s->line),
			     "correct what was waived, or waive it anew with its reason",
			     "the waiver for %s ended on %s", f->id, s->extra);
		if (!waives_something(facts, f, s))
			find(w, LINT_IDLE_WAIVER, place_in(w, s->source, s->line),
			     "take the waiver out", "%s %s %s: there is nothing to waive", f->id,
			     s->value == WAIVED_NEED ? "does not need" : "does not conflict with",
			     s->other);
	}
}

static int look_at_profile(struct work *w, const char *profile)
{
	const struct variation v = { .lenient = true };
	struct strbuf err = STRBUF_INIT;
	struct resolution *r;
	int rc = policy_resolve(w->p, profile, &v, &r, &err);
	char *path;

	if (rc == -EINVAL) {
		if (asprintf(&path, "policy/profiles/%s.lua", profile) < 0) {
			strbuf_reset(&err);
			return -ENOMEM;
		}
		find(w, LINT_WRONG_PROFILE, (struct place){ path, 0 },
		     "correct what `candor policy lock` complains of", "cannot be decided: %s",
		     strbuf_str(&err) ? strbuf_str(&err) : "");
		free(path);
		w->is_unsure = true;
		rc = 0;
	} else if (!rc) {
		for (size_t i = 0; i < r->answers.nr_used; i++)
			w->used[r->answers.used[i].source] = true;
		look_at_unknown(w, r);
		look_at_waivers(w, r);
		rc = coverage_add(&w->coverage, r);
		resolution_free(r);
	}
	strbuf_reset(&err);
	return rc;
}

/* ---- over all profiles ---- */

static void look_at_place(struct work *w, const struct covered *c)
{
	struct place at = place_in(w, c->source, c->line);
	const char *word = host_sentence_name(c->kind);

	if (c->kind == SENTENCE_RULE) {
		if (coverage_is_idle(&w->coverage, c))
			find(w, LINT_DEAD_RULE, at, "take it out, or correct its condition",
			     "rule %s says nothing of any feature", c->name);
		return;
	}
	if (!c->nr_said)
		find(w, LINT_DEAD_RULE, at, "take it out, or correct its query",
		     "this %s is about no feature", word);
	else if (!c->nr_decided && c->overridden.file)
		find(w, LINT_SHADOWED_RULE, at, "take it out, or what overrides it",
		     "all this %s says is overridden, lastly at %s:%u", word, c->overridden.file,
		     c->overridden.line);
	else if (c->overrides && !c->nr_needed && c->kind != SENTENCE_LIMIT)
		find(w, LINT_NEEDLESS_OVERRIDE, at, "leave override out: it hides a later mistake",
		     "this %s overrides nothing", word);
}

static void look_at_files(struct work *w)
{
	for (size_t i = 0; i < w->p->nr_rules; i++) {
		if (!w->used[i] && !w->is_unsure)
			find(w, LINT_UNUSED_FILE, place_in(w, i, 0),
			     "list it in a profile, or remove it", "no profile lists this file");
	}
}

static int compare_findings(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return strcmp(x->message, y->message);
}

/* What several profiles show is one finding. */
static void sort_findings(struct lint *l)
{
	size_t nr = 0;

	if (!l->nr)
		return;
	qsort(l->list, l->nr, sizeof(*l->list), compare_findings);
	for (size_t i = 0; i < l->nr; i++) {
		if (nr && !compare_findings(&l->list[nr - 1], &l->list[i])) {
			free(l->list[i].file);
			free(l->list[i].message);
			free(l->list[i].remedy);
		} else {
			l->list[nr++] = l->list[i];
		}
	}
	l->nr = nr;
}

int lint_run(const struct policy *p, const char *today, struct lint *ret_lint, struct strbuf *err)
{
	struct lint lint = { 0 };
	struct work w = { .p = p, .today = today, .lint = &lint };
	int rc = 0;

	w.used = calloc(p->nr_rules + 1, sizeof(*w.used));
	if (!w.used)
		return -ENOMEM;
	for (size_t i = 0; !rc && i < p->nr_profiles; i++)
		rc = look_at_profile(&w, p->profiles[i]);
	if (!rc) {
		look_at_files(&w);
		for (size_t i = 0; i < w.coverage.nr; i++)
			look_at_place(&w, &w.coverage.list[i]);
		sort_findings(&lint);
	}
	coverage_reset(&w.coverage);
	free(w.used);
	if (!rc && w.out_of_memory)
		rc = -ENOMEM;
	if (rc)
		lint_reset(&lint);
	else
		*ret_lint = lint;
	return rc;
}

/* ---- prints ---- */

void lint_text(const struct lint *l, struct strbuf *out)
{
	for (size_t i = 0; i < l->nr; i++) {
		const struct lint_finding *f = &l->list[i];

		text_add_visible(out, f->file, strlen(f->file));
		if (f->line)
			strbuf_printf(out, ":%u", f->line);
		strbuf_puts(out, ": warning: ");
		text_add_visible(out, f->message, strcspn(f->message, "\n"));
		strbuf_printf(out, " [%s]\n       = ", lint_rules[f->kind].id);
		text_add_visible(out, f->remedy, strlen(f->remedy));
		strbuf_puts(out, "\n");
	}
	strbuf_printf(out, "%zu finding%s\n", l->nr, l->nr == 1 ? "" : "s");
}

void lint_json(const struct lint *l, struct strbuf *out)
{
	json_t *root = json_object(), *list = json_array();

	for (size_t i = 0; i < l->nr; i++) {
		const struct lint_finding *f = &l->list[i];
		struct place at = { f->file, f->line };
		json_t *finding = json_object();

		json_set_place(finding, &at);
		json_object_set_new(finding, "message", json_text(f->message));
		json_object_set_new(finding, "remedy", json_text(f->remedy));
		json_object_set_new(finding, "rule", json_text(lint_rules[f->kind].id));
		json_array_append_new(list, finding);
	}
	json_object_set_new(root, "findings", list);
	json_object_set_new(root, "format", json_integer(1));
	json_print(root, JSON_PAGE, out);
}
