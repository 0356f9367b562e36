/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Annotation records: lines "KIND TAB ID TAB DETAIL TAB FILE:LINE". */
#include "extract/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define RECORD_MAX 4096
#define NR_FIELDS 4

/* A damaged section may hold very many bad lines; the first few tell. */
#define BAD_MAX 10

static bool find_kind(const char *word, enum annotation_kind *ret_kind)
{
	for (unsigned int i = 0; i < NR_ANNOTATION_KINDS; i++) {
		if (!strcmp(word, model_annotation_name((enum annotation_kind)i))) {
			*ret_kind = (enum annotation_kind)i;
			return true;
		}
	}
	return false;
}

/* Cut a copy of the line at its tabs; false unless it has four fields. */
static bool split(char *line, char *ret_fields[NR_FIELDS])
{
	for (size_t i = 0; i < NR_FIELDS; i++) {
		char *tab = strchr(line, '\t');

		ret_fields[i] = line;
		if (!tab != (i == NR_FIELDS - 1))
			return false;
		if (tab) {
			*tab = '\0';
			line = tab + 1;
		}
	}
	return true;
}

/* "FILE:LINE" */
static bool take_place(char *field, struct pos *ret_at)
{
	char *colon = strrchr(field, ':'), *end;
	unsigned long line;

	if (!colon || colon == field || colon[1] < '0' || colon[1] > '9')
		return false;
	errno = 0;
	line = strtoul(colon + 1, &end, 10);
	if (*end || errno || line > 100000000)
		return false;
	*colon = '\0';
	*ret_at = (struct pos){ field, (unsigned int)line, 0 };
	return true;
}

static bool fill(struct annotation *a, char *line)
{
	char *fields[NR_FIELDS];

	if (!split(line, fields) || !find_kind(fields[0], &a->kind) || !*fields[1] ||
	    !take_place(fields[3], &a->at))
		return false;
	a->id = fields[1];
	a->detail = fields[2];
	return true;
}

int records_parse(struct model *m, const char *object, const char *data, size_t size)
{
	const char *path = model_copy(m, object, strlen(object));
	size_t nr_bad = 0;

	if (!path)
		return -ENOMEM;
	for (size_t i = 0, nr = 1; i < size; nr++) {
		const char *newline = memchr(data + i, '\n', size - i);
		size_t end = newline ? (size_t)(newline - data) : size;
		struct annotation *a = model_alloc(m, sizeof(*a));
		char *line = model_copy(m, data + i, end - i);

		if (!a || !line)
			return -ENOMEM;
		a->object = path;
		if (newline && end - i <= RECORD_MAX && strlen(line) == end - i && fill(a, line)) {
			if (model_add_annotation(m, a))
				return -ENOMEM;
		} else if (nr_bad++ < BAD_MAX) {
			model_report(m, SEVERITY_ERROR, "bad-record", (struct pos){ path, 0, 0 },
				     "build it again from its sources",
				     "record %zu of .candor.support is no annotation", nr);
		}
		i = end + 1;
	}
	return 0;
}
