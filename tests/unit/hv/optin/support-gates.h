/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy of its own, so that these tests are the same under any: as meson makes it. */
#ifndef CANDOR_SUPPORT_GATES_H
#define CANDOR_SUPPORT_GATES_H

#define SUPPORT_NR_OPT_IN 5

/* What headers ask for. */
#define SUPPORT_GATE_performance_counters 0
#define SUPPORT_GATE_tracing 0

#define SUPPORT_INDEX_bell 0
#define SUPPORT_INDEX_bridge 1
#define SUPPORT_INDEX_gate 2
#define SUPPORT_INDEX_tower 3
#define SUPPORT_INDEX_wall 4

#endif
