/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts for the policy tests: a handful of features, made by hand. */
#ifndef TEST_POLICY_SAMPLE_H
#define TEST_POLICY_SAMPLE_H

#include "engine/host.h"

/**
 * alpha, beta (needs alpha), gamma (conflicts with alpha; preview), ghost
 * (planned), zeta (needs beta). Static; every call gives a fresh state.
 */
struct facts *sample_facts(void);

/** An input of profile text and one or two rule files "one", "two" (NULL: none). */
const struct host_input *sample_input(const char *profile, const char *one, const char *two);

#endif
