/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Are the TSCs of all CPUs the same? If not, by how much each is off. */
#ifndef X86_TSC_SYNC_H
#define X86_TSC_SYNC_H

#include <hv/types.h>

/* One exchange: the asking CPU's TSC before and after, the answering one's between. */
struct tsc_round {
	uint64_t before, there, after;
};

/**
 * From @nr rounds: true if the other TSC cannot be told from this one's: each answer lies
 * between its question and its end. Else *ret_adjust is what is to be added to the other to
 * have it agree, from the quickest round.
 */
bool tsc_sync_judge(const struct tsc_round *round, unsigned nr, int64_t *ret_adjust);

/** On the boot CPU: compare with every other CPU that is online, in turn; they are in their loops.
 */
void tsc_sync_all(void);

#endif
