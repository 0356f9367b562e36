/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schedulers of this build. */
#include <candor/support.h>

#include <hv/sched.h>

#include "schedule.h"

extern const struct sched_ops credit2_ops, null_ops, rtds_ops;

const struct sched_ops *const sched_all[SCHED_MAX] = {
	[SCHED_CREDIT2] = SUPPORT_ENABLED(sched_credit2) ? &credit2_ops : NULL,
	[SCHED_NULL] = SUPPORT_ENABLED(sched_null) ? &null_ops : NULL,
	[SCHED_RTDS] = SUPPORT_ENABLED(sched_rtds) ? &rtds_ops : NULL,
};
