/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C scanner. It works as a compiler's first phases do, on a copy: spliced
 * lines are joined, then comments blanked, then directives and identifiers are
 * looked at. A table of the splices leads back to lines and columns.
 */
#include "extract/extract.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* From clean offset @at on, @removed bytes of splices are gone. */
struct splice {
	size_t at;
	size_t removed;
};

struct scanner {
	struct model *m;
	const char *path;
	const char *source;
	char *text; /* the copy, NUL-terminated */
	size_t size;
	struct splice *splices;
	size_t nr_splices;
	/* Running position, for hits that come in order. */
	size_t splice;
	size_t offset; /* in source */
	size_t line_start;
	unsigned int line;
	size_t nr_found;
	int rc;
};

struct kind {
	const char *name;
	enum annotation_kind kind;
	bool has_detail;
	bool has_constant;
};

static const struct kind kinds[] = {
	{ "SUPPORT_PROVIDES", ANNOTATION_PROVIDES, true, false },
	{ "SUPPORT_REFUSES", ANNOTATION_REFUSES, true, false },
	{ "SUPPORT_LIMIT", ANNOTATION_LIMIT, true, true },
	{ "SUPPORT_TEST", ANNOTATION_TEST, true, false },
	{ "SUPPORT_ENABLED", ANNOTATION_ENABLED, false, false },
	{ "SUPPORT_ACTIVE", ANNOTATION_ACTIVE, false, false },
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define ID_MAX 64
#define DETAIL_MAX 256

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t splice_size(const char *p, const char *end)
{
	if (end - p >= 2 && p[0] == '\\' && p[1] == '\n')
		return 2;
	if (end - p >= 3 && p[0] == '\\' && p[1] == '\r' && p[2] == '\n')
		return 3;
	return 0;
}

static int join_lines(struct scanner *s, size_t source_size)
{
	const char *p = s->source, *end = p + source_size;
	size_t removed = 0;

	s->text = malloc(source_size + 1);
	if (!s->text)
		return -ENOMEM;
	while (p < end) {
		const char *backslash = memchr(p, '\\', (size_t)(end - p));
		const char *stop = backslash ? backslash : end;
		size_t n;

		memcpy(s->text + s->size, p, (size_t)(stop - p));
		s->size += (size_t)(stop - p);
		p = stop;
		if (p == end)
			break;
		n = splice_size(p, end);
		if (n) {
			struct splice *splices =
				model_grow(s->m, s->splices, s->nr_splices, sizeof(*splices));

			if (!splices)
				return -ENOMEM;
			removed += n;
			s->splices = splices;
			s->splices[s->nr_splices++] = (struct splice){ s->size, removed };
			p += n;
		} else {
			s->text[s->size++] = *p++;
		}
	}
	s->text[s->size] = '\0';
	return 0;
}

/* Behind the literal that starts at @i; an open one ends with its line. */
static size_t skip_literal(const struct scanner *s, size_t i)
{
	char quote = s->text[i++];

	while (i < s->size && s->text[i] != quote && s->text[i] != '\n')
		i += s->text[i] == '\\' && i + 1 < s->size && s->text[i + 1] != '\n' ? 2 : 1;
	return i < s->size && s->text[i] == quote ? i + 1 : i;
}

static size_t comment_end(const struct scanner *s, size_t i)
{
	const char *end;

	if (s->text[i + 1] == '/') {
		end = memchr(s->text + i, '\n', s->size - i);
		return end ? (size_t)(end - s->text) : s->size;
	}
	end = memmem(s->text + i + 2, s->size - i - 2, "*/", 2);
	return end ? (size_t)(end - s->text) + 2 : s->size;
}

static void blank_comments(struct scanner *s)
{
	size_t i = 0;

	while (i < s->size) {
		char c = s->text[i];

		if (c == '"' || c == '\'') {
			i = skip_literal(s, i);
		} else if (c == '/' && i + 1 < s->size &&
			   (s->text[i + 1] == '/' || s->text[i + 1] == '*')) {
			size_t end = comment_end(s, i);

			memset(s->text + i, ' ', end - i);
			i = end;
		} else {
			i++;
		}
	}
}

/* The place of a clean offset; offsets must not go back. */
static struct pos position(struct scanner *s, size_t at)
{
	size_t target;

	while (s->splice < s->nr_splices && s->splices[s->splice].at <= at)
		s->splice++;
	target = at + (s->splice ? s->splices[s->splice - 1].removed : 0);
	while (s->offset < target) {
		if (s->source[s->offset++] == '\n') {
			s->line++;
			s->line_start = s->offset;
		}
	}
	return (struct pos){ s->path, s->line, (unsigned int)(target - s->line_start) + 1 };
}

static size_t skip_blanks(const char *text, size_t size, size_t i)
{
	while (i < size && isspace((unsigned char)text[i]))
		i++;
	return i;
}

/* Arguments of one annotation, as pieces of the scanned text. */
struct arguments {
	const char *text;
	size_t size;
	size_t at;
	const char *problem;
};

static bool take_char(struct arguments *a, char c)
{
	a->at = skip_blanks(a->text, a->size, a->at);
	if (a->at >= a->size || a->text[a->at] != c)
		return false;
	a->at++;
	return true;
}

static const char *take_id(struct arguments *a, struct model *m)
{
	size_t start = a->at = skip_blanks(a->text, a->size, a->at);

	while (a->at < a->size && is_word(a->text[a->at]))
		a->at++;
	if (a->at == start || a->at - start > ID_MAX) {
		a->problem = "the first argument is no feature id";
		return NULL;
	}
	return model_copy(m, a->text + start, a->at - start);
}

/* One or more adjacent string literals without escapes, joined. */
static const char *take_string(struct arguments *a, struct model *m)
{
	char joined[DETAIL_MAX];
	size_t n = 0;

	if (!take_char(a, '"')) {
		a->problem = "the second argument is no string literal";
		return NULL;
	}
	do {
		while (a->at < a->size && a->text[a->at] != '"') {
			unsigned char c = (unsigned char)a->text[a->at++];

			if (c == '\\' || c < 0x20 || n == sizeof(joined) - 1) {
				a->problem = "the string is too long or holds an escape";
				return NULL;
			}
			joined[n++] = (char)c;
		}
		if (a->at++ >= a->size) {
			a->problem = "the string does not end";
			return NULL;
		}
	} while (take_char(a, '"'));
	return model_copy(m, joined, n);
}

/* The text up to the parenthesis that closes the call. */
static const char *take_constant(struct arguments *a, struct model *m)
{
	size_t start = a->at = skip_blanks(a->text, a->size, a->at), depth = 0;

	for (; a->at < a->size && a->at - start < DETAIL_MAX; a->at++) {
		char c = a->text[a->at];

		if (c == '(')
			depth++;
		else if (c == ')' && !depth--)
			return model_copy(m, a->text + start, a->at - start);
	}
	a->problem = "the constant does not end";
	return NULL;
}

static const struct kind *find_kind(const char *word, size_t size)
{
	for (size_t i = 0; i < NR_KINDS; i++) {
		if (strlen(kinds[i].name) == size && !memcmp(kinds[i].name, word, size))
			return &kinds[i];
	}
	return NULL;
}

/* The arguments behind an opening parenthesis; NULL with a->problem set if bad. */
static struct annotation *read_arguments(struct model *m, const struct kind *kind,
					 struct arguments *a)
{
	struct annotation *annotation = model_alloc(m, sizeof(*annotation));
	const char *constant = NULL;

	if (!annotation)
		return NULL;
	annotation->kind = kind->kind;
	annotation->detail = "";
	annotation->id = take_id(a, m);
	if (!annotation->id)
		return NULL;
	if (kind->has_detail) {
		if (!take_char(a, ',')) {
			a->problem = "an argument is missing";
			return NULL;
		}
		annotation->detail = take_string(a, m);
		if (!annotation->detail)
			return NULL;
	}
	if (kind->has_constant) {
		if (!take_char(a, ',')) {
			a->problem = "the constant is missing";
			return NULL;
		}
		constant = take_constant(a, m);
		if (!constant)
			return NULL;
		annotation->detail = model_printf(m, "%s=%s", annotation->detail, constant);
		if (!annotation->detail)
			return NULL;
	}
	if (!take_char(a, ')')) {
		a->problem = "it does not end with ')'";
		return NULL;
	}
	return annotation;
}

static int add_annotation(struct model *m, const struct kind *kind, struct arguments *a,
			  struct pos at)
{
	struct annotation *annotation = read_arguments(m, kind, a);

	if (!annotation) {
		if (m->out_of_memory)
			return -ENOMEM;
		model_report(m, SEVERITY_ERROR, "bad-annotation", at,
			     "see support/include/candor/support.h for its form",
			     "cannot read this %s: %s", kind->name, a->problem);
		return 0;
	}
	annotation->at = at;
	return model_add_annotation(m, annotation);
}

/* The word at @i may be an annotation; returns the offset to go on from. */
static size_t scan_word(struct scanner *s, size_t i, size_t end)
{
	size_t stop = i;
	const struct kind *kind;
	struct arguments a;

	while (stop < end && is_word(s->text[stop]))
		stop++;
	kind = find_kind(s->text + i, stop - i);
	a = (struct arguments){ s->text, end, stop, NULL };
	if (!kind || !take_char(&a, '('))
		return stop;
	s->nr_found++;
	s->rc = add_annotation(s->m, kind, &a, position(s, i));
	return a.at > stop ? a.at : stop;
}

static void scan_code(struct scanner *s, size_t i, size_t end)
{
	while (i < end && !s->rc) {
		char c = s->text[i];

		if (c == '"' || c == '\'')
			i = skip_literal(s, i);
		else if (is_word(c))
			i = scan_word(s, i, end);
		else
			i++;
	}
}

static size_t line_end(const struct scanner *s, size_t i)
{
	const char *newline = memchr(s->text + i, '\n', s->size - i);

	return newline ? (size_t)(newline - s->text) : s->size;
}

/* Offset behind the directive's name, which goes to @ret_name, or 0: none. */
static size_t directive(const struct scanner *s, size_t i, size_t end, struct span *ret_name)
{
	size_t start;

	while (i < end && (s->text[i] == ' ' || s->text[i] == '\t'))
		i++;
	if (i == end || s->text[i] != '#')
		return 0;
	start = i = skip_blanks(s->text, end, i + 1);
	while (i < end && is_word(s->text[i]))
		i++;
	*ret_name = (struct span){ s->text + start, i - start };
	return i;
}

static bool is(struct span name, const char *word)
{
	return name.size == strlen(word) && !memcmp(name.data, word, name.size);
}

static bool starts_if(struct span name)
{
	return is(name, "if") || is(name, "ifdef") || is(name, "ifndef");
}

/* Is what follows "#if" the literal 0? */
static bool is_zero(const struct scanner *s, size_t i, size_t end)
{
	i = skip_blanks(s->text, end, i);
	return i < end && s->text[i] == '0' && skip_blanks(s->text, end, i + 1) == end;
}

/* "#define NAME body" is scanned unless NAME is ours or takes arguments. */
static void scan_define(struct scanner *s, size_t i, size_t end)
{
	i = skip_blanks(s->text, end, i);
	if (end - i > 8 && !memcmp(s->text + i, "SUPPORT_", 8))
		return;
	while (i < end && is_word(s->text[i]))
		i++;
	if (i < end && s->text[i] != '(')
		scan_code(s, i, end);
}

/* Behind the lines that "#if 0" takes out, which start at @i. */
static size_t skip_disabled(const struct scanner *s, size_t i)
{
	size_t depth = 1;

	while (i < s->size && depth) {
		size_t end = line_end(s, i);
		struct span name;

		if (directive(s, i, end, &name)) {
			if (starts_if(name))
				depth++;
			else if (is(name, "endif"))
				depth--;
			else if (depth == 1 && (is(name, "else") || is(name, "elif")))
				depth = 0;
		}
		i = end + 1;
	}
	return i < s->size ? i : s->size;
}

static void scan_lines(struct scanner *s)
{
	size_t i = 0;

	while (i < s->size && !s->rc) {
		size_t code = i, end, after = 0;
		struct span name;

		/* Code up to the next directive is one piece: calls may span lines. */
		do {
			end = line_end(s, i);
			after = directive(s, i, end, &name);
			if (!after)
				i = end + 1;
		} while (!after && i < s->size);
		scan_code(s, code, i < s->size ? i : s->size);
		if (!after || s->rc)
			continue;
		i = end + 1;
		if (is(name, "if") && is_zero(s, after, end))
			i = skip_disabled(s, i);
		else if (is(name, "define"))
			scan_define(s, after, end);
		else
			scan_code(s, after, end);
	}
}

int scan_c(struct model *m, const char *path, const char *text, size_t size, size_t *ret_nr)
{
	struct scanner s = { .m = m, .source = text, .line = 1 };

	s.path = model_copy(m, path, strlen(path));
	if (!s.path)
		return -ENOMEM;
	s.rc = join_lines(&s, size);
	if (!s.rc) {
		blank_comments(&s);
		scan_lines(&s);
	}
	/* What annotations say is copied out of it. */
	free(s.text);
	if (ret_nr)
		*ret_nr = s.nr_found;
	return s.rc;
}

/* Offset of the text of a comment that starts a line, or @end. */
static size_t comment_text(const char *text, size_t i, size_t end)
{
	size_t start;

	while (i < end && (text[i] == ' ' || text[i] == '\t'))
		i++;
	start = i;
	while (i < end && strchr("#/*-;", text[i]) && text[i])
		i++;
	if (i == start)
		return end;
	while (i < end && (text[i] == ' ' || text[i] == '\t'))
		i++;
	return i;
}

int scan_comments(struct model *m, const char *path, const char *text, size_t size, size_t *ret_nr)
{
	static const char word[] = "SUPPORT_TEST";
	const struct kind *kind = find_kind(word, sizeof(word) - 1);
	const char *name = model_copy(m, path, strlen(path));
	size_t nr = 0;
	unsigned int line = 1;
	int rc = name ? 0 : -ENOMEM;

	for (size_t i = 0; i < size && !rc; line++) {
		const char *newline = memchr(text + i, '\n', size - i);
		size_t end = newline ? (size_t)(newline - text) : size;
		size_t at = comment_text(text, i, end);
		struct arguments a = { text, end, at + sizeof(word) - 1, NULL };

		if (end - at > sizeof(word) && !memcmp(text + at, word, sizeof(word) - 1) &&
		    take_char(&a, '(')) {
			rc = add_annotation(m, kind, &a,
					    (struct pos){ name, line, (unsigned int)(at - i) + 1 });
			nr++;
		}
		i = end + 1;
	}
	if (ret_nr)
		*ret_nr = nr;
	return rc;
}
