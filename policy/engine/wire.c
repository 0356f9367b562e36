/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire format: tab-separated lines, closed by `end`; or one line `failure`.
 * A cut-off answer is thus never taken for one. Verdicts are a line for each
 * feature that has some, with the numbers of their sentences.
 */
#include "engine/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 12
#define PURPOSE_MAX 4000

static void put_number(struct strbuf *out, char before, uint64_t value)
{
	char text[24];
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + value % 10);
	while (value /= 10);
	text[--at] = before;
	strbuf_add(out, text + at, sizeof(text) - at);
}

static void put_verdicts(const struct answers *a, struct strbuf *out)
{
	for (size_t i = 0; i < a->nr_verdicts; i++) {
		const struct verdict *v = &a->verdicts[i];

		if (!i || a->verdicts[i - 1].feature != v->feature) {
			strbuf_puts(out, i ? "\nverdicts" : "verdicts");
			put_number(out, '\t', v->feature);
		}
		put_number(out, ' ', v->sentence);
	}
	if (a->nr_verdicts)
		strbuf_puts(out, "\n");
}

void wire_put_answers(const struct answers *a, struct strbuf *out)
{
	strbuf_printf(out, "title\t%u\t%s\t%s\n", a->line, a->title ? a->title : "",
		      a->purpose ? a->purpose : "");
	for (size_t i = 0; i < a->nr_used; i++)
		strbuf_printf(out, "used\t%zu\t%d\n", a->used[i].source, (int)a->used[i].layer);
	for (size_t i = 0; i < a->nr_unknown; i++)
		strbuf_printf(out, "unknown\t%zu\t%u\t%s\n", a->unknown[i].source,
			      a->unknown[i].line, a->unknown[i].id);
	for (size_t i = 0; i < a->nr_sentences; i++) {
		const struct sentence *s = &a->sentences[i];

		strbuf_printf(out,
			      "sentence\t%d\t%d\t%zu\t%u\t%d\t%d\t%" PRIu64 "\t%s\t%s\t%s\t%s\n",
			      (int)s->kind, (int)s->layer, s->source, s->line, s->overrides,
			      s->opt_in, s->value, s->rule, s->reason, s->other, s->extra);
	}
	put_verdicts(a, out);
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

/* One line of text without control characters, of at most @max bytes. */
static bool text_ok(const char *s, size_t max)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	}
	return n <= max;
}

static bool get_text(const char *s, char *to, size_t size)
{
	if (!text_ok(s, size - 1))
		return false;
	memcpy(to, s, strlen(s) + 1);
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

	if (a->title || !get_number(fields[1], INT32_MAX, &line) ||
	    !text_ok(fields[2], HOST_REASON_MAX) || !text_ok(fields[3], PURPOSE_MAX))
		return false;
	a->line = (unsigned int)line;
	a->title = strdup(fields[2]);
	a->purpose = strdup(fields[3]);
	return a->title && a->purpose;
}

/* Index of a rule file; a file of expectations is alone, as 0. */
static bool get_source(const char *field, const struct host_input *in, size_t *ret_source)
{
	size_t nr = in->mode == HOST_TEST ? 1 : in->nr_rules;
	unsigned long index;

	if (!nr || !get_number(field, nr - 1, &index))
		return false;
	*ret_source = index;
	return true;
}

static bool get_used(char **fields, const struct host_input *in, struct answers *a)
{
	unsigned long layer;
	size_t source;

	if (a->nr_used == HOST_SOURCE_MAX || !get_source(fields[1], in, &source) ||
	    !get_number(fields[2], NR_LAYERS - 1, &layer))
		return false;
	a->used[a->nr_used].source = source;
	a->used[a->nr_used++].layer = (enum layer)layer;
	return true;
}

