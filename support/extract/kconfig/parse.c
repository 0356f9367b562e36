/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kconfig's parser: blocks, properties, conditions. */
#include "extract/kconfig/kconfig.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct pos kparse_here(const struct parser *p)
{
	return (struct pos){ p->input ? p->input->shown : NULL, p->input ? p->input->line : 0,
			     p->input ? p->input->column : 0 };
}

void kparse_error(struct parser *p, const char *remedy, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (p->bad)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	model_report(p->m, SEVERITY_WARNING, "kconfig", kparse_here(p), remedy, "%s", text);
	p->bad = true;
}

/* Tokens */

static enum token_kind peek(const struct parser *p)
{
	return p->tokens[p->token].kind;
}

static bool take(struct parser *p, enum token_kind kind)
{
	if (peek(p) != kind)
		return false;
	p->token++;
	return true;
}

static void expect_end(struct parser *p)
{
	if (peek(p) != TOKEN_END)
		kparse_error(p, "put it on a line of its own",
			     "more words than the statement takes");
}

static const char *expect_text(struct parser *p)
{
	if (peek(p) != TOKEN_TEXT) {
		kparse_error(p, "quote the text", "text is missing");
		return NULL;
	}
	return p->tokens[p->token++].text;
}

static struct kconfig_item *expect_item(struct parser *p)
{
	if (peek(p) != TOKEN_ITEM) {
		kparse_error(p, "name one", "a symbol is missing");
		return NULL;
	}
	return p->tokens[p->token++].item;
}

/* Expressions */

/* In conditions a plain m means "m, where there are modules". */
enum m_meaning { M_IS_M, M_NEEDS_MODULES };

static struct kconfig_expr *parse_or(struct parser *p, enum m_meaning m);

static struct kconfig_expr *parse_relation(struct parser *p, enum m_meaning m)
{
	struct kconfig_item *item = p->tokens[p->token++].item, *right;
	enum token_kind kind = peek(p);

	if (kind < TOKEN_EQUAL || kind > TOKEN_GREATER_EQUAL) {
		if (m == M_NEEDS_MODULES && item == p->k->module)
			return kexpr_make(p->k, KCONFIG_AND, &item->leaf, &p->k->modules->leaf);
		return &item->leaf;
	}
	p->token++;
	right = expect_item(p);
	return right ? kexpr_make(p->k, KCONFIG_EQUAL + (kind - TOKEN_EQUAL), &item->leaf,
				  &right->leaf)
		     : NULL;
}

static struct kconfig_expr *parse_factor(struct parser *p, enum m_meaning m)
{
	struct kconfig_expr *e = NULL;

	if (peek(p) == TOKEN_ITEM)
		return parse_relation(p, m);
	if (p->expr_depth >= EXPR_DEPTH_MAX) {
		kparse_error(p, "split it over symbols", "an expression nested too deeply");
		return NULL;
	}
	p->expr_depth++;
	if (take(p, TOKEN_NOT))
		e = kexpr_make(p->k, KCONFIG_NOT, parse_factor(p, m), NULL);
	else if (take(p, TOKEN_OPEN))
		e = parse_or(p, m);
	else
		kparse_error(p, "see the Kconfig language's manual",
			     "an expression that makes no sense");
	p->expr_depth--;
	return e;
}

/* The operands of a chain, joined from the right: a || (b || c). */
static struct kconfig_expr *join_chain(struct parser *p, enum kconfig_op op,
				       struct kconfig_expr **operands, size_t nr)
{
	struct kconfig_expr *e = nr ? operands[nr - 1] : NULL;

	for (size_t i = nr; e && i-- > 1;)
		e = kexpr_make(p->k, op, operands[i - 1], e);
	return e;
}

static struct kconfig_expr *parse_chain(struct parser *p, enum m_meaning m, enum kconfig_op op)
{
	struct kconfig_expr **operands = NULL, *e;
	size_t nr = 0;

	do {
		struct kconfig_expr **larger = model_grow(p->m, operands, nr, sizeof(*operands));

		e = op == KCONFIG_OR ? parse_chain(p, m, KCONFIG_AND) : parse_factor(p, m);
		if (!larger || !e)
			return NULL;
		operands = larger;
		operands[nr++] = e;
	} while (take(p, op == KCONFIG_OR ? TOKEN_OR : TOKEN_AND));
	return join_chain(p, op, operands, nr);
}

