/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the lines of a tree's documents that name a feature. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "query/join.h"

#define DOCUMENT_MAX ((size_t)4 << 20)
#define NR_FILES_MAX 20000
#define DEPTH_MAX 32
#define NR_MENTIONS_MAX 500
/* Of longer lines the beginning is kept. */
#define LINE_MAX_SIZE 400
/* Shorter names are words of any text. */
#define NAME_MIN 4

#define NR_NAMES_MAX 32

struct search {
	struct model *m;
	struct join *join;
	const char *names[NR_NAMES_MAX];
	size_t nr_names;
	size_t root_size; /* of the tree's path, with its slash */
};

static const char *const patterns[] = { "*.md",	      "*.rst",	"*.txt",   "*.pandoc",
					"*.markdown", "*.adoc", "*.[1-9]", "*.pod" };
/* Of the statement itself the claims tell. */
static const char *const left_out[] = { "SUPPORT.md", "CMakeLists.txt" };

static bool is_document(const char *name)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (!strcmp(name, left_out[i]))
			return false;
	}
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (!fnmatch(patterns[i], name, 0))
			return true;
	}
	return false;
}

/* Folders that hold what was made, or other trees' files. */
static bool is_left_out(const FTSENT *e)
{
	return e->fts_level > DEPTH_MAX ||
	       (e->fts_level > 0 && (e->fts_name[0] == '.' || !strncmp(e->fts_name, "build", 5) ||
				     !strcmp(e->fts_name, "out")));
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Does the line hold the name as words of its own? */
static bool has_name(const char *line, const char *name)
{
	size_t size = strlen(name);

	for (const char *p = line; (p = strcasestr(p, name)); p++) {
		if ((p == line || !is_word_char(p[-1])) && !is_word_char(p[size]))
			return true;
	}
	return false;
}

static int add_mention(struct search *s, const char *path, unsigned int number, const char *line,
		       const char *name)
{
	struct join *join = s->join;
	struct mention *list;
	struct mention mention = { .name = name };

	if (join->nr_mentions == NR_MENTIONS_MAX) {
		join->mentions_are_cut = true;
		return 0;
	}
	mention.at = (struct pos){ model_copy(s->m, path, strlen(path)), number, 0 };
	mention.text = model_copy(s->m, line, strnlen(line, LINE_MAX_SIZE));
	list = model_grow(s->m, join->mentions, join->nr_mentions, sizeof(*list));
	if (!list || !mention.at.file || !mention.text)
		return -ENOMEM;
	join->mentions = list;
	join->mentions[join->nr_mentions++] = mention;
	return 0;
}

static int search_line(struct search *s, const char *path, unsigned int number, const char *line)
{
	while (*line == ' ' || *line == '\t')
		line++;
	for (size_t i = 0; i < s->nr_names; i++) {
		if (has_name(line, s->names[i]))
			return add_mention(s, path, number, line, s->names[i]);
	}
	return 0;
}

static int search_file(struct search *s, const FTSENT *e)
{
	unsigned int number = 1;
	size_t size;
	char *text;
	int rc = file_read(e->fts_accpath, DOCUMENT_MAX, &text, &size);

	if (rc)
		return rc == -ENOMEM ? rc : 0;
	for (char *line = text, *end = text + size; line < end && !rc; number++) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		if (newline)
			*newline = '\0';
		rc = search_line(s, e->fts_path + s->root_size, number, line);
		line = newline ? newline + 1 : end;
	}
	free(text);
	return rc;
}

static void add_name(struct search *s, const char *name)
{
	if (name && strlen(name) >= NAME_MIN && s->nr_names < NR_NAMES_MAX)
		s->names[s->nr_names++] = name;
}

static void collect_names(struct search *s)
{
	const struct feature *f = s->join->feature;

	add_name(s, s->join->id);
	add_name(s, s->join->title);
	if (!f)
		return;
	add_name(s, f->boot_option);
	add_name(s, f->symbol);
	for (size_t i = 0; i < f->nr_aliases; i++)
		add_name(s, f->aliases[i]);
}

static int compare(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

int join_find_mentions(struct model *m, struct join *join, const char *tree)
{
	struct search s = { .m = m, .join = join };
	size_t size = strlen(tree), nr_files = 0;
	char *root = strdup(tree);
	char *const roots[] = { root, NULL };
	FTS *fts;
	FTSENT *e;
	int rc = 0;

	if (!root)
		return -ENOMEM;
	while (size > 1 && root[size - 1] == '/')
		root[--size] = '\0';
	s.root_size = size + (root[size - 1] != '/');
	collect_names(&s);
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare);
	while (fts && !rc && nr_files < NR_FILES_MAX && (e = fts_read(fts))) {
		if (e->fts_info == FTS_D && is_left_out(e))
			fts_set(fts, e, FTS_SKIP);
		if (e->fts_info != FTS_F || !is_document(e->fts_name))
			continue;
		nr_files++;
		rc = search_file(&s, e);
	}
	if (fts)
		fts_close(fts);
	free(root);
	return fts ? rc : -ENOMEM;
}
