/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domain a hypercall names, and whether its caller may name it. */
#include "target.h"

#include <hv/errno.h>

int target_get(struct vcpu *v, unsigned nr, unsigned op, domid_t id, struct domain **ret_d)
{
	struct domain *d;

	if (id == DOMID_SELF || id == v->domain->id) {
		domain_get(v->domain);
		*ret_d = v->domain;
		return 0;
	}
	d = domain_find(id);
	if (!d)
		return -XEN_ESRCH;
	if (!v->domain->privileged && v->domain->target != id) {
		domain_put(d);
		return -XEN_EPERM;
	}
	*ret_d = d;
	return 0;
}
