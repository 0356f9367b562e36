/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules over statuses that stand outside the statement: in the documentation of the
 * command line, in feature documents, changelogs, and Kconfig's prompts and helps.
 * Only entries of candor.yaml join such a status to a heading; the rest is shown.
 */
#include <string.h>

#include "check/tree.h"

static const char *const place_names[] = {
	[STATUS_OPTION] = "the command line's documentation",
	[STATUS_DOCUMENT] = "a feature document",
	[STATUS_CHANGELOG] = "the changelog",
	[STATUS_KCONFIG] = "Kconfig",
};

static bool holds(const struct config_texts *list, const char *text)
{
	for (size_t i = 0; i < list->nr; i++) {
		if (!strcmp(list->texts[i], text))
			return true;
	}
	return false;
}

static bool matches(const struct config_regex *regex, const char *text)
{
	return regex->pattern &&
	       pattern_search(regex->pattern, text, strlen(text), 0, NULL) == PATTERN_MATCH;
}

/* Is the entry about this status? */
static bool joins(const struct config_feature *f, const struct fact_status *s)
{
	switch (s->place) {
	case STATUS_OPTION:
		return holds(&f->options, s->subject);
	case STATUS_DOCUMENT:
		return config_globs(&f->documents, s->at.file);
	case STATUS_CHANGELOG:
		return matches(&f->terms, s->subject);
	case STATUS_KCONFIG:
		return holds(&f->symbols, s->subject);
	}
	return false;
}

/* Statuses that an entry without a heading is about */

static bool is_stated_anyway(const struct model *m, const struct config_feature *f)
{
	const struct statement *s = m->statements[0];
	const char *line;
	size_t size;

	for (unsigned int n = 1; (line = model_source_line(m, s->path, n, &size)); n++) {
		if (pattern_search(f->terms.pattern, line, size, 0, NULL) == PATTERN_MATCH)
			return true;
	}
	return false;
}

static void check_unstated(struct model *m, const struct rule *rule, const struct config_feature *f,
			   enum status_place place)
{
	for (size_t i = 0; i < m->facts->nr_statuses; i++) {
		const struct fact_status *s = &m->facts->statuses[i];

		if (s->place != place || !joins(f, s))
			continue;
		facts_keep(m->facts, s->at.file);
		model_report(m, rule->severity, rule->id, s->at,
			     "add a heading with this status to the statement",
			     "the status of '%s' stands in %s, and not in the statement",
			     f->name.text, place_names[place]);
		model_relate(m, f->terms.at, "no line of the statement matches this");
	}
}

static void check_all_unstated(struct model *m, const struct rule *rule, enum status_place place)
{
	for (size_t i = 0; tree_statement(m) && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];

		if (!f->heading.text && f->name.text && f->terms.pattern && !is_stated_anyway(m, f))
			check_unstated(m, rule, f, place);
	}
}

void rule_option_unstated(struct model *m, const struct rule *rule)
{
	check_all_unstated(m, rule, STATUS_OPTION);
}

void rule_document_unstated(struct model *m, const struct rule *rule)
{
	check_all_unstated(m, rule, STATUS_DOCUMENT);
}

void rule_changelog_unstated(struct model *m, const struct rule *rule)
{
	check_all_unstated(m, rule, STATUS_CHANGELOG);
}

void rule_kconfig_unstated(struct model *m, const struct rule *rule)
{
	check_all_unstated(m, rule, STATUS_KCONFIG);
}

/* Statuses that differ from the statement's */

static unsigned int words_of(const struct claim *c)
{
	unsigned int words = 0;

	switch (c->level) {
	case LEVEL_EXPERIMENTAL:
		words = STATUS_EXPERIMENTAL | STATUS_UNSUPPORTED;
		break;
	case LEVEL_TECH_PREVIEW:
		words = STATUS_PREVIEW | STATUS_UNSUPPORTED;
		break;
	case LEVEL_DEPRECATED:
		words = STATUS_DEPRECATED;
		break;
	case LEVEL_SUPPORTED:
		words = STATUS_SUPPORTED;
		break;
	case LEVEL_NOT_SUPPORTED:
		words = STATUS_UNSUPPORTED;
		break;
	case LEVEL_UNKNOWN:
	case LEVEL_LIST:
	case NR_LEVELS:
		return ~0u; /* nothing to compare with */
	}
	return c->security == SECURITY_YES || c->security == SECURITY_EXTERNAL
		       ? words
		       : words | STATUS_UNSUPPORTED;
}

