/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Speculation control as guests have it: what CPUID tells them, SPEC_CTRL and PRED_CMD. The value
 * of SPEC_CTRL in use while a guest runs is its own and what the host asks for besides; run.S
 * writes it when it differs from the host's.
 */
#include <candor/support.h>

#include "spec.h"
#include "x86.h"

SUPPORT_PROVIDES(spec_ctrl, "x86");

void spec_guest_allow(struct cpuid_policy *p)
{
	uint32_t max = p->ext[0].eax & 0xffff;

	if (max >= 8 && spec_mode.ctrl)
		p->ext[8].ebx |= cpuid(0x80000008, 0).ebx & SPEC_GUEST_E8B;
	if (max >= 0x21) {
		struct cpuid_regs e21 = cpuid(0x80000021, 0);

		p->ext[0x21].eax |= e21.eax & SPEC_GUEST_E21A;
		p->ext[0x21].ecx |= e21.ecx & SPEC_GUEST_E21C;
	}
}

static uint32_t shown(const struct arch_vcpu *av)
{
	return av->vcpu->domain->arch->cpuid.ext[8].ebx;
}

bool spec_guest_read(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value)
{
	if (msr != MSR_SPEC_CTRL || !spec_ctrl_bits(shown(av)))
		return false;
	*ret_value = av->spec_ctrl_guest;
	return true;
}

bool spec_guest_write(struct arch_vcpu *av, uint32_t msr, uint64_t value)
{
	if (msr == MSR_PRED_CMD) {
		if (!(shown(av) & SPEC_E8B_IBPB) || (value & ~(uint64_t)PRED_CMD_IBPB))
			return false;
		if (value)
			wrmsr(MSR_PRED_CMD, value);
		return true;
	}
	if (!spec_ctrl_bits(shown(av)) || (value & ~(uint64_t)spec_ctrl_bits(shown(av))))
		return false;
	av->spec_ctrl_guest = (uint32_t)value;
	av->spec_ctrl = (uint32_t)value | spec_mode.host_ctrl;
	return true;
}
