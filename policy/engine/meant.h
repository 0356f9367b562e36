/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which feature a person means who does not write its whole id. */
#ifndef CANDOR_POLICY_MEANT_H
#define CANDOR_POLICY_MEANT_H

#include "engine/facts.h"

/**
 * The index of the one feature that @text names: its id or title, in any case and with '-'
 * or ' ' for '_', or else what only its id ends in ("l2_cat"), or words that only its id or
 * its title has. -1 with a complaint in @err that says which there are, if it is none or
 * several.
 */
long meant_find(const struct facts *facts, const char *text, struct strbuf *err);

/** Add a line that says which feature was taken for @text, unless it is the very id. */
void meant_describe(const struct facts *facts, size_t feature, const char *text,
		    struct strbuf *out);

#endif