static struct kconfig_expr *parse_or(struct parser *p, enum m_meaning m)
{
	bool in_parentheses = p->token && p->tokens[p->token - 1].kind == TOKEN_OPEN;
	struct kconfig_expr *e = parse_chain(p, m, KCONFIG_OR);

	if (e && in_parentheses && !take(p, TOKEN_CLOSE)) {
		kparse_error(p, "close it", "a parenthesis that is not closed");
		return NULL;
	}
	return e;
}

static struct kconfig_expr *expect_expr(struct parser *p)
{
	struct kconfig_expr *e = parse_or(p, M_NEEDS_MODULES);

	if (e)
		expect_end(p);
	return p->bad ? NULL : e;
}

/* "if EXPR" to the end of the line, or y. NULL when bad. */
static struct kconfig_expr *parse_condition(struct parser *p)
{
	if (take(p, TOKEN_IF))
		return expect_expr(p);
	expect_end(p);
	return p->bad ? NULL : &p->k->yes->leaf;
}

/* Properties */

static void add_property(struct parser *p, struct kconfig_properties *list,
			 struct kconfig_expr *value, struct kconfig_expr *high)
{
	struct kconfig_expr *condition = value ? parse_condition(p) : NULL;
	struct kconfig_property *property;

	if (!condition || p->bad)
		return;
	property = model_alloc(p->m, sizeof(*property));
	if (!property)
		return;
	*property = (struct kconfig_property){ value, high, condition, kparse_here(p), NULL };
	if (list->last)
		list->last->next = property;
	else
		list->first = property;
	list->last = property;
}

static void set_type(struct parser *p, struct kconfig_node *node, enum kconfig_type type)
{
	if (!node->item) {
		kparse_error(p, "give it to a symbol", "a type that belongs to nothing");
		return;
	}
	if (node->item->type && node->item->type != type)
		model_report(p->m, SEVERITY_WARNING, "kconfig", kparse_here(p), "give it one type",
			     "%s is of two types", node->item->name);
	node->item->type = type;
}

static void parse_prompt(struct parser *p, struct kconfig_node *node)
{
	const char *text = expect_text(p);
	struct kconfig_expr *condition = text ? parse_condition(p) : NULL;
	size_t size;

	if (!condition)
		return;
	while (isspace((unsigned char)*text))
		text++;
	for (size = strlen(text); size && isspace((unsigned char)text[size - 1]);)
		size--;
	node->prompt = model_copy(p->m, text, size);
	node->prompt_condition = condition;
	node->prompt_at = kparse_here(p);
}

static void parse_target(struct parser *p, struct kconfig_node *node,
			 struct kconfig_properties *list)
{
	struct kconfig_item *target = expect_item(p);

	if (!target)
		return;
	if (node->kind != KCONFIG_NODE_SYMBOL || target->is_constant)
		kparse_error(p, "select and imply symbols, by symbols",
			     "this is no symbol's property");
	else
		add_property(p, list, &target->leaf, NULL);
}

static void parse_range(struct parser *p, struct kconfig_node *node)
{
	struct kconfig_item *low = expect_item(p), *high = low ? expect_item(p) : NULL;

	if (high)
		add_property(p, &node->ranges, &low->leaf, &high->leaf);
}

static void parse_env(struct parser *p, struct kconfig_node *node)
{
	const char *name = take(p, TOKEN_EQUAL) ? expect_text(p) : NULL, *value;
	struct kconfig_item *constant;

	if (!name)
		return;
	value = p->k->io->environment(p->k->io->context, name);
	constant = value ? kconfig_constant(p->k, value) : NULL;
	if (constant)
		add_property(p, &node->defaults, &constant->leaf, NULL);
}

static void parse_option(struct parser *p, struct kconfig_node *node)
{
	if (take(p, TOKEN_ENV))
		parse_env(p, node);
	else if (!take(p, TOKEN_DEFCONFIG_LIST) && !take(p, TOKEN_MODULES) &&
		 !take(p, TOKEN_ALLNOCONFIG_Y))
		kparse_error(p, "see the Kconfig language's manual", "an unknown option");
}

static size_t indent_of(const char *line, size_t size)
{
	size_t columns = 0;

	for (size_t i = 0; i < size && isspace((unsigned char)line[i]); i++)
		columns = line[i] == '\t' ? (columns / 8 + 1) * 8 : columns + 1;
	return columns;
}

static bool is_blank(const char *line, size_t size)
{
	while (size && isspace((unsigned char)line[size - 1]))
		size--;
	return !size;
}

