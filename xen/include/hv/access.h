/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may call what, in one table (core/access.c): a row an operation, a hook a row. The
 * hooks are a policy of privilege; a label-based one would replace them.
 */
#ifndef HV_ACCESS_H
#define HV_ACCESS_H

#include <hv/domain.h>

/**
 * May @v call sub-operation @op of hypercall @nr (__HYPERVISOR_*) on @target (NULL: no domain)?
 * 0, -EPERM, or -ENOSYS for an operation that has no row.
 */
int access_check(const struct vcpu *v, unsigned nr, unsigned op,
		 const struct domain *target) __must_check;

/**
 * The domain that operation names: @id, DOMID_SELF for the caller's. 0 with a reference in *ret_d
 * (domain_put()); the error of access_check(); -ESRCH.
 */
int access_domain(const struct vcpu *v, unsigned nr, unsigned op, domid_t id,
		  struct domain **ret_d) __must_check;

#endif
