/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a first candor.yaml for a tree, from what stands in it. */
#ifndef CANDOR_SUPPORT_EXTRACT_FIRST_H
#define CANDOR_SUPPORT_EXTRACT_FIRST_H

#include "base/strbuf.h"
#include "model/model.h"

/**
 * Look through the tree at @root, whose statement (if any) @m holds, and add a
 * candor.yaml with comments to @sb. What is sure is set; what only looks alike, such
 * as a heading and a symbol, is left as a comment. Returns 0 or -errno.
 */
int first_config(struct model *m, const char *root, struct strbuf *sb);

#endif