static void parse_help(struct parser *p, struct kconfig_node *node)
{
	struct strbuf sb = STRBUF_INIT;
	const char *line;
	size_t size, indent = 0;

	node->help_at = (struct pos){ p->input->shown, 0, 0 };
	while ((line = klex_raw_line(p, &size))) {
		if (is_blank(line, size)) {
			strbuf_puts(&sb, indent ? "\n" : "");
			continue;
		}
		if (!indent) {
			indent = indent_of(line, size);
			node->help_at.line = p->input->line;
		}
		if (!indent || indent_of(line, size) < indent)
			break;
		while (size && isspace((unsigned char)*line))
			line++, size--;
		strbuf_add(&sb, line, size);
		strbuf_puts(&sb, "\n");
	}
	node->help = model_copy(p->m, sb.data ? sb.data : "", sb.size);
	if (sb.failed || !node->help)
		p->out_of_memory = true;
	strbuf_reset(&sb);
	if (line)
		klex_reuse(p, line, size);
}

static void parse_depends(struct parser *p, struct kconfig_node *node)
{
	struct kconfig_expr *e;

	if (!take(p, TOKEN_ON)) {
		kparse_error(p, "write \"depends on\"", "depends without on");
		return;
	}
	e = expect_expr(p);
	if (e)
		node->depends = kexpr_and(p->k, node->depends, e);
}

static void parse_visible(struct parser *p, struct kconfig_node *node)
{
	struct kconfig_expr *e = NULL;

	if (!take(p, TOKEN_IF) || node->kind != KCONFIG_NODE_MENU)
		kparse_error(p, "write \"visible if\" below a menu",
			     "visible where it says nothing");
	else
		e = expect_expr(p);
	if (e)
		node->visible = kexpr_and(p->k, node->visible, e);
}

static void parse_type(struct parser *p, struct kconfig_node *node, enum kconfig_type type)
{
	set_type(p, node, type);
	if (!p->bad && peek(p) != TOKEN_END)
		parse_prompt(p, node);
}

static void parse_default(struct parser *p, struct kconfig_node *node, enum kconfig_type type)
{
	if (type)
		set_type(p, node, type);
	if (!p->bad)
		add_property(p, &node->defaults, parse_or(p, M_IS_M), NULL);
}

/* The property on the line at hand; false: it is none. */
static bool parse_property(struct parser *p, struct kconfig_node *node)
{
	enum token_kind kind = peek(p);

	p->token++;
	switch (kind) {
	case TOKEN_BOOL:
		return parse_type(p, node, KCONFIG_BOOL), true;
	case TOKEN_TRISTATE:
		return parse_type(p, node, KCONFIG_TRISTATE), true;
	case TOKEN_STRING:
		return parse_type(p, node, KCONFIG_STRING), true;
	case TOKEN_INT:
		return parse_type(p, node, KCONFIG_INT), true;
	case TOKEN_HEX:
		return parse_type(p, node, KCONFIG_HEX), true;
	case TOKEN_DEF_BOOL:
		return parse_default(p, node, KCONFIG_BOOL), true;
	case TOKEN_DEF_TRISTATE:
		return parse_default(p, node, KCONFIG_TRISTATE), true;
	case TOKEN_DEF_STRING:
		return parse_default(p, node, KCONFIG_STRING), true;
	case TOKEN_DEF_INT:
		return parse_default(p, node, KCONFIG_INT), true;
	case TOKEN_DEF_HEX:
		return parse_default(p, node, KCONFIG_HEX), true;
	case TOKEN_DEFAULT:
		return parse_default(p, node, KCONFIG_UNKNOWN), true;
	case TOKEN_PROMPT:
		return parse_prompt(p, node), true;
	case TOKEN_DEPENDS:
		return parse_depends(p, node), true;
	case TOKEN_HELP:
		return parse_help(p, node), true;
	case TOKEN_SELECT:
		return parse_target(p, node, &node->selects), true;
	case TOKEN_IMPLY:
		return parse_target(p, node, &node->implies), true;
	case TOKEN_RANGE:
		return parse_range(p, node), true;
	case TOKEN_VISIBLE:
		return parse_visible(p, node), true;
	case TOKEN_OPTION:
		return parse_option(p, node), true;
	case TOKEN_MODULES: /* without "option" since Linux 6.1; the name is MODULES */
		return true;
	case TOKEN_OPTIONAL:
		if (node->kind == KCONFIG_NODE_CHOICE)
			node->item->is_optional = true;
		return true;
	default:
		p->token--;
		return false;
	}
}

