/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cases (architecture, guest type, role, width) a claim is about, as a set. */
#ifndef CANDOR_SUPPORT_QUERY_SCOPE_H
#define CANDOR_SUPPORT_QUERY_SCOPE_H

#include "base/strbuf.h"
#include "model/model.h"

/** A set of cases: a bit for each of 3 architectures x 3 guest types x 2 roles x 2 widths. */
typedef uint64_t scope_t;

/** All cases of a claim, whatever implementation it names. */
scope_t scope_of(const struct claim *c);

/** All cases of these sets of bits. */
scope_t scope_make(unsigned int archs, unsigned int guests, unsigned int roles,
		   unsigned int widths);

/** Add a set in words: "x86, arm64; pvh"; "all" for all of them. */
void scope_describe(struct strbuf *sb, scope_t scope);

/** The axes a set of cases projects onto. */
struct scope_axes {
	unsigned int archs, guests, roles, widths;
};
struct scope_axes scope_project(scope_t scope);

/** An axis' words, as files have them, in the order of its bits. */
struct scope_words {
	const char *name; /* "archs" */
	const char *const *words;
	unsigned int nr;
};

/** The four axes, in the order of struct scope_axes. */
#define NR_SCOPE_AXES 4
extern const struct scope_words scope_words[NR_SCOPE_AXES];

/** The bits on axis @axis. */
unsigned int scope_axis(const struct scope_axes *axes, unsigned int axis);

#endif
