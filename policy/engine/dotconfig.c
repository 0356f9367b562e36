/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads configurations and the map, line by line. */
#include "engine/dotconfig.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"

#define LINE_MAX_BYTES 4096
#define NAME_MAX_BYTES 128
#define COMPLAINTS_MAX 20
#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

/** One line of a file, a copy that ends in a NUL. */
struct reader {
	const char *path, *text;
	size_t size, at;
	unsigned int line;
	unsigned int nr_wrong;
	struct strbuf *err;
	char buffer[LINE_MAX_BYTES + 1];
};

__attribute__((format(printf, 3, 4))) static void refuse(struct reader *r, const char *remedy,
							 const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (r->nr_wrong++ >= COMPLAINTS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	complain(r->err, (struct place){ r->path, r->line }, remedy, "%s", text);
}

/* The next line without blanks around it, or NULL at the end. */
static char *next_line(struct reader *r)
{
	while (r->at < r->size) {
		const char *start = r->text + r->at;
		const char *end = memchr(start, '\n', r->size - r->at);
		size_t n = end ? (size_t)(end - start) : r->size - r->at;

		r->at += n + 1;
		r->line++;
		if (n > LINE_MAX_BYTES || memchr(start, '\0', n)) {
			refuse(r, "give a text file, as Kconfig writes it",
			       "the line holds a NUL byte or more than %d bytes", LINE_MAX_BYTES);
			continue;
		}
		memcpy(r->buffer, start, n);
		while (n && strchr(" \t\r", r->buffer[n - 1]))
			n--;
		r->buffer[n] = '\0';
		return r->buffer + strspn(r->buffer, " \t");
	}
	return NULL;
}

static int reader_result(const struct reader *r)
{
	return r->nr_wrong ? -EINVAL : 0;
}

/* Bytes of "CONFIG_X" at the start of @s; 0 for none. */
static size_t name_size(const char *s)
{
	size_t n = strncmp(s, "CONFIG_", 7) ? 0 : strspn(s, NAME_BYTES);

	return n > 7 && n <= NAME_MAX_BYTES ? n : 0;
}

/* ---- configurations ---- */

static bool value_valid(const char *v)
{
	size_t n = strlen(v);
	char *end;

	if (!strcmp(v, "y") || !strcmp(v, "m") || !strcmp(v, "n"))
		return true;
	if (v[0] == '"')
		return n >= 2 && v[n - 1] == '"';
	(void)strtoull(v + (v[0] == '-'), &end, 0);
	return v[0] && strchr("-0123456789", v[0]) && end > v && !*end;
}

static int config_add(struct dotconfig *c, const char *name, size_t n, const char *value,
		      unsigned int line)
{
	struct dotconfig_symbol *s;

	if (!(c->nr & (c->nr - 1))) { /* full at each power of two */
		struct dotconfig_symbol *grown =
			reallocarray(c->symbols, c->nr ? c->nr * 2 : 1, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		c->symbols = grown;
	}
	s = &c->symbols[c->nr];
	*s = (struct dotconfig_symbol){ strndup(name, n), strdup(value), line };
	c->nr++;
	return s->name && s->value ? 0 : -ENOMEM;
}

static int config_line(struct reader *r, const char *line, struct dotconfig *c)
{
	size_t n;

	if (line[0] == '#') {
		line += 1 + strspn(line + 1, " ");
		n = name_size(line);
		if (!n || strcmp(line + n, " is not set") != 0)
			return 0;
		return config_add(c, line, n, "n", r->line);
	}
	if (!line[0])
		return 0;
	n = name_size(line);
	if (!n || line[n] != '=' || !value_valid(line + n + 1)) {
		refuse(r,
		       "write CONFIG_NAME=y, a number or a \"text\", or # CONFIG_NAME is not set",
		       "this is no line of a configuration");
		return 0;
	}
	return config_add(c, line, n, line + n + 1, r->line);
}

static int compare_symbols(const void *a, const void *b)
{
	const struct dotconfig_symbol *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* A symbol that stands twice must have one value; one of the lines is kept. */
static void config_sort(struct reader *r, struct dotconfig *c)
{
	size_t nr = 0;

	if (c->nr)
		qsort(c->symbols, c->nr, sizeof(*c->symbols), compare_symbols);
	for (size_t i = 0; i < c->nr; i++) {
		struct dotconfig_symbol *s = &c->symbols[i],
					*last = nr ? &c->symbols[nr - 1] : NULL;

		if (!last || strcmp(last->name, s->name) != 0) {
			c->symbols[nr++] = *s;
			continue;
		}
		r->line = s->line;
		if (strcmp(last->value, s->value) != 0)
			refuse(r, "keep one of the two", "%s stands otherwise at line %u", s->name,
			       last->line);
		free(s->name);
		free(s->value);
	}
	c->nr = nr;
}

int dotconfig_parse(const char *path, const char *text, size_t size, struct dotconfig *ret_config,
		    struct strbuf *err)
{
	struct reader r = { .path = path, .text = text, .size = size, .err = err };
	struct dotconfig c = { 0 };
	const char *line;
	int rc = 0;

	while (!rc && (line = next_line(&r)))
		rc = config_line(&r, line, &c);
	if (!rc) {
		config_sort(&r, &c);
		r.line = 0;
		if (!c.nr && !r.nr_wrong)
			refuse(&r, "give the .config of a tree that uses Kconfig",
			       "names no symbol");
		rc = reader_result(&r);
	}
	if (rc)
		dotconfig_reset(&c);
	*ret_config = c;
	return rc;
}

void dotconfig_reset(struct dotconfig *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		free(c->symbols[i].name);
		free(c->symbols[i].value);
	}
	free(c->symbols);
	memset(c, 0, sizeof(*c));
}

static int find_symbol(const void *name, const void *symbol)
{
	return strcmp(name, ((const struct dotconfig_symbol *)symbol)->name);
}

const char *dotconfig_value(const struct dotconfig *c, const char *name)
{
	const struct dotconfig_symbol *s =
		c->nr ? bsearch(name, c->symbols, c->nr, sizeof(*c->symbols), find_symbol) : NULL;

	return s ? s->value : NULL;
}

/* ---- the map ---- */

static int map_add(struct dotconfig_map *m, const char *symbol, size_t n, size_t feature)
{
	struct dotconfig_row *grown = reallocarray(m->rows, m->nr + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	m->rows = grown;
	grown[m->nr] = (struct dotconfig_row){ strndup(symbol, n), feature };
	m->nr++;
	return grown[m->nr - 1].symbol ? 0 : -ENOMEM;
}

static int map_symbols(struct reader *r, const char *at, size_t feature, struct dotconfig_map *m)
{
	int rc = 0;

	if (!*at)
		refuse(r, "write feature = CONFIG_NAME ...", "the feature has no symbol");
	while (!rc && *at) {
		size_t n = name_size(at);

		if (!n || !strchr(" \t", at[n])) {
			refuse(r, "symbols are CONFIG_NAME, with blanks between them",
			       "'%.40s' is no symbol", at);
			return 0;
		}
		rc = map_add(m, at, n, feature);
		at += n + strspn(at + n, " \t");
	}
	return rc;
}

static bool map_has(const struct dotconfig_map *m, size_t feature)
{
	for (size_t i = 0; i < m->nr; i++) {
		if (m->rows[i].feature == feature)
			return true;
	}
	return false;
}

static int map_line(struct reader *r, char *line, const struct facts *facts,
		    struct dotconfig_map *m)
{
	size_t n = strspn(line, NAME_BYTES), gap = n + strspn(line + n, " \t");
	const char *near;
	char remedy[128];
	long feature;

	if (!line[0] || line[0] == '#')
		return 0;
	if (!n || line[gap] != '=') {
		refuse(r, "write feature = CONFIG_NAME ...", "this is no line of a map");
		return 0;
	}
	line[n] = '\0';
	feature = facts_find(facts, line);
	if (feature < 0) {
		near = facts_suggest(facts, line);
		if (near)
			snprintf(remedy, sizeof(remedy), "did you mean \"%s\"?", near);
		else
			snprintf(remedy, sizeof(remedy), "ids are those of support/features.yaml");
		refuse(r, remedy, "there is no feature '%.64s'", line);
		return 0;
	}
	if (map_has(m, (size_t)feature)) {
		refuse(r, "put all symbols into one line", "feature %s stands twice", line);
		return 0;
	}
	line += gap + 1;
	return map_symbols(r, line + strspn(line, " \t"), (size_t)feature, m);
}

static int compare_rows(const void *a, const void *b)
{
	const struct dotconfig_row *x = a, *y = b;
	int order = strcmp(x->symbol, y->symbol);

	return order ? order : (x->feature > y->feature) - (x->feature < y->feature);
}

int dotconfig_map_parse(const char *path, const char *text, size_t size, const struct facts *facts,
			struct dotconfig_map *ret_map, struct strbuf *err)
{
	struct reader r = { .path = path, .text = text, .size = size, .err = err };
	struct dotconfig_map m = { 0 };
	char *line;
	int rc = 0;

	while (!rc && (line = next_line(&r)))
		rc = map_line(&r, line, facts, &m);
	if (!rc)
		rc = reader_result(&r);
	if (m.nr)
		qsort(m.rows, m.nr, sizeof(*m.rows), compare_rows);
	if (rc)
		dotconfig_map_reset(&m);
	*ret_map = m;
	return rc;
}

void dotconfig_map_reset(struct dotconfig_map *m)
{
	for (size_t i = 0; i < m->nr; i++)
		free(m->rows[i].symbol);
	free(m->rows);
	memset(m, 0, sizeof(*m));
}

bool dotconfig_map_wants(const struct dotconfig_map *m, const struct decision *list,
			 const char *symbol)
{
	for (size_t i = 0; i < m->nr; i++) {
		if (list[m->rows[i].feature].on && !strcmp(m->rows[i].symbol, symbol))
			return true;
	}
	return false;
}

/* ---- judging ---- */

const char *dotconfig_verdict_name(enum dotconfig_verdict verdict)
{
	static const char *const names[] = {
		[DOTCONFIG_AGREES] = "agrees",	     [DOTCONFIG_MISSING] = "missing",
		[DOTCONFIG_EXTRA] = "extra",	     [DOTCONFIG_SHARED] = "shared",
		[DOTCONFIG_NO_SYMBOL] = "no symbol",
	};

	return names[verdict];
}

static bool is_set(const struct dotconfig *c, const char *symbol)
{
	const char *value = dotconfig_value(c, symbol);

	return value && strcmp(value, "n") != 0;
}

enum dotconfig_verdict dotconfig_judge(const struct dotconfig *c, const struct dotconfig_map *m,
				       const struct decision *list, size_t feature)
{
	enum dotconfig_verdict verdict = DOTCONFIG_NO_SYMBOL;

	for (size_t i = 0; i < m->nr; i++) {
		const char *symbol = m->rows[i].symbol;

		if (m->rows[i].feature != feature)
			continue;
		if (verdict == DOTCONFIG_NO_SYMBOL)
			verdict = DOTCONFIG_AGREES;
		if (list[feature].on && !is_set(c, symbol))
			return DOTCONFIG_MISSING;
		if (list[feature].on || !is_set(c, symbol))
			continue;
		if (!dotconfig_map_wants(m, list, symbol))
			return DOTCONFIG_EXTRA;
		verdict = DOTCONFIG_SHARED;
	}
	return verdict;
}
