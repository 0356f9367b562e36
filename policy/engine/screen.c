/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wrapping, cutting and leaving out, so that an answer fits one screen. */
#include "engine/screen.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define INDENT 15u   /* two blanks, a label of 12, a blank */
#define LINES_MAX 3u /* of one row */

struct strbuf *screen_row(struct screen *s, const char *label, unsigned int importance)
{
	struct screen_row *row;

	if (s->nr_rows == SCREEN_ROWS_MAX) {
		s->nr_lost++;
		s->nr_rows--; /* the last one gives way: it is the least important */
		strbuf_reset(&s->rows[s->nr_rows].text);
	}
	row = &s->rows[s->nr_rows++];
	row->label = label;
	row->importance = importance;
	return &row->text;
}

/* Bytes of the next line: as many words as fit, or as much of one as fits. */
static size_t line_size(const char *text, size_t size)
{
	const size_t width = SCREEN_WIDTH - INDENT;
	size_t n = 0, fits = 0;
	unsigned int code;

	while (n < size && text_width(text, n) < width) {
		size_t step = text_utf8_size(text + n, size - n, &code);

		if (text[n] == ' ')
			fits = n;
		n += step ? step : 1;
	}
	if (n == size && text_width(text, n) <= width)
		return size;
	return fits ? fits : n;
}

static size_t count_lines(const char *text)
{
	size_t size = strlen(text), nr = 0;

	do {
		size_t n = line_size(text, size);

		nr++;
		text += n;
		size -= n;
		while (size && *text == ' ') {
			text++;
			size--;
		}
	} while (size && nr < LINES_MAX);
	return nr;
}

static void print_row(const char *label, const char *text, struct strbuf *out)
{
	size_t size = strlen(text), nr = 0;

	do {
		size_t n = line_size(text, size);
		bool cut = ++nr == LINES_MAX && n < size;

		strbuf_printf(out, "  %-12s ", nr == 1 ? label : "");
		strbuf_add(out, text, cut && n > 3 ? n - 3 : n);
		strbuf_puts(out, cut ? "...\n" : "\n");
		text += n;
		size -= n;
		while (size && *text == ' ') {
			text++;
			size--;
		}
	} while (size && nr < LINES_MAX);
}

/* The least important row that is shown, the last of equals; or nr_rows. */
static size_t weakest(const struct screen *s, const bool *shown)
{
	size_t found = s->nr_rows;

	for (size_t i = 0; i < s->nr_rows; i++) {
		if (shown[i] && s->rows[i].importance &&
		    (found == s->nr_rows || s->rows[i].importance >= s->rows[found].importance))
			found = i;
	}
	return found;
}

/* Which rows are shown, and how many are not. */
static size_t choose(const struct screen *s, char *const *texts, bool *shown)
{
	size_t nr_lines = 1, nr_left_out = s->nr_lost, i;

	for (i = 0; i < s->nr_rows; i++) {
		shown[i] = true;
		nr_lines += count_lines(texts[i]);
	}
	while (nr_lines + (nr_left_out ? 1 : 0) > SCREEN_HEIGHT - 1) {
		i = weakest(s, shown);
		if (i == s->nr_rows)
			break;
		shown[i] = false;
		nr_lines -= count_lines(texts[i]);
		nr_left_out++;
	}
	return nr_left_out;
}

void screen_print(const struct screen *s, const char *title, const char *more, struct strbuf *out)
{
	struct strbuf clean[SCREEN_ROWS_MAX];
	char *texts[SCREEN_ROWS_MAX];
	bool shown[SCREEN_ROWS_MAX];
	char empty[] = "";
	const char *label = "";
	size_t nr_left_out;

	for (size_t i = 0; i < s->nr_rows; i++) {
		clean[i] = (struct strbuf)STRBUF_INIT;
		text_add_visible(&clean[i], s->rows[i].text.data ? s->rows[i].text.data : "",
				 s->rows[i].text.size);
		out->failed |= s->rows[i].text.failed || clean[i].failed;
		texts[i] = clean[i].data && !clean[i].failed ? clean[i].data : empty;
	}
	nr_left_out = choose(s, texts, shown);
	strbuf_puts(out, title);
	strbuf_puts(out, "\n");
	for (size_t i = 0; i < s->nr_rows; i++) {
		if (shown[i]) {
			print_row(strcmp(label, s->rows[i].label) ? s->rows[i].label : "", texts[i],
				  out);
			label = s->rows[i].label;
		}
		strbuf_reset(&clean[i]);
	}
	if (nr_left_out)
		strbuf_printf(out, "  %-12s %zu more: %s\n", "and", nr_left_out, more);
}

void screen_reset(struct screen *s)
{
	for (size_t i = 0; i < s->nr_rows; i++)
		strbuf_reset(&s->rows[i].text);
	memset(s, 0, sizeof(*s));
}
