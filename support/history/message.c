/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a commit's message tells: subject, trailers, the advisories it names. */
#include "history/history.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "private.h"

/* What is beyond is not looked at; nobody reads it either. */
#define MESSAGE_MAX ((size_t)64 << 10)
#define SUBJECT_MAX 512
#define NR_ADVISORIES_MAX 64
#define NR_TRAILERS_MAX 64
#define KEY_MAX 64

struct line {
	const char *data;
	size_t size;
};

/* The next line of [@at, @end) without blanks around it; false at the end. */
static bool next_line(const char **at, const char *end, struct line *ret_line)
{
	const char *start = *at, *newline;

	if (start >= end)
		return false;
	newline = memchr(start, '\n', (size_t)(end - start));
	*at = newline ? newline + 1 : end;
	if (!newline)
		newline = end;
	while (start < newline && isspace((unsigned char)*start))
		start++;
	while (newline > start && isspace((unsigned char)newline[-1]))
		newline--;
	*ret_line = (struct line){ start, (size_t)(newline - start) };
	return true;
}

/* Lines up to the first empty one, joined by blanks, as git does. */
static char *read_subject(const char *text, const char *end, struct arena *arena)
{
	char subject[SUBJECT_MAX];
	struct line line;
	size_t size = 0;

	while (next_line(&text, end, &line)) {
		if (!line.size && size)
			break;
		for (size_t i = 0; i < line.size; i++) {
			if (!i && size && size < sizeof(subject))
				subject[size++] = ' ';
			if (size < sizeof(subject))
				subject[size++] = line.data[i];
		}
	}
	return history_copy(arena, subject, size);
}

static size_t count_digits(const char *text, const char *end)
{
	const char *p = text;

	while (p < end && isdigit((unsigned char)*p))
		p++;
	return (size_t)(p - text);
}

/* Bytes of the "XSA-123" or "CVE-2020-1234" that starts at @text, or 0. */
static size_t advisory_size(const char *text, const char *end)
{
	size_t left = (size_t)(end - text), digits;

	if (left > 4 && !strncasecmp(text, "XSA-", 4)) {
		digits = count_digits(text + 4, end);
		return digits && digits < 6 ? 4 + digits : 0;
	}
	if (left > 9 && !strncasecmp(text, "CVE-", 4) && count_digits(text + 4, end) == 4 &&
	    text[8] == '-') {
		digits = count_digits(text + 9, end);
		return digits >= 4 && digits < 12 ? 9 + digits : 0;
	}
	return 0;
}

static int compare_advisories(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	/* "XSA-9" before "XSA-10"; the year of a CVE has always four digits. */
	if (x[0] == y[0] && strlen(x) != strlen(y))
		return strlen(x) < strlen(y) ? -1 : 1;
	return strcmp(x, y);
}

static bool has_advisory(const char *const *list, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(list[i], name))
			return true;
	}
	return false;
}

static int read_advisories(const char *text, const char *end, struct arena *arena,
			   struct history_message *m)
{
	const char **list = arena_alloc(arena, NR_ADVISORIES_MAX * sizeof(*list));
	size_t nr = 0;
	char before = ' ';

	if (!list)
		return -ENOMEM;
	for (const char *p = text; p < end && nr < NR_ADVISORIES_MAX; before = *p++) {
		size_t size = isalnum((unsigned char)before) ? 0 : advisory_size(p, end);
		char *name;

		if (!size)
			continue;
		name = history_copy(arena, p, size);
		if (!name)
			return -ENOMEM;
		for (size_t i = 0; i < 3; i++)
			name[i] = (char)toupper((unsigned char)name[i]);
		if (!has_advisory(list, nr, name))
			list[nr++] = name;
	}
	qsort(list, nr, sizeof(*list), compare_advisories);
	m->advisories = list;
	m->nr_advisories = nr;
	return 0;
}

/* "Reviewed-by: someone": the bytes of the key, or 0. */
static size_t trailer_key_size(const struct line *line)
{
	size_t n = 0;

	while (n < line->size && n < KEY_MAX &&
	       (isalnum((unsigned char)line->data[n]) || line->data[n] == '-'))
		n++;
	return n && n < line->size && line->data[n] == ':' && isalpha((unsigned char)*line->data)
		       ? n
		       : 0;
}

