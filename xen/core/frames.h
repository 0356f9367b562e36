/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the heap uses of the frame allocator beyond hv/frames.h. */
#ifndef CORE_FRAMES_H
#define CORE_FRAMES_H

#include <hv/types.h>

/** Order that frames_alloc() was asked for; only for a block no part of which was freed. */
unsigned frames_order_of(mfn_t start);

#endif
