/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What symbols are worth. Results are cached by generation, in symbols and in
 * expressions, so the whole costs as much as the files are long; circles and chains
 * that are too deep are reported once and count as n.
 */
#include "extract/kconfig/kconfig.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static const char *const tristate_texts[] = { "n", "m", "y" };

static bool is_tristate(enum kconfig_type type)
{
	return type == KCONFIG_BOOL || type == KCONFIG_TRISTATE;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int most(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

/* Enter one more level; false when there are too many. */
static bool enter(struct kconfig *k)
{
	if (k->depth < EVALUATION_DEPTH_MAX) {
		k->depth++;
		return true;
	}
	if (!k->is_too_deep)
		model_report(k->m, SEVERITY_WARNING, "kconfig", k->top->at,
			     "what is deeper counts as n",
			     "symbols depend on one another too deeply");
	k->is_too_deep = true;
	return false;
}

/* MODULES may ask for the types of what it depends on, and they for it. */
static void report_circle(struct kconfig *k, struct kconfig_item *item)
{
	if (!item->is_circular && item->nodes && item != k->modules)
		model_report(k->m, SEVERITY_WARNING, "kconfig", item->nodes->at,
			     "break the circle; until then it counts as n here",
			     "the value of %s depends on itself",
			     *item->name ? item->name : "the choice");
	item->is_circular = true;
}

static bool enter_item(struct kconfig *k, struct kconfig_item *item)
{
	if (item->is_busy) {
		report_circle(k, item);
		return false;
	}
	item->is_busy = enter(k);
	return item->is_busy;
}

static void leave_item(struct kconfig *k, struct kconfig_item *item)
{
	item->is_busy = false;
	k->depth--;
}

enum kconfig_type kconfig_type(struct kconfig *k, const struct kconfig_item *item)
{
	bool is_two_valued;

	if (item->type != KCONFIG_TRISTATE)
		return item->type;
	is_two_valued = (item->choice && kconfig_item_value(k, item->choice) == 2) ||
			!kconfig_item_value(k, k->modules);
	return is_two_valued ? KCONFIG_BOOL : KCONFIG_TRISTATE;
}

/* A whole number as C and Kconfig write it; base 0 takes 0x too. False: none. */
static bool parse_number(const char *text, int base, long long *ret_number)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	/* "010" is no number of base 0, nor is a lone sign. */
	if (!base && text[0] == '0' && text[1] && text[1] != 'x' && text[1] != 'X')
		return false;
	errno = 0;
	*ret_number = strtoll(text, &end, base ? base : 0);
	if (end == text || errno)
		return false;
	while (isspace((unsigned char)*end))
		end++;
	return !*end;
}

static int base_of(enum kconfig_type type)
{
	return type == KCONFIG_HEX ? 16 : type == KCONFIG_INT ? 10 : 0;
}

static bool item_number(struct kconfig *k, struct kconfig_item *item, long long *ret_number)
{
	if (is_tristate(item->type)) {
		*ret_number = kconfig_item_value(k, item);
		return true;
	}
	return parse_number(kconfig_item_text(k, item), base_of(item->type), ret_number);
}

static int compare(struct kconfig *k, struct kconfig_item *a, struct kconfig_item *b)
{
	long long left, right;
	bool are_strings = a->type == KCONFIG_STRING && b->type == KCONFIG_STRING;

	if (!are_strings && item_number(k, a, &left) && item_number(k, b, &right))
		return (left > right) - (left < right);
	return strcmp(kconfig_item_text(k, a), kconfig_item_text(k, b));
}

static bool holds(struct kconfig *k, const struct kconfig_expr *e)
{
	int order = compare(k, e->left->item, e->right->item);

	switch (e->op) {
	case KCONFIG_EQUAL:
		return order == 0;
	case KCONFIG_UNEQUAL:
		return order != 0;
	case KCONFIG_LESS:
		return order < 0;
	case KCONFIG_LESS_EQUAL:
		return order <= 0;
	case KCONFIG_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

static unsigned int compute(struct kconfig *k, struct kconfig_expr *e)
{
	unsigned int left;

	switch (e->op) {
	case KCONFIG_AND:
		left = kconfig_value(k, e->left);
		return left ? least(left, kconfig_value(k, e->right)) : 0;
	case KCONFIG_OR:
		left = kconfig_value(k, e->left);
		return left == 2 ? 2 : most(left, kconfig_value(k, e->right));
	case KCONFIG_NOT:
		return 2 - kconfig_value(k, e->left);
	default:
		return holds(k, e) ? 2 : 0;
	}
}

unsigned int kconfig_value(struct kconfig *k, struct kconfig_expr *e)
{
	if (e->op == KCONFIG_ITEM)
		return kconfig_item_value(k, e->item);
	if (e->generation != k->generation && enter(k)) {
		unsigned int value = compute(k, e);

		k->depth--;
		e->value = (unsigned char)value;
		e->generation = k->generation;
	}
	return e->generation == k->generation ? e->value : 0;
}

static unsigned int compute_visibility(struct kconfig *k, struct kconfig_item *item)
{
	struct kconfig_item *choice = item->choice;
	unsigned int visible = 0;

	for (struct kconfig_node *node = item->nodes; node; node = node->next_of_item) {
		if (node->prompt)
			visible = most(visible, kconfig_value(k, node->prompt_condition));
	}
	if (choice) {
		if (choice->type == KCONFIG_TRISTATE && item->type != KCONFIG_TRISTATE &&
		    kconfig_item_value(k, choice) != 2)
			return 0;
		if (item->type == KCONFIG_TRISTATE && visible == 1 &&
		    kconfig_item_value(k, choice) == 2)
			return 0;
	}
	return visible == 1 && kconfig_type(k, item) != KCONFIG_TRISTATE ? 2 : visible;
}

unsigned int kconfig_visibility(struct kconfig *k, struct kconfig_item *item)
{
	if (item->visible_generation != k->generation) {
		unsigned int visible;

		if (!enter(k))
			return 0;
		visible = compute_visibility(k, item);
		k->depth--;
		item->visible = (unsigned char)visible;
		item->visible_generation = k->generation;
	}
	return item->visible;
}

static unsigned int value_of_text(const char *text)
{
	return *text == 'y' ? 2 : *text == 'm' ? 1 : 0;
}

/* The value of what stands in no choice, or in one that is m. */
static unsigned int compute_free(struct kconfig *k, struct kconfig_item *item)
{
	unsigned int visible = kconfig_visibility(k, item), value = 0, dep;

	if (visible && item->user_value) {
		value = least(value_of_text(item->user_value), visible);
	} else {
		bool found = false;

		for (struct kconfig_node *n = item->nodes; n && !found; n = n->next_of_item) {
			for (struct kconfig_property *p = n->defaults.first; p; p = p->next) {
				dep = kconfig_value(k, p->condition);
				found = dep;
				if (!found)
					continue;
				value = least(kconfig_value(k, p->value), dep);
				break;
			}
		}
		dep = kconfig_value(k, item->implied_by);
		if (dep && kconfig_value(k, item->direct_depends))
			value = most(dep, value);
	}
	value = most(value, kconfig_value(k, item->selected_by));
	if (value == 1 &&
	    (kconfig_type(k, item) == KCONFIG_BOOL || kconfig_value(k, item->implied_by) == 2))
		value = 2;
	return value;
}

static unsigned int compute_symbol(struct kconfig *k, struct kconfig_item *item)
{
	if (!is_tristate(item->type))
		return 0;
	if (!item->choice)
		return compute_free(k, item);
	switch (kconfig_visibility(k, item)) {
	case 2:
		if (kconfig_item_value(k, item->choice) == 2)
			return kconfig_selection(k, item->choice) == item ? 2 : 0;
		return item->user_value && value_of_text(item->user_value) ? 1 : 0;
	case 1:
		return item->user_value && value_of_text(item->user_value) ? 1 : 0;
	default:
		return 0;
	}
}

static unsigned int compute_choice(struct kconfig *k, struct kconfig_item *choice)
{
	unsigned int value = choice->is_optional ? 0 : 1;

	if (choice->user_value)
		value = most(value, value_of_text(choice->user_value));
	value = least(value, kconfig_visibility(k, choice));
	return value == 1 && kconfig_type(k, choice) == KCONFIG_BOOL ? 2 : value;
}

unsigned int kconfig_item_value(struct kconfig *k, struct kconfig_item *item)
{
	if (item->is_constant)
		return item == k->yes ? 2 : item == k->module ? 1 : 0;
	if (item->generation != k->generation) {
		unsigned int value;

		if (!enter_item(k, item))
			return 0;
		value = item->is_choice ? compute_choice(k, item) : compute_symbol(k, item);
		leave_item(k, item);
		item->value = (unsigned char)value;
		item->generation = k->generation;
	}
	return item->value;
}

struct kconfig_item *kconfig_selection(struct kconfig *k, struct kconfig_item *choice)
{
	if (kconfig_item_value(k, choice) != 2)
		return NULL;
	if (choice->user_member && kconfig_visibility(k, choice->user_member))
		return choice->user_member;
	for (struct kconfig_node *n = choice->nodes; n; n = n->next_of_item) {
		for (struct kconfig_property *p = n->defaults.first; p; p = p->next) {
			if (p->value->op == KCONFIG_ITEM && kconfig_value(k, p->condition) &&
			    kconfig_visibility(k, p->value->item))
				return p->value->item;
		}
	}
	for (size_t i = 0; i < choice->nr_members; i++) {
		if (kconfig_visibility(k, choice->members[i]))
			return choice->members[i];
	}
	return NULL;
}

void kvalue_all(struct kconfig *k)
{
	for (struct kconfig_item *item = k->first; item; item = item->next)
		(void)kconfig_item_text(k, item);
}

/* The text of the first default that applies, or NULL. */
static const char *default_text(struct kconfig *k, struct kconfig_item *item)
{
	for (struct kconfig_node *n = item->nodes; n; n = n->next_of_item) {
		for (struct kconfig_property *p = n->defaults.first; p; p = p->next) {
			if (p->value->op == KCONFIG_ITEM && kconfig_value(k, p->condition))
				return kconfig_item_text(k, p->value->item);
		}
	}
	return NULL;
}

#define REQUIRES_STEPS_MAX 20000

static bool requires(const struct kconfig *k, const struct kconfig_expr *e,
		     const struct kconfig_item *item, unsigned int *steps)
{
	if (!*steps)
		return false;
	--*steps;
	switch (e->op) {
	case KCONFIG_ITEM:
		return e->item == item || e == &k->no->leaf;
	case KCONFIG_AND:
		return requires(k, e->right, item, steps)
		|| requires(k, e->left, item, steps);
	case KCONFIG_OR:
		return requires(k, e->left, item, steps)
		&&requires(k, e->right, item, steps);
	case KCONFIG_EQUAL:
		return (e->left->item == item && e->right->item == k->yes) ||
		       (e->right->item == item && e->left->item == k->yes);
	case KCONFIG_UNEQUAL:
		return (e->left->item == item && e->right->item == k->no) ||
		       (e->right->item == item && e->left->item == k->no);
	default:
		return false;
	}
}

bool kconfig_requires(const struct kconfig *k, const struct kconfig_expr *e,
		      const struct kconfig_item *item)
{
	unsigned int steps = REQUIRES_STEPS_MAX;

	return e && item && requires(k, e, item, &steps);
}

const struct kconfig_property *kconfig_deciding_default(struct kconfig *k,
							struct kconfig_item *item)
{
	const struct kconfig_item *selection = item->is_choice ? kconfig_selection(k, item) : NULL;

	for (struct kconfig_node *n = item->nodes; n; n = n->next_of_item) {
		for (struct kconfig_property *p = n->defaults.first; p; p = p->next) {
			bool decides = !selection || (p->value->op == KCONFIG_ITEM &&
						      p->value->item == selection);

			if (decides && kconfig_value(k, p->condition))
				return p;
		}
	}
	return NULL;
}

struct range {
	bool is_active;
	long long low, high;
};

static struct range active_range(struct kconfig *k, struct kconfig_item *item)
{
	struct range r = { 0 };
	int base = base_of(item->type);

	for (struct kconfig_node *n = item->nodes; n && !r.is_active; n = n->next_of_item) {
		for (struct kconfig_property *p = n->ranges.first; p; p = p->next) {
			if (!kconfig_value(k, p->condition))
				continue;
			r.is_active = true;
			if (!parse_number(kconfig_item_text(k, p->value->item), base, &r.low))
				r.low = 0;
			if (!parse_number(kconfig_item_text(k, p->high->item), base, &r.high))
				r.high = 0;
			break;
		}
	}
	return r;
}

static const char *compute_number(struct kconfig *k, struct kconfig_item *item)
{
	int base = base_of(item->type);
	struct range r = active_range(k, item);
	const char *text;
	long long number;

	if (kconfig_visibility(k, item) && item->user_value &&
	    parse_number(item->user_value, base, &number) &&
	    (!r.is_active || (r.low <= number && number <= r.high)))
		return item->user_value;
	text = default_text(k, item);
	if (!text || !parse_number(text, base, &number))
		number = 0;
	if (r.is_active && (number < r.low || number > r.high))
		text = model_printf(k->m, base == 16 ? "0x%llx" : "%lld",
				    number < r.low ? r.low : r.high);
	return text ? text : "";
}

static const char *compute_text(struct kconfig *k, struct kconfig_item *item)
{
	const char *text;

	if (item->type == KCONFIG_INT || item->type == KCONFIG_HEX)
		return compute_number(k, item);
	if (kconfig_visibility(k, item) && item->user_value)
		return item->user_value;
	text = default_text(k, item);
	return text ? text : "";
}

const char *kconfig_item_text(struct kconfig *k, struct kconfig_item *item)
{
	const char *text;

	if (item->is_choice || is_tristate(item->type))
		return tristate_texts[kconfig_item_value(k, item)];
	if (!item->type || item->is_constant)
		return item->name;
	if (item->text_generation != k->generation) {
		if (!enter_item(k, item))
			return "";
		text = compute_text(k, item);
		leave_item(k, item);
		item->text = text ? text : "";
		item->text_generation = k->generation;
	}
	return item->text;
}
