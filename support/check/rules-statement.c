/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about the statement by itself. */
#include "private.h"

#include <string.h>

static void report_label(struct model *m, const struct rule *rule, const struct claim *c)
{
	if (!c->suggestion) {
		model_report(m, rule->severity, rule->id, c->at,
			     "use Supported, Tech Preview, Experimental or Deprecated",
			     "undefined label '%s'", c->label);
		return;
	}
	model_report(m, rule->severity, rule->id, c->at, NULL,
		     "undefined label '%s'; did you mean '%s'?", c->label, c->suggestion);
	edit_label(m, c);
}

void rule_undefined_label(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_claims; j++) {
			if (!s->claims[j]->label_defined)
				report_label(m, rule, s->claims[j]);
		}
	}
}

void rule_undefined_diversion(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_claims; j++) {
			const struct claim *c = s->claims[j];

			if (!c->diversion_defined)
				model_report(m, rule->severity, rule->id, c->at,
					     "use 'not security supported', 'security support "
					     "external' or 'with caveats'",
					     "undefined addition '%s' to '%s'", c->diversion,
					     c->label);
		}
	}
}

/* May the line below be a part of this claim's value? */
static bool may_be_wrapped(const struct model *m, const struct claim *c)
{
	size_t size = 0;
	const char *below = model_source_line(m, c->at.file, c->at.line + 1, &size);

	while (size && (*below == ' ' || *below == '\t')) {
		below++;
		size--;
	}
	return size && !memchr(below, ':', size);
}

static void report_duplicate(struct model *m, const struct rule *rule, const struct claim *c,
			     const struct claim *first)
{
	bool same = !strcmp(c->value, first->value);

	model_report(m, rule->severity, rule->id, c->at, "keep one of them",
		     "'%s%s%s' is already stated on line %u", c->key, *c->qualifier ? ", " : "",
		     c->qualifier, first->at.line);
	if (same && !may_be_wrapped(m, c))
		edit_delete_line(m, &c->at);
}

void rule_duplicate_statement(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];
		struct strmap seen = { 0 };

		for (size_t j = 0; j < s->nr_claims; j++) {
			struct claim *c = s->claims[j];
			const char *key = model_printf(m, "%s %s", c->key, c->slug);
			const struct claim *first = key ? strmap_put(&seen, key, c) : NULL;

			if (!first) {
				m->out_of_memory = true;
				break;
			}
			if (first != c)
				report_duplicate(m, rule, c, first);
		}
		strmap_reset(&seen);
	}
}

void rule_duplicate_heading(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];
		struct strmap seen = { 0 };

		for (size_t j = 0; j < s->nr_headings; j++) {
			struct heading *h = s->headings[j];
			const char *key = model_printf(m, "%s\n%s",
						       h->parent ? h->parent->title : "", h->title);
			const struct heading *first = key ? strmap_put(&seen, key, h) : NULL;

			if (!first) {
				m->out_of_memory = true;
				break;
			}
			if (first != h)
				model_report(m, rule->severity, rule->id, h->at,
					     "join the two, or tell their titles apart",
					     "heading '%s' is already on line %u", h->title,
					     first->at.line);
		}
		strmap_reset(&seen);
	}
}

static void report_lost(struct model *m, const struct rule *rule, const struct oddity *o)
{
	if (o->kind == ODDITY_MISSPELT_KEY) {
		model_report(m, rule->severity, rule->id, o->at, NULL,
			     "lost status line: key '%s'; did you mean '%s'?", o->what, o->hint);
		edit_word(m, &o->at, o->what, o->hint);
	} else if (o->kind == ODDITY_OUTSIDE) {
		model_report(m, rule->severity, rule->id, o->at,
			     "put it under its feature's heading",
			     "lost status line: it stands under no feature");
	} else if (o->kind == ODDITY_LOST_STATUS) {
		model_report(m, rule->severity, rule->id, o->at,
			     "indent it by four blanks, outside of lists, after an empty line",
			     "lost status line: Markdown reads it as prose");
		edit_indent(m, o);
	}
}

void rule_lost_status(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		for (size_t j = 0; j < m->statements[i]->nr_oddities; j++)
			report_lost(m, rule, &m->statements[i]->oddities[j]);
	}
}

static void report_odd(struct model *m, const struct rule *rule, const struct oddity *o)
{
	switch (o->kind) {
	case ODDITY_UNKNOWN_KEY:
		model_report(m, rule->severity, rule->id, o->at,
			     "the keys are Status and Supported",
			     "a line of a code block that is no status: '%s'", o->what);
		break;
	case ODDITY_WRAPPED:
		model_report(m, rule->severity, rule->id, o->at, "write a status in one line",
			     "joined to the value of the line above");
		edit_join(m, o);
		break;
	case ODDITY_FENCED:
		model_report(m, rule->severity, rule->id, o->at, "indent by four blanks instead",
			     "fenced code; its status lines were read");
		break;
	case ODDITY_MARKDOWN:
		model_report(m, rule->severity, rule->id, o->at, NULL, "%s is read as prose",
			     o->what);
		break;
	case ODDITY_ATTRIBUTES:
		model_report(m, rule->severity, rule->id, o->at,
			     "remove them: ids come from titles",
			     "heading attributes '%s' were left out", o->what);
		edit_attributes(m, o);
		break;
	case ODDITY_BAD_BYTE:
		model_report(m, rule->severity, rule->id, o->at, "remove it", "%s in the text",
			     o->what);
		if (!strcmp(o->what, "byte order mark"))
			model_fix(m, o->at, 3, "");
		break;
	case ODDITY_LOST_STATUS:
	case ODDITY_MISSPELT_KEY:
	case ODDITY_OUTSIDE:
	case ODDITY_MISSING_PART:
	case NR_ODDITY_KINDS:
		break;
	}
}

void rule_odd_markdown(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		for (size_t j = 0; j < m->statements[i]->nr_oddities; j++)
			report_odd(m, rule, &m->statements[i]->oddities[j]);
	}
}

void rule_missing_part(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		for (size_t j = 0; j < m->statements[i]->nr_oddities; j++) {
			const struct oddity *o = &m->statements[i]->oddities[j];

			if (o->kind == ODDITY_MISSING_PART)
				model_report(m, rule->severity, rule->id, o->at, "add it",
					     "the statement has no heading '%s'", o->what);
		}
	}
}
