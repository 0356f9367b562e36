/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_table_op: a guest may size its table and choose its version. Nothing maps
 * or copies a grant: -ENOSYS, and the guest's grants stay its own business.
 */
#include <stdint.h>

#include <xen/grant_table.h>

#include <hv/gnttab.h>

#include <arch/arch.h>

#include "subop.h"

static long query_size(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct gnttab_query_size *q = arg;

	/* The ABI takes an array of one. */
	if ((uint32_t)call->arg[2] != 1)
		return -XEN_EINVAL;
	q->nr_frames = gnttab_nr_frames(v->domain);
	q->max_nr_frames = GNTTAB_MAX_FRAMES;
	q->status = own_domain(v, q->dom) ? GNTST_bad_domain : GNTST_okay;
	return 0;
}

static long set_version(struct vcpu *v, const struct hypercall *call, void *arg)
{
	const struct gnttab_set_version *s = arg;

	if (s->version == 2)
		return -XEN_ENOSYS;
	return s->version == 1 ? 0 : -XEN_EINVAL;
}

static long get_version(struct vcpu *v, const struct hypercall *call, void *arg)
{
	struct gnttab_get_version *g = arg;
	int rc = own_domain(v, g->dom);

	if (!rc)
		g->version = 1;
	return rc;
}

static const struct subop gnttab_ops[] = {
	[GNTTABOP_query_size] = SUBOP_OUT(query_size, struct gnttab_query_size),
	[GNTTABOP_set_version] = SUBOP_OUT(set_version, struct gnttab_set_version),
	[GNTTABOP_get_version] = SUBOP_OUT(get_version, struct gnttab_get_version),
};

hypercall_fn hc_grant_table_op;
long hc_grant_table_op(struct vcpu *v, const struct hypercall *call)
{
	return subop_call(v, call, gnttab_ops, ARRAY_SIZE(gnttab_ops), call->arg[0], call->arg[1]);
}
