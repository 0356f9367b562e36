/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting in place: unlike qsort(), which asks the system how much memory there is. */
#ifndef CANDOR_POLICY_SORT_H
#define CANDOR_POLICY_SORT_H

#include <stddef.h>

/** Sort @nr elements of @size bytes (at most 64). Elements must differ for a fixed order. */
void sort_heap(void *base, size_t nr, size_t size, int (*compare)(const void *, const void *));

#endif
