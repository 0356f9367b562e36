/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it costs to have a feature on: the letter that a host shows for it from
 * then on, and the security support that is lost.
 */
#ifndef CANDOR_POLICY_TAINT_H
#define CANDOR_POLICY_TAINT_H

#include "engine/facts.h"

/** One kind of taint. */
struct taint {
	char letter;
	const char *text; /* "Tech Preview: no security support" */
};

/** The taint of having the feature on; NULL when it costs nothing. */
const struct taint *taint_of(const struct fact_feature *f);

/** Is every hole in it fixed and announced? */
bool taint_is_secure(const struct fact_feature *f);

/** All kinds, in the order of letters; ends with letter 0. */
extern const struct taint taint_table[];

#endif
