/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kconfig's lexer. A line is a logical one: joined where a backslash ends it, its
 * macros expanded in place as the tokens are read, since they can hold quotes.
 */
#include "extract/kconfig/kconfig.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Sorted by the word. */
static const struct keyword {
	const char *word;
	enum token_kind kind;
} keywords[] = {
	{ "---help---", TOKEN_HELP },
	{ "allnoconfig_y", TOKEN_ALLNOCONFIG_Y },
	{ "bool", TOKEN_BOOL },
	{ "boolean", TOKEN_BOOL },
	{ "choice", TOKEN_CHOICE },
	{ "comment", TOKEN_COMMENT },
	{ "config", TOKEN_CONFIG },
	{ "def_bool", TOKEN_DEF_BOOL },
	{ "def_hex", TOKEN_DEF_HEX },
	{ "def_int", TOKEN_DEF_INT },
	{ "def_string", TOKEN_DEF_STRING },
	{ "def_tristate", TOKEN_DEF_TRISTATE },
	{ "default", TOKEN_DEFAULT },
	{ "defconfig_list", TOKEN_DEFCONFIG_LIST },
	{ "depends", TOKEN_DEPENDS },
	{ "endchoice", TOKEN_ENDCHOICE },
	{ "endif", TOKEN_ENDIF },
	{ "endmenu", TOKEN_ENDMENU },
	{ "env", TOKEN_ENV },
	{ "grsource", TOKEN_ORSOURCE },
	{ "gsource", TOKEN_OSOURCE },
	{ "help", TOKEN_HELP },
	{ "hex", TOKEN_HEX },
	{ "if", TOKEN_IF },
	{ "imply", TOKEN_IMPLY },
	{ "int", TOKEN_INT },
	{ "mainmenu", TOKEN_MAINMENU },
	{ "menu", TOKEN_MENU },
	{ "menuconfig", TOKEN_MENUCONFIG },
	{ "modules", TOKEN_MODULES },
	{ "on", TOKEN_ON },
	{ "option", TOKEN_OPTION },
	{ "optional", TOKEN_OPTIONAL },
	{ "orsource", TOKEN_ORSOURCE },
	{ "osource", TOKEN_OSOURCE },
	{ "prompt", TOKEN_PROMPT },
	{ "range", TOKEN_RANGE },
	{ "rsource", TOKEN_RSOURCE },
	{ "select", TOKEN_SELECT },
	{ "source", TOKEN_SOURCE },
	{ "string", TOKEN_STRING },
	{ "tristate", TOKEN_TRISTATE },
	{ "visible", TOKEN_VISIBLE },
};

static const struct operator
{
	const char *text;
	enum token_kind kind;
}
operators[] = {
	{ "&&", TOKEN_AND },	       { "||", TOKEN_OR },	   { "=", TOKEN_EQUAL },
	{ "!=", TOKEN_UNEQUAL },       { "!", TOKEN_NOT },	   { "(", TOKEN_OPEN },
	{ ")", TOKEN_CLOSE },	       { "<=", TOKEN_LESS_EQUAL }, { "<", TOKEN_LESS },
	{ ">=", TOKEN_GREATER_EQUAL }, { ">", TOKEN_GREATER },
};

struct word {
	const char *text;
	size_t size;
};

static int compare_keyword(const void *key, const void *element)
{
	const struct word *w = key;
	const char *word = ((const struct keyword *)element)->word;
	int r = strncmp(w->text, word, w->size);

	return r ? r : word[w->size] ? -1 : 0;
}

static enum token_kind find_keyword(const char *text, size_t size)
{
	struct word w = { text, size };
	const struct keyword *k = bsearch(&w, keywords, sizeof(keywords) / sizeof(keywords[0]),
					  sizeof(keywords[0]), compare_keyword);

	return k ? k->kind : TOKEN_END;
}

static bool is_first_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '-';
}

static bool is_name_char(char c)
{
	return is_first_char(c) || c == '/' || c == '.';
}

/* Does bare text or a string behind this token stand for itself, not for a symbol? */
static bool takes_text(enum token_kind kind)
{
	return kind >= TOKEN_BOOL && kind <= TOKEN_STRING;
}

static size_t skip_blanks(const struct strbuf *sb, size_t i)
{
	while (i < sb->size && isspace((unsigned char)sb->data[i]))
		i++;
	return i;
}

