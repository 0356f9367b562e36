/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a lock on disk differs from the one the policy gives, line by line. */
#ifndef CANDOR_POLICY_DIFFERENCE_H
#define CANDOR_POLICY_DIFFERENCE_H

#include "base/strbuf.h"

/**
 * Add a unified-diff-like list: "-" lines only @old has, "+" lines only @new
 * has, in order, under a heading with @path. Both texts are NUL-terminated.
 */
void difference_add(struct strbuf *out, const char *path, const char *old, const char *new);

#endif
