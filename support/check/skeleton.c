/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The edit that adds a registry entry for a heading that has none. It goes to the
 * registry's end, where the list of features must be; elsewhere there is no edit.
 */
#include "private.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"

#define ID_MAX 48
#define TITLE_MAX 512

/* "Event channels (FIFO)" -> "event_channels_fifo"; false: nothing is left of it. */
static bool make_id(const char *title, char id[ID_MAX + 1])
{
	size_t size = 0;

	for (; *title && size < ID_MAX; title++) {
		if (isascii(*title) && isalnum((unsigned char)*title))
			id[size++] = (char)tolower((unsigned char)*title);
		else if (size && id[size - 1] != '_')
			id[size++] = '_';
	}
	while (size && id[size - 1] == '_')
		size--;
	id[size] = '\0';
	return size;
}

/* An id that no entry has, and none of those made before. */
static const char *choose_id(struct model *m, const char *title, struct strmap *taken)
{
	char id[ID_MAX + 1];
	const char *chosen;

	if (!make_id(title, id))
		return NULL;
	chosen = model_copy(m, id, strlen(id));
	for (unsigned int i = 2; chosen && i < 100; i++) {
		if (!model_feature(m, chosen) && !model_feature_by_alias(m, chosen) &&
		    !strmap_get(taken, chosen))
			break;
		chosen = model_printf(m, "%s_%u", id, i);
	}
	if (!chosen || model_feature(m, chosen) || strmap_get(taken, chosen) ||
	    !strmap_put(taken, chosen, (void *)(uintptr_t)chosen))
		return NULL;
	return chosen;
}

/* A plain line, which single quotes make a YAML scalar. */
static bool is_plain(const char *text)
{
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	}
	return *text && strlen(text) <= TITLE_MAX;
}

static void add_scalar(struct strbuf *sb, const char *text)
{
	strbuf_puts(sb, "'");
	for (; *text; text++)
		strbuf_add(sb, *text == '\'' ? "''" : text, *text == '\'' ? 2 : 1);
	strbuf_puts(sb, "'\n");
}

/* The entry that stands last in the file. */
static const struct feature *last_entry(const struct model *m)
{
	const struct feature *last = NULL;

	for (size_t i = 0; i < m->nr_features; i++) {
		if (!last || m->features[i]->at.line > last->at.line)
			last = m->features[i];
	}
	return last;
}

/* Does nothing but the list go on to the end of the file? */
static bool is_open(const struct source *s, const struct feature *last)
{
	if (!last->at.line || last->at.column < 3)
		return false;
	for (size_t i = last->at.line; i < s->nr_lines; i++) {
		const char *line = s->text + s->lines[i];

		if (isalpha((unsigned char)*line) || *line == '.' || *line == '\t' || *line == '"')
			return false;
	}
	return true;
}

static void add_entry(struct strbuf *sb, unsigned int indent, const char *id,
		      const struct heading *h)
{
	int width = (int)indent;

	strbuf_printf(sb, "%*s- id: %s\n%*s  title: ", width, "", id, width, "");
	add_scalar(sb, h->title);
	strbuf_printf(sb, "%*s  section: ", width, "");
	add_scalar(sb, h->parent ? h->parent->title : h->title);
	strbuf_printf(sb, "%*s  owner: unassigned\n%*s  state: built\n", width, "", width, "");
}

void edit_register(struct model *m, const struct heading *h, struct strmap *taken)
{
	const struct feature *last = last_entry(m);
	const struct source *s = last ? strmap_get(&m->source_by_path, last->at.file) : NULL;
	const char *section = h->parent ? h->parent->title : h->title, *id;
	struct strbuf sb = STRBUF_INIT;
	struct pos end;

	if (!s || !s->size || !is_open(s, last) || !is_plain(h->title) || !is_plain(section))
		return;
	id = choose_id(m, h->title, taken);
	if (!id)
		return;
	end = (struct pos){ last->at.file, (unsigned int)s->nr_lines,
			    (unsigned int)(s->size - s->lines[s->nr_lines - 1]) + 1 };
	if (s->text[s->size - 1] != '\n')
		strbuf_puts(&sb, "\n");
	add_entry(&sb, last->at.column - 3, id, h);
	if (strbuf_str(&sb))
		model_fix(m, end, 0, sb.data);
	strbuf_reset(&sb);
}
