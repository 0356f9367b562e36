/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every architecture's guest-physical memory has in common. */
#include "p2m.h"

#include <hv/errno.h>
#include <hv/frames.h>

#include <arch/arch.h>

#define MAX_TRIES 4

int p2m_get_ram(struct domain *d, gfn_t g, mfn_t *ret_m)
{
	int rc = -XEN_EAGAIN;

	for (unsigned i = 0; i < MAX_TRIES; i++) {
		enum p2m_type type;
		mfn_t m = arch_p2m_lookup(d, g, &type);

		if (type != P2M_RAM)
			return -XEN_EINVAL;
		if (!frame_get(m, d->id)) {
			rc = frame_owner(m) == d->id ? -XEN_EBUSY : -XEN_EAGAIN;
			continue;
		}
		/* Only now does it stay: what was looked up may have been freed meanwhile. */
		if (arch_p2m_lookup(d, g, &type).n == m.n && type == P2M_RAM) {
			*ret_m = m;
			return 0;
		}
		frame_put(m);
		rc = -XEN_EAGAIN;
	}
	return rc;
}
