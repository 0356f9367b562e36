/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of hypercalls, made of an input's bytes field by field. */
#ifndef FUZZ_HYPERCALL_SHAPE_H
#define FUZZ_HYPERCALL_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hv/hypercall.h>

/* What a field means: which values of it are worth trying. */
enum kind {
	KIND_RAW,   /* any: so many bytes of the input */
	KIND_SMALL, /* 0 to 15, or a power of two, or all ones */
	KIND_DOMID,
	KIND_VCPU,
	KIND_PORT,
	KIND_REF,
	KIND_GFN,
	KIND_ADDRESS, /* guest-physical, of a page */
	KIND_OFFSET,  /* within a page */
	KIND_POINTER, /* to the list, or to nowhere */
	KIND_SCHEDULER,
	KIND_POOL,
	KIND_NR_VCPUS,
	KIND_FLAGS, /* of a domain to create */
	KIND_ZERO,  /* mostly */
	KIND_ONE,   /* mostly */
};

struct shape {
	const uint8_t *at, *end; /* what is left of the input */
};

/** The next byte of the input; 0 behind its end. */
uint8_t shape_byte(struct shape *s);
uint64_t shape_value(struct shape *s, enum kind kind);
/** Write guest memory, which CPUs of the guest may use at the same time: byte by byte. */
void shape_store(void *to, const void *from, size_t size);

/**
 * Write the structure @fields describes at @to: "d2_2n4" is a domain of two bytes, two of
 * padding, a reference of four. Pointers and longs are half as wide for a @compat caller.
 */
void shape_fill(struct shape *s, uint8_t *to, const char *fields, bool compat);

/** Is call @nr a toolstack's? */
bool shape_is_control(unsigned nr);
/** The arguments of such a call (shape-control.c). */
void shape_control(struct shape *s, struct domain *d, unsigned nr, struct hypercall *c);

/** Make the arguments of a call of @nr, in @d's memory where they point there. False: nothing to
 * do. */
bool shape_call(struct shape *s, struct domain *d, unsigned nr, struct hypercall *c);

#endif
