/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences that contradict earlier ones without saying so. */
#ifndef CANDOR_POLICY_CONTRADICT_H
#define CANDOR_POLICY_CONTRADICT_H

#include "engine/decide.h"

/**
 * Complain, once for each pair of sentences, where one contradicts the verdict
 * that stood before it, or raises a limit, and does not say "override = true".
 * Of @r->list only ->first and ->nr are read. 0 or -EINVAL.
 */
int contradict_check(const struct ruling *r, struct strbuf *err);

#endif
