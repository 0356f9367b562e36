/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls with sub-operations: a table of them, and one dispatcher that copies
 * each argument structure in once and, after success, out again.
 */
#ifndef CORE_SUBOP_H
#define CORE_SUBOP_H

#include <hv/errno.h>
#include <hv/hypercall.h>

#define SUBOP_ARG_MAX 64

/** @arg: the copy of the argument structure; zeroes behind what the caller's layout has. */
typedef long subop_fn(struct vcpu *v, const struct hypercall *call, void *arg);

struct subop {
	subop_fn *fn;	   /* NULL: -ENOSYS */
	uint8_t in;	   /* bytes copied in for a 64-bit caller */
	uint8_t in_compat; /* and for a 32-bit one, which gets -ENOSYS if @no_compat */
	uint8_t out;	   /* bytes copied back after success; the same layout for both */
	bool no_compat;
};

/* Layout alike in both modes. */
#define SUBOP(f, type)                                                   \
	{                                                                \
		.fn = (f), .in = sizeof(type), .in_compat = sizeof(type) \
	}
#define SUBOP_OUT(f, type)                                                                    \
	{                                                                                     \
		.fn = (f), .in = sizeof(type), .in_compat = sizeof(type), .out = sizeof(type) \
	}
#define SUBOP_NOARG(f)    \
	{                 \
		.fn = (f) \
	}

/** Run sub-operation @cmd of @table with its argument at guest address @ptr. */
long subop_call(struct vcpu *v, const struct hypercall *call, const struct subop *table,
		unsigned nr, uint64_t cmd, uint64_t ptr);

/** A guest address as the caller's mode means it. */
static inline uint64_t guest_ptr(const struct hypercall *call, uint64_t ptr)
{
	return call->compat ? (uint32_t)ptr : ptr;
}

#endif
