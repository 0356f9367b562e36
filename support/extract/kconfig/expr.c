/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols, constants, choices, and the expressions over them. */
#include "extract/kconfig/kconfig.h"

#include <string.h>

#include "private.h"

static struct kconfig_item *make_item(struct kconfig *k, const char *name)
{
	struct kconfig_item *item = model_alloc(k->m, sizeof(*item));

	if (!item)
		return NULL;
	item->name = model_copy(k->m, name, strlen(name));
	item->leaf.op = KCONFIG_ITEM;
	item->leaf.item = item;
	item->direct_depends = item->selected_by = item->implied_by =
		k->no ? &k->no->leaf : &item->leaf;
	return item->name ? item : NULL;
}

static struct kconfig_item *intern(struct kconfig *k, struct strmap *map, const char *name)
{
	struct kconfig_item *item = strmap_get(map, name);

	if (item)
		return item;
	item = make_item(k, name);
	return item && strmap_put(map, item->name, item) ? item : NULL;
}

struct kconfig_item *kconfig_symbol(struct kconfig *k, const char *name)
{
	return intern(k, &k->symbols, name);
}

struct kconfig_item *kconfig_constant(struct kconfig *k, const char *text)
{
	struct kconfig_item *item = intern(k, &k->constants, text);

	if (item)
		item->is_constant = true;
	return item;
}

struct kconfig_item *kconfig_add_choice(struct kconfig *k, const char *name)
{
	struct kconfig_item *item = name ? strmap_get(&k->choices, name) : NULL;

	if (item)
		return item;
	item = make_item(k, name ? name : "");
	if (!item || (name && !strmap_put(&k->choices, item->name, item)))
		return NULL;
	item->is_choice = true;
	if (k->last_choice)
		k->last_choice->next = item;
	else
		k->first_choice = item;
	k->last_choice = item;
	return item;
}

struct kconfig_item *kconfig_find(const struct kconfig *k, const char *name)
{
	return strmap_get(&k->symbols, name);
}

struct kconfig_expr *kexpr_make(struct kconfig *k, enum kconfig_op op, struct kconfig_expr *left,
				struct kconfig_expr *right)
{
	struct kconfig_expr *e;

	if (!left || (!right && op != KCONFIG_NOT))
		return NULL;
	e = model_alloc(k->m, sizeof(*e));
	if (e) {
		e->op = op;
		e->left = left;
		e->right = right;
	}
	return e;
}

struct kconfig_expr *kexpr_and(struct kconfig *k, struct kconfig_expr *a, struct kconfig_expr *b)
{
	struct kconfig_expr *no = &k->no->leaf, *yes = &k->yes->leaf;

	if (!a || !b || a == yes)
		return a ? b : NULL;
	if (b == yes)
		return a;
	return a == no || b == no ? no : kexpr_make(k, KCONFIG_AND, a, b);
}

struct kconfig_expr *kexpr_or(struct kconfig *k, struct kconfig_expr *a, struct kconfig_expr *b)
{
	struct kconfig_expr *no = &k->no->leaf, *yes = &k->yes->leaf;

	if (!a || !b || a == no)
		return a ? b : NULL;
	if (b == no)
		return a;
	return a == yes || b == yes ? yes : kexpr_make(k, KCONFIG_OR, a, b);
}

/* Chains are as long as files are: to the left and right by turns, with a bound. */
static bool mentions(const struct kconfig_expr *e, const char *name, unsigned int depth)
{
	while (e->op != KCONFIG_ITEM && depth) {
		depth--;
		if (e->right && mentions(e->right, name, depth))
			return true;
		e = e->left;
	}
	return e->op == KCONFIG_ITEM && !e->item->is_constant && !e->item->is_choice &&
	       !strcmp(e->item->name, name);
}

bool kconfig_mentions(const struct kconfig_expr *e, const char *name)
{
	return e && mentions(e, name, EVALUATION_DEPTH_MAX);
}

static const char *const op_texts[] = {
	[KCONFIG_AND] = " && ",	   [KCONFIG_OR] = " || ",
	[KCONFIG_EQUAL] = " = ",   [KCONFIG_UNEQUAL] = " != ",
	[KCONFIG_LESS] = " < ",	   [KCONFIG_LESS_EQUAL] = " <= ",
	[KCONFIG_GREATER] = " > ", [KCONFIG_GREATER_EQUAL] = " >= ",
};

static void print_item(struct strbuf *sb, const struct kconfig_item *item)
{
	bool is_tristate = item->is_constant && item->type == KCONFIG_TRISTATE;

	if (item->is_choice) {
		strbuf_printf(sb, "<choice%s%s>", *item->name ? " " : "", item->name);
		return;
	}
	if (!item->is_constant || is_tristate) {
		strbuf_puts(sb, item->name);
		return;
	}
	strbuf_puts(sb, "\"");
	for (const char *c = item->name; *c; c++)
		strbuf_printf(sb, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	strbuf_puts(sb, "\"");
}

static void print(struct strbuf *sb, const struct kconfig_expr *e, unsigned int depth)
{
	if (!depth) {
		strbuf_puts(sb, "...");
		return;
	}
	if (e->op == KCONFIG_ITEM) {
		print_item(sb, e->item);
		return;
	}
	strbuf_puts(sb, e->op == KCONFIG_NOT ? "!(" : "(");
	print(sb, e->left, depth - 1);
	if (e->op != KCONFIG_NOT) {
		strbuf_puts(sb, op_texts[e->op]);
		print(sb, e->right, depth - 1);
	}
	strbuf_puts(sb, ")");
}

void kconfig_print(struct strbuf *sb, const struct kconfig_expr *e)
{
	print(sb, e, EVALUATION_DEPTH_MAX);
}
