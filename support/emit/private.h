/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writers of findings share. */
#ifndef CANDOR_SUPPORT_EMIT_PRIVATE_H
#define CANDOR_SUPPORT_EMIT_PRIVATE_H

struct emit_run;

/** A finding's file below the root of the tree, or as it is named; borrowed. */
const char *findings_path(const struct emit_run *run, const char *file);

#endif