/* The start of the last paragraph that is not the first. */
static const char *last_paragraph(const char *text, const char *end)
{
	const char *start = end, *at = text;
	bool after_empty = false, has_subject = false;
	struct line line;

	for (const char *from = at; next_line(&at, end, &line); from = at) {
		if (line.size && after_empty && has_subject)
			start = from;
		has_subject = has_subject || line.size;
		after_empty = !line.size;
	}
	return start;
}

static int read_trailers(const char *text, const char *end, struct arena *arena,
			 struct history_message *m)
{
	struct history_trailer *list = arena_alloc(arena, NR_TRAILERS_MAX * sizeof(*list));
	const char *at = last_paragraph(text, end);
	struct line line;

	if (!list)
		return -ENOMEM;
	m->trailers = list;
	while (next_line(&at, end, &line) && m->nr_trailers < NR_TRAILERS_MAX) {
		size_t size = trailer_key_size(&line), skip = size + 1;
		struct history_trailer *t = &list[m->nr_trailers];

		if (!size)
			continue;
		while (skip < line.size && isspace((unsigned char)line.data[skip]))
			skip++;
		t->key = history_copy(arena, line.data, size);
		t->value = history_copy(arena, line.data + skip, line.size - skip);
		if (!t->key || !t->value)
			return -ENOMEM;
		m->nr_trailers++;
	}
	return 0;
}

/* "(cherry picked from commit ID)", as git writes it, or "master commit: ID". */
static int read_origin(const char *text, const char *end, struct arena *arena,
		       struct history_message *m)
{
	static const char *const words[] = { "(cherry picked from commit ", "master commit: " };
	struct line line;

	while (next_line(&text, end, &line)) {
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			size_t n = strlen(words[i]), size = n;

			if (line.size < n || memcmp(line.data, words[i], n))
				continue;
			while (size < line.size && isxdigit((unsigned char)line.data[size]))
				size++;
			if (size - n < 7 || size - n > 40)
				continue;
			m->picked_from = history_copy(arena, line.data + n, size - n);
			return m->picked_from ? 0 : -ENOMEM;
		}
	}
	return 0;
}

int history_parse_message(const char *text, size_t size, struct arena *arena,
			  struct history_message *ret_message)
{
	const char *end = text + (size < MESSAGE_MAX ? size : MESSAGE_MAX);
	struct history_message m = { 0 };
	int rc;

	m.subject = read_subject(text, end, arena);
	rc = m.subject ? read_advisories(text, end, arena, &m) : -ENOMEM;
	if (!rc)
		rc = read_trailers(text, end, arena, &m);
	if (!rc)
		rc = read_origin(text, end, arena, &m);
	if (!rc)
		*ret_message = m;
	return rc;
}

/* @text as UTF-8, if the commit says it is something else that is known; else NULL. */
static char *convert(const char *text, const char *encoding, struct arena *arena)
{
	size_t in_size = strnlen(text, MESSAGE_MAX), out_size = in_size * 4;
	char *out = arena_alloc(arena, out_size + 1), *in = (char *)text, *at = out;
	iconv_t table;
	size_t r;

	if (!out)
		return NULL;
	table = iconv_open("UTF-8", encoding);
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): that is how iconv_open() fails */
	if (table == (iconv_t)-1)
		return NULL;
	r = iconv(table, &in, &in_size, &at, &out_size);
	iconv_close(table);
	return r == (size_t)-1 ? NULL : out;
}

int history_describe(struct history_repo *repo, const char *commit, struct arena *arena,
		     struct history_message *ret_message)
{
	const char *text, *encoding, *name;
	const git_signature *author;
	char *converted = NULL;
	git_commit *object;
	git_oid id;
	int rc;

	if (git_oid_fromstr(&id, commit) || history_lookup_commit(repo, &id, &object))
		return -EIO;
	text = git_commit_message(object);
	text = text ? text : "";
	encoding = git_commit_message_encoding(object);
	if (encoding && strcasecmp(encoding, "UTF-8"))
		converted = convert(text, encoding, arena);
	text = converted ? converted : text;
	rc = history_parse_message(text, strlen(text), arena, ret_message);
	author = git_commit_author(object);
	name = author && author->name ? author->name : "";
	if (!rc) {
		ret_message->author = history_copy(arena, name, strnlen(name, SUBJECT_MAX));
		ret_message->time = git_commit_time(object);
		rc = ret_message->author ? 0 : -ENOMEM;
	}
	git_commit_free(object);
	return rc;
}
