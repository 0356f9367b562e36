/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest frames and what is behind them, for core. */
#ifndef CORE_P2M_H
#define CORE_P2M_H

#include <hv/domain.h>
#include <hv/types.h>

/**
 * The frame of RAM behind @g, with a reference (frame_put()): it stays @d's whatever
 * becomes of @g. -EINVAL if there is no RAM, -EAGAIN if it does not stand still,
 * -EBUSY if it has all the references it can.
 */
int p2m_get_ram(struct domain *d, gfn_t g, mfn_t *ret_m) __must_check;

#endif
