/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire format: tab-separated lines, `title`, `used`, `verdict`, closed by
 * `end`; or one line `failure`. A cut-off answer is thus never taken for one.
 */
#include "engine/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 8

void wire_put_answers(const struct answers *a, struct strbuf *out)
{
	strbuf_printf(out, "title\t%u\t%s\n", a->line, a->title);
	for (size_t i = 0; i < a->nr_used; i++)
		strbuf_printf(out, "used\t%zu\n", a->used[i]);
	for (size_t i = 0; i < a->nr_verdicts; i++) {
		const struct verdict *v = &a->verdicts[i];

		strbuf_printf(out, "verdict\t%zu\t%d\t%zu\t%u\t%s\t%s\n", v->feature, (int)v->kind,
			      v->source, v->line, v->rule, v->reason);
	}
	strbuf_puts(out, "end\n");
}

void wire_put_failure(const struct host_failure *f, struct strbuf *out)
{
	strbuf_printf(out, "failure\t%ld\t%u\t%s\t%s\n", f->source, f->line, f->message, f->remedy);
}

/* A decimal number of at most @max. */
static bool get_number(const char *s, unsigned long max, unsigned long *ret_value)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*ret_value = strtoul(s, &end, 10);
	return !errno && !*end && *ret_value <= max;
}

/* One line of text without control characters, into a field of @size bytes. */
static bool get_text(const char *s, char *to, size_t size)
{
	size_t n = strlen(s);

	if (n >= size)
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	}
	memcpy(to, s, n + 1);
	return true;
}

static size_t split(char *line, char *fields[FIELDS_MAX])
{
	size_t nr = 0;

	while (line && nr < FIELDS_MAX)
		fields[nr++] = strsep(&line, "\t");
	return line ? 0 : nr;
}

static bool get_title(char **fields, struct answers *a)
{
	unsigned long line;

	if (!get_number(fields[1], INT32_MAX, &line))
		return false;
	a->line = (unsigned int)line;
	return get_text(fields[2], a->title, sizeof(a->title));
}

static bool get_used(char **fields, const struct host_input *in, struct answers *a)
{
	unsigned long index;

	if (!in->nr_rules || a->nr_used == HOST_SOURCE_MAX ||
	    !get_number(fields[1], in->nr_rules - 1, &index))
		return false;
	a->used[a->nr_used++] = index;
	return true;
}

static bool get_verdict(char **fields, const struct host_input *in, struct answers *a)
{
	struct verdict v = { 0 };
	unsigned long feature, kind, source, line;

	if (!in->nr_rules || !in->facts->nr_features ||
	    !get_number(fields[1], in->facts->nr_features - 1, &feature) ||
	    !get_number(fields[2], NR_VERDICT_KINDS - 1, &kind) ||
	    !get_number(fields[3], in->nr_rules - 1, &source) ||
	    !get_number(fields[4], INT32_MAX, &line) ||
	    !get_text(fields[5], v.rule, sizeof(v.rule)) ||
	    !get_text(fields[6], v.reason, sizeof(v.reason)))
		return false;
	if (a->nr_verdicts && a->verdicts[a->nr_verdicts - 1].feature > feature)
		return false;
	v.feature = feature;
	v.kind = (enum verdict_kind)kind;
	v.source = source;
	v.line = (unsigned int)line;
	return !answers_add(a, &v);
}

static bool get_failure(char **fields, const struct host_input *in, struct host_failure *f)
{
	unsigned long line;

	memset(f, 0, sizeof(*f));
	f->source = strtol(fields[1], NULL, 10);
	if (f->source >= (long)in->nr_rules || f->source < HOST_AT_NOTHING)
		return false;
	if (!get_number(fields[2], INT32_MAX, &line))
		return false;
	f->line = (unsigned int)line;
	return get_text(fields[3], f->message, sizeof(f->message)) &&
	       get_text(fields[4], f->remedy, sizeof(f->remedy));
}

enum wire_result wire_get(char *text, const struct host_input *in, struct answers *ret_answers,
			  struct host_failure *ret_failure)
{
	char *fields[FIELDS_MAX], *line;
	bool ok = true;

	memset(ret_answers, 0, sizeof(*ret_answers));
	while (ok && (line = strsep(&text, "\n")) && text) {
		size_t nr = split(line, fields);

		if (nr == 3 && !strcmp(fields[0], "title"))
			ok = get_title(fields, ret_answers);
		else if (nr == 2 && !strcmp(fields[0], "used"))
			ok = get_used(fields, in, ret_answers);
		else if (nr == 7 && !strcmp(fields[0], "verdict"))
			ok = get_verdict(fields, in, ret_answers);
		else if (nr == 5 && !strcmp(fields[0], "failure") &&
			 get_failure(fields, in, ret_failure) && !*text) {
			answers_reset(ret_answers);
			return WIRE_FAILURE;
		} else if (nr == 1 && !strcmp(fields[0], "end") && !*text)
			return WIRE_ANSWERS;
		else
			ok = false;
	}
	answers_reset(ret_answers);
	return WIRE_BROKEN;
}
