/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other states of a tree than the one at hand: what it was at a git revision, or what
 * another statement says. A state is named by a file, a folder with another tree, or
 * else by a revision of the tree's repository.
 */
#ifndef CANDOR_SUPPORT_STATE_H
#define CANDOR_SUPPORT_STATE_H

#include "support.h"

/**
 * Read the state @name into a model of its own, linked, that @m owns from then on: as
 * what to compare with, or as one more branch. What cannot be read is an
 * "unreadable" finding of @m. Returns 0 or -ENOMEM.
 */
int state_add_previous(struct model *m, const struct support_inputs *in, const char *name);
int state_add_branch(struct model *m, const struct support_inputs *in, const char *name);

/**
 * The findings that are known: those of a baseline file, or all that the check finds
 * at a revision. What cannot be read is an "unreadable" or "bad-baseline" finding of
 * @m, and nothing is known then. Allocated from @m. Returns 0 or -ENOMEM.
 */
int state_read_baseline(struct model *m, const struct support_inputs *in,
			struct baseline *ret_baseline);

#endif