static bool get_unknown(char **fields, const struct host_input *in, struct answers *a)
{
	struct unknown_id *u = &a->unknown[a->nr_unknown];
	unsigned long line;

	if (a->nr_unknown == HOST_UNKNOWN_MAX || !get_source(fields[1], in, &u->source) ||
	    !get_number(fields[2], INT32_MAX, &line) || !text_ok(fields[3], HOST_NAME_MAX))
		return false;
	u->line = (unsigned int)line;
	u->id = strdup(fields[3]);
	if (u->id)
		a->nr_unknown++;
	return u->id != NULL;
}

static bool get_sentence(char **fields, const struct host_input *in, struct answers *a)
{
	struct sentence s = {
		.rule = fields[8], .reason = fields[9], .other = fields[10], .extra = fields[11]
	};
	unsigned long kind, layer, line, overrides, opt_in, value;

	if (!get_number(fields[1], NR_SENTENCE_KINDS - 1, &kind) ||
	    !get_number(fields[2], NR_LAYERS - 1, &layer) ||
	    !get_source(fields[3], in, &s.source) || !get_number(fields[4], INT32_MAX, &line) ||
	    !get_number(fields[5], 1, &overrides) || !get_number(fields[6], 1, &opt_in) ||
	    !get_number(fields[7], UINT64_MAX, &value) || !text_ok(s.rule, HOST_REASON_MAX) ||
	    !text_ok(s.reason, HOST_REASON_MAX) || !text_ok(s.other, HOST_REASON_MAX) ||
	    !text_ok(s.extra, HOST_REASON_MAX))
		return false;
	s.kind = (enum sentence_kind)kind;
	s.layer = (enum layer)layer;
	s.line = (unsigned int)line;
	s.overrides = overrides;
	s.opt_in = opt_in;
	s.value = value;
	return !answers_add_sentence(a, &s);
}

/* " 3 17 20": sentences of one feature. */
static bool get_verdicts(char **fields, const struct host_input *in, struct answers *a)
{
	char *numbers = strchr(fields[1], ' '), *end;
	unsigned long feature, sentence;

	if (!numbers)
		return false;
	*numbers = '\0';
	if (!in->facts->nr_features ||
	    !get_number(fields[1], in->facts->nr_features - 1, &feature) ||
	    (a->nr_verdicts && a->verdicts[a->nr_verdicts - 1].feature >= feature))
		return false;
	do {
		numbers++;
		if (*numbers < '0' || *numbers > '9')
			return false;
		sentence = strtoul(numbers, &end, 10);
		if (sentence >= a->nr_sentences || answers_add_verdict(a, feature, sentence))
			return false;
		numbers = end;
	} while (*numbers == ' ');
	return !*numbers;
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

static bool get_line(char **fields, size_t nr, const struct host_input *in, struct answers *a)
{
	if (nr == 4 && !strcmp(fields[0], "title"))
		return get_title(fields, a);
	if (nr == 3 && !strcmp(fields[0], "used"))
		return get_used(fields, in, a);
	if (nr == 4 && !strcmp(fields[0], "unknown"))
		return get_unknown(fields, in, a);
	if (nr == 12 && !strcmp(fields[0], "sentence"))
		return get_sentence(fields, in, a);
	if (nr == 2 && !strcmp(fields[0], "verdicts"))
		return get_verdicts(fields, in, a);
	return false;
}

enum wire_result wire_get(char *text, const struct host_input *in, struct answers *ret_answers,
			  struct host_failure *ret_failure)
{
	char *fields[FIELDS_MAX], *line;
	bool ok = true;

	memset(ret_answers, 0, sizeof(*ret_answers));
	while (ok && (line = strsep(&text, "\n")) && text) {
		size_t nr = split(line, fields);

		if (nr == 5 && !strcmp(fields[0], "failure") &&
		    get_failure(fields, in, ret_failure) && !*text) {
			answers_reset(ret_answers);
			return WIRE_FAILURE;
		}
		if (nr == 1 && !strcmp(fields[0], "end") && !*text && ret_answers->title)
			return WIRE_ANSWERS;
		ok = get_line(fields, nr, in, ret_answers);
	}
	answers_reset(ret_answers);
	return WIRE_BROKEN;
}
