/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Indices that a guest gives, made harmless where the CPU runs ahead of the check: a predicted
 * branch past "index < nr" then reads element 0, not what lies @index behind the table. To be used
 * right after the check, on the very value that indexes.
 */
#ifndef HV_NOSPEC_H
#define HV_NOSPEC_H

#include <hv/types.h>

/* 0 where the policy leaves the masks out: the build says so. */
#ifndef HV_INDEX_MASKS
#define HV_INDEX_MASKS 1
#endif

/**
 * @index if it is below @nr, else 0, with no branch in between; both below 2^63. The compiler is
 * kept from remembering what the check before has told it.
 */
static inline uint64_t nospec_index(uint64_t index, uint64_t nr)
{
	uint64_t mask;

	if (!HV_INDEX_MASKS)
		return index;
	__asm__("" : "+r"(index), "+r"(nr));
	/* The sign is set if the index, or what is left above it, is negative. */
	mask = -((index | (nr - 1 - index)) >> 63);
	return index & ~mask;
}

#endif
