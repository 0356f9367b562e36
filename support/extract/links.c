/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The links of a statement: "[text](target)", "<https://...>", and href="..." of raw
 * HTML. Text is searched, not parsed, so a link in a comment is one, too.
 */
#include "extract/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TARGET_MAX 1024
#define NR_LINKS_MAX 100000

/* What stands before a target, and what ends it. */
struct form {
	const char *start;
	const char *ends;
	const char *keep; /* of the start, what belongs to the target */
};

static const struct form forms[] = {
	{ "](", ") \t\n", "" },
	{ "href=\"", "\"\n", "" },
	{ "<https://", ">\n \t", "https://" },
	{ "<http://", ">\n \t", "http://" },
};

#define NR_FORMS (sizeof(forms) / sizeof(forms[0]))

static struct pos place_of(const struct source *s, size_t offset)
{
	size_t low = 0, high = s->nr_lines;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return (struct pos){ s->path, (unsigned int)low + 1,
			     (unsigned int)(offset - s->lines[low]) + 1 };
}

/* Is there such a file below the folder of the statement? */
static bool is_there(const char *statement, const char *target)
{
	const char *slash = strrchr(statement, '/');
	size_t size = strcspn(target, "#?");
	char *path;
	bool there;

	if (asprintf(&path, "%.*s%.*s", slash ? (int)(slash - statement + 1) : 0, statement,
		     (int)size, target) < 0)
		return true;
	there = !access(path, F_OK);
	free(path);
	return there;
}

/* A path in the tree: no scheme, no place in this page, not of a site's root. */
static bool is_relative(const char *target)
{
	size_t scheme = strcspn(target, ":/?#");

	return *target && *target != '#' && *target != '/' && *target != '?' &&
	       target[scheme] != ':';
}

static int add(struct model *m, const struct source *s, const struct form *f, size_t start)
{
	size_t size = strcspn(s->text + start, f->ends), keep = strlen(f->keep);
	struct link *links;
	struct link l = { .at = place_of(s, start - keep) };

	if (!size || size > TARGET_MAX)
		return 0;
	links = model_grow(m, m->links, m->nr_links, sizeof(*links));
	l.target = model_copy(m, s->text + start - keep, size + keep);
	if (!links || !l.target)
		return -ENOMEM;
	l.is_missing = is_relative(l.target) && !is_there(s->path, l.target);
	m->links = links;
	m->links[m->nr_links++] = l;
	return 0;
}

int links_find(struct model *m, const char *path)
{
	const struct source *s = strmap_get(&m->source_by_path, path);
	int rc = 0;

	for (size_t i = 0; s && i < NR_FORMS && !rc; i++) {
		const struct form *f = &forms[i];
		const char *p = s->text, *end = s->text + s->size;
		size_t size = strlen(f->start);

		while (!rc && m->nr_links < NR_LINKS_MAX &&
		       (p = memmem(p, (size_t)(end - p), f->start, size))) {
			p += size;
			rc = add(m, s, f, (size_t)(p - s->text));
		}
	}
	return rc;
}
