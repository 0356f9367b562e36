/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * candor.yaml against the tree: each name in it means something there. What means
 * nothing would switch off the checks that hang on it, and nobody would see it.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "check/tree.h"
#include "extract/facts.h"

/* Where a rule's findings go. */
struct stale {
	struct model *m;
	const struct rule *rule;
};

static const char *suggest_heading(const struct model *m, const char *text)
{
	const struct statement *s = m->statements[0];
	unsigned int best = text_tolerance(strlen(text)) + 1;
	const char *meant = NULL;

	for (size_t i = 0; i < s->nr_headings; i++) {
		unsigned int d = text_distance(text, s->headings[i]->title, best - 1);

		if (d < best) {
			best = d;
			meant = s->headings[i]->title;
		}
	}
	return meant;
}

static void report_heading(struct model *m, const struct rule *rule, const struct config_text *t)
{
	const char *meant;

	if (!t->text || facts_heading(m, t->text))
		return;
	meant = suggest_heading(m, t->text);
	model_report(m, rule->severity, rule->id, t->at,
		     "name a heading of the statement by its text or its id",
		     "the statement has no heading '%s'%s%s%s", t->text,
		     meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static bool is_symbol(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->config->kconfig.nr_archs; i++) {
		const struct kconfig_item *item =
			f->kconfigs[i] ? kconfig_find(f->kconfigs[i], name) : NULL;

		if (item && item->nodes)
			return true;
	}
	return false;
}

static void report_symbols(struct model *m, const struct rule *rule, const struct config_feature *f)
{
	for (size_t i = 0; i < f->symbols.nr; i++) {
		if (!is_symbol(m->facts, f->symbols.texts[i]))
			model_report(m, rule->severity, rule->id, f->symbols.at[i],
				     "name it as Kconfig does, without CONFIG_",
				     "no Kconfig file defines '%s'", f->symbols.texts[i]);
	}
	if (f->chosen.text && !is_symbol(m->facts, f->chosen.text))
		model_report(m, rule->severity, rule->id, f->chosen.at,
			     "name it as Kconfig does, without CONFIG_",
			     "no Kconfig file defines '%s'", f->chosen.text);
}

/* A line of the statement that an entry without a heading would be about; NULL. */
static struct pos stated_anyway(struct model *m, const struct config_feature *f)
{
	const struct statement *s = m->statements[0];
	struct pos at = { s->path, 0, 1 };
	const char *line;
	size_t size;

	while (f->terms.pattern && (line = model_source_line(m, s->path, ++at.line, &size))) {
		if (pattern_search(f->terms.pattern, line, size, 0, NULL) == PATTERN_MATCH)
			return at;
	}
	return (struct pos){ NULL, 0, 0 };
}

static void report_entry(struct model *m, const struct rule *rule, const struct config_feature *f)
{
	struct pos at;

	report_heading(m, rule, &f->heading);
	report_symbols(m, rule, f);
	if (f->heading.text)
		return;
	if (!f->name.text || !f->terms.pattern) {
		model_report(m, rule->severity, rule->id, f->at,
			     "give it a heading, or a name and terms",
			     "an entry that says neither which heading it means nor what none has");
		return;
	}
	at = stated_anyway(m, f);
	if (!at.file)
		return;
	model_report(m, rule->severity, rule->id, f->terms.at, "give the entry that heading",
		     "the statement does speak of '%s'", f->name.text);
	model_relate(m, at, "here");
}

/* Files */

/* Is there a file that the glob means, and that is read? */
static bool is_met(const struct facts *f, const char *glob)
{
	size_t fixed = strcspn(glob, "*?");

	for (size_t i = 0; i < f->nr_files; i++) {
		if (!strncmp(glob, f->files[i], fixed) && config_glob(glob, f->files[i]) &&
		    !config_globs(&f->config->skip, f->files[i]))
			return true;
	}
	return false;
}

static void report_globs(const struct stale *s, const struct config_texts *globs)
{
	for (size_t i = 0; i < globs->nr; i++) {
		if (!is_met(s->m->facts, globs->texts[i]))
			model_report(s->m, s->rule->severity, s->rule->id, globs->at[i],
				     "name files of the tree that `skip` does not leave out",
				     "no file that is read is '%s'", globs->texts[i]);
	}
}

static void report_files(const struct stale *s)
{
	const struct config *c = s->m->facts->config;

	report_globs(s, &c->architectures.folders);
	report_globs(s, &c->documents.options);
	report_globs(s, &c->documents.features);
	report_globs(s, &c->documents.changelogs);
	report_globs(s, &c->references.files);
	for (size_t i = 0; i < c->nr_patterns; i++)
		report_globs(s, &c->patterns[i].files);
	for (size_t i = 0; i < c->nr_names; i++)
		report_globs(s, &c->names[i].files);
	/* Not `sources`: that those are gone is a finding of its own. */
	for (size_t i = 0; i < c->nr_features; i++) {
		report_globs(s, &c->features[i].documents);
		report_globs(s, &c->features[i].configs);
	}
}

/* Words */

static void report_archs(const struct stale *s, const struct config_texts *archs)
{
	for (size_t i = 0; i < archs->nr; i++) {
		const char *word = archs->texts[i];

		if (facts_archs(word, strlen(word)) == ARCH_ALL)
			model_report(s->m, s->rule->severity, s->rule->id, archs->at[i],
				     "write x86, arm32 or arm64, or leave it out",
				     "'%s' names no architecture that statements tell apart", word);
	}
}

static bool has_option(const struct fact_option *options, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(options[i].name, name))
			return true;
	}
	return false;
}

