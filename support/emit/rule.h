/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of the check explained: for people, as JSON, and as trees to try. */
#ifndef CANDOR_SUPPORT_EMIT_RULE_H
#define CANDOR_SUPPORT_EMIT_RULE_H

#include "base/strbuf.h"
#include "check/check.h"

/** "error" or "warning". */
const char *rule_severity_name(enum severity severity);

/** Rationale, advice, and the bad and the good example, as text. */
void emit_rule(const struct rule *rule, struct strbuf *sb);

/** The same as JSON: {"format": 1, "rule", ..., "bad": [{"path", "text"}], "good"}. 0 or -ENOMEM.
 */
int emit_rule_json(const struct rule *rule, struct strbuf *sb);

/**
 * Write both examples as whole trees, FOLDER/bad and FOLDER/good; options for the
 * check are in "args". Returns 0 or -errno.
 */
int rule_write_examples(const struct rule *rule, const char *folder);

#endif
