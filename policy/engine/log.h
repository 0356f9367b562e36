/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision log: one line of JSON for each feature (docs/schema/policy-log). */
#ifndef CANDOR_POLICY_LOG_H
#define CANDOR_POLICY_LOG_H

#include "engine/policy.h"

/** Add the log of a resolution to @out, in the order of ids. 0 or -ENOMEM. */
int log_write(const struct resolution *r, struct strbuf *out);

#endif