static void add_token(struct parser *p, enum token_kind kind, const char *text,
		      struct kconfig_item *item)
{
	if (p->nr_tokens == TOKENS_MAX - 1) {
		kparse_error(p, "split the line", "more than %d words on a line", TOKENS_MAX - 2);
		return;
	}
	p->tokens[p->nr_tokens++] = (struct token){ kind, text, item };
}

static void add_item(struct parser *p, struct kconfig_item *item)
{
	if (!item)
		p->out_of_memory = p->bad = true;
	else
		add_token(p, TOKEN_ITEM, NULL, item);
}

static void add_text(struct parser *p, const char *text, size_t size)
{
	char *copy = model_copy(p->m, text, size);

	if (!copy)
		p->out_of_memory = p->bad = true;
	else
		add_token(p, TOKEN_TEXT, copy, NULL);
}

/* The name at @i with its macros expanded; behind it. */
static size_t expand_name(struct parser *p, size_t i)
{
	while (i < p->line.size && !p->bad) {
		if (p->line.data[i] == '$' && i + 1 < p->line.size && p->line.data[i + 1] == '(') {
			if (!kmacro_expand(p, &p->line, &i))
				break;
		} else if (is_name_char(p->line.data[i])) {
			i++;
		} else {
			break;
		}
	}
	return i;
}

static size_t lex_name(struct parser *p, size_t i, enum token_kind before)
{
	const struct strbuf *sb = &p->line;
	size_t end = i;
	enum token_kind kind;
	char *name;

	while (end < sb->size && is_name_char(sb->data[end]))
		end++;
	kind = find_keyword(sb->data + i, end - i);
	if (kind) {
		add_token(p, kind, NULL, NULL);
		return end;
	}
	if (takes_text(before)) {
		add_text(p, sb->data + i, end - i);
		return end;
	}
	end = expand_name(p, i);
	if (p->bad)
		return end;
	name = strndup(sb->data + i, end - i);
	if (!name)
		p->out_of_memory = p->bad = true;
	else if (!name[strspn(name, " \t\r\n\v\f")])
		kparse_error(p, "let it expand to a name", "a macro leaves no name");
	else
		add_item(p, !strcmp(name, "n")	 ? p->k->no
			    : !strcmp(name, "m") ? p->k->module
			    : !strcmp(name, "y") ? p->k->yes
						 : kconfig_symbol(p->k, name));
	free(name);
	return end;
}

/* The end of the string that starts at @i, its escapes and macros expanded; 0: none. */
static size_t expand_string(struct parser *p, size_t i)
{
	struct strbuf *sb = &p->line;
	char quote = sb->data[i++];

	while (i < sb->size && !p->bad) {
		char c = sb->data[i];

		if (c == quote)
			return i;
		if (c == '\\') {
			if (!kmacro_replace(p, sb, i, 1, "", 0))
				return 0;
			i++;
		} else if (c == '$' && i + 1 < sb->size && sb->data[i + 1] == '(') {
			if (!kmacro_expand(p, sb, &i))
				return 0;
		} else {
			i++;
		}
	}
	if (!p->bad)
		kparse_error(p, "close it on the same line", "a string without its closing quote");
	return 0;
}

static size_t lex_string(struct parser *p, size_t i, enum token_kind before)
{
	struct strbuf *sb = &p->line;
	bool is_special = memchr(sb->data, '$', sb->size) || memchr(sb->data, '\\', sb->size);
	size_t end = expand_string(p, i), behind;
	char *text;

	if (!end)
		return sb->size;
	if (is_special && !kmacro_expand_old(p, sb, i + 1, &end))
		return sb->size;
	behind = end + 1;
	if (takes_text(before) || p->tokens[0].kind == TOKEN_OPTION) {
		add_text(p, sb->data + i + 1, end - i - 1);
		return behind;
	}
	text = strndup(sb->data + i + 1, end - i - 1);
	add_item(p, text ? kconfig_constant(p->k, text) : NULL);
	free(text);
	return behind;
}

