/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules over what a tree says beside its statement, and what they share. */
#ifndef CANDOR_SUPPORT_CHECK_TREE_H
#define CANDOR_SUPPORT_CHECK_TREE_H

#include "check/private.h"
#include "extract/facts.h"

/** The statement that a tree's facts are held against; NULL: there is none, or no facts. */
const struct statement *tree_statement(const struct model *m);

/** Is the claim one that the entry of candor.yaml is about? */
bool tree_counts(const struct config_feature *f, const struct claim *c);

/** The architectures an entry is limited to; all unless it names some. */
unsigned int tree_archs(const struct config_feature *f);

/** Is any file of the tree one of these? */
bool tree_has_file(const struct facts *f, const struct config_texts *globs);

void rule_stale_config(struct model *m, const struct rule *rule);
void rule_removed_listed(struct model *m, const struct rule *rule);
void rule_tree_refuses(struct model *m, const struct rule *rule);
void rule_arch_unstated(struct model *m, const struct rule *rule);
void rule_option_unread(struct model *m, const struct rule *rule);
void rule_option_undocumented(struct model *m, const struct rule *rule);
void rule_name_nowhere(struct model *m, const struct rule *rule);
void rule_missing_file(struct model *m, const struct rule *rule);
void rule_moving_reference(struct model *m, const struct rule *rule);

void rule_gate_refutes(struct model *m, const struct rule *rule);
void rule_gate_unmarked(struct model *m, const struct rule *rule);
void rule_marker_ungated(struct model *m, const struct rule *rule);
void rule_preview_default(struct model *m, const struct rule *rule);
void rule_preview_ungated(struct model *m, const struct rule *rule);
void rule_default_differs(struct model *m, const struct rule *rule);
void rule_config_opens_gate(struct model *m, const struct rule *rule);
void rule_symbol_unstated(struct model *m, const struct rule *rule);

void rule_option_unstated(struct model *m, const struct rule *rule);
void rule_document_unstated(struct model *m, const struct rule *rule);
void rule_changelog_unstated(struct model *m, const struct rule *rule);
void rule_kconfig_unstated(struct model *m, const struct rule *rule);
void rule_status_differs(struct model *m, const struct rule *rule);
void rule_status_unjoined(struct model *m, const struct rule *rule);
void rule_changelog_differs(struct model *m, const struct rule *rule);

#endif
