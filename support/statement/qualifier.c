/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A qualifier's scope: the words of a table give architecture, guest type, role
 * and width, however they are spelt; what is left, in its own words and order,
 * names the implementation. The qualifier itself is kept beside.
 */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/strbuf.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* A real qualifier has a few parts; what is behind these is kept unread. */
#define PARTS_MAX 16

#define ARCH_ARM (ARCH_ARM32 | ARCH_ARM64)

struct scope_word {
	const char *word;
	unsigned int archs, widths, guests, roles;
};

static const struct scope_word scope_words[] = {
	{ "x86", .archs = ARCH_X86 },
	{ "x86_64", .archs = ARCH_X86, .widths = WIDTH_64 },
	{ "x86-64", .archs = ARCH_X86, .widths = WIDTH_64 },
	{ "amd64", .archs = ARCH_X86, .widths = WIDTH_64 },
	{ "x86_32", .archs = ARCH_X86, .widths = WIDTH_32 },
	{ "x86-32", .archs = ARCH_X86, .widths = WIDTH_32 },
	{ "i386", .archs = ARCH_X86, .widths = WIDTH_32 },
	{ "arm", .archs = ARCH_ARM },
	{ "armv8-r", .archs = ARCH_ARM },
	{ "arm32", .archs = ARCH_ARM32 },
	{ "armv7", .archs = ARCH_ARM32 },
	{ "aarch32", .archs = ARCH_ARM32 },
	{ "arm64", .archs = ARCH_ARM64 },
	{ "aarch64", .archs = ARCH_ARM64 },
	{ "pv", .guests = GUEST_PV },
	{ "pvh", .guests = GUEST_PVH },
	{ "hvm", .guests = GUEST_HVM },
	{ "dom0", .roles = ROLE_DOM0 },
	{ "domu", .roles = ROLE_DOMU },
};

/* What a qualifier has named so far. */
struct scope {
	unsigned int archs, widths, guests, roles;
	struct strbuf implementation;
	unsigned int nr_parts;
};

static const struct scope_word *find_word(struct span word)
{
	for (size_t i = 0; i < NR(scope_words); i++) {
		if (span_is_word(word, scope_words[i].word))
			return &scope_words[i];
	}
	return NULL;
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

static struct span first_word(struct span text)
{
	struct span word = { text.data, 0 };

	while (word.size < text.size && is_word_char(text.data[word.size]))
		word.size++;
	return word;
}

static struct span last_word(struct span text)
{
	struct span word = { text.data + text.size, 0 };

	while (word.size < text.size && is_word_char(word.data[-1])) {
		word.data--;
		word.size++;
	}
	return word;
}

static void add_word(struct scope *scope, const struct scope_word *w)
{
	scope->archs |= w->archs;
	scope->widths |= w->widths;
	scope->guests |= w->guests;
	scope->roles |= w->roles;
}

/* Take the scope words off the front: "x86 HVM/PVH" leaves nothing. */
static void strip_front(struct scope *scope, struct span *text)
{
	for (;;) {
		struct span word = first_word(*text);
		const struct scope_word *w = find_word(word);

		if (!w || (word.size < text->size && !strchr(" \t/", text->data[word.size])))
			return;
		add_word(scope, w);
		text->data += word.size;
		text->size -= word.size;
		while (text->size && strchr(" \t/", text->data[0])) {
			text->data++;
			text->size--;
		}
	}
}

/* "Xen in Armv8-R": a word that hangs on a preposition stays with it. */
static bool ends_in_preposition(struct span text)
{
	static const char *const words[] = { "in", "on", "for", "with", "without", "under", "of" };
	struct span word = last_word(span_trim(text));

	for (size_t i = 0; i < NR(words); i++) {
		if (span_is_word(word, words[i]))
			return true;
	}
	return false;
}

static void strip_back(struct scope *scope, struct span *text)
{
	for (;;) {
		struct span word = last_word(*text);
		const struct scope_word *w = find_word(word);

		if (!w || (word.size < text->size && !strchr(" \t/", word.data[-1])) ||
		    ends_in_preposition((struct span){ text->data, text->size - word.size }))
			return;
		add_word(scope, w);
		text->size -= word.size;
		while (text->size && strchr(" \t/", text->data[text->size - 1]))
			text->size--;
	}
}

/* "(ARM)" at the end is a scope; "(xen_disk)" belongs to a name. */
static void strip_group(struct scope *scope, struct span *text)
{
	struct scope inner = { 0 };
	struct span group;
	const char *open;

	if (!text->size || text->data[text->size - 1] != ')')
		return;
	open = memrchr(text->data, '(', text->size);
	if (!open)
		return;
	group = (struct span){ open + 1, (size_t)(text->data + text->size - open) - 2 };
	strip_front(&inner, &group);
	if (group.size)
		return;
	scope->archs |= inner.archs;
	scope->widths |= inner.widths;
	scope->guests |= inner.guests;
	scope->roles |= inner.roles;
	*text = span_trim((struct span){ text->data, (size_t)(open - text->data) });
}

/* "Xen in AArch64 mode": the word counts, the text stays whole. */
static void note_words(struct scope *scope, struct span text)
{
	while (text.size) {
		struct span word = first_word(text);
		const struct scope_word *w = find_word(word);
		size_t n = word.size ? word.size : 1;

		if (w)
			add_word(scope, w);
		text.data += n;
		text.size -= n;
	}
}

static bool is_wrapped(struct span text)
{
	return text.size >= 2 && text.data[0] == '(' &&
	       memchr(text.data, ')', text.size) == text.data + text.size - 1;
}

static void add_part(struct scope *scope, struct span part)
{
	part = span_trim(part);
	strip_group(scope, &part);
	strip_front(scope, &part);
	strip_back(scope, &part);
	if (is_wrapped(part))
		part = span_trim((struct span){ part.data + 1, part.size - 2 });
	if (!part.size)
		return;
	note_words(scope, part);
	if (scope->implementation.size)
		strbuf_puts(&scope->implementation, ", ");
	strbuf_add(&scope->implementation, part.data, part.size);
}

/* Parts end at commas, but not at those in parentheses or quotes. */
static size_t part_size(struct span text)
{
	unsigned int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.size; i++) {
		char c = text.data[i];

		if (c == '"')
			quoted = !quoted;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
		else if (c == ',' && !depth && !quoted)
			return i;
	}
	/* What opens and never ends hides no comma. */
	if (depth || quoted) {
		const char *comma = memchr(text.data, ',', text.size);

		return comma ? (size_t)(comma - text.data) : text.size;
	}
	return text.size;
}