static size_t lex_operator(struct parser *p, size_t i)
{
	const struct strbuf *sb = &p->line;

	for (size_t n = 0; n < sizeof(operators) / sizeof(operators[0]); n++) {
		size_t size = strlen(operators[n].text);

		if (sb->size - i >= size && !memcmp(sb->data + i, operators[n].text, size)) {
			add_token(p, operators[n].kind, NULL, NULL);
			return i + size;
		}
	}
	kparse_error(p, "quote it", "what is this '%c'?", sb->data[i]);
	return sb->size;
}

/* Was it "--help--", as old trees write it? */
static bool is_odd_help(const struct strbuf *sb)
{
	static const char word[] = "help";
	const char *p = sb->data + strspn(sb->data, " \t-");

	if (strncmp(p, word, sizeof(word) - 1) != 0)
		return false;
	p += sizeof(word) - 1;
	return !p[strspn(p, " \t\r-")];
}

static void lex_line(struct parser *p)
{
	struct strbuf *sb = &p->line;
	size_t i = skip_blanks(sb, 0), end = i;
	enum token_kind kind;

	p->nr_tokens = p->token = 0;
	p->bad = false;
	while (end < sb->size && is_first_char(sb->data[end]))
		end++;
	if (i == sb->size || sb->data[i] == '#')
		goto out;
	if (end == i) {
		kparse_error(p, "see the Kconfig language's manual",
			     "no statement starts with this");
		goto out;
	}
	kind = find_keyword(sb->data + i, end - i);
	if (!kind && is_odd_help(sb)) {
		add_token(p, TOKEN_HELP, NULL, NULL);
		goto out;
	}
	if (!kind) {
		kmacro_assign(p);
		goto out;
	}
	add_token(p, kind, NULL, NULL);
	for (i = skip_blanks(sb, end); i < sb->size && !p->bad; i = skip_blanks(sb, i)) {
		char c = sb->data[i];
		enum token_kind before = p->tokens[p->nr_tokens - 1].kind;

		if (c == '#')
			break;
		if (c == '"' || c == '\'')
			i = lex_string(p, i, before);
		else if (is_name_char(c))
			i = lex_name(p, i, before);
		else
			i = lex_operator(p, i);
	}
out:
	if (p->bad)
		p->nr_tokens = 0;
	p->tokens[p->nr_tokens] = (struct token){ TOKEN_END, NULL, NULL };
}

static size_t without_return(const char *line, size_t size)
{
	return size && line[size - 1] == '\r' ? size - 1 : size;
}

const char *klex_raw_line(struct parser *p, size_t *ret_size)
{
	struct input *in = p->input;
	const char *line = in->next, *newline;
	size_t size;

	if (line >= in->end)
		return NULL;
	newline = memchr(line, '\n', (size_t)(in->end - line));
	size = without_return(line, (size_t)((newline ? newline : in->end) - line));
	in->next = newline ? newline + 1 : in->end;
	in->line++;
	for (in->column = 1; in->column <= size && isspace((unsigned char)line[in->column - 1]);)
		in->column++;
	*ret_size = size;
	return line;
}

/* Fill p->line from this physical line and those spliced to it. */
static void join(struct parser *p, const char *line, size_t size)
{
	struct strbuf *sb = &p->line;

	sb->size = 0;
	while (line && size && line[size - 1] == '\\' && sb->size < LINE_MAX_SIZE) {
		strbuf_add(sb, line, size - 1);
		line = klex_raw_line(p, &size);
	}
	if (line)
		strbuf_add(sb, line, size);
	else
		strbuf_puts(sb, "");
	if (sb->failed) {
		p->out_of_memory = true;
		strbuf_reset(sb);
		strbuf_puts(sb, "");
	}
	if (sb->size > LINE_MAX_SIZE || (sb->size && memchr(sb->data, '\0', sb->size))) {
		p->bad = false;
		kparse_error(p, "it was passed over", "a line that is too long or holds a NUL");
		sb->size = 0;
		strbuf_puts(sb, "");
	}
}

bool klex_next(struct parser *p)
{
	const char *line;
	size_t size;

	if (p->reuse) {
		p->reuse = false;
		return true;
	}
	line = p->out_of_memory ? NULL : klex_raw_line(p, &size);
	if (!line)
		return false;
	join(p, line, size);
	lex_line(p);
	return !p->out_of_memory;
}

void klex_reuse(struct parser *p, const char *line, size_t size)
{
	join(p, line, size);
	lex_line(p);
	p->reuse = true;
}
