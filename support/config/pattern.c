/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regular expressions with bounds. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "config/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pcre2.h>

#define PATTERN_MAX 1024		 /* bytes of an expression */
#define COMPILED_MAX ((size_t)256 << 10) /* bytes of one compiled */
#define STEPS_MAX 20000
#define TIMED_MIN 1024
#define NANOSECONDS_MAX 2000000000LL /* of one expression, over all that is searched */
#define HEAP_MAX_KIB 4096

struct pattern {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	const char *text; /* searched last */
	bool has_match;
	long long spent; /* nanoseconds of the processor */
};

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_match_context_free(p->limits);
	pcre2_match_data_free(p->match);
	pcre2_code_free(p->code);
	free(p);
}

static void report(struct model *m, struct pos at, int error, size_t offset)
{
	PCRE2_UCHAR text[160] = "";

	pcre2_get_error_message(error, text, sizeof(text));
	model_report(m, SEVERITY_ERROR, "bad-config", at, "see pcre2pattern(3)",
		     "no regular expression: %s at byte %zu", (const char *)text, offset);
}

static pcre2_code *compile(struct model *m, const char *text, struct pos at)
{
	/* Not UTF mode: sources hold any byte. \C and callouts have no use here. */
	const uint32_t options =
		PCRE2_MULTILINE | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
	pcre2_code *code;
	PCRE2_SIZE offset = 0, size = 0;
	int error = 0;

	if (strlen(text) > PATTERN_MAX) {
		model_report(m, SEVERITY_ERROR, "bad-config", at, "split it",
			     "a regular expression of more than %d bytes", PATTERN_MAX);
		return NULL;
	}
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &error, &offset,
			     NULL);
	if (!code) {
		report(m, at, error, offset);
		return NULL;
	}
	if (!pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size) && size > COMPILED_MAX) {
		model_report(m, SEVERITY_ERROR, "bad-config", at, "use smaller repeat counts",
			     "the regular expression is too large");
		pcre2_code_free(code);
		return NULL;
	}
	/* Where there is no JIT the interpreter runs, under the same bounds. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

int pattern_compile(struct model *m, const char *text, struct pos at, struct pattern **ret_pattern)
{
	pcre2_code *code = compile(m, text, at);
	struct pattern *p = code ? calloc(1, sizeof(*p)) : NULL;

	*ret_pattern = NULL;
	if (!code)
		return m->out_of_memory ? -ENOMEM : 0;
	if (!p) {
		pcre2_code_free(code);
		return -ENOMEM;
	}
	p->code = code;
	p->match = pcre2_match_data_create_from_pattern(code, NULL);
	p->limits = pcre2_match_context_create(NULL);
	if (!p->match || !p->limits) {
		pattern_free(p);
		return -ENOMEM;
	}
	pcre2_set_match_limit(p->limits, STEPS_MAX);
	pcre2_set_depth_limit(p->limits, STEPS_MAX);
	pcre2_set_heap_limit(p->limits, HEAP_MAX_KIB);
	*ret_pattern = p;
	return 0;
}

static struct pattern_span span_of(const struct pattern *p, size_t number)
{
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(p->match);

	if (number >= pcre2_get_ovector_count(p->match) || offsets[2 * number] == PCRE2_UNSET)
		return (struct pattern_span){ NULL, 0 };
	return (struct pattern_span){ p->text + offsets[2 * number],
				      offsets[2 * number + 1] - offsets[2 * number] };
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

enum pattern_result pattern_search(struct pattern *p, const char *text, size_t size, size_t from,
				   struct pattern_span *ret_whole)
{
	long long start;
	bool is_timed;
	int r;

	p->has_match = false;
	if (p->spent > NANOSECONDS_MAX)
		return PATTERN_GAVE_UP;
	/* Asking for the time costs more than searching a line. */
	is_timed = size - from >= TIMED_MIN;
	start = is_timed ? now() : 0;
	r = pcre2_match(p->code, (PCRE2_SPTR)text, size, from, 0, p->match, p->limits);
	if (is_timed)
		p->spent += now() - start;
	p->text = text;
	p->has_match = r > 0;
	if (r <= 0)
		return r == PCRE2_ERROR_NOMATCH ? PATTERN_NO_MATCH : PATTERN_GAVE_UP;
	if (ret_whole)
		*ret_whole = span_of(p, 0);
	return PATTERN_MATCH;
}

struct pattern_span pattern_group_at(const struct pattern *p, unsigned int number)
{
	return p->has_match ? span_of(p, number) : (struct pattern_span){ NULL, 0 };
}

struct pattern_span pattern_group(const struct pattern *p, const char *name)
{
	int number = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)name);

	return number > 0 ? pattern_group_at(p, (unsigned int)number)
			  : (struct pattern_span){ NULL, 0 };
}
