/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nested page faults: an access to the local APIC's registers is emulated; any
 * other to memory that is not there reads all-ones and writes nothing, as on a
 * bus; executing there crashes the domain.
 */
#include <candor/support.h>
#include <hv/string.h>

#include "insn.h"
#include "svm/svm.h"
#include "x86.h"

static uint64_t bus_read(struct arch_vcpu *av, gpa_t g, unsigned size)
{
	uint32_t value;

	if (vlapic_owns(&av->vlapic, g) &&
	    !vlapic_mmio_read(&av->vlapic, g.a & PAGE_MASK, size, &value))
		return value;
	return ~0ull >> (64 - 8 * size);
}

static void bus_write(struct arch_vcpu *av, gpa_t g, unsigned size, uint64_t value)
{
	/* Nobody else answers, and nobody learns of a write to nobody. */
	if (vlapic_owns(&av->vlapic, g) &&
	    !vlapic_mmio_write(&av->vlapic, g.a & PAGE_MASK, size, (uint32_t)value))
		av->attention = true;
}

static uint64_t operand(const struct arch_vcpu *av, const struct insn_mmio *in)
{
	return insn_mmio_source(in, gpr_read(av, in->reg));
}

static void load(struct arch_vcpu *av, const struct insn_mmio *in, uint64_t data)
{
	gpr_write(av, in->reg, insn_mmio_load(in, gpr_read(av, in->reg), data));
}

/* MOV, XCHG and arithmetic: one access, or a read and a write. */
static void one_operand(struct arch_vcpu *av, const struct insn_mmio *in, gpa_t g)
{
	uint64_t source = operand(av, in), data, result;

	if (in->op == INSN_MMIO_MOV) {
		if (in->to_memory)
			bus_write(av, g, in->size, source);
		else
			load(av, in, bus_read(av, g, in->size));
		return;
	}
	data = bus_read(av, g, in->size);
	if (in->op == INSN_MMIO_XCHG) {
		bus_write(av, g, in->size, source);
		load(av, in, data);
		return;
	}
	if (in->to_memory)
		result = insn_mmio_alu(in, data, source, &av->vmcb->rflags);
	else
		result = insn_mmio_alu(in, source, data, &av->vmcb->rflags);
	if (in->op == INSN_MMIO_CMP || in->op == INSN_MMIO_TEST)
		return;
	if (in->to_memory)
		bus_write(av, g, in->size, result);
	else
		load(av, in, result);
}

static uint64_t string_step(const struct arch_vcpu *av, const struct insn_mmio *in)
{
	return av->vmcb->rflags & RFLAGS_DF ? -(uint64_t)in->size : in->size;
}

static void advance(struct arch_vcpu *av, unsigned reg, uint64_t step, unsigned bits)
{
	uint64_t old = gpr_read(av, reg), value = old + step;

	if (bits == 16)
		value = (old & ~0xffffull) | (value & 0xffff);
	else if (bits == 32)
		value = (uint32_t)value;
	gpr_write(av, reg, value);
}

/* One STOS element; with REP the instruction runs again until rCX is 0. */
static bool stos(struct arch_vcpu *av, const struct insn_mmio *in, gpa_t g)
{
	uint64_t mask = in->addr_bits == 64 ? ~0ull : (1ull << in->addr_bits) - 1;

	if (in->rep && !(gpr_read(av, GPR_RCX) & mask))
		return true;
	bus_write(av, g, in->size, gpr_read(av, GPR_RAX));
	advance(av, GPR_RDI, string_step(av, in), in->addr_bits);
	if (!in->rep)
		return true;
	advance(av, GPR_RCX, -1ull, in->addr_bits);
	return !(gpr_read(av, GPR_RCX) & mask);
}

void npf_exit(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;
	gpa_t g = gpa(c->exitinfo2);
	uint8_t bytes[INSN_MAX_LENGTH];
	struct insn_mmio in;
	size_t nr;

	if (c->exitinfo1 & NPF_FETCH) {
		domain_crash(av->vcpu, "executes at guest-physical %012lx, where nothing is", g.a);
		return;
	}
	svm_sync_tpr(av);
	nr = guest_fetch(av, bytes, sizeof(bytes));
	if (insn_decode_mmio(bytes, nr, code_bits(c), &in) || in.op == INSN_MMIO_MOVS) {
		/* Nothing a driver of this bus would use: refused as a protection fault. */
		svm_inject_gp(av);
		return;
	}
	if (in.op == INSN_MMIO_STOS) {
		if (!stos(av, &in, g))
			return;
	} else {
		one_operand(av, &in, g);
	}
	svm_skip(av, in.length);
}
