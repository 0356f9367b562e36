/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Barrier of indirect branch prediction, between one vCPU and the next on a CPU. */
#include <candor/support.h>

#include "cpu.h"
#include "spec.h"

SUPPORT_PROVIDES(spec_ibpb, "x86");

void spec_barrier(void)
{
	wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB);
}
