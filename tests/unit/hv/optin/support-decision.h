/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Its decision, and a road that is on though deprecated. */
#ifndef CANDOR_SUPPORT_DECISION_H
#define CANDOR_SUPPORT_DECISION_H

#define SUPPORT_DECISION "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SUPPORT_TAINT "D"
#define SUPPORT_TAINT_IDS "road"

#endif
