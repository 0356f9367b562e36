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

/*
 * Continuations. A long operation does a bounded part, and when hypercall_preempt() says so
 * notes how far it is and returns what hypercall_continue() returns: the guest's call is issued
 * again, with the arguments given, when its vCPU runs next. Nothing is kept but what is in the
 * arguments, in the argument structure in guest memory (which the guest may change: check it
 * again), or in the object worked on.
 */

/** Other work waits for this CPU: an interrupt, a timer, another vCPU. Cheap. */
bool hypercall_preempt(void);
/** Issue hypercall @nr again with these arguments. Returns -XEN_ERESTART, to be returned. */
long hypercall_continue(struct vcpu *v, uint64_t nr, uint64_t arg0, uint64_t arg1, uint64_t arg2,
			uint64_t arg3, uint64_t arg4);

/** Run hypercall @nr for @v, which is the current vCPU. Unknown: -ENOSYS. */
long hypercall_dispatch(struct vcpu *v, uint64_t nr, const struct hypercall *call);

/** The version this hypervisor reports to guests: major << 16 | minor. */
#define HV_ABI_VERSION ((4u << 16) | 17u)
#define HV_EXTRAVERSION "-candor"
/**
 * XENVER_changeset, which `xl info` shows: "PROFILE sha256:DECISION taint:LETTERS" (or "none"),
 * so that what a host runs, and with what support, can be told from any privileged guest.
 */
#define HV_CHANGESET_SIZE 64
void hv_changeset(char ret_text[HV_CHANGESET_SIZE]);
#define HV_STR_(x) #x
#define HV_STR(x) HV_STR_(x)
#ifdef __clang__
#define HV_COMPILER "clang " HV_STR(__clang_major__)
#else
#define HV_COMPILER "gcc " HV_STR(__GNUC__)
#endif

#endif
