/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypercall table and the dispatch through it. */
#include <hv/hypercall.h>
#include <hv/nospec.h>

#include <candor/support.h>

#include <hv/cpu.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "subop.h"

#define HYPERCALL(name, built) hypercall_fn hc_##name;
#include "hypercalls.def"
#undef HYPERCALL

static hypercall_fn *const hypercalls[] = {
#define HYPERCALL(name, built) [__HYPERVISOR_##name] = (built) ? hc_##name : NULL,
#include "hypercalls.def"
#undef HYPERCALL
};

long hypercall_dispatch(struct vcpu *v, uint64_t nr, const struct hypercall *call)
{
	long rc;

	perfc_count(&cpu_this()->perfc, perfc_of(hypercalls, nr));
	if (unlikely(nr >= ARRAY_SIZE(hypercalls)))
		return -XEN_ENOSYS;
	nr = nospec_index(nr, ARRAY_SIZE(hypercalls));
	if (unlikely(!hypercalls[nr]))
		return -XEN_ENOSYS;
	rc = hypercalls[nr](v, call);
	spin_none_held("a hypercall ends");
	return rc;
}

long hypercall_continue(struct vcpu *v, uint64_t nr, uint64_t arg0, uint64_t arg1, uint64_t arg2,
			uint64_t arg3, uint64_t arg4)
{
	perfc(preemptions);
	v->again.nr = nr;
	v->again.arg[0] = arg0;
	v->again.arg[1] = arg1;
	v->again.arg[2] = arg2;
	v->again.arg[3] = arg3;
	v->again.arg[4] = arg4;
	return -XEN_ERESTART;
}

long subop_call(struct vcpu *v, const struct hypercall *call, const struct subop *table,
		unsigned nr, uint64_t cmd, uint64_t ptr)
{
	uint64_t arg[SUBOP_ARG_MAX / sizeof(uint64_t)];
	const struct subop *op;
	size_t size;
	long rc;

	/* Sub-operations are int or unsigned int in the ABI: the upper half is no part. */
	if ((uint32_t)cmd >= nr)
		return -XEN_ENOSYS;
	op = &table[nospec_index((uint32_t)cmd, nr)];
	if (!op->fn || (call->compat && op->no_compat))
		return -XEN_ENOSYS;
	ptr = guest_ptr(call, ptr);
	size = call->compat ? op->in_compat : op->in;
	if (size < MAX(op->in, op->out))
		memset(arg, 0, sizeof(arg));
	if (size && arch_copy_from_guest(v, arg, ptr, size))
		return -XEN_EFAULT;
	rc = op->fn(v, call, arg);
	if (rc >= 0 && op->out && arch_copy_to_guest(v, ptr, arg, op->out))
		return -XEN_EFAULT;
	return rc;
}