/* The claim that most plainly differs, or NULL where one agrees or none is meant. */
static const struct claim *differing_claim(const struct statement *statement,
					   const struct config_feature *f,
					   const struct fact_status *s)
{
	const struct claim *found = NULL;

	for (size_t i = 0; i < statement->nr_claims; i++) {
		const struct claim *c = statement->claims[i];

		if (!tree_counts(f, c) || !(c->archs & s->archs & tree_archs(f)))
			continue;
		if (words_of(c) & s->words)
			return NULL;
		found = found ? found : c;
	}
	return found;
}

static void check_difference(struct model *m, const struct rule *rule,
			     const struct config_feature *f, const struct fact_status *s)
{
	const struct claim *c = differing_claim(tree_statement(m), f, s);

	if (!c)
		return;
	facts_keep(m->facts, s->at.file);
	model_report(m, rule->severity, rule->id, c->at, "make the two agree",
		     "'%s' is '%s' here, and '%s' in %s", c->heading->title, c->value, s->text,
		     place_names[s->place]);
	model_relate(m, s->at, "the other status");
}

void rule_status_differs(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; tree_statement(m) && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];

		for (size_t n = 0; f->target && n < m->facts->nr_statuses; n++) {
			const struct fact_status *s = &m->facts->statuses[n];

			/* Markers are held against gates; old changes may be history. */
			if (s->place != STATUS_CHANGELOG && !s->is_marker && joins(f, s))
				check_difference(m, rule, f, s);
		}
	}
}

void rule_status_unjoined(struct model *m, const struct rule *rule)
{
	const struct config *c = m->facts ? m->facts->config : NULL;

	if (!c || !tree_statement(m))
		return;
	for (size_t i = 0; i < m->facts->nr_statuses; i++) {
		const struct fact_status *s = &m->facts->statuses[i];
		bool is_joined = s->is_marker; /* its gate says it all */

		/* A gate's own help says what it is for. */
		for (size_t n = 0; n < c->kconfig.nr_gates && s->place == STATUS_KCONFIG; n++)
			is_joined |= c->kconfig.gates[n].symbol &&
				     !strcmp(c->kconfig.gates[n].symbol, s->subject);
		for (size_t n = 0; n < c->nr_features && !is_joined; n++)
			is_joined = joins(&c->features[n], s);
		if (is_joined)
			continue;
		facts_keep(m->facts, s->at.file);
		model_report(m, rule->severity, rule->id, s->at,
			     "add an entry to `features` of candor.yaml",
			     "a status in %s that no entry of candor.yaml joins to a heading: '%s'",
			     place_names[s->place], s->subject);
	}
}

/* Changelogs */

void rule_changelog_differs(struct model *m, const struct rule *rule)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < m->facts->nr_changes * m->facts->config->nr_features; i++) {
		const struct fact_change *change = &m->facts->changes[i % m->facts->nr_changes];
		const struct config_feature *f =
			&m->facts->config->features[i / m->facts->nr_changes];

		if (!f->target || !matches(&f->terms, change->text) ||
		    (change->kind != CHANGE_REMOVED && change->kind != CHANGE_DEPRECATED))
			continue;
		for (size_t n = 0; n < s->nr_claims; n++) {
			const struct claim *c = s->claims[n];

			if (!tree_counts(f, c) || c->level != LEVEL_SUPPORTED ||
			    c->security != SECURITY_YES)
				continue;
			facts_keep(m->facts, change->at.file);
			model_report(m, rule->severity, rule->id, c->at,
				     "state what the changelog says",
				     "'%s' is '%s', and the changelog %s it", c->heading->title,
				     c->value,
				     change->kind == CHANGE_REMOVED ? "removes or downgrades"
								    : "deprecates");
			model_relate(m, change->at, "the change");
		}
	}
}
