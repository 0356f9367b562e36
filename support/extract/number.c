/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of limits: the small part of C's constant expressions in which people
 * write sizes, such as (64ULL << 30) or NR_CPUS * 2.
 */
#include "extract/extract.h"

#include <ctype.h>
#include <string.h>

/* Of parentheses and macros within macros. */
#define DEPTH_MAX 16
#define NAME_SIZE 128
/* Operands in all: macros of macros multiply. */
#define OPERANDS_MAX 1000

struct expression {
	const char *p;
	const struct number_scope *scope;
	unsigned int depth;
	unsigned int *budget; /* operands still allowed, for all that is nested */
};

enum precedence {
	PRECEDENCE_SHIFT,
	PRECEDENCE_SUM,
	PRECEDENCE_PRODUCT,
	PRECEDENCE_ATOM,
};

static bool evaluate(struct expression *e, enum precedence precedence, uint64_t *ret_value);

static void skip_blanks(struct expression *e)
{
	while (isspace((unsigned char)*e->p))
		e->p++;
}

static bool take_literal(struct expression *e, uint64_t *ret_value)
{
	bool is_hex = e->p[0] == '0' && (e->p[1] == 'x' || e->p[1] == 'X');
	unsigned int base = is_hex ? 16 : e->p[0] == '0' ? 8 : 10;
	uint64_t value = 0;

	e->p += is_hex ? 2 : 0;
	if (!isxdigit((unsigned char)*e->p))
		return false;
	for (; isxdigit((unsigned char)*e->p); e->p++) {
		char c = (char)tolower((unsigned char)*e->p);
		unsigned int digit = (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);

		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	while (*e->p == 'u' || *e->p == 'U' || *e->p == 'l' || *e->p == 'L')
		e->p++;
	*ret_value = value;
	return !isalnum((unsigned char)*e->p) && *e->p != '_';
}

static bool take_macro(struct expression *e, uint64_t *ret_value)
{
	struct expression inner = { .scope = e->scope, .depth = e->depth + 1, .budget = e->budget };
	char name[NAME_SIZE];
	size_t n = 0;

	while (isalnum((unsigned char)*e->p) || *e->p == '_') {
		if (n == sizeof(name) - 1)
			return false;
		name[n++] = *e->p++;
	}
	name[n] = '\0';
	inner.p = e->scope ? e->scope->find(e->scope, name) : NULL;
	if (!inner.p || inner.depth > DEPTH_MAX || !evaluate(&inner, PRECEDENCE_SHIFT, ret_value))
		return false;
	skip_blanks(&inner);
	return !*inner.p;
}

static bool take_atom(struct expression *e, uint64_t *ret_value)
{
	skip_blanks(e);
	if (!*e->budget || !--*e->budget)
		return false;
	if (*e->p == '(') {
		if (++e->depth > DEPTH_MAX)
			return false;
		e->p++;
		if (!evaluate(e, PRECEDENCE_SHIFT, ret_value))
			return false;
		skip_blanks(e);
		e->depth--;
		return *e->p++ == ')';
	}
	if (isdigit((unsigned char)*e->p))
		return take_literal(e, ret_value);
	if (isalpha((unsigned char)*e->p) || *e->p == '_')
		return take_macro(e, ret_value);
	return false;
}

/* The operator at this precedence, taken; 0 when there is none. */
static char take_operator(struct expression *e, enum precedence precedence)
{
	static const char operators[][4] = {
		[PRECEDENCE_SHIFT] = "<>",
		[PRECEDENCE_SUM] = "+-",
		[PRECEDENCE_PRODUCT] = "*/",
		[PRECEDENCE_ATOM] = "",
	};
	char c;

	skip_blanks(e);
	c = *e->p;
	if (!c || !strchr(operators[precedence], c))
		return 0;
	if (precedence == PRECEDENCE_SHIFT) {
		if (e->p[1] != c)
			return 0;
		e->p++;
	}
	e->p++;
	return c;
}

static bool apply(char op, uint64_t a, uint64_t b, uint64_t *ret_value)
{
	switch (op) {
	case '+':
		return !__builtin_add_overflow(a, b, ret_value);
	case '-':
		return !__builtin_sub_overflow(a, b, ret_value);
	case '*':
		return !__builtin_mul_overflow(a, b, ret_value);
	case '/':
		*ret_value = b ? a / b : 0;
		return b != 0;
	case '<':
		*ret_value = b < 64 ? a << b : 0;
		return b < 64 && *ret_value >> b == a;
	default:
		*ret_value = b < 64 ? a >> b : 0;
		return b < 64;
	}
}

static bool evaluate(struct expression *e, enum precedence precedence, uint64_t *ret_value)
{
	uint64_t value, right;
	char op;

	if (precedence == PRECEDENCE_ATOM)
		return take_atom(e, ret_value);
	if (!evaluate(e, precedence + 1, &value))
		return false;
	while ((op = take_operator(e, precedence))) {
		if (!evaluate(e, precedence + 1, &right) || !apply(op, value, right, &value))
			return false;
	}
	*ret_value = value;
	return true;
}

bool number_evaluate(const char *text, const struct number_scope *scope, uint64_t *ret_value)
{
	unsigned int budget = OPERANDS_MAX;
	struct expression e = { .p = text, .scope = scope, .budget = &budget };
	uint64_t value;

	if (!evaluate(&e, PRECEDENCE_SHIFT, &value))
		return false;
	skip_blanks(&e);
	if (*e.p)
		return false;
	*ret_value = value;
	return true;
}
