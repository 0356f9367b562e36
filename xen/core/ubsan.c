/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the compiler calls in debug builds where it meets undefined behaviour
 * (-fsanitize=undefined). The functions and what they are given are the interface gcc and clang
 * share with their run-time library; each is told first where it happened. The host stops.
 */
#include <hv/printk.h>

struct source_location {
	const char *file;
	uint32_t line, column;
};

static void __noreturn stop(const struct source_location *at, const char *what)
{
	panic("undefined behaviour: %s at %s:%u:%u", what, at->file, at->line, at->column);
}

/* Further arguments, which differ, are values and hints: where it happened is enough. */
#define HANDLER(name, what)                                                      \
	void __noreturn __ubsan_handle_##name(const struct source_location *at); \
	void __noreturn __ubsan_handle_##name(const struct source_location *at)  \
	{                                                                        \
		stop(at, what);                                                  \
	}

/* "_abort": those of builds that do not go on. */
#define HANDLERS(name, what) \
	HANDLER(name, what)  \
	HANDLER(name##_abort, what)

HANDLERS(add_overflow, "signed addition overflows")
HANDLERS(sub_overflow, "signed subtraction overflows")
HANDLERS(mul_overflow, "signed multiplication overflows")
HANDLERS(negate_overflow, "signed negation overflows")
HANDLERS(divrem_overflow, "division by zero or overflow")
HANDLERS(shift_out_of_bounds, "shift by too much, or of a negative value")
HANDLERS(out_of_bounds, "array index out of bounds")
HANDLERS(type_mismatch_v1, "null, misaligned or too small an object")
HANDLERS(alignment_assumption, "misaligned pointer")
HANDLERS(pointer_overflow, "pointer arithmetic overflows")
HANDLERS(load_invalid_value, "value that its type does not have")
HANDLERS(vla_bound_not_positive, "array of no size")
HANDLERS(nonnull_arg, "null given where none may be")
HANDLERS(invalid_builtin, "bit count of zero")
HANDLERS(function_type_mismatch, "function called by another type")
HANDLER(builtin_unreachable, "a place thought unreachable")
HANDLER(missing_return, "end of a function without a value")

/* These two are given the place apart from what describes it. */
void __noreturn __ubsan_handle_nonnull_return_v1(const void *data,
						 const struct source_location *at);
void __noreturn __ubsan_handle_nonnull_return_v1(const void *data, const struct source_location *at)
{
	stop(at, "null returned where none may be");
}

void __noreturn __ubsan_handle_nonnull_return_v1_abort(const void *data,
						       const struct source_location *at);
void __noreturn __ubsan_handle_nonnull_return_v1_abort(const void *data,
						       const struct source_location *at)
{
	stop(at, "null returned where none may be");
}