static void parse_properties(struct parser *p, struct kconfig_node *node)
{
	while (klex_next(p)) {
		if (peek(p) != TOKEN_END && !parse_property(p, node)) {
			p->reuse = true;
			return;
		}
	}
}

/* Blocks */

struct block {
	struct kconfig_node *parent, *last;
	enum token_kind end; /* TOKEN_END: that of the file */
};

static void parse_block(struct parser *p, struct block *b);

static struct kconfig_node *add_node(struct parser *p, struct block *b, enum kconfig_node_kind kind,
				     struct kconfig_item *item)
{
	struct kconfig_node *node = model_alloc(p->m, sizeof(*node));

	if (!node) {
		p->out_of_memory = true;
		return NULL;
	}
	node->kind = kind;
	node->item = item;
	node->at = kparse_here(p);
	node->depends = node->visible = node->prompt_condition = &p->k->yes->leaf;
	if (b->last)
		b->last->next = node;
	else
		b->parent->children = node;
	b->last = node;
	if (p->k->last_node)
		p->k->last_node->next_of_file = node;
	else
		p->k->first_node = node;
	p->k->last_node = node;
	if (item && item->last_node)
		item->last_node->next_of_item = node;
	else if (item)
		item->nodes = node;
	if (item)
		item->last_node = node;
	return node;
}

static void parse_config(struct parser *p, struct block *b)
{
	struct kconfig_item *item = expect_item(p);
	struct kconfig_node *node;
	bool is_first;

	if (!item)
		return;
	expect_end(p);
	if (item->is_constant)
		kparse_error(p, "name it without quotes", "a constant cannot be configured");
	if (p->bad)
		return;
	is_first = !item->nodes;
	node = add_node(p, b, KCONFIG_NODE_SYMBOL, item);
	if (!node)
		return;
	if (is_first) {
		if (p->k->last)
			p->k->last->next = item;
		else
			p->k->first = item;
		p->k->last = item;
	}
	parse_properties(p, node);
}

static void parse_children(struct parser *p, struct kconfig_node *node, enum token_kind end)
{
	struct block b = { .parent = node, .end = end };

	if (p->nesting >= NESTING_MAX) {
		model_report(p->m, SEVERITY_WARNING, "kconfig", kparse_here(p),
			     "what follows in this file was not read", "blocks nested too deeply");
		p->input->next = p->input->end;
		return;
	}
	p->nesting++;
	parse_block(p, &b);
	p->nesting--;
}

static void parse_if(struct parser *p, struct block *b)
{
	struct kconfig_expr *e = expect_expr(p);
	struct kconfig_node *node = add_node(p, b, KCONFIG_NODE_IF, NULL);

	if (!node)
		return;
	if (e)
		node->depends = e;
	parse_children(p, node, TOKEN_ENDIF);
}

static void parse_titled(struct parser *p, struct block *b, enum kconfig_node_kind kind)
{
	const char *title = expect_text(p);
	struct kconfig_node *node = add_node(p, b, kind, NULL);

	if (!node)
		return;
	expect_end(p);
	node->prompt = title;
	node->prompt_at = kparse_here(p);
	parse_properties(p, node);
	if (kind == KCONFIG_NODE_MENU)
		parse_children(p, node, TOKEN_ENDMENU);
}

static void parse_choice(struct parser *p, struct block *b)
{
	const char *name = peek(p) == TOKEN_TEXT ? expect_text(p) : NULL;
	struct kconfig_item *choice = kconfig_add_choice(p->k, name);
	struct kconfig_node *node = choice ? add_node(p, b, KCONFIG_NODE_CHOICE, choice) : NULL;

	if (!node) {
		p->out_of_memory = true;
		return;
	}
	expect_end(p);
	parse_properties(p, node);
	parse_children(p, node, TOKEN_ENDCHOICE);
}

/* Sources */

static bool is_open(const struct parser *p, const char *path)
{
	for (const struct input *in = p->input; in; in = in->parent) {
		if (!strcmp(in->path, path))
			return true;
	}
	return false;
}

