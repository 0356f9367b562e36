/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Annotations that join code to a feature id of support/features.yaml.
 *
 * Each one leaves a line of text in the section .candor.support of the object.
 * The section is not loaded (no SHF_ALLOC), so ids, scopes and line numbers
 * never reach the running image, and it is written by file-scope assembler with
 * the retain flag, so it outlives -flto, --gc-sections and strip. A line is
 *
 *   KIND <TAB> ID <TAB> DETAIL <TAB> FILE:LINE <LF>
 *
 * The same macros are found by `candor check` as plain text, one call a line
 * run. A status is never written here: SUPPORT.md is its only place.
 */
#ifndef CANDOR_SUPPORT_H
#define CANDOR_SUPPORT_H

#include "support-gates.h"

#define SUPPORT_STR_(x) #x
#define SUPPORT_STR(x) SUPPORT_STR_(x)

#define SUPPORT_PLACE_ __FILE__ ":" SUPPORT_STR(__LINE__)
#define SUPPORT_LINE_(kind, id, detail) \
	".ascii \"" kind "\\t" id "\\t" detail "\\t" SUPPORT_PLACE_ "\\n\"\n\t"
#define SUPPORT_LINES_(lines) \
	__asm__(".pushsection .candor.support,\"R\",@progbits\n\t" lines ".popsection")
#define SUPPORT_RECORD_(kind, id, detail) SUPPORT_LINES_(SUPPORT_LINE_(kind, id, detail))

/**
 * This file implements feature @id for @scope, a string of dot-separated
 * words from the widest to the narrowest: "x86", "x86.pvh", "tools".
 */
#define SUPPORT_PROVIDES(id, scope) SUPPORT_RECORD_("provides", #id, scope)

/** This place refuses feature @id for @scope on purpose. */
#define SUPPORT_REFUSES(id, scope) SUPPORT_RECORD_("refuses", #id, scope)

/* What the lock limits @id to, if it does: SUPPORT_CAP_id is then a comma and the number. */
#define SUPPORT_NO_CAP 9223372036854775807
#define SUPPORT_SECOND_(first, second, ...) second
#define SUPPORT_SECOND(...) SUPPORT_SECOND_(__VA_ARGS__, )
#define SUPPORT_CAP(id) SUPPORT_SECOND(SUPPORT_CAP_##id, SUPPORT_NO_CAP)

/**
 * @constant, or what the policy limits feature @id to if that is less: a constant
 * expression, and what code that states a SUPPORT_LIMIT() goes by.
 */
#define SUPPORT_AT_MOST(id, constant) \
	((long)(constant) < SUPPORT_CAP(id) ? (long)(constant) : SUPPORT_CAP(id))

#define SUPPORT_IF_(greater, less) ".if (" SUPPORT_STR(greater) ") > " SUPPORT_STR(less) "\n\t"
#define SUPPORT_BOUND_(id, name, number) SUPPORT_LINE_("limit", #id, name "=" SUPPORT_STR(number))

/**
 * Feature @id is bounded: @name is the limit's name in SUPPORT.md's terms,
 * @constant a macro or literal that expands to one decimal or hex integer. The
 * record has the bound of this build: SUPPORT_AT_MOST(id, constant).
 */
#define SUPPORT_LIMIT(id, name, constant)                                       \
	SUPPORT_LINES_(SUPPORT_IF_(constant, SUPPORT_CAP(id)) SUPPORT_BOUND_(   \
		id, name, SUPPORT_CAP(id)) ".else\n\t" SUPPORT_BOUND_(id, name, \
								      constant) ".endif\n\t")

/** Test @name (as the test runner prints it, "tier/name") exercises @id. */
#define SUPPORT_TEST(id, name) SUPPORT_RECORD_("test", #id, name)

/**
 * 1 if this build's policy lock has feature @id on, else 0: a constant
 * expression, for plain `if`, so that a denied feature's calls are checked by
 * the compiler and then dropped. Files of a denied feature are left out by
 * meson, which reads the same lock.
 */
#define SUPPORT_ENABLED(id) (SUPPORT_GATE_##id)

/**
 * Does feature @id run? Of one that the lock has on or off this is the same constant. One
 * that it has as opt-in is compiled in, and runs only on a host that was booted with
 * `opt-in=ID`: then it is a load of one byte, which never changes once boot is over. For
 * decisions at run time; which files and rows of tables there are is SUPPORT_ENABLED's.
 */
#define SUPPORT_ACTIVE(id) (SUPPORT_RUN_##id)

/* One byte an opt-in, 1 once asked for: xen/core/optin.c. */
#define support_opted_in(index) (support_opt_ins[index] != 0)
extern unsigned char support_opt_ins[];

#endif
