/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls: one table, made from core/hypercalls.def.
 *
 * A handler decodes (copies and checks arguments; may fail, nothing visible),
 * then commits. It returns what the guest finds in rax: >= 0 or -errno.
 */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include <hv/domain.h>
#include <hv/types.h>

struct hypercall {
	uint64_t arg[5];
	bool compat; /* caller is in 32-bit mode: 32-bit layouts of structures */
};

typedef long hypercall_fn(struct vcpu *v, const struct hypercall *call);

/** Run hypercall @nr for @v, which is the current vCPU. Unknown: -ENOSYS. */
long hypercall_dispatch(struct vcpu *v, uint64_t nr, const struct hypercall *call);

/** The version this hypervisor reports to guests: major << 16 | minor. */
#define HV_ABI_VERSION ((4u << 16) | 17u)
#define HV_EXTRAVERSION "-candor"
#define HV_STR_(x) #x
#define HV_STR(x) HV_STR_(x)
/** XENVER_changeset: the project's own version, which the build defines. */
#define HV_CHANGESET "candor " CANDOR_VERSION
#ifdef __clang__
#define HV_COMPILER "clang " HV_STR(__clang_major__)
#else
#define HV_COMPILER "gcc " HV_STR(__GNUC__)
#endif

#endif
