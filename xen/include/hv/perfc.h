/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of what the hypervisor does (xenperf), one set a CPU: counting is an increment of a
 * word that no other CPU writes. Where the policy leaves the feature out there is none.
 */
#ifndef HV_PERFC_H
#define HV_PERFC_H

#include <candor/support.h>

#include <hv/types.h>

enum perfc {
#define PERFC(id, name) PERFC_##id,
#define PERFC_ARRAY(id, name, nr) PERFC_##id, PERFC_LAST_##id = PERFC_##id + (nr)-1,
#include <hv/perfc.def>
#undef PERFC
#undef PERFC_ARRAY
	PERFC_NR,
};

/* Of a CPU; each value modulo 2^32. */
struct perfc_set {
	uint32_t value[SUPPORT_ENABLED(performance_counters) ? PERFC_NR : 1]; /* the CPU's alone */
	uint32_t zero[SUPPORT_ENABLED(performance_counters) ? PERFC_NR : 1]; /* at the last reset */
};

/** Count in @set, this CPU's. */
static inline void perfc_count(struct perfc_set *set, unsigned counter)
{
	if (SUPPORT_ENABLED(performance_counters))
		/* Others may read it at any time; nobody else writes it. */
		__atomic_store_n(&set->value[counter], set->value[counter] + 1, __ATOMIC_RELAXED);
}

/** Count on this CPU. PERFC_NR elements at most; of an array, perfc_of() says which. */
#define perfc(id) perfc_count(&cpu_this()->perfc, PERFC_##id)
/** Element @n of an array; all beyond its end are counted as the last. */
#define perfc_of(id, n) ((unsigned)MIN((uint64_t)PERFC_##id + (n), (uint64_t)PERFC_LAST_##id))

/** Debug keys: print what is not 0; set all to 0. */
void perfc_show(void);
void perfc_reset(void);

#endif
