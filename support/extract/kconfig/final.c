/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done once all files are read: dependencies are passed down to what stands
 * in a menu, an if or a choice; the members of choices are found; selects are turned
 * round. The order is that of the kernel's own tools, since it shows in expressions.
 */
#include "extract/kconfig/kconfig.h"

#include <string.h>

#include "private.h"

/* Symbols in implicit menus of one another, each an own call. */
#define SUBMENUS_MAX 1000
/* Steps that looking for implicit menus may take, over the whole. */
#define STEPS_MAX (64u << 20)

struct final {
	struct kconfig *k;
	unsigned int depth;
	unsigned int steps;
};

static void finalize(struct final *f, struct kconfig_node *node, struct kconfig_expr *visible);

static void pass_down(struct kconfig *k, struct kconfig_properties *list, struct kconfig_expr *dep)
{
	for (struct kconfig_property *p = list->first; p; p = p->next)
		p->condition = kexpr_and(k, p->condition, dep);
}

static void pass_to(struct kconfig *k, struct kconfig_node *node, struct kconfig_expr *base,
		    struct kconfig_expr *visible)
{
	struct kconfig_expr *dep = node->depends = kexpr_and(k, node->depends, base);

	if (node->kind != KCONFIG_NODE_SYMBOL && node->kind != KCONFIG_NODE_CHOICE)
		visible = &k->yes->leaf;
	if (node->prompt)
		node->prompt_condition =
			kexpr_and(k, node->prompt_condition, kexpr_and(k, visible, dep));
	pass_down(k, &node->defaults, dep);
	pass_down(k, &node->ranges, dep);
	pass_down(k, &node->selects, dep);
	pass_down(k, &node->implies, dep);
}

/* Can it only be on when the symbol is: "sym", "sym = y", "sym != n", or with && ? */
static bool depends_on(struct final *f, const struct kconfig_expr *e,
		       const struct kconfig_item *item, unsigned int depth)
{
	const struct kconfig *k = f->k;

	while (e && e->op == KCONFIG_AND && depth && f->steps < STEPS_MAX) {
		f->steps++;
		depth--;
		if (depends_on(f, e->right, item, depth))
			return true;
		e = e->left;
	}
	if (!e || e->op == KCONFIG_ITEM)
		return e && e->item == item;
	if (e->op == KCONFIG_EQUAL || e->op == KCONFIG_UNEQUAL) {
		const struct kconfig_item *left = e->left->item, *right = e->right->item;

		if (right == item) {
			right = left;
			left = item;
		}
		if (left != item)
			return false;
		return e->op == KCONFIG_EQUAL ? right == k->module || right == k->yes
					      : right == k->no;
	}
	return false;
}

static bool is_below(struct final *f, const struct kconfig_node *node,
		     const struct kconfig_node *next)
{
	return depends_on(f, next->prompt ? next->prompt_condition : next->depends, node->item,
			  EVALUATION_DEPTH_MAX);
}

/* What follows a symbol and depends on it becomes a menu below it. */
static void make_submenu(struct final *f, struct kconfig_node *node, struct kconfig_expr *visible)
{
	struct kconfig_node *last = node;

	while (last->next && f->depth < SUBMENUS_MAX && is_below(f, node, last->next)) {
		finalize(f, last->next, visible);
		last = last->next;
	}
	if (last == node)
		return;
	node->children = node->next;
	node->next = last->next;
	last->next = NULL;
}

/* Children of what has no prompt, and ifs, are shown in their parent's place. */
static void flatten(struct kconfig_node *parent)
{
	struct kconfig_node **link = &parent->children;

	for (struct kconfig_node *node = parent->children; node; node = node->next) {
		struct kconfig_node *last = node->children;

		if (!last || node->prompt || node->kind == KCONFIG_NODE_CHOICE)
			continue;
		while (last->next)
			last = last->next;
		last->next = node->next;
		node->next = node->children;
		node->children = NULL;
	}
	while (*link) {
		if ((*link)->kind == KCONFIG_NODE_IF)
			*link = (*link)->next;
		else
			link = &(*link)->next;
	}
}

static void finish_choice(struct kconfig *k, struct kconfig_node *node)
{
	struct kconfig_item *choice = node->item;

	choice->direct_depends = kexpr_or(k, choice->direct_depends, node->depends);
	for (struct kconfig_node *child = node->children; child; child = child->next) {
		struct kconfig_item **members;

		if (child->kind != KCONFIG_NODE_SYMBOL)
			continue;
		members = model_grow(k->m, choice->members, choice->nr_members, sizeof(*members));
		if (!members)
			return;
		choice->members = members;
		choice->members[choice->nr_members++] = child->item;
		child->item->choice = choice;
	}
	for (size_t i = 0; i < choice->nr_members && !choice->type; i++)
		choice->type = choice->members[i]->type;
	for (size_t i = 0; i < choice->nr_members; i++) {
		if (!choice->members[i]->type)
			choice->members[i]->type = choice->type;
	}
}

static void finalize(struct final *f, struct kconfig_node *node, struct kconfig_expr *visible)
{
	struct kconfig *k = f->k;

	f->depth++;
	if (node->kind == KCONFIG_NODE_SYMBOL) {
		make_submenu(f, node, visible);
	} else if (node->children) {
		struct kconfig_expr *base =
			node->kind == KCONFIG_NODE_CHOICE ? &node->item->leaf : node->depends;

		if (node->kind == KCONFIG_NODE_MENU)
			visible = kexpr_and(k, visible, node->visible);
		for (struct kconfig_node *child = node->children; child; child = child->next)
			pass_to(k, child, base, visible);
		for (struct kconfig_node *child = node->children; child; child = child->next)
			finalize(f, child, visible);
	}
	if (node->children)
		flatten(node);
	if (node->kind == KCONFIG_NODE_CHOICE)
		finish_choice(k, node);
	f->depth--;
}

/* "config A select B if C" makes B selected by "A && C". */
static void turn_round(struct kconfig *k, struct kconfig_node *node)
{
	struct kconfig_item *item = node->item;

	item->direct_depends = kexpr_or(k, item->direct_depends, node->depends);
	for (struct kconfig_property *p = node->selects.first; p; p = p->next)
		p->value->item->selected_by = kexpr_or(k, p->value->item->selected_by,
						       kexpr_and(k, &item->leaf, p->condition));
	for (struct kconfig_property *p = node->implies.first; p; p = p->next)
		p->value->item->implied_by = kexpr_or(k, p->value->item->implied_by,
						      kexpr_and(k, &item->leaf, p->condition));
}

void kfinal_run(struct kconfig *k)
{
	struct final f = { .k = k };

	finalize(&f, k->top, &k->yes->leaf);
	for (struct kconfig_node *node = k->first_node; node; node = node->next_of_file) {
		if (node->kind == KCONFIG_NODE_SYMBOL)
			turn_round(k, node);
	}
}
