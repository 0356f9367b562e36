/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU policies in the toolstack's form; see policy-abi.c. */
#ifndef X86_POLICY_ABI_H
#define X86_POLICY_ABI_H

#include <stdint.h>

#include <hv/domain.h>
#include <hv/errno.h>

#include <arch/arch.h>

#include "cpuid_policy.h"

/** Words of a feature set, and word @n (below that) of @p. */
unsigned policy_nr_words(void);
uint32_t policy_word(struct cpuid_policy *p, unsigned n);

/** Most leaves any policy has. */
unsigned policy_max_leaves(void);
/** All leaves of @p to @array with room for *nr_leaves; @array 0: only how many at most. -ENOBUFS.
 */
int policy_copy_out(struct vcpu *v, struct cpuid_policy *p, uint64_t array,
		    uint32_t *nr_leaves) __must_check;
/** Level @p by the @nr leaves at @array: features the array lacks are taken away. */
int policy_apply(struct vcpu *v, struct cpuid_policy *p, uint64_t array, uint32_t nr) __must_check;

/** The MSRs of every policy, likewise. */
int policy_copy_msrs_out(struct vcpu *v, uint64_t array, uint32_t *nr) __must_check;
/** Are these @nr MSRs some of those, with their values? -EINVAL with *ret_refused if not. */
int policy_check_msrs(struct vcpu *v, uint64_t array, uint32_t nr,
		      uint32_t *ret_refused) __must_check;

#endif
