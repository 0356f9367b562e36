/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about how a statement is written: what every reader of it has to survive. */
#include "private.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

typedef void line_fn(struct model *m, const struct rule *rule, const struct pos *at,
		     const char *line, size_t size);

/* Call @fn for the line of each status and release key. */
static void each_data_line(struct model *m, const struct rule *rule, line_fn *fn)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];
		size_t size;

		for (size_t j = 0; j < s->nr_claims + s->nr_keys; j++) {
			const struct pos *at = j < s->nr_claims ? &s->claims[j]->at
								: &s->keys[j - s->nr_claims].at;
			const char *line = model_source_line(m, at->file, at->line, &size);

			if (line)
				fn(m, rule, at, line, size);
		}
	}
}

static void each_heading_line(struct model *m, const struct rule *rule, line_fn *fn)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];
		size_t size;

		for (size_t j = 0; j < s->nr_headings; j++) {
			const struct pos *at = &s->headings[j]->at;
			const char *line = model_source_line(m, at->file, at->line, &size);

			if (line)
				fn(m, rule, at, line, size);
		}
	}
}

static size_t without_blanks(const char *line, size_t size)
{
	while (size && (line[size - 1] == ' ' || line[size - 1] == '\t'))
		size--;
	return size;
}

static void check_trailing(struct model *m, const struct rule *rule, const struct pos *at,
			   const char *line, size_t size)
{
	size_t n = without_blanks(line, size);
	struct pos end = { at->file, at->line, (unsigned int)n + 1 };

	if (n == size || !n)
		return;
	model_report(m, rule->severity, rule->id, end, NULL, "blanks at the end of the line");
	model_fix(m, end, size - n, "");
}

void rule_trailing_blanks(struct model *m, const struct rule *rule)
{
	each_data_line(m, rule, check_trailing);
	each_heading_line(m, rule, check_trailing);
}

static void check_closing(struct model *m, const struct rule *rule, const struct pos *at,
			  const char *line, size_t size)
{
	size_t end = without_blanks(line, size), n = end;
	struct pos found = *at;

	while (n && line[n - 1] == '#')
		n--;
	if (n == end || n < 2 || at->column - 1 >= n || (line[n - 1] != ' ' && line[n - 1] != '\t'))
		return;
	found.column = (unsigned int)n + 1;
	model_report(m, rule->severity, rule->id, found, NULL, "a heading closed by '%.*s'",
		     (int)(end - n), line + n);
	n = without_blanks(line, n);
	found.column = (unsigned int)n + 1;
	model_fix(m, found, end - n, "");
}

void rule_closing_hashes(struct model *m, const struct rule *rule)
{
	each_heading_line(m, rule, check_closing);
}

void rule_heading_colon(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_headings; j++) {
			const struct heading *h = s->headings[j];
			size_t n = strlen(h->title);

			if (n && h->title[n - 1] == ':')
				model_report(m, rule->severity, rule->id, h->at,
					     "leave out the colon",
					     "the title '%s' ends in a colon", h->title);
		}
	}
}

static void check_tab(struct model *m, const struct rule *rule, const struct pos *at,
		      const char *line, size_t size)
{
	size_t n = 0;
	bool has_tab = false;
	struct pos start = { at->file, at->line, 1 };

	for (; n < size && (line[n] == ' ' || line[n] == '\t'); n++)
		has_tab = has_tab || line[n] == '\t';
	if (!has_tab || n + 1 != at->column)
		return;
	model_report(m, rule->severity, rule->id, start, NULL, "a line of data indented by a tab");
	model_fix(m, start, n, "    ");
}

void rule_tab_indent(struct model *m, const struct rule *rule)
{
	each_data_line(m, rule, check_tab);
}

/* Spellings of one word of a scope, in one statement. */

#define NR_SPELLINGS_MAX 8
#define WORD_MAX 16

struct spelling {
	char text[WORD_MAX];
	size_t count;
};

struct spellings {
	const char *word; /* in lower case */
	struct spelling all[NR_SPELLINGS_MAX];
	size_t nr;
};

static const char *const scope_names[] = { "x86",     "x86_32", "x86_64", "arm",   "arm32",
					   "arm64",   "armv7",	"armv8",  "pv",	   "pvh",
					   "hvm",     "dom0",	"domu",	  "riscv", "ppc",
					   "aarch64", "aarch32" };

#define NR_SCOPE_NAMES (sizeof(scope_names) / sizeof(scope_names[0]))

static struct spellings *find_spellings(struct spellings *all, const char *word, size_t size)
{
	for (size_t i = 0; i < NR_SCOPE_NAMES; i++) {
		if (strlen(all[i].word) == size && !strncasecmp(all[i].word, word, size))
			return &all[i];
	}
	return NULL;
}

static void count_spelling(struct spellings *s, const char *word, size_t size)
{
	for (size_t i = 0; i < s->nr; i++) {
		if (strlen(s->all[i].text) == size && !memcmp(s->all[i].text, word, size)) {
			s->all[i].count++;
			return;
		}
	}
	if (s->nr == NR_SPELLINGS_MAX)
		return;
	memcpy(s->all[s->nr].text, word, size);
	s->all[s->nr].text[size] = '\0';
	s->all[s->nr++].count = 1;
}

/* The next word at *@p, which moves behind it; its size, 0 at the end. */
static size_t next_word(const char **p, const char **ret_word)
{
	size_t size = 0;

	while (**p && !isalnum((unsigned char)**p))
		(*p)++;
	*ret_word = *p;
	while (isalnum((unsigned char)(*p)[size]) || (*p)[size] == '_' || (*p)[size] == '-' ||
	       (unsigned char)(*p)[size] >= 0x80)
		size++;
	*p += size;
	return size;
}

/* The commonest; of equally common ones the first in the file. */
static const char *best_spelling(const struct spellings *s)
{
	const struct spelling *best = &s->all[0];

	for (size_t i = 1; i < s->nr; i++) {
		if (s->all[i].count > best->count)
			best = &s->all[i];
	}
	return best->text;
}

static void report_spellings(struct model *m, const struct rule *rule, const struct claim *c,
			     struct spellings *all)
{
	const char *p = c->qualifier, *word;
	size_t size;

	while ((size = next_word(&p, &word))) {
		struct spellings *s = find_spellings(all, word, size);
		const char *best = s ? best_spelling(s) : NULL;
		char own[WORD_MAX];

		if (!best || (strlen(best) == size && !memcmp(best, word, size)))
			continue;
		memcpy(own, word, size);
		own[size] = '\0';
		model_report(m, rule->severity, rule->id, c->at, NULL,
			     "'%s' is spelt '%s' elsewhere in this statement", own, best);
		edit_word(m, &c->at, own, best);
	}
}

static void check_spellings(struct model *m, const struct rule *rule, const struct statement *st)
{
	struct spellings all[NR_SCOPE_NAMES] = { 0 };

	for (size_t i = 0; i < NR_SCOPE_NAMES; i++)
		all[i].word = scope_names[i];
	for (size_t i = 0; i < st->nr_claims; i++) {
		const char *p = st->claims[i]->qualifier, *word;
		size_t size;

		while ((size = next_word(&p, &word))) {
			struct spellings *s = find_spellings(all, word, size);

			if (s)
				count_spelling(s, word, size);
		}
	}
	for (size_t i = 0; i < st->nr_claims; i++)
		report_spellings(m, rule, st->claims[i], all);
}

void rule_scope_spelling(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++)
		check_spellings(m, rule, m->statements[i]);
}
