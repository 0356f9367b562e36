/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gates of the unit tests: a policy without x2APIC mode. */
#ifndef SUPPORT_GATES_H
#define SUPPORT_GATES_H

#define SUPPORT_GATE_vlapic_x2apic 0

#define SUPPORT_GATE_performance_counters 1
#define SUPPORT_GATE_tracing 1

#endif