static int read_file(struct parser *p, struct block *b, const char *path)
{
	const struct kconfig_io *io = p->k->io;
	struct input in = { .path = model_copy(p->m, path, strlen(path)), .parent = p->input };
	const char **files = model_grow(p->m, p->k->files, p->k->nr_files, sizeof(*files));
	char *text;
	size_t size;
	int rc;

	in.shown = model_printf(p->m, "%s%s", io->prefix, path);
	if (!in.path || !in.shown || !files)
		return -ENOMEM;
	p->k->files = files;
	rc = io->read(io->context, path, &text, &size);
	if (rc)
		return rc;
	p->k->files[p->k->nr_files++] = in.path;
	if (!strmap_get(&p->m->source_by_path, in.shown))
		rc = model_add_source(p->m, in.shown, text, size);
	in.text = in.next = text;
	in.end = text + size;
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		in.next += 3;
	in.depth = p->input ? p->input->depth + 1 : 0;
	p->input = &in;
	if (!rc)
		parse_block(p, b);
	p->input = in.parent;
	free(text);
	return rc;
}

static void source_one(struct parser *p, struct block *b, const char *path)
{
	enum token_kind end = b->end;
	int rc;

	if (is_open(p, path)) {
		kparse_error(p, "break the circle", "%s is being read already", path);
		return;
	}
	if (p->input->depth >= SOURCE_DEPTH_MAX || p->k->nr_files >= FILES_MAX) {
		kparse_error(p, "source fewer", "too many files, or too deep");
		return;
	}
	b->end = TOKEN_END;
	rc = read_file(p, b, path);
	b->end = end;
	if (rc == -ENOMEM)
		p->out_of_memory = true;
	else if (rc)
		kparse_error(p, "name a file of the tree", "cannot read %s: %s", path,
			     strerror(-rc));
}

/* A pattern relative to the folder of the file at hand. */
static const char *make_relative(struct parser *p, const char *pattern)
{
	const char *slash = strrchr(p->input->path, '/');

	return slash ? model_printf(p->m, "%.*s/%s", (int)(slash - p->input->path), p->input->path,
				    pattern)
		     : pattern;
}

static void parse_source(struct parser *p, struct block *b, enum token_kind kind)
{
	bool is_optional = kind == TOKEN_OSOURCE || kind == TOKEN_ORSOURCE;
	const char *pattern = expect_text(p), **paths;

	if (!pattern)
		return;
	expect_end(p);
	if (kind == TOKEN_RSOURCE || kind == TOKEN_ORSOURCE)
		pattern = make_relative(p, pattern);
	if (p->bad || !pattern)
		return;
	paths = p->k->io->glob(p->k->io->context, p->m, pattern);
	if ((!paths || !paths[0]) && !is_optional)
		kparse_error(p, "name a file of the tree", "there is no %s", pattern);
	for (size_t i = 0; paths && paths[i] && !p->out_of_memory; i++)
		source_one(p, b, paths[i]);
}

static void parse_statement(struct parser *p, struct block *b)
{
	enum token_kind kind = peek(p);

	p->token++;
	switch (kind) {
	case TOKEN_CONFIG:
	case TOKEN_MENUCONFIG:
		parse_config(p, b);
		break;
	case TOKEN_SOURCE:
	case TOKEN_RSOURCE:
	case TOKEN_OSOURCE:
	case TOKEN_ORSOURCE:
		parse_source(p, b, kind);
		break;
	case TOKEN_IF:
		parse_if(p, b);
		break;
	case TOKEN_MENU:
		parse_titled(p, b, KCONFIG_NODE_MENU);
		break;
	case TOKEN_COMMENT:
		parse_titled(p, b, KCONFIG_NODE_COMMENT);
		break;
	case TOKEN_CHOICE:
		parse_choice(p, b);
		break;
	case TOKEN_MAINMENU:
		p->k->top->prompt = expect_text(p);
		break;
	default:
		kparse_error(p, "see the Kconfig language's manual", "this does not belong here");
	}
}

static void parse_block(struct parser *p, struct block *b)
{
	while (klex_next(p)) {
		enum token_kind kind = peek(p);

		if (kind != TOKEN_END && kind == b->end) {
			p->token++;
			expect_end(p);
			return;
		}
		if (kind != TOKEN_END)
			parse_statement(p, b);
	}
	if (b->end != TOKEN_END && !p->out_of_memory)
		model_report(p->m, SEVERITY_WARNING, "kconfig", kparse_here(p),
			     "add its endif, endmenu or endchoice", "the file ends within a block");
}

int kparse_file(struct kconfig *k, const char *path)
{
	struct parser *p = calloc(1, sizeof(*p));
	struct block b = { .parent = k->top, .end = TOKEN_END };
	int rc = -ENOMEM;

	if (!p)
		return rc;
	p->k = k;
	p->m = k->m;
	rc = read_file(p, &b, path);
	if (p->out_of_memory)
		rc = -ENOMEM;
	strbuf_reset(&p->line);
	free(p);
	return rc;
}
