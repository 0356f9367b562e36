/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results of tests. One line a test: "NAME TAB RESULT", or an object of meson's
 * testlog.json, whose name is "SUITE / NAME" or "SUITE - PROJECT:NAME".
 */
#include "extract/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "model/read.h"

#define EVIDENCE_MAX ((size_t)64 << 20)

/* A file with more lines that are no results is something else. */
#define NR_BAD_MAX 1000

struct word {
	const char *text;
	enum test_result result;
};

static const struct word words[] = {
	{ "passed", TEST_PASSED },	 { "failed", TEST_FAILED },
	{ "skipped", TEST_SKIPPED },	 { "OK", TEST_PASSED },
	{ "EXPECTEDFAIL", TEST_PASSED }, { "FAIL", TEST_FAILED },
	{ "TIMEOUT", TEST_FAILED },	 { "INTERRUPT", TEST_FAILED },
	{ "ERROR", TEST_FAILED },	 { "UNEXPECTEDPASS", TEST_FAILED },
	{ "SKIP", TEST_SKIPPED },	 { "IGNORED", TEST_SKIPPED },
};

static bool find_result(const char *text, enum test_result *ret_result)
{
	for (size_t i = 0; text && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(text, words[i].text)) {
			*ret_result = words[i].result;
			return true;
		}
	}
	return false;
}

static int add(struct model *m, const char *name, size_t size, enum test_result result,
	       struct pos at)
{
	struct evidence *all = model_grow(m, m->evidence, m->nr_evidence, sizeof(*all));
	struct evidence e = { .name = model_copy(m, name, size), .result = result, .at = at };

	if (!all || !e.name)
		return -ENOMEM;
	m->evidence = all;
	m->evidence[m->nr_evidence++] = e;
	return 0;
}

static void report_bad(struct model *m, struct pos at)
{
	model_report(m, SEVERITY_ERROR, "bad-evidence", at,
		     "a line is 'NAME<TAB>passed', or meson's testlog.json",
		     "this is no result of a test");
}

/* Meson puts the suite and the project before the name. */
static const char *bare_name(const char *name)
{
	const char *p = strstr(name, " / ");

	if (p)
		return p + 3;
	p = strstr(name, " - ");
	name = p ? p + 3 : name;
	p = strchr(name, ':');
	return p ? p + 1 : name;
}

static int parse_json(struct model *m, const char *line, size_t size, struct pos at)
{
	json_t *object = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(object, "name"));
	const char *text = json_string_value(json_object_get(object, "result"));
	enum test_result result;
	int rc = 0;

	if (name && find_result(text, &result)) {
		name = bare_name(name);
		rc = add(m, name, strlen(name), result, at);
	} else {
		report_bad(m, at);
	}
	json_decref(object);
	return rc;
}

static int parse_line(struct model *m, const char *line, size_t size, struct pos at)
{
	const char *tab;
	enum test_result result;
	char *word;

	if (size && line[size - 1] == '\r')
		size--;
	if (!size || line[0] == '#')
		return 0;
	if (line[0] == '{')
		return parse_json(m, line, size, at);
	tab = memchr(line, '\t', size);
	if (!tab || tab == line) {
		report_bad(m, at);
		return 0;
	}
	word = model_copy(m, tab + 1, size - (size_t)(tab - line) - 1);
	if (!word)
		return -ENOMEM;
	if (find_result(word, &result))
		return add(m, line, (size_t)(tab - line), result, at);
	report_bad(m, at);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct evidence *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	/* Of a test's several results the worst comes first and counts. */
	if (!order)
		order = (x->result == TEST_FAILED ? -1 : 0) - (y->result == TEST_FAILED ? -1 : 0);
	if (!order)
		order = x->at.line < y->at.line ? -1 : x->at.line > y->at.line;
	return order;
}

int evidence_parse(struct model *m, const char *path, const char *text, size_t size)
{
	const char *name = model_copy(m, path, strlen(path));
	size_t nr_evidence = m->nr_evidence, nr_diagnostics = m->nr_diagnostics;
	unsigned int line = 1;
	int rc = name ? 0 : -ENOMEM;

	for (size_t i = 0; i < size && !rc; line++) {
		const char *newline = memchr(text + i, '\n', size - i);
		size_t end = newline ? (size_t)(newline - text) : size;

		rc = parse_line(m, text + i, end - i, (struct pos){ name, line, 1 });
		i = end + 1;
		if (m->nr_diagnostics - nr_diagnostics > NR_BAD_MAX) {
			model_report(m, SEVERITY_ERROR, "unreadable", (struct pos){ name, line, 1 },
				     "what follows was not read",
				     "too many lines that are no results of tests");
			break;
		}
	}
	if (!rc && m->nr_evidence == nr_evidence && m->nr_diagnostics != nr_diagnostics) {
		model_retract(m, nr_diagnostics);
		model_report(m, SEVERITY_ERROR, "unreadable", (struct pos){ name, 1, 1 },
			     "name meson's testlog.json, or what `candor evidence --lines` writes",
			     "no line of it is the result of a test");
		return 0;
	}
	if (m->nr_evidence)
		qsort(m->evidence, m->nr_evidence, sizeof(*m->evidence), compare);
	m->has_evidence = true;
	return rc;
}

int evidence_read(struct model *m, const char *path)
{
	return read_file(m, path, EVIDENCE_MAX, evidence_parse);
}
