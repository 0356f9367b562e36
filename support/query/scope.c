/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of cases: what a claim covers of architectures, guests, roles and widths. */
#include "query/scope.h"

static const char *const archs[] = { "x86", "arm32", "arm64" };
static const char *const guests[] = { "pv", "pvh", "hvm" };
static const char *const roles[] = { "dom0", "domu" };
static const char *const widths[] = { "32", "64" };

const struct scope_words scope_words[NR_SCOPE_AXES] = {
	{ "archs", archs, 3 },
	{ "guests", guests, 3 },
	{ "roles", roles, 2 },
	{ "widths", widths, 2 },
};

#define NR_CASES (3 * 3 * 2 * 2)

/* The case's number on each axis; the number counts widths fastest. */
static void split(unsigned int number, unsigned int ret_at[NR_SCOPE_AXES])
{
	for (unsigned int axis = NR_SCOPE_AXES; axis--;) {
		ret_at[axis] = number % scope_words[axis].nr;
		number /= scope_words[axis].nr;
	}
}

/* The cases that have one of @set on an axis: @one's pattern is of its first bit. */
static scope_t spread(unsigned int set, unsigned int nr, scope_t one, unsigned int step)
{
	scope_t scope = 0;

	for (unsigned int i = 0; i < nr; i++) {
		if (set & 1u << i)
			scope |= one << i * step;
	}
	return scope;
}

/* As split() numbers cases: of each axis every bit stands for so many cases in a row. */
scope_t scope_make(unsigned int arch_set, unsigned int guest_set, unsigned int role_set,
		   unsigned int width_set)
{
	return spread(width_set, 2, 0x555555555, 1) & spread(role_set, 2, 0x333333333, 2) &
	       spread(guest_set, 3, 0x00f00f00f, 4) & spread(arch_set, 3, 0xfff, 12);
}

scope_t scope_of(const struct claim *c)
{
	return scope_make(c->archs, c->guests, c->roles, c->widths);
}

struct scope_axes scope_project(scope_t scope)
{
	unsigned int sets[NR_SCOPE_AXES] = { 0 };

	for (unsigned int i = 0; i < NR_CASES; i++) {
		unsigned int at[NR_SCOPE_AXES];

		if (!(scope & (scope_t)1 << i))
			continue;
		split(i, at);
		for (unsigned int axis = 0; axis < NR_SCOPE_AXES; axis++)
			sets[axis] |= 1u << at[axis];
	}
	return (struct scope_axes){ sets[0], sets[1], sets[2], sets[3] };
}

unsigned int scope_axis(const struct scope_axes *axes, unsigned int axis)
{
	const unsigned int sets[] = { axes->archs, axes->guests, axes->roles, axes->widths };

	return sets[axis];
}

void scope_describe(struct strbuf *sb, scope_t scope)
{
	struct scope_axes axes = scope_project(scope);
	const char *between = "";

	/* Not a product of its axes: name them, but say that it is not all of that. */
	if (scope != scope_make(axes.archs, axes.guests, axes.roles, axes.widths))
		strbuf_puts(sb, "some of ");
	for (unsigned int axis = 0; axis < NR_SCOPE_AXES; axis++) {
		const struct scope_words *w = &scope_words[axis];
		unsigned int set = scope_axis(&axes, axis);

		if (set == (1u << w->nr) - 1)
			continue;
		for (unsigned int i = 0; i < w->nr; i++) {
			if (!(set & 1u << i))
				continue;
			strbuf_printf(sb, "%s%s%s", between, w->words[i], axis == 3 ? " bit" : "");
			between = ", ";
		}
	}
	if (!*between)
		strbuf_puts(sb, "all");
}