static void add_qualifier(struct scope *scope, struct span text)
{
	while (text.size) {
		size_t n = scope->nr_parts++ < PARTS_MAX ? part_size(text) : text.size;

		add_part(scope, (struct span){ text.data, n });
		n += n < text.size;
		text.data += n;
		text.size -= n;
	}
}

/* "x86/…", "ARM: …", "ARM v8": the heading gives the architecture, perhaps the guest. */
static void add_heading(const char *title, struct scope *scope)
{
	struct span text = { title, strlen(title) }, word = first_word(text);
	const struct scope_word *w = find_word(word);
	char next = title[word.size];

	if (!w || !w->archs || (next && !strchr("/: \t", next)))
		return;
	add_word(scope, w);
	if (next != '/')
		return;
	w = find_word((struct span){ title + word.size + 1, text.size - word.size - 1 });
	if (w)
		scope->guests |= w->guests;
}

static unsigned int first_set(unsigned int a, unsigned int b, unsigned int c)
{
	return a ? a : b ? b : c;
}

int qualifier_parse(struct model *m, struct claim *c)
{
	struct scope own = { 0 }, heading = { 0 };
	const char *text;

	add_qualifier(&own, (struct span){ c->qualifier, strlen(c->qualifier) });
	if (c->heading)
		add_heading(c->heading->title, &heading);
	c->archs = first_set(own.archs, heading.archs, ARCH_ALL);
	c->widths = own.archs ? first_set(own.widths, WIDTH_ALL, 0)
			      : first_set(heading.widths, WIDTH_ALL, 0);
	/* A guest of the qualifier adds to the heading's: "x86/HVM" with "PVH". */
	c->guests = first_set(own.guests | heading.guests, GUEST_ALL, 0);
	c->roles = first_set(own.roles, ROLE_ALL, 0);
	text = strbuf_str(&own.implementation);
	c->implementation = text ? model_copy(m, text, own.implementation.size) : NULL;
	strbuf_reset(&own.implementation);
	return c->implementation ? 0 : -ENOMEM;
}
