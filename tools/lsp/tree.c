/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree that is edited: its files as the editor and as libcandor name them. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lsp/uri.h"

char *tree_path(const struct lsp *s, const char *uri)
{
	char *path = uri_to_path(uri), *below = NULL;
	size_t size = s->root ? strlen(s->root) : 0;

	if (path && s->root && !strncmp(path, s->root, size) && path[size] == '/' && path[size + 1])
		below = strdup(path + size + 1);
	free(path);
	return below;
}

char *tree_uri(struct lsp *s, const char *file)
{
	const struct document *doc = documents_find_path(&s->documents, file);
	struct strbuf path = STRBUF_INIT;
	char *uri = NULL;

	if (doc)
		return strdup(doc->uri);
	strbuf_printf(&path, "%s%s%s", file[0] == '/' ? "" : s->root, file[0] == '/' ? "" : "/",
		      file);
	if (strbuf_str(&path))
		uri = uri_from_path(strbuf_str(&path));
	strbuf_reset(&path);
	return uri;
}

int tree_set_text(struct lsp *s, const char *path, const char *text, size_t size)
{
	s->is_unread = s->is_unpublished = true;
	return candor_set_text(s->candor, path, text, size, NULL);
}

/* Nearest folder at or above @root that has a statement or a registry; else @root. */
static void climb(char *root)
{
	char *copy = strdup(root);

	while (copy && *copy) {
		char *slash = strrchr(copy, '/');

		if (!chdir(copy) &&
		    (!access("SUPPORT.md", F_OK) || !access("support/features.yaml", F_OK))) {
			memcpy(root, copy, strlen(copy) + 1);
			break;
		}
		if (!slash)
			break;
		*slash = '\0';
	}
	free(copy);
}

int tree_open(struct lsp *s, const char *root)
{
	size_t size = strlen(root);
	int rc;

	s->root = strdup(root);
	if (!s->root)
		return -ENOMEM;
	while (size > 1 && s->root[size - 1] == '/')
		s->root[--size] = '\0';
	if (!s->tree)
		climb(s->root);
	/* Names are as `candor check` gives them in that folder. */
	if (chdir(s->root))
		return -ENOENT;
	rc = candor_create(NULL, &s->candor);
	s->is_unread = s->is_unpublished = true;
	return rc;
}

int tree_load(struct lsp *s)
{
	int rc;

	if (!s->is_unread || !s->candor)
		return 0;
	/* A folder without a statement or registry, so far: there is nothing to say of it. */
	rc = candor_find(s->candor, NULL);
	if (rc == -ENOENT)
		return 0;
	if (!rc)
		rc = candor_load(s->candor, NULL);
	if (!rc)
		rc = candor_check(s->candor, NULL);
	if (!rc)
		s->is_unread = false;
	return rc;
}

/* The @line-th line as libcandor counts, by LF alone. */
static const char *find_line(const struct document *doc, unsigned int line, size_t *ret_size)
{
	const char *p = doc->text, *end = doc->text + doc->size, *lf;

	for (unsigned int i = 1; i < line; i++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			return NULL;
		p++;
	}
	lf = memchr(p, '\n', (size_t)(end - p));
	*ret_size = (size_t)((lf ? lf : end) - p);
	return p;
}

const char *tree_line(struct lsp *s, const char *file, unsigned int line, size_t *ret_size)
{
	const struct document *doc = documents_find_path(&s->documents, file);
	const char *text;

	if (!line)
		return NULL;
	text = doc ? find_line(doc, line, ret_size) : candor_line(s->candor, file, line, ret_size);
	if (text && *ret_size && text[*ret_size - 1] == '\r')
		--*ret_size;
	return text;
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

/* Bytes @start to @end of the line that @at points out. */
static void span(const char *line, size_t size, unsigned int column, size_t *ret_start,
		 size_t *ret_end)
{
	size_t start = column ? column - 1 : 0, end;

	start = start < size ? start : size;
	end = column ? start : size;
	while (column && end < size && is_word_char(line[end]))
		end++;
	/* Not on a word: the rest of the line. */
	*ret_end = end == start ? size : end;
	while (!column && start < size && (line[start] == ' ' || line[start] == '\t'))
		start++;
	*ret_start = start;
}

static json_t *range(size_t line, size_t start, size_t end)
{
	return json_pack("{s:{s:I,s:I},s:{s:I,s:I}}", "start", "line", (json_int_t)line,
			 "character", (json_int_t)start, "end", "line", (json_int_t)line,
			 "character", (json_int_t)end);
}

/* In an open document a CR alone ends a line too: count from the bytes. */
static size_t line_number(struct lsp *s, const struct candor_place *at, const char *line)
{
	const struct document *doc = documents_find_path(&s->documents, at->file);

	if (doc && line >= doc->text && line <= doc->text + doc->size &&
	    memchr(doc->text, '\r', doc->size))
		return position_of(doc->text, doc->size, (size_t)(line - doc->text), s->encoding)
			.line;
	return at->line - 1;
}

json_t *tree_range(struct lsp *s, const struct candor_place *at)
{
	size_t size, start, end;
	const char *line = tree_line(s, at->file, at->line, &size);

	if (!line)
		return range(at->line ? at->line - 1 : 0, 0, 0);
	span(line, size, at->column, &start, &end);
	return range(line_number(s, at, line), position_units(line, start, s->encoding),
		     position_units(line, end, s->encoding));
}

json_t *tree_location(struct lsp *s, const struct candor_place *at)
{
	char *uri = tree_uri(s, at->file);
	json_t *location =
		uri ? json_pack("{s:s, s:o}", "uri", uri, "range", tree_range(s, at)) : NULL;

	free(uri);
	return location;
}

json_t *tree_string(const char *text)
{
	struct strbuf sb = STRBUF_INIT;
	size_t size = strlen(text);
	json_t *string;

	for (size_t i = 0, n; i < size; i += n) {
		unsigned int code;

		n = text_utf8_size(text + i, size - i, &code);
		if (n)
			strbuf_add(&sb, text + i, n);
		else
			strbuf_puts(&sb, "\xef\xbf\xbd");
		n = n ? n : 1;
	}
	string = strbuf_str(&sb) ? json_stringn(strbuf_str(&sb), sb.size) : NULL;
	strbuf_reset(&sb);
	return string;
}

bool tree_is_statement(struct lsp *s, const char *path)
{
	struct candor_claim claim;
	struct candor_feature feature;

	for (size_t i = 0; candor_claim_at(s->candor, i, &claim); i++) {
		if (!strcmp(claim.at.file, path))
			return true;
	}
	for (size_t i = 0; candor_feature_at(s->candor, i, &feature); i++) {
		if (feature.stated_at.file && !strcmp(feature.stated_at.file, path))
			return true;
	}
	return !strcmp(path, "SUPPORT.md");
}

bool tree_is_registry(struct lsp *s, const char *path)
{
	struct candor_feature feature;

	return candor_feature_at(s->candor, 0, &feature) ? !strcmp(feature.at.file, path)
							 : !strcmp(path, "support/features.yaml");
}
