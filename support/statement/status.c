/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of one status line: its key, its value, its qualifier. */
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

struct diversion {
	const char *text;
	enum security security;
};

static const struct diversion diversions[] = {
	{ "not security supported", SECURITY_NO },
	{ "security support external", SECURITY_EXTERNAL },
	{ "with caveats", SECURITY_CAVEATS },
};

struct scope_word {
	const char *word;
	unsigned int archs, guests, roles;
};

static const struct scope_word scope_words[] = {
	{ "x86", ARCH_X86, 0, 0 },
	{ "x86_64", ARCH_X86, 0, 0 },
	{ "x86-64", ARCH_X86, 0, 0 },
	{ "x86_32", ARCH_X86, 0, 0 },
	{ "arm", ARCH_ARM32 | ARCH_ARM64, 0, 0 },
	{ "arm32", ARCH_ARM32, 0, 0 },
	{ "aarch32", ARCH_ARM32, 0, 0 },
	{ "arm64", ARCH_ARM64, 0, 0 },
	{ "aarch64", ARCH_ARM64, 0, 0 },
	{ "pv", 0, GUEST_PV, 0 },
	{ "pvh", 0, GUEST_PVH, 0 },
	{ "hvm", 0, GUEST_HVM, 0 },
	{ "dom0", 0, 0, ROLE_DOM0 },
	{ "domu", 0, 0, ROLE_DOMU },
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
		if (text_distance(word, status_keys[i], 2) > 2)
			continue;
		*ret_exact = !strcmp(word, status_keys[i]);
		return status_keys[i];
	}
	return NULL;
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

static int take_diversion(struct model *m, struct claim *c, const char *tail)
{
	size_t size = strlen(tail);

	while (size && (tail[size - 1] == '.' || tail[size - 1] == ' '))
		size--;
	c->diversion = model_copy(m, tail, size);
	if (!c->diversion)
		return -ENOMEM;
	c->diversion_defined = false;
	for (size_t i = 0; i < NR(diversions); i++) {
		if (strcasecmp(c->diversion, diversions[i].text))
			continue;
		c->diversion_defined = true;
		if (c->security == SECURITY_YES)
			c->security = diversions[i].security;
	}
	/* Words nobody defined narrow what is promised; how far, only people can tell. */
	if (!c->diversion_defined && c->security == SECURITY_YES)
		c->security = SECURITY_CAVEATS;
	return 0;
}

static unsigned int unit_shift(const char *unit, size_t *ret_size)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };

	for (unsigned int i = 0; i < NR(units); i++) {
		if (!strncmp(unit, units[i], 3) && !isalnum((unsigned char)unit[3])) {
			*ret_size = 3;
			return (i + 1) * 10;
		}
	}
	*ret_size = 0;
	return 0;
}

/* The number at *@p, moved behind it and its unit; false if it is no number. */
static bool take_quantity(const char **p, struct quantity *ret_q)
{
	uint64_t value = 0;
	unsigned int shift;
	size_t unit_size;
	bool fits = true;
	const char *s = *p;

	for (; isdigit((unsigned char)*s); s++)
		fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
		       !__builtin_add_overflow(value, (uint64_t)(*s - '0'), &value);
	if (*s == '.' && isdigit((unsigned char)s[1]))
		fits = false;
	shift = unit_shift(*s == ' ' ? s + 1 : s, &unit_size);
	if (unit_size)
		s += (*s == ' ') + unit_size;
	*p = s;
	if (!fits || isalpha((unsigned char)*s) || *s == '_' || (value << shift >> shift) != value)
		return false;
	*ret_q = (struct quantity){ .value = value << shift, .is_bytes = shift > 0 };
	return true;
}

static int take_limits(struct model *m, struct claim *c)
{
	const char *p = c->value;

	while (*p) {
		struct quantity q, *limits;
		bool in_word = p > c->value &&
			       (isalnum((unsigned char)p[-1]) || (p[-1] && strchr("_-.", p[-1])));

		if (!isdigit((unsigned char)*p)) {
			p++;
			continue;
		}
		if (!take_quantity(&p, &q) || in_word)
			continue;
		limits = model_grow(m, c->limits, c->nr_limits, sizeof(*limits));
		if (!limits)
			return -ENOMEM;
		c->limits = limits;
		c->limits[c->nr_limits++] = q;
	}
	return 0;
}

int status_parse_value(struct model *m, struct claim *c)
{
	const char *tail;

	c->label = "";
	c->diversion = "";
	c->diversion_defined = true;
	if (!strcmp(c->key, "Supported")) {
		c->level = LEVEL_LIST;
		c->label_defined = true;
		return 0;
	}
	if (take_label(m, c, &tail) || take_limits(m, c))
		return -ENOMEM;
	tail += strspn(tail, " ");
	if (*tail == ',')
		return take_diversion(m, c, tail + 1 + strspn(tail + 1, " "));
	/* "Supported up to 12 TiB" keeps its promise; any other addition may not. */
	if (*tail && strcmp(tail, ".") && !starts_with_words(tail, "up to") &&
	    c->security == SECURITY_YES)
		c->security = SECURITY_CAVEATS;
	return 0;
}

static const struct scope_word *find_scope(const char *word, size_t size)
{
	for (size_t i = 0; i < NR(scope_words); i++) {
		if (span_is_word((struct span){ word, size }, scope_words[i].word))
			return &scope_words[i];
	}
	return NULL;
}

static size_t word_size(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || (text[n] && strchr("_-.", text[n])) ||
	       (unsigned char)text[n] >= 0x80)
		n++;
	return n;
}

/* "x86/…", "ARM: …": the heading gives the architecture, perhaps the guest. */
static void take_heading_scope(struct claim *c)
{
	const char *title = c->heading ? c->heading->title : "";
	size_t n = word_size(title);
	const struct scope_word *s = find_scope(title, n);

	if (!s || !s->archs)
		return;
	if (!title[n] || title[n] == '/' || title[n] == ':')
		c->archs = s->archs;
	if (title[n] == '/') {
		s = find_scope(title + n + 1, strlen(title + n + 1));
		c->guests = s ? s->guests : 0;
	}
}

static int take_word(struct model *m, struct claim *c, const char *word, size_t size,
		     unsigned int *archs)
{
	const struct scope_word *s = find_scope(word, size);

	if (s) {
		*archs |= s->archs;
		c->guests |= s->guests;
		c->roles |= s->roles;
		return 0;
	}
	c->implementation = model_printf(m, "%s%s%.*s", c->implementation,
					 *c->implementation ? " " : "", (int)size, word);
	return c->implementation ? 0 : -ENOMEM;
}

int status_parse_scope(struct model *m, struct claim *c)
{
	unsigned int archs = 0, nr_words = 0;
	const char *p = c->qualifier;

	c->implementation = "";
	take_heading_scope(c);
	/* A real qualifier has a few words; a longer one is kept whole. */
	while (*p && nr_words < 16) {
		size_t n = word_size(p);

		if (n && take_word(m, c, p, n, &archs))
			return -ENOMEM;
		nr_words += n > 0;
		p += n ? n : 1;
	}
	if (*p)
		c->implementation = c->qualifier;
	c->archs = archs ? archs : c->archs ? c->archs : ARCH_ALL;
	c->guests = c->guests ? c->guests : GUEST_ALL;
	c->roles = c->roles ? c->roles : ROLE_ALL;
	return 0;
}
