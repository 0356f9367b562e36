/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A difference of two locks. A lock's keys are sorted within their kind, so a
 * single pass that skips ahead to the next common line is exact where it
 * matters and linear where the old file is rubbish.
 */
#include "engine/difference.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define LOOK_AHEAD 512 /* lines searched for the next common one */

struct line {
	const char *text;
	size_t size;
};

/* The line at @text; false at the end. */
static bool line_at(const char *text, struct line *ret_line)
{
	if (!*text)
		return false;
	ret_line->text = text;
	ret_line->size = strcspn(text, "\n");
	return true;
}

static const char *line_next(const struct line *l)
{
	return l->text[l->size] ? l->text + l->size + 1 : l->text + l->size;
}

static bool line_same(const struct line *a, const struct line *b)
{
	return a->size == b->size && !memcmp(a->text, b->text, a->size);
}

/* How many lines lie before @want in @text, or LOOK_AHEAD if it is not near. */
static size_t lines_before(const char *text, const struct line *want)
{
	struct line l;
	size_t n = 0;

	for (; n < LOOK_AHEAD && line_at(text, &l); n++) {
		if (line_same(&l, want))
			return n;
		text = line_next(&l);
	}
	return LOOK_AHEAD;
}

static const char *put_line(struct strbuf *out, char sign, const struct line *l)
{
	strbuf_add(out, &sign, 1);
	text_add_visible(out, l->text, l->size);
	strbuf_puts(out, "\n");
	return line_next(l);
}

void difference_add(struct strbuf *out, const char *path, const char *old, const char *new)
{
	struct line a, b;

	strbuf_printf(out, "--- %s\n+++ what the policy decides\n", path);
	for (;;) {
		bool has_a = line_at(old, &a), has_b = line_at(new, &b);

		if (!has_a && !has_b)
			return;
		if (has_a && has_b && line_same(&a, &b)) {
			old = line_next(&a);
			new = line_next(&b);
			continue;
		}
		/* Drop the old line unless it comes again, and the new one is the surplus. */
		if (has_a && (!has_b || lines_before(new, &a) == LOOK_AHEAD))
			old = put_line(out, '-', &a);
		else
			new = put_line(out, '+', &b);
	}
}
