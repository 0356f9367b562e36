/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domain a hypercall names. */
#ifndef CORE_TARGET_H
#define CORE_TARGET_H

#include <hv/domain.h>

/**
 * The domain @id means to @v, with a reference: DOMID_SELF, its own id, or another one that
 * it may name with sub-operation @op of hypercall @nr. -ESRCH, -EPERM.
 */
int target_get(struct vcpu *v, unsigned nr, unsigned op, domid_t id,
	       struct domain **ret_d) __must_check;

#endif
