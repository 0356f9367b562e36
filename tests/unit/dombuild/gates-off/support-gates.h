/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gates for tests of both sides of a policy, whatever the build's own lock says. */
#ifndef TESTS_DOMBUILD_SUPPORT_GATES_H
#define TESTS_DOMBUILD_SUPPORT_GATES_H

#define SUPPORT_GATE_pvh_bzimage 0
/* What headers ask for. */
#define SUPPORT_GATE_performance_counters 0
#define SUPPORT_GATE_tracing 0

#endif
