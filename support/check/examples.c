/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the texts of examples apart, and completes them to trees. */
#include "check/examples.h"

#include <errno.h>
#include <string.h>

#define MARK "%% "
#define PATH_MAX_BYTES 128

/* A run of lines under one "%% NAME". */
struct section {
	char name[PATH_MAX_BYTES];
	const char *text;
	size_t size;
};

static const char *find(const char *id)
{
	size_t low = 0, high = check_nr_examples;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(check_examples[middle].id, id);

		if (!order)
			return check_examples[middle].text;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *example_kind_name(enum example_kind kind)
{
	return kind == EXAMPLE_BAD ? "bad" : "good";
}

/* The start of the next line that is a mark, or the end of the text. */
static const char *find_mark(const char *p)
{
	while (*p && strncmp(p, MARK, strlen(MARK))) {
		p = strchr(p, '\n');
		if (!p)
			return "";
		p++;
	}
	return p;
}

/* The section at the mark *@p, which moves to the next; false at the end. */
static bool next_section(const char **p, struct section *ret_section)
{
	const char *line = *p, *name = line + strlen(MARK), *end;
	size_t size;

	if (!*line)
		return false;
	size = strcspn(name, "\n");
	end = find_mark(name + size + (name[size] == '\n'));
	if (size >= sizeof(ret_section->name))
		size = sizeof(ret_section->name) - 1;
	memcpy(ret_section->name, name, size);
	ret_section->name[size] = '\0';
	ret_section->text = name + strcspn(name, "\n");
	ret_section->text += *ret_section->text == '\n';
	ret_section->size = *end ? (size_t)(end - ret_section->text) : strlen(ret_section->text);
	*p = end;
	return true;
}

void example_advice(const char *id, struct strbuf *sb)
{
	const char *text = find(id), *end = text ? find_mark(text) : "";

	if (text)
		strbuf_add(sb, text, *end ? (size_t)(end - text) : strlen(text));
}

/* The first section of a rule's example of this kind; "" when there is none. */
static const char *find_kind(const char *id, enum example_kind kind)
{
	const char *text = find(id), *p = text ? find_mark(text) : "";
	struct section s;

	while (next_section(&p, &s)) {
		if (!strcmp(s.name, example_kind_name(kind)))
			return p;
	}
	return "";
}

static bool is_kind(const struct section *s)
{
	return !strcmp(s->name, "bad") || !strcmp(s->name, "good");
}

int example_pieces(const char *id, enum example_kind kind, example_visit_fn *visit, void *context)
{
	const char *p = find_kind(id, kind);
	struct section s;
	int rc = 0;

	while (!rc && next_section(&p, &s) && !is_kind(&s)) {
		if (strncmp(s.name, "without ", 8))
			rc = visit(context, s.name, s.text, s.size);
	}
	return rc;
}

/* Does an example have this file, or want it away? */
static bool has_section(const char *p, const char *name, struct section *ret_section)
{
	while (next_section(&p, ret_section) && !is_kind(ret_section)) {
		const char *own = ret_section->name;

		if (!strcmp(own, name) || (!strncmp(own, "without ", 8) && !strcmp(own + 8, name)))
			return true;
	}
	return false;
}

static bool starts(const struct section *s, const char *start)
{
	return s->size >= strlen(start) && !memcmp(s->text, start, strlen(start));
}

/* The text of @base from @from up to @to (NULL: to the end). */
static void add_part(struct strbuf *sb, const struct section *base, const char *from,
		     const char *to)
{
	const char *start = from ? strstr(base->text, from) : base->text;
	const char *end = to ? strstr(base->text, to) : base->text + base->size;

	if (start && end && start < end)
		strbuf_add(sb, start, (size_t)(end - start));
}

static void add_statement(struct strbuf *sb, const struct section *base, const struct section *s)
{
	if (starts(s, "    ")) {
		strbuf_puts(sb, "# Release Support\n\n");
		strbuf_add(sb, s->text, s->size);
		strbuf_puts(sb, "\n");
		add_part(sb, base, "# Feature Support", NULL);
		return;
	}
	if (starts(s, "### "))
		add_part(sb, base, NULL, "### ");
	else if (starts(s, "## "))
		add_part(sb, base, NULL, "## ");
	strbuf_add(sb, s->text, s->size);
}

/* An example's file with what its piece leaves out. */
static void complete(struct strbuf *sb, const struct section *base, const struct section *s)
{
	size_t size = strlen(s->name);

	if (!strcmp(s->name, "args"))
		strbuf_add(sb, base->text, base->size);
	if (!strcmp(s->name, "SUPPORT.md")) {
		add_statement(sb, base, s);
		return;
	}
	if (!strcmp(s->name, "support/features.yaml") && starts(s, "- id:"))
		strbuf_puts(sb, "format: 1\nfeatures:\n");
	if (size > 5 && !strcmp(s->name + size - 5, ".lock") && starts(s, "feature."))
		strbuf_puts(sb, "lock.format = 1\nlock.profile = supported\n");
	strbuf_add(sb, s->text, s->size);
}

static int visit_one(const struct section *base, const struct section *s, example_visit_fn *visit,
		     void *context)
{
	struct strbuf sb = STRBUF_INIT;
	int rc = 0;

	complete(&sb, base, s);
	if (!strbuf_str(&sb))
		rc = -ENOMEM;
	else
		rc = visit(context, s->name, strbuf_str(&sb), sb.size);
	strbuf_reset(&sb);
	return rc;
}

int example_files(const char *id, enum example_kind kind, example_visit_fn *visit, void *context)
{
	const char *own = find_kind(id, kind), *base = find_mark(find("base")), *p = base;
	struct section s, other, nothing = { .text = "" };
	int rc = 0;

	while (!rc && next_section(&p, &s)) {
		if (!has_section(own, s.name, &other))
			rc = visit(context, s.name, s.text, s.size);
		else if (strncmp(other.name, "without ", 8))
			rc = visit_one(&s, &other, visit, context);
	}
	while (!rc && next_section(&own, &s) && !is_kind(&s)) {
		if (strncmp(s.name, "without ", 8) && !has_section(base, s.name, &other))
			rc = visit_one(&nothing, &s, visit, context);
	}
	return rc;
}
