/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may call what, in one table (core/access.c): a row an operation, a rule a row.
 * The rules are the dummy policy of privilege; a label-based one would replace the hook.
 */
#ifndef HV_ACCESS_H
#define HV_ACCESS_H

#include <hv/domain.h>

/* Classes of operations; a row of the table has the hypercall, the sub-operation and one of these.
 */
enum access_rule {
	ACCESS_ANY,	   /* every domain, on itself */
	ACCESS_PRIVILEGED, /* a privileged domain */
	ACCESS_TARGET,	   /* a privileged domain, or the device model of the domain concerned */
	ACCESS_SELF_OR_PRIVILEGED, /* the domain itself, or a privileged one */
	ACCESS_NOBODY,
};

/**
 * May @v call sub-operation @op of hypercall @nr (__HYPERVISOR_*) on @target (NULL: no domain)?
 * 0, -EPERM, or -ENOSYS for an operation that has no row.
 */
int access_check(const struct vcpu *v, unsigned nr, unsigned op, const struct domain *target);

#endif
