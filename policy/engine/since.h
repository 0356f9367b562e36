/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Since when a feature is stated as it is. */
#ifndef CANDOR_POLICY_SINCE_H
#define CANDOR_POLICY_SINCE_H

#include "engine/facts.h"

/**
 * What the registry says ("since"), or else the last change of its status that the
 * git history of the tree's SUPPORT.md knows: "2026-11-20 (commit 0123456789ab)".
 * malloc'ed; NULL when neither does. Nothing of the repository is trusted or written.
 */
char *since_find(const char *tree, const struct facts *facts, const struct fact_feature *f);

#endif
