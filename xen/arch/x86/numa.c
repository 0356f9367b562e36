/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NUMA nodes, as firmware's tables have them; one node if they do not. */
#include <arch/arch.h>

#include "acpi.h"

unsigned arch_nr_nodes(void)
{
	return MAX(acpi_info.nr_nodes, 1u);
}

unsigned arch_node_distance(unsigned from, unsigned to)
{
	if (from >= arch_nr_nodes() || to >= arch_nr_nodes())
		return 0;
	if (acpi_info.distance[from][to])
		return acpi_info.distance[from][to];
	return from == to ? 10 : 0;
}

unsigned arch_node_of_frame(mfn_t m, mfn_t *ret_end)
{
	uint64_t end = UINT64_MAX;

	for (unsigned i = 0; i < acpi_info.nr_ranges; i++) {
		const struct acpi_memory_range *r = &acpi_info.range[i];
		uint64_t first = r->start >> PAGE_SHIFT, last = r->end >> PAGE_SHIFT;

		if (m.n >= first && m.n < last) {
			*ret_end = mfn(last);
			return r->node;
		}
		if (first > m.n)
			end = MIN(end, first);
	}
	/* No node has it: it counts to the first, up to where another begins. */
	*ret_end = mfn(end);
	return 0;
}
