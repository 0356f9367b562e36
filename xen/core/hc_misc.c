/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* multicall, vm_assist. */
#include <stdint.h>

#include <xen/xen.h>

#include <arch/arch.h>

#include "subop.h"

/* Bounds the time of one call; Linux batches 32. */
#define MULTICALL_MAX 64

struct compat_multicall_entry {
	uint32_t op, result, args[6];
};

/* Bring the entry at @ptr, in the caller's layout, to the 64-bit one. */
static int read_entry(struct vcpu *v, const struct hypercall *call, uint64_t ptr,
		      struct multicall_entry *ret_e)
{
	struct compat_multicall_entry c;

	if (!call->compat)
		return arch_copy_from_guest(v, ret_e, ptr, sizeof(*ret_e));
	if (arch_copy_from_guest(v, &c, ptr, sizeof(c)))
		return -XEN_EFAULT;
	ret_e->op = c.op;
	for (unsigned i = 0; i < ARRAY_SIZE(c.args); i++)
		ret_e->args[i] = c.args[i];
	return 0;
}

static long run_entry(struct vcpu *v, const struct multicall_entry *e, bool compat)
{
	struct hypercall call = { .compat = compat };

	/* No multicall in a multicall: that bounds depth and time. */
	if (e->op == __HYPERVISOR_multicall)
		return -XEN_EINVAL;
	for (unsigned i = 0; i < ARRAY_SIZE(call.arg); i++)
		call.arg[i] = e->args[i];
	return hypercall_dispatch(v, e->op, &call);
}

/* The call in the entry at @ptr goes on later, with the arguments of v->again. */
static int write_again(struct vcpu *v, const struct hypercall *call, uint64_t ptr)
{
	struct compat_multicall_entry c = { .op = (uint32_t)v->again.nr };
	struct multicall_entry e = { .op = v->again.nr };

	for (unsigned i = 0; i < ARRAY_SIZE(v->again.arg); i++) {
		e.args[i] = v->again.arg[i];
		c.args[i] = (uint32_t)v->again.arg[i];
	}
	return call->compat ? arch_copy_to_guest(v, ptr, &c, sizeof(c))
			    : arch_copy_to_guest(v, ptr, &e, sizeof(e));
}

static int write_result(struct vcpu *v, const struct hypercall *call, uint64_t ptr, long result)
{
	int32_t compat_result = (int32_t)result;

	if (call->compat)
		return arch_copy_to_guest(v, ptr + offsetof(struct compat_multicall_entry, result),
					  &compat_result, sizeof(compat_result));
	return arch_copy_to_guest(v, ptr + offsetof(struct multicall_entry, result), &result,
				  sizeof(result));
}

/* Each call in turn until one stops the domain. */
hypercall_fn hc_multicall;
long hc_multicall(struct vcpu *v, const struct hypercall *call)
{
	size_t size = call->compat ? sizeof(struct compat_multicall_entry)
				   : sizeof(struct multicall_entry);
	uint64_t ptr = guest_ptr(call, call->arg[0]);
	uint32_t nr = (uint32_t)call->arg[1];

	if (nr > MULTICALL_MAX)
		return -XEN_EINVAL;
	for (uint32_t i = 0; i < nr; i++, ptr += size) {
		struct multicall_entry e;
		long rc;

		if (i && hypercall_preempt())
			return hypercall_continue(v, __HYPERVISOR_multicall, ptr, nr - i, 0, 0, 0);
		if (read_entry(v, call, ptr, &e))
			return -XEN_EFAULT;
		rc = run_entry(v, &e, call->compat);
		if (rc == -XEN_ERESTART) {
			if (write_again(v, call, ptr))
				return -XEN_EFAULT;
			return hypercall_continue(v, __HYPERVISOR_multicall, ptr, nr - i, 0, 0, 0);
		}
		if (write_result(v, call, ptr, rc))
			return -XEN_EFAULT;
		if (domain_shutdown_code(v->domain) != DOMAIN_RUNNING)
			break;
	}
	return 0;
}

/* The only assistance a translated guest can use is the runstate's update flag. */
hypercall_fn hc_vm_assist;
long hc_vm_assist(struct vcpu *v, const struct hypercall *call)
{
	uint32_t cmd = (uint32_t)call->arg[0], type = (uint32_t)call->arg[1];
	uint64_t bit = 1ull << VMASST_TYPE_runstate_update_flag;

	if (cmd != VMASST_CMD_enable && cmd != VMASST_CMD_disable)
		return -XEN_ENOSYS;
	if (type != VMASST_TYPE_runstate_update_flag)
		return -XEN_EINVAL;
	v->domain->runstate_update_flag = cmd == VMASST_CMD_enable;
	if (cmd == VMASST_CMD_enable)
		v->domain->vm_assist |= bit;
	else
		v->domain->vm_assist &= ~bit;
	return 0;
}
