/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of one status line: its key, and the label its value starts with. */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

struct label {
	const char *text;
	enum level level;
	enum security security;
	bool defined; /* by the section "Definition of Status labels" */
};

static const struct label labels[] = {
	{ "Supported", LEVEL_SUPPORTED, SECURITY_YES, true },
	{ "Tech Preview", LEVEL_TECH_PREVIEW, SECURITY_NO, true },
	{ "Experimental", LEVEL_EXPERIMENTAL, SECURITY_NO, true },
	{ "Deprecated", LEVEL_DEPRECATED, SECURITY_YES, true },
	/* Used by real statements, defined by none. */
	{ "Not supported", LEVEL_NOT_SUPPORTED, SECURITY_NO, false },
	{ "Unsupported", LEVEL_NOT_SUPPORTED, SECURITY_NO, false },
	{ "Not functional", LEVEL_NOT_SUPPORTED, SECURITY_NO, false },
	{ "No security support", LEVEL_UNKNOWN, SECURITY_NO, false },
	{ "Support scope restricted", LEVEL_UNKNOWN, SECURITY_UNKNOWN, false },
	{ "Security supported", LEVEL_UNKNOWN, SECURITY_YES, false },
};

static const char *const status_keys[] = { "Status", "Supported" };

#define NR(array) (sizeof(array) / sizeof((array)[0]))

const char *status_find_key(struct span key, bool *ret_exact)
{
	char word[16];

	if (!key.size || key.size >= sizeof(word))
		return NULL;
	memcpy(word, key.data, key.size);
	word[key.size] = '\0';
	for (size_t i = 0; i < NR(status_keys); i++) {
		if (strcmp(word, status_keys[i]) && text_distance(word, status_keys[i], 2) > 2)
			continue;
		*ret_exact = !strcmp(word, status_keys[i]);
		return status_keys[i];
	}
	return NULL;
}

bool status_is_label(struct span value)
{
	for (size_t i = 0; i < NR(labels) && labels[i].defined; i++) {
		if (span_is_word(value, labels[i].text))
			return true;
	}
	return false;
}

static bool starts_with_words(const char *text, const char *words)
{
	size_t n = strlen(words);

	return !strncasecmp(text, words, n) && !isalnum((unsigned char)text[n]) && text[n] != '-' &&
	       text[n] != '_';
}

/* The defined label nearest to the first words of @text, or NULL. */
static const char *suggest_label(struct model *m, const char *text, size_t size)
{
	const char *word = model_copy(m, text, size < 64 ? size : 64);
	const char *found = NULL;
	unsigned int best = 3;

	for (size_t i = 0; word && i < NR(labels) && labels[i].defined; i++) {
		unsigned int d = text_distance(word, labels[i].text, best - 1);

		if (d < best) {
			best = d;
			found = labels[i].text;
		}
	}
	return found;
}

/* An undefined label: what stands before punctuation, or a misspelt first word. */
static int take_undefined_label(struct model *m, struct claim *c, const char **ret_tail)
{
	size_t size = strcspn(c->value, ",.(;:");
	size_t word = strcspn(c->value, " ,.(;:");

	while (size && c->value[size - 1] == ' ')
		size--;
	c->suggestion = suggest_label(m, c->value, size);
	if (!c->suggestion && word < size) {
		c->suggestion = suggest_label(m, c->value, word);
		if (c->suggestion)
			size = word;
	}
	c->label = model_copy(m, c->value, size);
	*ret_tail = c->value + size;
	return c->label ? 0 : -ENOMEM;
}

static int take_label(struct model *m, struct claim *c, const char **ret_tail)
{
	for (size_t i = 0; i < NR(labels); i++) {
		size_t n = strlen(labels[i].text);

		if (!starts_with_words(c->value, labels[i].text))
			continue;
		c->label = model_copy(m, c->value, n);
		if (!c->label)
			return -ENOMEM;
		c->level = labels[i].level;
		c->security = labels[i].security;
		c->label_defined = labels[i].defined && !strcmp(c->label, labels[i].text);
		if (labels[i].defined && !c->label_defined)
			c->suggestion = labels[i].text;
		*ret_tail = c->value + n;
		return 0;
	}
	return take_undefined_label(m, c, ret_tail);
}

int status_parse_value(struct model *m, struct claim *c)
{
	const char *tail;

	c->label = c->diversion = c->condition = c->rest = "";
	c->diversion_defined = true;
	if (!strcmp(c->key, "Supported")) {
		c->level = LEVEL_LIST;
		c->label_defined = true;
		return 0;
	}
	if (take_label(m, c, &tail) || limit_find_all(m, c))
		return -ENOMEM;
	return clause_parse(m, c, tail);
}
