/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls of a test guest: the ones several tests need. */
#include "hypercall.h"

#include <xen/features.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/sched.h>
#include <xen/version.h>

#include "cpu.h"
#include "trap.h"

bool hypercall_vmcall;
static uint32_t features;

static void probe(void *arg)
{
	*(long *)arg = hypercall_5(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0, 0);
}

bool hypercall_init(void)
{
	struct cpuid_regs id = cpu_cpuid(0, 0);
	xen_feature_info_t info = { .submap_idx = 0 };
	long version = -1;

	hypercall_vmcall = id.ebx != 0x68747541 && id.ebx != 0x6f677948; /* "Auth", "Hygo" */
	if (trap_run(probe, &version)->vector >= 0 || version < 0)
		return false;
	if (hypercall_2(__HYPERVISOR_xen_version, XENVER_get_features, &info) == 0)
		features = info.submap;
	return true;
}

void hypercall_shutdown(unsigned int reason)
{
	struct sched_shutdown arg = { .reason = reason };

	for (;;)
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &arg);
}

long hypercall_get_param(uint32_t index, uint64_t *ret_value)
{
	struct xen_hvm_param p = { .domid = DOMID_SELF, .index = index };
	long rc = hypercall_2(__HYPERVISOR_hvm_op, HVMOP_get_param, &p);

	if (rc == 0)
		*ret_value = p.value;
	return rc;
}

long hypercall_set_param(uint32_t index, uint64_t value)
{
	struct xen_hvm_param p = { .domid = DOMID_SELF, .index = index, .value = value };

	return hypercall_2(__HYPERVISOR_hvm_op, HVMOP_set_param, &p);
}

uint32_t hypercall_features(void)
{
	return features;
}

bool hypercall_is_dom0(void)
{
	return features & 1u << XENFEAT_dom0;
}
