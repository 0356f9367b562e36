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
	uint64_t data = 0;
	uint32_t value;
	const char *page;

	if (vlapic_owns(&av->vlapic, g) &&
	    !vlapic_mmio_read(&av->vlapic, g.a & PAGE_MASK, size, &value)) {
		av->attention = true; /* an illegal register raises the error interrupt */
		return value;
	}
	/* A page that is only not to be written: another's grant to read. */
	page = p2m_page(av, gpa_to_gfn(g), ACCESS_READ);
	if (!page || (g.a & PAGE_MASK) > PAGE_SIZE - size)
		return ~0ull >> (64 - 8 * size);
	memcpy(&data, page + (g.a & PAGE_MASK), size);
	return data;
}

static void bus_write(struct arch_vcpu *av, gpa_t g, unsigned size, uint64_t value)
{
	/* Nobody else answers, and nobody learns of a write to nobody. */
	if (vlapic_owns(&av->vlapic, g) &&
	    !vlapic_mmio_write(&av->vlapic, g.a & PAGE_MASK, size, (uint32_t)value)) {
		svm_show_tpr(av);
		av->attention = true;
	}
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
	gpr_write_bits(av, reg, gpr_read(av, reg) + step, bits);
}

/* MOVS between memory that is there and @g, which is not: one side faulted. */
static bool movs_element(struct arch_vcpu *av, const struct insn_mmio *in, gpa_t g)
{
	uint64_t mask = addr_mask(in->addr_bits), value = ~0ull, gva;
	int rc;

	if (av->vmcb->exitinfo1 & NPF_WRITE) {
		gva = guest_linear(av, in->segment, gpr_read(av, GPR_RSI) & mask);
		rc = arch_copy_from_guest(av->vcpu, &value, gva, in->size);
	} else {
		gva = guest_linear(av, 0, gpr_read(av, GPR_RDI) & mask);
		value = bus_read(av, g, in->size);
		rc = arch_copy_to_guest(av->vcpu, gva, &value, in->size);
	}
	if (rc && av->walk_error != WALK_NO_MEMORY) {
		guest_page_fault(av, gva);
		return false;
	}
	if (av->vmcb->exitinfo1 & NPF_WRITE)
		bus_write(av, g, in->size, value);
	advance(av, GPR_RSI, string_step(av, in), in->addr_bits);
	return true;
}

/*
 * One element of STOS or MOVS. True when the instruction is done; with REP it runs
 * again until rCX is 0, so that one exit's work is bounded.
 */
static bool string_element(struct arch_vcpu *av, const struct insn_mmio *in, gpa_t g)
{
	uint64_t mask = addr_mask(in->addr_bits);

	if (in->rep && !(gpr_read(av, GPR_RCX) & mask))
		return true;
	if (in->op == INSN_MMIO_STOS)
		bus_write(av, g, in->size, gpr_read(av, GPR_RAX));
	else if (!movs_element(av, in, g))
		return false;
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

	if (c->exitinfo1 & (NPF_FETCH | NPF_TABLE)) {
		domain_crash(av->vcpu, "%s at guest-physical %012lx, where nothing is",
			     c->exitinfo1 & NPF_TABLE ? "page table" : "executes", g.a);
		return;
	}
	svm_sync_tpr(av);
	nr = guest_fetch(av, bytes, sizeof(bytes));
	if (insn_decode_mmio(bytes, nr, code_bits(c), &in)) {
		/* Nothing a driver of this bus would use: refused as a protection fault. */
		svm_inject_gp(av);
		return;
	}
	if (in.op == INSN_MMIO_STOS || in.op == INSN_MMIO_MOVS) {
		if (!string_element(av, &in, g))
			return;
	} else {
		one_operand(av, &in, g);
	}
	svm_skip(av, in.length);
}
