/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits whose constant is a macro get their value from the tree's definitions. */
#include "extract/macros.h"

#include <errno.h>
#include <string.h>

#include "extract/extract.h"

/* A macro some limit needs; two definitions that differ leave it without value. */
struct macro {
	const char *body; /* NULL: not found yet */
	bool is_ambiguous;
};

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Note the names in a limit's constant as wanted. */
static int want_names(struct macros *macros, const char *text)
{
	while (*text) {
		size_t n = 0;

		while (is_word_char(text[n]))
			n++;
		if (n && (text[0] < '0' || text[0] > '9')) {
			char *name = model_copy(macros->m, text, n);
			struct macro *macro = model_alloc(macros->m, sizeof(*macro));

			if (!name || !macro || !strmap_put(&macros->names, name, macro))
				return -ENOMEM;
		}
		text += n ? n : 1;
	}
	return 0;
}

/* "#define NAME body" of a wanted name. */
static int take_define(struct macros *macros, const char *p, const char *end)
{
	const char *name = p, *comment;
	struct macro *macro;
	char word[128] = "", *body;

	while (p < end && is_word_char(*p))
		p++;
	if (p == name || p == end || *p == '(' || (size_t)(p - name) >= sizeof(word))
		return 0;
	memcpy(word, name, (size_t)(p - name));
	macro = strmap_get(&macros->names, word);
	if (!macro)
		return 0;
	comment = memmem(p, (size_t)(end - p), "/*", 2);
	if (!comment)
		comment = memmem(p, (size_t)(end - p), "//", 2);
	body = model_copy(macros->m, p, (size_t)((comment ? comment : end) - p));
	if (!body)
		return -ENOMEM;
	if (!macro->body)
		macro->body = body;
	else if (strcmp(macro->body, body))
		macro->is_ambiguous = true;
	return want_names(macros, body);
}

int macros_read(struct macros *macros, const char *text, size_t size)
{
	static const char define[] = "#define";
	const char *p = text, *end = p + size;
	int rc = 0;

	while (!rc && p < end) {
		const char *newline;

		p = memmem(p, (size_t)(end - p), define, sizeof(define) - 1);
		if (!p)
			break;
		p += sizeof(define) - 1;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		newline = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
		rc = take_define(macros, p, newline ? newline : end);
	}
	return rc;
}

static const char *find_macro(const struct number_scope *scope, const char *name)
{
	const struct macro *macro = strmap_get(scope->macros, name);

	return macro && !macro->is_ambiguous ? macro->body : NULL;
}

bool macros_evaluate(const struct macros *macros)
{
	struct number_scope scope = { .find = find_macro, .macros = &macros->names };
	bool complete = true;

	for (size_t i = 0; i < macros->m->nr_annotations; i++) {
		struct annotation *a = macros->m->annotations[i];
		const char *constant;

		if (a->kind != ANNOTATION_LIMIT || a->has_limit)
			continue;
		constant = strrchr(a->detail, '=');
		a->has_limit = constant && number_evaluate(constant + 1, &scope, &a->limit.value);
		complete = complete && a->has_limit;
	}
	return complete;
}

int macros_want(struct macros *macros)
{
	int rc = 0;

	for (size_t i = 0; i < macros->m->nr_annotations && !rc; i++) {
		struct annotation *a = macros->m->annotations[i];
		const char *constant = strrchr(a->detail, '=');

		if (a->kind == ANNOTATION_LIMIT && !a->has_limit && constant)
			rc = want_names(macros, constant + 1);
	}
	return rc;
}

void macros_reset(struct macros *macros)
{
	strmap_reset(&macros->names);
}
