/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which allocator the call at hand uses. */
#ifndef CANDOR_CAPI_MEMORY_H
#define CANDOR_CAPI_MEMORY_H

#include <candor/candor.h>

/**
 * From now on this thread's allocations inside the library are @allocator's (NULL:
 * malloc()'s); borrowed. Returns the one before, for memory_leave().
 */
const struct candor_allocator *memory_enter(const struct candor_allocator *allocator);

/** Put back what memory_enter() returned. */
void memory_leave(const struct candor_allocator *before);

#endif