static void report_options(const struct stale *s, const struct config_feature *feature)
{
	const struct facts *f = s->m->facts;

	for (size_t i = 0; i < feature->options.nr; i++) {
		const char *name = feature->options.texts[i];

		if (!has_option(f->documented, f->nr_documented, name) &&
		    !has_option(f->read, f->nr_read, name))
			model_report(s->m, s->rule->severity, s->rule->id, feature->options.at[i],
				     "name it as its documentation does",
				     "no option '%s' is documented, or read by the code", name);
	}
}

static void report_gates(const struct stale *s)
{
	const struct config_kconfig *k = &s->m->facts->config->kconfig;

	for (size_t i = 0; i < k->nr_gates; i++) {
		if (k->gates[i].symbol && !is_symbol(s->m->facts, k->gates[i].symbol))
			model_report(s->m, s->rule->severity, s->rule->id, k->gates[i].at,
				     "name it as Kconfig does, without CONFIG_",
				     "no Kconfig file defines the gate '%s'", k->gates[i].symbol);
	}
	for (size_t i = 0; i < k->nr_archs; i++)
		report_archs(s, &k->archs[i].claims);
}

/* An expression that is there to find the options and finds none hides all of them. */
static void report_pattern(const struct stale *s, const struct config_pattern *p)
{
	const struct facts *f = s->m->facts;

	report_heading(s->m, s->rule, &p->heading);
	report_archs(s, &p->archs);
	if (p->kind && !strcmp(p->kind, "option") && p->match.pattern && !f->nr_read)
		model_report(s->m, s->rule->severity, s->rule->id, p->match.at,
			     "write it, and `needs`, so that the code's options match",
			     "no expression of kind 'option' finds anything");
}

void rule_stale_config(struct model *m, const struct rule *rule)
{
	const struct stale s = { m, rule };
	const struct config *c;

	if (!tree_statement(m))
		return;
	c = m->facts->config;
	for (size_t i = 0; i < c->nr_features; i++) {
		report_entry(m, rule, &c->features[i]);
		report_options(&s, &c->features[i]);
		report_archs(&s, &c->features[i].archs);
	}
	for (size_t i = 0; i < c->nr_patterns; i++)
		report_pattern(&s, &c->patterns[i]);
	for (size_t i = 0; i < c->nr_families; i++)
		report_heading(m, rule, &c->families[i].heading);
	for (size_t i = 0; i < c->nr_names; i++)
		report_heading(m, rule, &c->names[i].section);
	report_heading(m, rule, &c->architectures.section);
	report_gates(&s);
	report_files(&s);
}
