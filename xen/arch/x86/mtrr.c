/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's memory type registers (AMD APM volume 2, 7.7 and 7.8). */
#include "mtrr.h"

#include <hv/nospec.h>

#define MSR_MTRR_CAP 0xfe
#define MSR_MTRR_VARIABLE 0x200
#define MSR_MTRR_DEF_TYPE 0x2ff
#define MSR_PAT 0x277

#define MTRR_CAP (MTRR_NR_VARIABLE | 1u << 8 /* fixed */ | 1u << 10 /* WC */)
#define MTRR_DEF_BITS 0xcffull /* type, fixed enable, enable */
#define PHYS_MASK ((1ull << 48) - 1)
#define TYPE_WB 6
#define TYPE_UC_MINUS 7
#define PAT_RESET 0x0007040600070406ull
#define DEF_TYPE_RESET (1ull << 11 | TYPE_WB)

static const uint16_t fixed_msrs[MTRR_NR_FIXED] = { 0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
						    0x26b, 0x26c, 0x26d, 0x26e, 0x26f };

void mtrr_init(struct mtrr_state *m)
{
	m->pat = PAT_RESET;
	m->def_type = DEF_TYPE_RESET;
}

static bool type_valid(uint64_t type)
{
	return type < 2 || (type >= 4 && type <= TYPE_WB);
}

/* Each of the 8 bytes a memory type; PAT also knows UC-. */
static bool types_valid(uint64_t value, bool pat)
{
	for (unsigned i = 0; i < 64; i += 8) {
		uint64_t type = value >> i & 0xff;

		if (!type_valid(type) && !(pat && type == TYPE_UC_MINUS))
			return false;
	}
	return true;
}

static int fixed_index(uint32_t msr)
{
	for (int i = 0; i < MTRR_NR_FIXED; i++) {
		if (fixed_msrs[i] == msr)
			return i;
	}
	return -1;
}

static bool is_variable(uint32_t msr)
{
	return msr >= MSR_MTRR_VARIABLE && msr < MSR_MTRR_VARIABLE + 2 * MTRR_NR_VARIABLE;
}

bool mtrr_read(const struct mtrr_state *m, uint32_t msr, uint64_t *ret_value)
{
	int fixed = fixed_index(msr);

	if (msr == MSR_MTRR_CAP)
		*ret_value = MTRR_CAP;
	else if (msr == MSR_MTRR_DEF_TYPE)
		*ret_value = m->def_type;
	else if (msr == MSR_PAT)
		*ret_value = m->pat;
	else if (is_variable(msr))
		*ret_value = m->base_mask[nospec_index(msr - MSR_MTRR_VARIABLE,
						       2ull * MTRR_NR_VARIABLE)];
	else if (fixed >= 0)
		*ret_value = m->fixed[fixed];
	else
		return false;
	return true;
}

static bool variable_valid(uint32_t msr, uint64_t value)
{
	if (value & ~PHYS_MASK)
		return false;
	if (msr & 1) /* mask: valid bit, address bits */
		return !(value & 0x7ff);
	return !(value & 0xf00) && type_valid(value & 0xff);
}

bool mtrr_write(struct mtrr_state *m, uint32_t msr, uint64_t value)
{
	int fixed = fixed_index(msr);

	if (msr == MSR_MTRR_DEF_TYPE && !(value & ~MTRR_DEF_BITS) && type_valid(value & 0xff))
		m->def_type = value;
	else if (msr == MSR_PAT && types_valid(value, true))
		m->pat = value;
	else if (is_variable(msr) && variable_valid(msr, value))
		m->base_mask[nospec_index(msr - MSR_MTRR_VARIABLE, 2ull * MTRR_NR_VARIABLE)] =
			value;
	else if (fixed >= 0 && types_valid(value, false))
		m->fixed[fixed] = value;
	else
		return false;
	return true;
}
