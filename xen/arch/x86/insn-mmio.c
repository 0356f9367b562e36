/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an instruction decoded by insn_decode_mmio() computes: operands as the
 * register file holds them, results and flags (AMD64 APM volume 3, chapter 3).
 */
#include "insn.h"

static uint64_t size_mask(unsigned size)
{
	return ~0ull >> (64 - 8 * size);
}

uint64_t insn_mmio_load(const struct insn_mmio *insn, uint64_t old, uint64_t data)
{
	uint64_t mask = size_mask(insn->reg_size);
	unsigned shift = 64 - 8 * insn->size;

	data &= size_mask(insn->size);
	if (insn->sign_extend)
		data = (uint64_t)((int64_t)(data << shift) >> shift);
	data &= mask;
	if (insn->reg_size == 4)
		return data; /* 32-bit results clear the upper half */
	if (insn->high_byte) {
		mask <<= 8;
		data <<= 8;
	}
	return (old & ~mask) | data;
}

uint64_t insn_mmio_source(const struct insn_mmio *insn, uint64_t reg)
{
	if (insn->has_imm)
		reg = insn->imm;
	else if (insn->high_byte)
		reg >>= 8;
	return reg & size_mask(insn->size);
}

enum { FLAG_CF = 1, FLAG_PF = 4, FLAG_AF = 0x10, FLAG_ZF = 0x40, FLAG_SF = 0x80, FLAG_OF = 0x800 };

uint64_t insn_mmio_alu(const struct insn_mmio *insn, uint64_t dst, uint64_t src, uint64_t *rflags)
{
	uint64_t mask = size_mask(insn->size), sign = mask ^ (mask >> 1), result, flags = 0;

	dst &= mask;
	src &= mask;
	switch (insn->op) {
	case INSN_MMIO_ADD:
		result = (dst + src) & mask;
		flags |= result < dst ? FLAG_CF : 0;
		flags |= (dst ^ result) & (src ^ result) & sign ? FLAG_OF : 0;
		flags |= (dst ^ src ^ result) & FLAG_AF;
		break;
	case INSN_MMIO_SUB:
	case INSN_MMIO_CMP:
		result = (dst - src) & mask;
		flags |= dst < src ? FLAG_CF : 0;
		flags |= (dst ^ src) & (dst ^ result) & sign ? FLAG_OF : 0;
		flags |= (dst ^ src ^ result) & FLAG_AF;
		break;
	case INSN_MMIO_OR:
		result = dst | src;
		break;
	case INSN_MMIO_XOR:
		result = dst ^ src;
		break;
	default: /* AND, TEST */
		result = dst & src;
		break;
	}
	flags |= result == 0 ? FLAG_ZF : 0;
	flags |= result & sign ? FLAG_SF : 0;
	flags |= __builtin_parity(result & 0xff) ? 0 : FLAG_PF;
	*rflags =
		(*rflags & ~(uint64_t)(FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF)) |
		flags;
	return result;
}
