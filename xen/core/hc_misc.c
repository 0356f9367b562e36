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

static int read_entry(struct vcpu *v, const struct hypercall *call, uint64_t ptr, uint64_t *ret_op,
		      struct hypercall *ret_call)
{
	struct compat_multicall_entry c;
	struct multicall_entry e;

	if (call->compat) {
		if (arch_copy_from_guest(v, &c, ptr, sizeof(c)))
			return -XEN_EFAULT;
		*ret_op = c.op;
	} else {
		if (arch_copy_from_guest(v, &e, ptr, sizeof(e)))
			return -XEN_EFAULT;
		*ret_op = e.op;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(ret_call->arg); i++)
		ret_call->arg[i] = call->compat ? c.args[i] : e.args[i];
	ret_call->compat = call->compat;
	return 0;
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

/* Each call in turn until one stops the domain. A multicall in a multicall is refused. */
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
		struct hypercall entry;
		uint64_t op;
		long rc;

		if (read_entry(v, call, ptr, &op, &entry))
			return -XEN_EFAULT;
		rc = op == __HYPERVISOR_multicall ? -XEN_EINVAL : hypercall_dispatch(v, op, &entry);
		if (write_result(v, call, ptr, rc))
			return -XEN_EFAULT;
		if (v->domain->shutdown_code != DOMAIN_RUNNING)
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
