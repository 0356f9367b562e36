/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kconfig's parser: tokens, conditions, properties. */
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

enum token_kind kparse_peek(const struct parser *p)
{
	return p->tokens[p->token].kind;
}

bool kparse_take(struct parser *p, enum token_kind kind)
{
	if (kparse_peek(p) != kind)
		return false;
	p->token++;
	return true;
}

void kparse_end(struct parser *p)
{
	if (kparse_peek(p) != TOKEN_END)
		kparse_error(p, "put it on a line of its own",
			     "more words than the statement takes");
}

const char *kparse_text(struct parser *p)
{
	if (kparse_peek(p) != TOKEN_TEXT) {
		kparse_error(p, "quote the text", "text is missing");
		return NULL;
	}
	return p->tokens[p->token++].text;
}

struct kconfig_item *kparse_item(struct parser *p)
{
	if (kparse_peek(p) != TOKEN_ITEM) {
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
	enum token_kind kind = kparse_peek(p);

	if (kind < TOKEN_EQUAL || kind > TOKEN_GREATER_EQUAL) {
		if (m == M_NEEDS_MODULES && item == p->k->module)
			return kexpr_make(p->k, KCONFIG_AND, &item->leaf, &p->k->modules->leaf);
		return &item->leaf;
	}
	p->token++;
	right = kparse_item(p);
	return right ? kexpr_make(p->k, KCONFIG_EQUAL + (kind - TOKEN_EQUAL), &item->leaf,
				  &right->leaf)
		     : NULL;
}

static struct kconfig_expr *parse_factor(struct parser *p, enum m_meaning m)
{
	struct kconfig_expr *e = NULL;

	if (kparse_peek(p) == TOKEN_ITEM)
		return parse_relation(p, m);
	if (p->expr_depth >= EXPR_DEPTH_MAX) {
		kparse_error(p, "split it over symbols", "an expression nested too deeply");
		return NULL;
	}
	p->expr_depth++;
	if (kparse_take(p, TOKEN_NOT))
		e = kexpr_make(p->k, KCONFIG_NOT, parse_factor(p, m), NULL);
	else if (kparse_take(p, TOKEN_OPEN))
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
	} while (kparse_take(p, op == KCONFIG_OR ? TOKEN_OR : TOKEN_AND));
	return join_chain(p, op, operands, nr);
}

static struct kconfig_expr *parse_or(struct parser *p, enum m_meaning m)
{
	bool in_parentheses = p->token && p->tokens[p->token - 1].kind == TOKEN_OPEN;
	struct kconfig_expr *e = parse_chain(p, m, KCONFIG_OR);

	if (e && in_parentheses && !kparse_take(p, TOKEN_CLOSE)) {
		kparse_error(p, "close it", "a parenthesis that is not closed");
		return NULL;
	}
	return e;
}

struct kconfig_expr *kparse_expr(struct parser *p)
{
	struct kconfig_expr *e = parse_or(p, M_NEEDS_MODULES);

	if (e)
		kparse_end(p);
	return p->bad ? NULL : e;
}

/* "if EXPR" to the end of the line, or y. NULL when bad. */
static struct kconfig_expr *parse_condition(struct parser *p)
{
	if (kparse_take(p, TOKEN_IF))
		return kparse_expr(p);
	kparse_end(p);
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
	const char *text = kparse_text(p);
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
	struct kconfig_item *target = kparse_item(p);

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
	struct kconfig_item *low = kparse_item(p), *high = low ? kparse_item(p) : NULL;

	if (high)
		add_property(p, &node->ranges, &low->leaf, &high->leaf);
}

static void parse_env(struct parser *p, struct kconfig_node *node)
{
	const char *name = kparse_take(p, TOKEN_EQUAL) ? kparse_text(p) : NULL, *value;
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
	if (kparse_take(p, TOKEN_ENV))
		parse_env(p, node);
	else if (!kparse_take(p, TOKEN_DEFCONFIG_LIST) && !kparse_take(p, TOKEN_MODULES) &&
		 !kparse_take(p, TOKEN_ALLNOCONFIG_Y))
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

	if (!kparse_take(p, TOKEN_ON)) {
		kparse_error(p, "write \"depends on\"", "depends without on");
		return;
	}
	e = kparse_expr(p);
	if (e)
		node->depends = kexpr_and(p->k, node->depends, e);
}

static void parse_visible(struct parser *p, struct kconfig_node *node)
{
	struct kconfig_expr *e = NULL;

	if (!kparse_take(p, TOKEN_IF) || node->kind != KCONFIG_NODE_MENU)
		kparse_error(p, "write \"visible if\" below a menu",
			     "visible where it says nothing");
	else
		e = kparse_expr(p);
	if (e)
		node->visible = kexpr_and(p->k, node->visible, e);
}

static void parse_type(struct parser *p, struct kconfig_node *node, enum kconfig_type type)
{
	set_type(p, node, type);
	if (!p->bad && kparse_peek(p) != TOKEN_END)
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
	enum token_kind kind = kparse_peek(p);

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

void kparse_properties(struct parser *p, struct kconfig_node *node)
{
	while (klex_next(p)) {
		if (kparse_peek(p) != TOKEN_END && !parse_property(p, node)) {
			p->reuse = true;
			return;
		}
	}
}
