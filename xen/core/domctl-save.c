/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domctl: what only who saves a domain asks. It reads the frames through foreign mappings, the
 * CPUs' state by XEN_DOMCTL_gethvmcontext, and is told here which frames there are. Who restores
 * builds a domain like any other.
 */
#include <candor/support.h>

#include <stdint.h>

#include <xen/xen.h>

#include "toolstack.h"

SUPPORT_PROVIDES(save_restore, "x86.pvh");

#define FRAMES_AT_ONCE 64
#define FRAMES_MAX 1024 /* of one call, as the ABI's users ask for */

/* Types of guest frames for a saver: ours have no page tables to pin, so RAM or nothing. */
static uint64_t frame_type(struct domain *d, uint64_t g)
{
	enum p2m_type type;

	arch_p2m_lookup(d, gfn(g), &type);
	return type == P2M_RAM ? XEN_DOMCTL_PFINFO_NOTAB : XEN_DOMCTL_PFINFO_XTAB;
}

long domctl_getpageframeinfo3(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	const struct xen_domctl_getpageframeinfo3 *info = &op->u.getpageframeinfo3;
	uint64_t array = handle_address(info->array);
	uint64_t entry[FRAMES_AT_ONCE];

	if (info->num > FRAMES_MAX)
		return -XEN_E2BIG;
	for (uint64_t done = 0; done < info->num; done += FRAMES_AT_ONCE) {
		uint64_t nr = MIN(info->num - done, (uint64_t)FRAMES_AT_ONCE);

		if (arch_copy_from_guest(v, entry, array + done * sizeof(entry[0]),
					 nr * sizeof(entry[0])))
			return -XEN_EFAULT;
		for (uint64_t i = 0; i < nr; i++)
			entry[i] = frame_type(d, entry[i]);
		if (copy_elements(v, array, done, entry, nr, sizeof(entry[0])))
			return -XEN_EFAULT;
	}
	return 0;
}
