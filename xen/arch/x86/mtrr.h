/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's memory type registers: kept and checked, without effect on NPT memory. */
#ifndef X86_MTRR_H
#define X86_MTRR_H

#include <hv/types.h>

#define MTRR_NR_VARIABLE 8
#define MTRR_NR_FIXED 11

struct mtrr_state {
	uint64_t base_mask[2 * MTRR_NR_VARIABLE];
	uint64_t fixed[MTRR_NR_FIXED];
	uint64_t def_type;
	uint64_t pat;
};

void mtrr_init(struct mtrr_state *m);

/* False: no such register (read), or a value that faults (write). */
bool mtrr_read(const struct mtrr_state *m, uint32_t msr, uint64_t *ret_value) __must_check;
bool mtrr_write(struct mtrr_state *m, uint32_t msr, uint64_t value) __must_check;

#endif
