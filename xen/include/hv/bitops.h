/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Atomic bit operations, fit for words that a guest writes at the same time:
 * nothing is read twice and nothing read is trusted to stay.
 */
#ifndef HV_BITOPS_H
#define HV_BITOPS_H

#include <stdbool.h>
#include <stdint.h>

#define BITS_PER_WORD (8 * sizeof(unsigned long))

static inline unsigned long bit_mask(unsigned bit)
{
	return 1ul << (bit % BITS_PER_WORD);
}

static inline bool bit_test(const unsigned long *map, unsigned bit)
{
	return __atomic_load_n(&map[bit / BITS_PER_WORD], __ATOMIC_SEQ_CST) & bit_mask(bit);
}

/** Set @bit; its old value. */
static inline bool bit_test_and_set(unsigned long *map, unsigned bit)
{
	unsigned long mask = bit_mask(bit);

	return __atomic_fetch_or(&map[bit / BITS_PER_WORD], mask, __ATOMIC_SEQ_CST) & mask;
}

/** Clear @bit; its old value. */
static inline bool bit_test_and_clear(unsigned long *map, unsigned bit)
{
	unsigned long mask = bit_mask(bit);

	return __atomic_fetch_and(&map[bit / BITS_PER_WORD], ~mask, __ATOMIC_SEQ_CST) & mask;
}

#endif
