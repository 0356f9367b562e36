/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits for findings that need nobody's judgement. Each looks at the source line
 * first: where it is not as expected, the finding stays without an edit.
 */
#include "private.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"

/* Who indents more lines than this, with no paragraph between, mends them by hand. */
#define NESTING_LINES_MAX 200

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || (unsigned char)c >= 0x80;
}

void edit_word(struct model *m, const struct pos *at, const char *word, const char *other)
{
	size_t size = 0, n = strlen(word), i = at->column ? at->column - 1 : 0;
	const char *line = at->file ? model_source_line(m, at->file, at->line, &size) : NULL;

	for (; line && n && i + n <= size; i++) {
		struct pos found = { at->file, at->line, (unsigned int)i + 1 };

		if (memcmp(line + i, word, n) || (i && is_word(line[i - 1]) && is_word(*word)) ||
		    (i + n < size && is_word(line[i + n]) && is_word(word[n - 1])))
			continue;
		model_fix(m, found, n, other);
		return;
	}
}

void edit_label(struct model *m, const struct claim *c)
{
	size_t size = 0;
	const char *line = model_source_line(m, c->at.file, c->at.line, &size), *colon;
	struct pos at = c->at;

	colon = line && c->at.column && c->at.column <= size
			? memchr(line + c->at.column - 1, ':', size - c->at.column + 1)
			: NULL;
	if (!colon)
		return;
	at.column = (unsigned int)(colon - line) + 2;
	edit_word(m, &at, c->label, c->suggestion);
}

void edit_delete_line(struct model *m, const struct pos *at)
{
	struct pos start = { at->file, at->line, 1 }, end = { at->file, at->line + 1, 1 };

	model_fix_lines(m, start, end, "");
}

/* Does the line start a list, quote, table or HTML, which would swallow a code block? */
static bool starts_block(const char *line, size_t size)
{
	size_t digits = 0;

	if (strchr("-*+>|<", line[0]))
		return true;
	while (digits < size && isdigit((unsigned char)line[digits]))
		digits++;
	return digits && digits < size && (line[digits] == '.' || line[digits] == ')');
}

static size_t blanks(const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && text[n] == ' ')
		n++;
	return n;
}

/* Is the line inside of a block that some line above it started? */
static bool is_nested(const struct model *m, const struct pos *at)
{
	unsigned int last = at->line > NESTING_LINES_MAX ? at->line - NESTING_LINES_MAX : 1;

	for (unsigned int line = at->line; line-- > last;) {
		size_t size, n;
		const char *text = model_source_line(m, at->file, line, &size);

		if (!text)
			return true;
		n = blanks(text, size);
		if (n >= 4 || n == size || text[n] == '\t')
			continue;
		if (starts_block(text + n, size - n))
			return true;
		/* A paragraph or heading that is not indented ends all blocks. */
		if (!n)
			return false;
	}
	return last > 1;
}

void edit_indent(struct model *m, const struct oddity *o)
{
	size_t size = 0, above = 0, n;
	const char *line = model_source_line(m, o->at.file, o->at.line, &size);
	const char *before =
		o->at.line > 1 ? model_source_line(m, o->at.file, o->at.line - 1, &above) : "";
	struct pos start = { o->at.file, o->at.line, 1 };
	struct strbuf sb = STRBUF_INIT;

	n = line ? blanks(line, size) : 4;
	if (n >= 4 || o->at.column != n + 1 || !before || is_nested(m, &o->at))
		return;
	/* A paragraph right above would go on into the code block. */
	if (blanks(before, above) < above && blanks(before, above) < 4 && before[0] != '#')
		strbuf_puts(&sb, "\n");
	strbuf_add(&sb, "    ", 4 - n);
	if (strbuf_str(&sb))
		model_fix(m, start, 0, sb.data);
	strbuf_reset(&sb);
}

void edit_join(struct model *m, const struct oddity *o)
{
	size_t size = 0;
	const char *above = model_source_line(m, o->at.file, o->at.line - 1, &size);

	while (above && size && isspace((unsigned char)above[size - 1]))
		size--;
	if (above && size)
		model_fix_lines(m,
				(struct pos){ o->at.file, o->at.line - 1, (unsigned int)size + 1 },
				o->at, " ");
}

void edit_attributes(struct model *m, const struct oddity *o)
{
	size_t size = 0, n = o->at.column ? o->at.column - 1 : 0;
	const char *line = model_source_line(m, o->at.file, o->at.line, &size);
	struct pos start = o->at;

	while (line && n && n <= size && isspace((unsigned char)line[n - 1]))
		n--;
	start.column = (unsigned int)n + 1;
	if (line && n)
		model_fix(m, start, strlen(o->what) + o->at.column - start.column, "");
}
