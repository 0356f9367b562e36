/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each rule means by example: advice, a small tree that breaks the rule and no
 * other, and one that does not. The texts are support/check/examples/ID.txt:
 *
 *     advice, some lines
 *     %% bad
 *     %% PATH
 *     the file's text, blanks at a line's end as \s; "%% args" holds options for `candor check`
 *     %% good
 *     ...
 *
 * They show what matters. The rest of their trees is that of base.txt, a sound tree
 * of one feature: a file of an example replaces the one of base.txt, "%% without
 * PATH" takes it away, and of some files a piece is enough (see example_files()).
 */
#ifndef CANDOR_SUPPORT_CHECK_EXAMPLES_H
#define CANDOR_SUPPORT_CHECK_EXAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct example {
	const char *id; /* of the rule */
	const char *text;
};

/** By id; generated. One more row, "base", is the tree that all stand in. */
extern const struct example check_examples[];
extern const size_t check_nr_examples;

enum example_kind { EXAMPLE_BAD, EXAMPLE_GOOD, NR_EXAMPLE_KINDS };

/** "bad" or "good". */
const char *example_kind_name(enum example_kind kind);

/** What to do about findings of a rule: the lines before the examples. */
void example_advice(const char *id, struct strbuf *sb);

/** Takes one file; returns 0, or -errno, which ends the visit. */
typedef int example_visit_fn(void *context, const char *path, const char *text, size_t size);

/** The files of a rule's example as they are shown. Returns 0 or what @visit returned. */
int example_pieces(const char *id, enum example_kind kind, example_visit_fn *visit, void *context);

/**
 * The same completed to a tree that can be checked: a SUPPORT.md that starts with an
 * H2 or H3 or a block of release keys gets the parts around it, a registry that starts
 * with an entry and a lock that starts with a gate their heads. "args" holds all
 * options. Returns 0, -ENOMEM, or what @visit returned.
 */
int example_files(const char *id, enum example_kind kind, example_visit_fn *visit, void *context);

#endif
