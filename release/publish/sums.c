/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksum lists in the format of coreutils' sha256sum. */
#include "publish/sums.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define LINES_MAX 4096

bool sums_name_ok(const char *name)
{
	size_t size = strlen(name);

	return size && size < SUMS_NAME_MAX && strspn(name, LETTERS "._+~-") == size &&
	       strchr(LETTERS, name[0]);
}

int sums_add(struct sums *sums, const char *sha256, const char *name)
{
	struct sums_line *lines;
	size_t at = 0;

	if (!sums_name_ok(name) || strlen(sha256) != 64)
		return -EINVAL;
	while (at < sums->nr_lines && strcmp(sums->lines[at].name, name) < 0)
		at++;
	if (at < sums->nr_lines && !strcmp(sums->lines[at].name, name))
		return -EEXIST;
	lines = reallocarray(sums->lines, sums->nr_lines + 1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	sums->lines = lines;
	memmove(lines + at + 1, lines + at, (sums->nr_lines - at) * sizeof(*lines));
	sums->nr_lines++;
	strcpy(lines[at].sha256, sha256);
	strcpy(lines[at].name, name);
	return 0;
}

void sums_print(const struct sums *sums, struct strbuf *ret_text)
{
	for (size_t i = 0; i < sums->nr_lines; i++)
		strbuf_printf(ret_text, "%s  %s\n", sums->lines[i].sha256, sums->lines[i].name);
}

/* "64 hex digits, two blanks, name", without its line end. */
static int parse_line(const char *line, size_t size, struct sums *sums, const char **ret_why)
{
	char sha256[65], name[SUMS_NAME_MAX];
	int rc;

	*ret_why = "no line of the form 'SHA256  NAME'";
	if (size < 67 || size - 66 >= SUMS_NAME_MAX || memchr(line, '\0', size))
		return -EINVAL;
	memcpy(sha256, line, 64);
	sha256[64] = '\0';
	memcpy(name, line + 66, size - 66);
	name[size - 66] = '\0';
	if (strspn(sha256, "0123456789abcdef") != 64 || line[64] != ' ' || line[65] != ' ')
		return -EINVAL;
	*ret_why = "no name that a release may hold";
	if (!sums_name_ok(name))
		return -EINVAL;
	*ret_why = "the names are not sorted, or one is twice in the list";
	if (sums->nr_lines && strcmp(sums->lines[sums->nr_lines - 1].name, name) >= 0)
		return -EINVAL;
	rc = sums_add(sums, sha256, name);
	*ret_why = "out of memory";
	return rc;
}

int sums_parse(const char *place, const char *text, size_t size, struct trouble *trouble,
	       struct sums *ret_sums)
{
	struct sums sums = { 0 };
	const char *why = "the list is empty";
	size_t nr = 0;
	int rc = size ? 0 : -EINVAL;

	while (!rc && size) {
		const char *end = memchr(text, '\n', size);

		nr++;
		why = "the last line has no end";
		rc = -EINVAL;
		if (end && nr <= LINES_MAX)
			rc = parse_line(text, (size_t)(end - text), &sums, &why);
		if (!rc) {
			size -= (size_t)(end - text) + 1;
			text = end + 1;
		}
	}
	if (rc) {
		struct strbuf at = STRBUF_INIT;

		strbuf_printf(&at, "%s:%zu", place, nr);
		sums_reset(&sums);
		trouble_set(trouble, rc, strbuf_str(&at) ? strbuf_str(&at) : place,
			    "fetch the release again", "%s", why);
		strbuf_reset(&at);
		return rc;
	}
	*ret_sums = sums;
	return 0;
}

const struct sums_line *sums_find(const struct sums *sums, const char *name)
{
	for (size_t i = 0; i < sums->nr_lines; i++) {
		if (!strcmp(sums->lines[i].name, name))
			return &sums->lines[i];
	}
	return NULL;
}

void sums_reset(struct sums *sums)
{
	free(sums->lines);
	*sums = (struct sums){ 0 };
}
