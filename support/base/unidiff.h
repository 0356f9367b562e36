/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed between two texts, as `diff -u` and `patch` have it. */
#ifndef CANDOR_BASE_UNIDIFF_H
#define CANDOR_BASE_UNIDIFF_H

#include <stddef.h>

#include "base/strbuf.h"

/**
 * Add the unified difference of two texts, with heads "--- a/PATH" and "+++ b/PATH"
 * and three lines of context; nothing when they are equal. It is the shortest for
 * texts that differ in up to 512 lines, else whole. Failure is @sb's.
 */
void unidiff_add(struct strbuf *sb, const char *path, const char *before, size_t before_size,
		 const char *after, size_t after_size);

#endif
