/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts that are otherwise: for dry runs and for tests of policies. */
#ifndef CANDOR_POLICY_SUPPOSITION_H
#define CANDOR_POLICY_SUPPOSITION_H

#include "engine/facts.h"

/** Facts with some features changed. The rest is borrowed from those it is made from. */
struct supposition {
	struct facts facts;
	struct fact_claim *claims; /* one a feature, used where a level is supposed */
};

/** The facts as they are. 0 or -ENOMEM; supposition_reset() it. */
int supposition_init(struct supposition *s, const struct facts *from);

/** Let one level, without exceptions, be stated of a feature. @security NULL: the usual. */
void supposition_level(struct supposition *s, size_t feature, const char *level,
		       const char *security);

/** Let there be code of a feature, or none. */
void supposition_built(struct supposition *s, size_t feature, bool built);

void supposition_reset(struct supposition *s);

#endif
